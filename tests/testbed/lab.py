"""up, down, reset: the whole lab, made of its parts in their order."""

import contextlib
import fcntl
import functools
import shutil
import time

from . import certs, charts, controlplane, dns, images, machine, network, node, peers, shape, surroundings
from .baseline import Baseline
from .errors import LabError
from .health import ailing
from .layout import ALL, RUN, STATE, Cluster
from .procs import end, marked
from .progress import at_once, say, until

LOCK_SECONDS = 300
HEALTHY_SECONDS = 30


@contextlib.contextmanager
def alone():
    """One command at a time may change the lab."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / ".lock").open("w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LabError(
                        f"another tests/lab has been at work for {LOCK_SECONDS} s"
                    ) from None
                time.sleep(0.2)
        yield


def up(count: int | None = None, flat: str | None = None) -> None:
    """Makes what is missing and starts what does not run; a lab that is up stays as it is. count,
    flat: as `shape.settle` has them.
    """
    machine.check()
    peers.ensure("lab")
    with alone():
        shape.settle(count, flat)
        machine.remember()
        at_once([_images, _charts, _network])
        surroundings.start_servers()
        at_once([functools.partial(_cluster_up, cluster) for cluster in shape.clusters()])
        until(
            lambda: not ailing(), HEALTHY_SECONDS, lambda: LabError("; ".join(map(str, ailing())))
        )
    say("lab", f"up: {', '.join(str(c.kubeconfig) for c in shape.clusters())}")


def _images() -> None:
    if images.ensure():
        say("lab", "images made")


def _charts() -> None:
    if charts.ensure():
        say("lab", "charts packed")


def _network() -> None:
    if not network.exists():
        say("lab", "network")
    network.ensure()


def _cluster_up(cluster: Cluster) -> None:
    certs.ensure(cluster)
    at_once([functools.partial(_control_plane, cluster), functools.partial(_containers, cluster)])
    node.start_kubelet(cluster)
    node.wait_ready(cluster)
    say(cluster.name, "node ready")
    surroundings.start_attendant(cluster)
    dns.install(cluster)
    dns.wait(cluster)
    say(cluster.name, "DNS ready")
    Baseline(cluster).remember()


def _control_plane(cluster: Cluster) -> None:
    controlplane.start_apiserver(cluster)
    say(cluster.name, "API server ready")
    controlplane.start_controllers(cluster)


def _containers(cluster: Cluster) -> None:
    node.start_containerd(cluster)
    node.pull_images(cluster)
    say(cluster.name, "images pulled")


def down() -> None:
    """Ends and removes all that `up` made but images and charts, however far it came."""
    with alone():
        # First those that would make anew what is taken away.
        makers = [p for c in ALL for p in (node.kubelet(c), surroundings.attendant_of(c))]
        end(pid for pid in (p.pid() for p in makers) if pid)
        machine.end_containers()
        end(marked())
        machine.end_containers()
        machine.unmount()
        network.remove()
        machine.restore()
        shutil.rmtree(RUN, ignore_errors=True)
        for cluster in ALL:
            cluster.kubeconfig.unlink(missing_ok=True)
    if RUN.exists():
        raise LabError(f"{RUN} could not be removed whole")
    say("lab", "down")


def reset() -> None:
    """Back to empty clusters."""
    with alone():
        require_up()
        at_once([Baseline(cluster).reset for cluster in shape.clusters()])
    say("lab", "the clusters are empty")


def require_up() -> None:
    for cluster in shape.clusters():
        if not controlplane.apiserver(cluster).pid():
            raise LabError(f"the lab is not up (no API server of {cluster.name}); tests/lab up")
