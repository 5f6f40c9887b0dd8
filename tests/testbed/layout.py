"""What the clusters are called, which addresses they have, and where the lab keeps its files.

Pods and Services have the same addresses in all clusters, on purpose: nothing but the gateways
can connect them. Clusters on a flat network (shape.py) have pod addresses of their own.
"""

import os
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "istio-meshctl"
STATE = Path(os.environ.get("MESHCTL_LAB") or CACHE / "lab").absolute()

# Kept by `down`: made from the programs alone, and slow to make.
IMAGES = STATE / "images"
CHARTS = STATE / "charts"
CHARTS_NEXT = STATE / "charts-next"
CHART_REPO = STATE / "chart-repo"
# Gone after `down`.
RUN = STATE / "run"
LOGS = RUN / "log"
PIDS = RUN / "pid"

WAN_NETWORK = "172.30.0.0/24"
HOST_IP = "172.30.0.1"
REGISTRY = f"{HOST_IP}:5000"
CHART_REPO_URL = f"http://{HOST_IP}:5001"

SERVICE_NETWORK = "10.96.0.0/16"
KUBERNETES_IP = "10.96.0.1"
DNS_IP = "10.96.0.10"

PAUSE_IMAGE = "registry.k8s.io/pause:3.10"
COREDNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.7"


@dataclass(frozen=True)
class Cluster:
    """One cluster of one node; the node is a network namespace."""

    name: str
    node_ip: str
    load_balancers: str  # the first three bytes of its load-balancer addresses
    region: str
    zone: str
    pod_block: int = 0  # the third byte of its pods' addresses

    @property
    def pod_network(self) -> str:
        return f"10.244.{self.pod_block}.0/24"

    @property
    def node(self) -> str:
        return f"{self.name}-node"

    @property
    def netns(self) -> str:
        return f"meshlab-{self.name}"

    @property
    def load_balancer_network(self) -> str:
        return f"{self.load_balancers}.0/24"

    @property
    def kubeconfig(self) -> Path:
        return STATE / f"{self.name}.kubeconfig"

    @property
    def run(self) -> Path:
        return RUN / self.name

    @property
    def pki(self) -> Path:
        return self.run / "pki"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"


WEST = Cluster("west", "172.30.0.11", "172.30.1", "jp-west-1", "west-13")
EAST = Cluster("east", "172.30.0.12", "172.30.2", "jp-east-1", "east-14")
NORTH = Cluster("north", "172.30.0.13", "172.30.3", "jp-north-1", "north-15")
ALL = (WEST, EAST, NORTH)  # that a lab may have, in the order in which it gets them
