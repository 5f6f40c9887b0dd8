"""What surrounds a cluster and is not part of it, as one process: python3 -m testbed.attendant
CLUSTER.
"""

import sys
import threading
import time
from collections.abc import Callable

from . import telemetry
from .errors import LabError
from .kubeapi import KubeApi
from .layout import ALL, Cluster
from .loadbalancer import LoadBalancer

TELEMETRY_SECONDS = 0.5
STALE_SECONDS = 30


def heartbeat(cluster: Cluster):
    return cluster.run / "attendant.heartbeat"


def healthy(cluster: Cluster) -> bool:
    """Whether its last successful call to the API server was a short while ago."""
    try:
        return time.time() - heartbeat(cluster).stat().st_mtime < STALE_SECONDS
    except FileNotFoundError:
        return False


def forever(work: Callable[[], None], pause: float) -> None:
    """Does work again and again. The API server may be away for a while: that is said, and the
    work goes on.
    """
    while True:
        try:
            work()
            time.sleep(pause)
        except LabError as error:
            print(error, flush=True)
            time.sleep(1)


def main(name: str) -> None:
    cluster = next(c for c in ALL if c.name == name)
    api = KubeApi(cluster)

    def attend_telemetry() -> None:
        telemetry.plant(api)
        heartbeat(cluster).touch()

    threading.Thread(
        target=forever, args=(attend_telemetry, TELEMETRY_SECONDS), daemon=True
    ).start()
    forever(LoadBalancer(api).serve, 0)


if __name__ == "__main__":
    main(sys.argv[1])
