"""The cluster's DNS: CoreDNS as a Deployment, like anywhere else."""

from pathlib import Path

from .errors import LabError
from .kubeapi import KubeApi
from .layout import COREDNS_IMAGE, DNS_IP, Cluster
from .peers import kubectl
from .progress import until

MANIFEST = Path(__file__).with_name("coredns.yaml")


def install(cluster: Cluster) -> None:
    text = MANIFEST.read_text().replace("COREDNS_IMAGE", COREDNS_IMAGE).replace("DNS_IP", DNS_IP)
    kubectl(cluster, "apply", "-f", "-", stdin=text)


def wait(cluster: Cluster, seconds: float = 60) -> None:
    def why() -> LabError:
        pods = kubectl(cluster, "-n", "kube-system", "describe", "pods")
        tail = "\n".join(f"  {line}" for line in pods.splitlines()[-12:])
        return LabError(f"CoreDNS of {cluster.name} not available after {seconds:.0f} s\n{tail}")

    until(lambda: available(cluster), seconds, why)


def available(cluster: Cluster) -> bool:
    try:
        deployment = KubeApi(cluster).get(
            "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
        )
    except LabError:
        return False
    return deployment.get("status", {}).get("availableReplicas", 0) > 0
