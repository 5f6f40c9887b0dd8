"""A mesh of two clusters as Istio's documentation has it made by hand (setup/install/multicluster/multi-primary_multi-network),
with the names that stand there.

West is made with helm alone. East's gateways come from istioctl, which leaves no Helm release: the east-west one as
samples/multicluster/gen-eastwest-gateway.sh prints it, the ingress as the profile `default` has it.
"""

import json
import re
import threading
import time
import urllib.request
from pathlib import Path

import authority
import world
from foreign import helm
from world import CLUSTERS, LAB, istioctl, kubectl, run

SYSTEM, INGRESS, BOOKINFO = "istio-system", "istio-ingress", "bookinfo"
MESH = "mesh1"
NAMES = {"west": ("cluster1", "network1"), "east": ("cluster2", "network2")}
SAMPLES = Path(LAB["LAB_SAMPLES"])
REVIEWS = {"west": "v2", "east": "v3"}

# How meshctl is told of it.
WORDS = ["--mesh-id", MESH, *(w for c, (cluster, network) in NAMES.items()
                              for w in ("--cluster-name", f"{c}={cluster}", "--network", f"{c}={network}"))]


def _charts() -> list[object]:
    return ["--repo", LAB["LAB_CHART_REPO"], "--version", LAB["LAB_TAG"]]


def _rolled_out(cluster: str, namespace: str, *names: str) -> None:
    for name in names:
        kubectl(cluster, "-n", namespace, "rollout", "status", f"deployment/{name}", "--timeout=120s", seconds=130)


def _istiod(cluster: str, folder: Path) -> None:
    own = authority.intermediate(folder, NAMES[cluster][0])
    name, network = NAMES[cluster]
    kubectl(cluster, "create", "namespace", SYSTEM)
    kubectl(cluster, "label", "namespace", SYSTEM, f"topology.istio.io/network={network}")
    kubectl(cluster, "-n", SYSTEM, "create", "secret", "generic", "cacerts",
            *(f"--from-file={own / part}.pem" for part in ("ca-cert", "ca-key", "root-cert", "cert-chain")))
    helm(3, cluster, "-n", SYSTEM, "install", "istio-base", "base", *_charts())
    helm(3, cluster, "-n", SYSTEM, "install", "istiod", "istiod", *_charts(), "--set", f"global.meshID={MESH}",
         "--set", f"global.multiCluster.clusterName={name}", "--set", f"global.network={network}")


def _helm_gateways(cluster: str) -> None:
    helm(3, cluster, "-n", SYSTEM, "install", "istio-eastwestgateway", "gateway", *_charts(),
         "--set", "name=istio-eastwestgateway", "--set", f"networkGateway={NAMES[cluster][1]}")
    helm(3, cluster, "-n", INGRESS, "install", "--create-namespace", "istio-ingress", "gateway", *_charts())


def _istioctl_gateways(cluster: str) -> None:
    name, network = NAMES[cluster]
    eastwest = run("bash", SAMPLES / "multicluster" / "gen-eastwest-gateway.sh", "--network", network)
    ingress = json.dumps({
        "apiVersion": "install.istio.io/v1alpha1", "kind": "IstioOperator", "spec": {
            "profile": "empty", "components": {"ingressGateways": [{"name": "istio-ingressgateway", "enabled": True}]},
            "values": {"global": {"meshID": MESH, "multiCluster": {"clusterName": name}, "network": network}}}})
    for text in (eastwest, ingress):
        path = world.WORK / "operator.yaml"
        path.write_text(text)
        words = ["--set", f"tag={LAB['LAB_TAG']}", "--set", f"hub={LAB['LAB_HUB']}"]
        made = istioctl(cluster, "manifest", "generate", "-f", path, *words)
        kubectl(cluster, "apply", "-f", "-", stdin=made)


def _link(cluster: str, peer: str) -> None:
    secret = istioctl(peer, "create-remote-secret", f"--name={NAMES[peer][0]}")
    kubectl(cluster, "apply", "-f", "-", stdin=secret)


def _sample(cluster: str) -> None:
    """Bookinfo in both, with one version of reviews each; west's ingress has the chart's label, `istio: ingress`."""
    bookinfo = SAMPLES / "bookinfo"
    kubectl(cluster, "create", "namespace", BOOKINFO)
    kubectl(cluster, "label", "namespace", BOOKINFO, "istio-injection=enabled")
    for selector in ("app!=reviews", "account=reviews", "service=reviews", f"app=reviews,version={REVIEWS[cluster]}"):
        kubectl(cluster, "-n", BOOKINFO, "apply", "-f", bookinfo / "platform" / "kube" / "bookinfo.yaml", "-l", selector)
    if cluster == "west":
        text = (bookinfo / "networking" / "bookinfo-gateway.yaml").read_text()
        text = text.replace("number: 8080", "number: 80").replace("istio: ingressgateway", "istio: ingress")
        kubectl(cluster, "-n", BOOKINFO, "apply", "-f", "-", stdin=text)


def make() -> None:
    folder = authority.root("documented")
    for cluster in CLUSTERS:
        _istiod(cluster, folder)
    for cluster in CLUSTERS:
        _rolled_out(cluster, SYSTEM, "istiod")
    _helm_gateways("west")
    _istioctl_gateways("east")
    for cluster, peer in (("west", "east"), ("east", "west")):
        kubectl(cluster, "-n", SYSTEM, "apply", "-f", SAMPLES / "multicluster" / "expose-services.yaml")
        _link(cluster, peer)
        _sample(cluster)
    for cluster in CLUSTERS:
        _rolled_out(cluster, SYSTEM, "istio-eastwestgateway")
        _rolled_out(cluster, BOOKINFO, f"reviews-{REVIEWS[cluster]}", "productpage-v1", "ratings-v1")
    _rolled_out("west", INGRESS, "istio-ingress")
    _rolled_out("east", SYSTEM, "istio-ingressgateway")
    with Traffic() as traffic:
        both = world.settle(lambda: len(traffic.versions) == 2, 60)
    if not both:
        raise AssertionError(f"the mesh by hand answers {traffic.versions}, {traffic.lost[:3]}")


def way_in() -> str:
    status = world.settle(lambda: world.get("west", "-n", INGRESS, "service", "istio-ingress")["status"].get("loadBalancer"), 30)
    return status["ingress"][0]["ip"]


class Traffic:
    """Requests through west's ingress, which end in either cluster, until the block ends."""

    def __init__(self, every: float = 0.02):
        self.url, self.every = f"http://{way_in()}/api/v1/products/0/reviews", every
        self.versions: dict[str, int] = {}
        self.lost: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def _send(self) -> None:
        while not self._over.wait(self.every):
            try:
                with urllib.request.urlopen(self.url, timeout=15) as answer:
                    pod = json.load(answer)["podname"]
                version = re.match(r"reviews-(v\d)", pod)[1]
                self.versions[version] = self.versions.get(version, 0) + 1
            except (OSError, ValueError, KeyError, TypeError) as e:
                self.lost.append(f"{time.monotonic():.1f} {e}")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
