"""The programs that tests/tools/build makes."""

import functools
import json
import os
import subprocess
from pathlib import Path

from .errors import LabError
from .layout import RUN, Cluster
from .shell import run

BUILD = Path(__file__).resolve().parent.parent / "tools" / "build"


def ensure(*names: str) -> None:
    """Builds what is missing of these programs; its progress goes to the user."""
    if subprocess.run([BUILD, *names], stdin=subprocess.DEVNULL).returncode:
        raise LabError("the programs of the lab could not be built (see above)")


@functools.cache
def places() -> dict:
    return json.loads(run([BUILD, "--json"]))


def program(name: str) -> str:
    return places()["bin"][name]


def kubectl(
    cluster: Cluster, *arguments: object, seconds: float = 30, stdin: str | None = None
) -> str:
    """Runs kubectl on a cluster; what it caches stays in the lab."""
    return run(
        [program("kubectl"), f"--kubeconfig={cluster.kubeconfig}", *arguments],
        seconds,
        stdin=stdin,
        env=os.environ | {"KUBECACHEDIR": str(RUN / "kubectl-cache")},
    )


def search_path() -> str:
    """PATH with the peers first."""
    return places()["path"] + os.pathsep + os.environ.get("PATH", os.defpath)


def istio_tree() -> Path:
    """Charts and samples of the pinned Istio module."""
    return Path(places()["istio_tree"])


def istio_version() -> str:
    return places()["istio_version"]


def next_version() -> str:
    """What an upgrade goes to: the same programs under the name of the next patch version."""
    release, _, rest = istio_version().partition("-")
    major, minor, patch = release.split(".")
    return f"{major}.{minor}.{int(patch) + 1}" + (f"-{rest}" if rest else "")


def istio_hub() -> str:
    return places()["istio_hub"]
