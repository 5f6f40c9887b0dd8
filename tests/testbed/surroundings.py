"""The lab's own servers around the clusters: registry, chart repository, and each cluster's
attendant.
"""

import functools
import sys

from . import attendant, peers, registry
from .kubeapi import http_ok
from .layout import CHART_REPO, CHART_REPO_URL, HOST_IP, IMAGES, REGISTRY, Cluster
from .procs import Process

PYTHON = {"PYTHONPATH": str(peers.BUILD.parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
START_SECONDS = 15

IMAGE_SERVER = Process("registry")
CHART_SERVER = Process("chart-repository")


def attendant_of(cluster: Cluster) -> Process:
    return Process("attendant", cluster)


def servers_healthy() -> dict[Process, object]:
    """Each server of the whole lab with the question whether it is well."""
    return {
        IMAGE_SERVER: lambda: http_ok(f"http://{REGISTRY}/v2/"),
        CHART_SERVER: lambda: http_ok(f"{CHART_REPO_URL}/index.yaml"),
    }


def healthy(cluster: Cluster) -> dict[Process, object]:
    return {attendant_of(cluster): functools.partial(attendant.healthy, cluster)}


def start_servers() -> None:
    """Both listen on the machine's leg in the wan."""
    _python(IMAGE_SERVER, registry.__name__, IMAGES, *REGISTRY.split(":"))
    _, _, port = CHART_REPO_URL.rpartition(":")
    _python(CHART_SERVER, "http.server", "--directory", CHART_REPO, "--bind", HOST_IP, port)
    for process, well in servers_healthy().items():
        process.wait(well, START_SECONDS)


def start_attendant(cluster: Cluster) -> None:
    process = attendant_of(cluster)
    _python(process, attendant.__name__, cluster.name)
    process.wait(healthy(cluster)[process], START_SECONDS)


def _python(process: Process, module: str, *arguments: object) -> None:
    process.ensure([sys.executable, "-m", module, *arguments], PYTHON)
