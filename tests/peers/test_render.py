"""`meshctl render` against `helm template` of both majors, byte for byte, for the real Istio charts.

Environment: MESHCTL the program, HELM3 and HELM4 the peers, CHARTS the folder with base, istiod, gateway, cni, ztunnel.
"""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

KUBE_VERSION = "v1.34.4"
RELEASE, NAMESPACE = "r1", "istio-system"
TIMEOUT_S = 120

EAST_WEST_PORTS = ('service.ports=[{"name":"status-port","port":15021,"targetPort":15021},'
                   '{"name":"tls","port":15443,"targetPort":15443},{"name":"tls-istiod","port":15012,"targetPort":15012},'
                   '{"name":"tls-webhook","port":15017,"targetPort":15017}]')
PROFILES = ("ambient", "demo", "preview", "remote", "stable")
PLATFORMS = ("gke", "k3d", "k3s", "microk8s", "minikube", "openshift")
VERSIONS = ("1.25", "1.26", "1.27", "1.28", "1.29", "1.30")


def sets(*pairs):
    return [part for pair in pairs for part in ("--set", pair)]


# What a multi-cluster install sets, and what else changes much of the output.
CASES = [
    ("base", []),
    ("base", sets("defaultRevision=canary")),
    ("base", sets("profile=stable")),
    ("istiod", []),
    ("istiod", sets("global.meshID=mesh", "global.multiCluster.clusterName=west-cluster", "global.network=west-network",
                    "global.hub=docker.io/istio", "global.tag=1.31.0")),
    ("istiod", sets("revision=canary", "revisionTags={a,b}", "meshConfig.accessLogFile=/dev/stdout",
                    "meshConfig.defaultConfig.holdApplicationUntilProxyStarts=true")),
    ("istiod", sets("pilot.autoscaleEnabled=false", "pilot.replicaCount=3", "pilot.traceSampling=1.5",
                    "global.proxy.resources.requests.cpu=null") + ["--set-string", "pilot.env.FOO=true"]),
    ("istiod", ["--set-json", 'meshConfig={"x":[1,2.5,{"a":null}],"trustDomain":"td"}'] + sets("global.imagePullSecrets={a,b}")),
    ("istiod", sets("pilot=null")),
    ("gateway", []),
    ("gateway", sets("labels.istio=ingressgateway")),
    ("gateway", sets("labels.istio=eastwestgateway", r"labels.topology\.istio\.io/network=west-network",
                     "env.ISTIO_META_REQUESTED_NETWORK_VIEW=west-network") + ["--set-json", EAST_WEST_PORTS]),
    ("gateway", sets("networkGateway=west-network")),
    ("gateway", sets("networkGateway=west-network", "autoscaling.enabled=false", "replicaCount=2", "kind=DaemonSet",
                     r"service.annotations.service\.beta\.kubernetes\.io/aws-load-balancer-type=nlb")),
    ("cni", sets("ambient.enabled=true", "cniBinDir=/opt/bin", "revision=r")),
    ("ztunnel", sets("multiCluster.clusterName=west", "resourceName=zt", "network=n1")),
]
CASES += [(chart, sets(f"profile={p}")) for p in PROFILES for chart in ("istiod", "gateway", "cni")]
CASES += [(chart, sets(f"{key}={p}")) for p in PLATFORMS for chart, key in
          (("istiod", "platform"), ("gateway", "platform"), ("cni", "global.platform"))]
CASES += [("istiod", sets(f"compatibilityVersion={v}")) for v in VERSIONS]

# Values that both must refuse, with the same words.
REFUSED = [
    ("istiod", sets("profile=nosuch")),
    ("istiod", sets("compatibilityVersion=9.9")),
    ("cni", sets("global.platform=nosuch")),
    ("istiod", sets("defaults.x=1")),
    ("istiod", sets("global.proxy=null")),
    ("istiod", sets("global=1")),
    ("gateway", sets("replicaCount=abc")),
    ("gateway", sets("kind=Nosuch")),
    ("gateway", sets("labels=null")),
    ("gateway", sets("unknown=1")),
]


def meshctl_command(chart, major, flags):
    """The one place that knows meshctl's command line."""
    return [os.environ["MESHCTL"], "render", chart, "--name", RELEASE, "-n", NAMESPACE, "--kube-version", KUBE_VERSION,
            "--helm", str(major), *flags]


def helm_command(chart, major, flags):
    return [os.environ[f"HELM{major}"], "template", RELEASE, chart, "-n", NAMESPACE, "--kube-version", KUBE_VERSION, *flags]


def run(command):
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(command, capture_output=True, timeout=TIMEOUT_S,
                              env={"PATH": os.environ["PATH"], "HOME": home})


def said(text):
    """The lines of an error without the programs' own frame around it."""
    lines = [line.strip() for line in text.decode().splitlines()]
    return [line.removeprefix("Error: ") for line in lines if line and not line.startswith("Use --debug flag")]


class Render(unittest.TestCase):
    def chart(self, name):
        return str(Path(os.environ["CHARTS"]) / name)

    def test_same_bytes(self):
        for chart, flags in CASES:
            for major in (3, 4):
                with self.subTest(chart=chart, flags=flags, helm=major):
                    helm = run(helm_command(self.chart(chart), major, flags))
                    self.assertEqual(helm.returncode, 0, helm.stderr.decode())
                    ours = run(meshctl_command(self.chart(chart), major, flags))
                    self.assertEqual(ours.returncode, 0, ours.stderr.decode())
                    self.assertEqual(ours.stdout.decode(), helm.stdout.decode())

    def test_same_refusals(self):
        for chart, flags in REFUSED:
            for major in (3, 4):
                with self.subTest(chart=chart, flags=flags, helm=major):
                    helm = run(helm_command(self.chart(chart), major, flags))
                    self.assertNotEqual(helm.returncode, 0)
                    ours = run(meshctl_command(self.chart(chart), major, flags))
                    self.assertNotEqual(ours.returncode, 0)
                    text = ours.stderr.decode()
                    for line in said(helm.stderr):
                        self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main()
