"""The same mesh with the tools that meshctl replaces: openssl, kubectl, helm and istioctl, step
by step, timed.

This is what meshctl is measured against, so it is done as someone would who knows the way and
has it in a script: what can be started is started in both clusters before either is waited
for, nothing is waited for twice, and with --together each step's commands run in both clusters
at the same time. The last line of the output is one JSON object with the step times.
"""

import argparse
import functools
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from . import lab
from .baseline import Baseline
from .errors import LabError
from .layout import CHART_REPO_URL, EAST, RUN, WEST, Cluster
from .peers import ensure, istio_hub, istio_tree, istio_version, kubectl, program
from .progress import at_once, say, until
from .shell import run

HELP = (
    "set up the same mesh with openssl, kubectl, helm and istioctl, and say how long each step took"
)

ISTIO, INGRESS, BOOKINFO = "istio-system", "istio-ingress", "bookinfo"
READY_SECONDS = 180
REVIEWS = "outbound|9080||reviews.bookinfo.svc.cluster.local"

CA_USAGE = "keyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,keyCertSign"

# The gateway chart's own networkGateway gives the Service four ports; the recipe's cloud allows
# three.
EAST_WEST_VALUES = """\
labels:
  istio: eastwestgateway
  topology.istio.io/network: {network}
env:
  ISTIO_META_REQUESTED_NETWORK_VIEW: {network}
service:
  ports:
  - {{name: status-port, port: 15021, targetPort: 15021}}
  - {{name: tls, port: 15443, targetPort: 15443}}
  - {{name: tls-istiod, port: 15012, targetPort: 15012}}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--helm", choices=("3", "4"), default="3", help="which Helm (default: 3)")
    parser.add_argument(
        "--together",
        action="store_true",
        help="run each step's commands in both clusters at the same time",
    )


def main(args: argparse.Namespace) -> None:
    lab.require_up()
    ensure("kubectl", "istioctl", f"helm{args.helm}")
    for cluster in (WEST, EAST):
        if found := sorted(Baseline(cluster).strangers()):
            raise LabError(
                f"{cluster.name} is not empty: {found[0]} and {len(found) - 1} more; "
                "tests/lab reset"
            )
    hand = Hand(program(f"helm{args.helm}"), args.together)
    hand.run()
    print(
        json.dumps(
            {
                "by": "hand",
                "helm": run([hand.helm_program, "version", "--short"]).strip(),
                "together": args.together,
                "seconds": round(sum(hand.times.values()), 2),
                "steps": {name: round(seconds, 2) for name, seconds in hand.times.items()},
            }
        )
    )


def load_balancer_name(name: str) -> str:
    """The annotation by which the recipe's cloud names a load balancer, as a Helm value."""
    return rf"service.annotations.service\.beta\.kubernetes\.io/hatoba-load-balancer-name={name}"


class Hand:
    """One pass of the recipe over two empty clusters."""

    def __init__(self, helm: str, together: bool):
        self.helm_program = helm
        self.together = together
        self.home = RUN / "byhand"
        self.times: dict[str, float] = {}

    def run(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "certs").mkdir(parents=True)
        for name, step in (
            ("certificates", self.certificates),
            ("cacerts", self.each(self.cacerts)),
            ("charts", self.charts),
            ("control plane", self.control_plane),
            ("ingress gateway", self.ingress),
            ("bookinfo west", self.bookinfo_west),
            ("check west", self.check_west),
            ("east-west gateway", self.east_west),
            ("remote secrets", self.remote_secrets),
            ("expose", self.each(self.expose)),
            ("bookinfo east", self.bookinfo_east),
            ("check mesh", self.check_mesh),
        ):
            began = time.monotonic()
            step()
            self.times[name] = time.monotonic() - began
            say("hand", f"{name:<20}{self.times[name]:6.1f} s")

    def each(self, work: Callable[[Cluster], object]) -> Callable[[], None]:
        """The same in both clusters."""

        def both() -> None:
            calls = [functools.partial(work, c) for c in (WEST, EAST)]
            if self.together:
                at_once(calls)
            else:
                for call in calls:
                    call()

        return both

    def kubectl(self, cluster: Cluster, *arguments: object, stdin: str | None = None) -> str:
        return kubectl(cluster, *arguments, seconds=READY_SECONDS + 10, stdin=stdin)

    def helm(self, cluster: Cluster | None, *arguments: object) -> str:
        own = {
            "HOME": str(self.home),
            "HELM_CONFIG_HOME": f"{self.home}/helm",
            "HELM_CACHE_HOME": f"{self.home}/helm",
            "HELM_DATA_HOME": f"{self.home}/helm",
        }
        kubeconfig = [f"--kubeconfig={cluster.kubeconfig}"] if cluster else []
        return run([self.helm_program, *arguments, *kubeconfig], 120, env=own)

    def istioctl(self, cluster: Cluster, *arguments: object) -> str:
        return run([program("istioctl"), f"--kubeconfig={cluster.kubeconfig}", *arguments], 60)

    def rolled_out(self, cluster: Cluster, namespace: str, *deployments: str) -> None:
        self.kubectl(
            cluster,
            "-n",
            namespace,
            "wait",
            "--for=condition=Available",
            f"--timeout={READY_SECONDS}s",
            *(f"deployment/{d}" for d in deployments),
        )

    # --- the steps, in the recipe's order

    def certificates(self) -> None:
        """As Istio's tools/certs does: RSA-4096, ten years, one root."""
        at = self.home / "certs"
        new = [
            "openssl",
            "req",
            "-x509",
            "-new",
            "-nodes",
            "-newkey",
            "rsa:4096",
            "-sha256",
            "-days",
            "3650",
        ]
        run(
            [
                *new,
                "-keyout",
                at / "root-key.pem",
                "-out",
                at / "root-cert.pem",
                "-subj",
                "/O=Istio/CN=Root CA",
                "-addext",
                "basicConstraints=critical,CA:true",
                "-addext",
                CA_USAGE,
            ],
            120,
        )

        def intermediate(cluster: Cluster) -> None:
            own = at / cluster.name
            own.mkdir()
            run(
                [
                    *new,
                    "-CA",
                    at / "root-cert.pem",
                    "-CAkey",
                    at / "root-key.pem",
                    "-keyout",
                    own / "ca-key.pem",
                    "-out",
                    own / "ca-cert.pem",
                    "-subj",
                    f"/O=Istio/CN=Intermediate CA/L={cluster.name}-cluster",
                    "-addext",
                    "basicConstraints=critical,CA:true,pathlen:0",
                    "-addext",
                    CA_USAGE,
                    "-addext",
                    "subjectAltName=DNS:istiod.istio-system.svc",
                ],
                120,
            )
            shutil.copyfile(at / "root-cert.pem", own / "root-cert.pem")
            (own / "cert-chain.pem").write_text(
                (own / "ca-cert.pem").read_text() + (own / "root-cert.pem").read_text()
            )

        self.each(intermediate)()

    def cacerts(self, cluster: Cluster) -> None:
        own = self.home / "certs" / cluster.name
        self.kubectl(cluster, "create", "namespace", ISTIO)
        self.kubectl(
            cluster,
            "-n",
            ISTIO,
            "create",
            "secret",
            "generic",
            "cacerts",
            *(
                f"--from-file={own}/{name}.pem"
                for name in ("ca-cert", "ca-key", "root-cert", "cert-chain")
            ),
        )
        self.kubectl(
            cluster,
            "label",
            "namespace",
            ISTIO,
            f"topology.istio.io/network={cluster.name}-network",
        )

    def charts(self) -> None:
        self.helm(None, "repo", "add", "istio", CHART_REPO_URL)

    def control_plane(self) -> None:
        def install(cluster: Cluster) -> None:
            self.helm(
                cluster,
                "install",
                "-n",
                ISTIO,
                "istio-base",
                "istio/base",
                "--version",
                istio_version(),
            )
            self.helm(
                cluster,
                "install",
                "-n",
                ISTIO,
                "istiod",
                "istio/istiod",
                "--version",
                istio_version(),
                "--set",
                f"global.hub={istio_hub()}",
                "--set",
                f"global.tag={istio_version()}",
                "--set",
                "global.meshID=mesh",
                "--set",
                f"global.multiCluster.clusterName={cluster.name}-cluster",
                "--set",
                f"global.network={cluster.name}-network",
            )

        self.each(install)()
        self.each(lambda cluster: self.rolled_out(cluster, ISTIO, "istiod"))()

    def ingress(self) -> None:
        def install(cluster: Cluster) -> None:
            self.helm(
                cluster,
                "install",
                "-n",
                INGRESS,
                "--create-namespace",
                "istio-ingress",
                "istio/gateway",
                "--version",
                istio_version(),
                "--set",
                "labels.istio=ingressgateway",
                "--set",
                load_balancer_name(f"{cluster.name}ingress"),
            )

        self.each(install)()
        self.each(lambda cluster: self.rolled_out(cluster, INGRESS, "istio-ingress"))()
        self.each(lambda cluster: self.address(cluster, "istio-ingress"))()

    def address(self, cluster: Cluster, service: str) -> str:
        return self.kubectl(
            cluster,
            "-n",
            INGRESS,
            "wait",
            f"service/{service}",
            f"--timeout={READY_SECONDS}s",
            "--for=jsonpath={.status.loadBalancer.ingress[0].ip}",
            "-o",
            "jsonpath={.status.loadBalancer.ingress[0].ip}",
        )

    def bookinfo_west(self) -> None:
        """All of it but reviews v1 and v3."""
        manifest, networking = (
            samples("platform/kube/bookinfo.yaml"),
            samples("networking/bookinfo-gateway.yaml"),
        )
        self.bookinfo_namespace(WEST)
        self.kubectl(WEST, "-n", BOOKINFO, "apply", "-f", manifest, "-l", "app!=reviews")
        self.kubectl(
            WEST,
            "-n",
            BOOKINFO,
            "apply",
            "-f",
            manifest,
            "-l",
            "app=reviews,version!=v1,version!=v3",
        )
        # The sample's Gateway listens on 8080 for `kubectl port-forward`; the ingress Service
        # hands port 80 on as 80.
        text = networking.read_text().replace("number: 8080", "number: 80")
        self.kubectl(WEST, "-n", BOOKINFO, "apply", "-f", "-", stdin=text)
        self.rolled_out(WEST, BOOKINFO, "details-v1", "ratings-v1", "productpage-v1", "reviews-v2")

    def check_west(self) -> None:
        self.answers({"reviews-v2"})
        endpoints = self.endpoints(WEST, "productpage-v1", BOOKINFO)
        if len(endpoints) != 1 or not endpoints[0].endswith(":9080"):
            raise LabError(
                f"west's productpage has endpoints {endpoints} for reviews; wanted the one pod"
            )

    def east_west(self) -> None:
        def install(cluster: Cluster) -> None:
            values = self.home / f"{cluster.name}-eastwest.yaml"
            values.write_text(EAST_WEST_VALUES.format(network=f"{cluster.name}-network"))
            self.helm(
                cluster,
                "install",
                "-n",
                INGRESS,
                "istio-eastwest",
                "istio/gateway",
                "--version",
                istio_version(),
                "-f",
                values,
                "--set",
                load_balancer_name("eastwest"),
            )

        self.each(install)()
        self.each(lambda cluster: self.rolled_out(cluster, INGRESS, "istio-eastwest"))()
        self.each(lambda cluster: self.address(cluster, "istio-eastwest"))()

    def remote_secrets(self) -> None:
        def link(cluster: Cluster) -> None:
            peer = EAST if cluster == WEST else WEST
            secret = self.istioctl(peer, "create-remote-secret", f"--name={peer.name}-cluster")
            self.kubectl(cluster, "apply", "-f", "-", stdin=secret)

        self.each(link)()

    def expose(self, cluster: Cluster) -> None:
        self.kubectl(
            cluster,
            "-n",
            INGRESS,
            "apply",
            "-f",
            istio_tree() / "samples/multicluster/expose-services.yaml",
        )

    def bookinfo_east(self) -> None:
        """Reviews v3, and ratings as a Service without pods: v3's calls go back to west through
        its gateway.
        """
        manifest = samples("platform/kube/bookinfo.yaml")
        self.bookinfo_namespace(EAST)
        for selector in (
            "app=reviews,version!=v1,version!=v2",
            "account=reviews",
            "service=ratings",
        ):
            self.kubectl(EAST, "-n", BOOKINFO, "apply", "-f", manifest, "-l", selector)
        self.rolled_out(EAST, BOOKINFO, "reviews-v3")

    def bookinfo_namespace(self, cluster: Cluster) -> None:
        self.kubectl(cluster, "create", "namespace", BOOKINFO)
        self.kubectl(cluster, "label", "namespace", BOOKINFO, "istio-injection=enabled")

    def check_mesh(self) -> None:
        self.answers({"reviews-v2", "reviews-v3"})
        gateway = f"{self.address(EAST, 'istio-eastwest')}:15443"
        endpoints = self.endpoints(WEST, "productpage-v1", BOOKINFO)
        if len(endpoints) != 2 or gateway not in endpoints:
            raise LabError(
                f"west's productpage has endpoints {endpoints} for reviews; "
                f"wanted its own pod and {gateway}"
            )
        behind = self.endpoints(EAST, "istio-eastwest", INGRESS)
        if len(behind) != 1 or not behind[0].endswith(":9080"):
            raise LabError(
                f"east's gateway has endpoints {behind} for reviews; wanted the one pod of v3"
            )

    def answers(self, wanted: set[str]) -> None:
        """Loads the page until every wanted version of reviews has answered; any other is an
        error.
        """
        url = f"http://{self.address(WEST, 'istio-ingress')}/productpage"
        seen: set[str] = set()

        def look() -> bool:
            try:
                seen.update(re.findall(r"reviews-v\d", run(["curl", "-s", "-m", "10", url], 15)))
            except LabError:
                return False
            return seen >= wanted

        until(
            look,
            60,
            lambda: LabError(
                f"{url} shows {sorted(seen) or 'no reviews'}; wanted {sorted(wanted)}"
            ),
            pause=0.05,
        )
        if seen != wanted:
            raise LabError(f"{url} shows {sorted(seen)}; wanted {sorted(wanted)}")

    def endpoints(self, cluster: Cluster, deployment: str, namespace: str) -> list[str]:
        listed = self.istioctl(
            cluster,
            "proxy-config",
            "endpoints",
            f"deploy/{deployment}.{namespace}",
            "--cluster",
            REVIEWS,
        )
        return [line.split()[0] for line in listed.splitlines()[1:]]


def samples(name: str) -> Path:
    return istio_tree() / "samples/bookinfo" / name
