"""Charts are installed whole, as Helm does: what is in crds/ first, hooks, and templates that ask the cluster; and
what is waited for is what the chart made, whatever its name."""

import json
import unittest
from pathlib import Path

import world
from foreign import CRD_GROUP, INGRESS, chart, helm
from world import CLUSTERS, LAB, get, kubectl, members, meshctl

CHARTS = Path(LAB["LAB_CHARTS"])
RELEASE, NAME = "front", "front-door"
CRD = f"doors.{CRD_GROUP}"


def manifest(kind: str, name: str, text: str = "", hook: str = "", weight: int = 0, policy: str = "before-hook-creation") -> str:
    marks = f"""  annotations:
    helm.sh/hook: {hook}
    helm.sh/hook-weight: "{weight}"
    helm.sh/hook-delete-policy: {policy}
""" if hook else ""
    version = {"Job": "batch/v1", "Door": f"{CRD_GROUP}/v1"}.get(kind, "v1")
    return f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {{{{ .Release.Name }}}}-{name}\n{marks}{text}"


JOB = """spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {sidecar.istio.io/inject: "false"}
    spec:
      restartPolicy: Never
      containers: [{name: hook, image: "docker.io/library/busybox:1.35", command: ["sh", "-c", "exit 0"]}]
"""
ASKS = """data:
  uid: {{ (lookup "v1" "Namespace" "" "kube-system").metadata.uid }}
  server: {{ .Capabilities.KubeVersion.Version }}
  istio: {{ .Capabilities.APIVersions.Has "networking.istio.io/v1" | quote }}
  other: {{ .Capabilities.APIVersions.Has "example.com/v9" | quote }}
"""


def charts() -> Path:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": CRD}, "spec": {
        "group": CRD_GROUP, "scope": "Namespaced", "names": {"plural": "doors", "singular": "door", "kind": "Door"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}
    gateway = chart("gateway", {
        "asks.yaml": manifest("ConfigMap", "asks", ASKS),
        "door.yaml": manifest("Door", "main", "spec: {of: gateway}\n"),
        "second.yaml": manifest("ConfigMap", "hook-second", "data: {n: second}\n", "pre-install,pre-upgrade", 5),
        "first.yaml": manifest("ConfigMap", "hook-first", "data: {n: first}\n", "pre-install", -5),
        "job.yaml": manifest("Job", "hook-job", JOB, "post-install,post-upgrade", 0, "before-hook-creation,hook-succeeded"),
    }, LAB["LAB_TAG"], CHARTS / "gateway", crds={"doors.json": crd})
    for name in ("base", "istiod"):
        world.run("cp", "-r", CHARTS / name, gateway.parent)
    return gateway.parent


class WholeCharts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(world.up())

    @classmethod
    def tearDownClass(cls):
        for cluster in CLUSTERS:
            helm(3, cluster, "-n", INGRESS, "uninstall", RELEASE, "--wait")
        world.whole(world.up("--reset-values"))  # drops from the east-west gateway's release what its chart had besides
        for cluster in CLUSTERS:  # hooks are no release's
            kubectl(cluster, "-n", INGRESS, "delete", "configmap", *(f"{r}-hook-second" for r in (RELEASE, "istio-eastwest")), f"{RELEASE}-hook-first")
            kubectl(cluster, "delete", "crd", CRD)

    def ran(self, cluster: str, major: int) -> dict[str, str]:
        """The hooks of the newest revision and how each ended, as that Helm reads them."""
        release = json.loads(helm(major, cluster, "-n", INGRESS, "status", RELEASE, "-o", "json"))
        return {h["name"]: h["last_run"]["phase"] for h in release["hooks"]}

    def test_an_install_and_an_upgrade(self):
        folder = charts()
        words = ["gateway", *members(), "--charts", folder, "--hub", LAB["LAB_HUB"], "--istio-version", LAB["LAB_TAG"],
                 "--release", f"ingress={RELEASE}", "--set", f"ingress.name={NAME}"]
        done = meshctl(*words)
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            # Waited for by its own name, not the release's.
            self.assertEqual(get(cluster, "-n", INGRESS, "deploy", NAME)["status"]["readyReplicas"], 1)
            said = get(cluster, "-n", INGRESS, "configmap", f"{RELEASE}-asks")["data"]
            version = json.loads(kubectl(cluster, "version", "-o", "json"))["serverVersion"]["gitVersion"]
            self.assertEqual(said, {"uid": get(cluster, "namespace", "kube-system")["metadata"]["uid"], "server": version,
                                    "istio": "true", "other": "false"})
            crd = get(cluster, "crd", CRD)["metadata"]
            self.assertNotIn("meta.helm.sh/release-name", crd.get("annotations", {}), "what is in crds/ is no release's")
            self.assertEqual(get(cluster, "-n", INGRESS, f"doors.{CRD_GROUP}", f"{RELEASE}-main")["spec"], {"of": "gateway"})
            first, second = (get(cluster, "-n", INGRESS, "configmap", f"{RELEASE}-hook-{n}")["metadata"] for n in ("first", "second"))
            self.assertLessEqual(first["creationTimestamp"], second["creationTimestamp"])
            self.assertEqual(kubectl(cluster, "-n", INGRESS, "get", "job", "-o", "name"), "", "it is deleted once it has succeeded")
            for major in (3, 4):
                self.assertEqual(self.ran(cluster, major), {f"{RELEASE}-hook-{n}": "Succeeded" for n in ("first", "second", "job")})
        before = {c: get(c, "-n", INGRESS, "configmap", f"{RELEASE}-hook-first")["metadata"]["uid"] for c in CLUSTERS}
        done = meshctl(*words, "--set", "ingress.service.annotations.note=second")
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            after = get(cluster, "-n", INGRESS, "configmap", f"{RELEASE}-hook-first")["metadata"]["uid"]
            self.assertEqual(after, before[cluster], "a hook of installs only")
            self.assertEqual(get(cluster, "-n", INGRESS, "service", NAME)["metadata"]["annotations"]["note"], "second")
        # Helm goes on, and its own run of the hooks is no different.
        for cluster, major in zip(CLUSTERS, (3, 4)):
            helm(major, cluster, "-n", INGRESS, "upgrade", RELEASE, folder / "gateway", "--reuse-values")
            self.assertEqual(self.ran(cluster, major)[f"{RELEASE}-hook-job"], "Succeeded")
            self.assertEqual(get(cluster, "-n", INGRESS, "configmap", f"{RELEASE}-hook-first")["metadata"]["uid"], before[cluster])


if __name__ == "__main__":
    unittest.main()
