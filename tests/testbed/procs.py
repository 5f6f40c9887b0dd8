"""The lab's long-running processes: started once, recognised again, ended without ever ending a
stranger.

A process is known by its pid together with its start time, since the kernel gives pids out
again. Each also carries a mark in its environment, which its children inherit: a process that
was started just before the lab itself was killed, and so has no pid file, is still found by
it, and so is containerd's shim of every pod.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import LabError
from .files import write
from .layout import LOGS, PIDS, STATE, Cluster
from .progress import until

MARK = "MESHCTL_LAB_PROCESS"


@dataclass(frozen=True)
class Process:
    """A component of a cluster, or of the lab as a whole when there is no cluster."""

    component: str
    cluster: Cluster | None = None

    @property
    def where(self) -> str:
        return self.cluster.name if self.cluster else "lab"

    @property
    def log(self) -> Path:
        return LOGS / f"{self.where}-{self.component}.log"

    @property
    def record(self) -> Path:
        return PIDS / f"{self.where}-{self.component}.json"

    def pid(self) -> int | None:
        """Its pid when it runs."""
        try:
            known = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return None
        start = start_time(known["pid"])
        return known["pid"] if start is not None and start == known["start"] else None

    def ensure(self, argv: Sequence[object], env: dict | None = None) -> bool:
        """Starts it unless it runs; true when it was started. A cluster's process runs in the
        cluster's network.
        """
        if self.pid():
            return False
        argv = [str(a) for a in argv]
        if self.cluster:
            # Not `ip netns exec`: that mounts /sys anew, and the cgroups below it are then out of
            # reach.
            argv = ["nsenter", f"--net=/run/netns/{self.cluster.netns}", *argv]
        LOGS.mkdir(parents=True, exist_ok=True)
        environment = os.environ | (env or {}) | {MARK: f"{STATE}:{self.where}:{self.component}"}
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                cwd="/",
            )
        write(self.record, json.dumps({"pid": started.pid, "start": start_time(started.pid)}))
        return True

    def wait(self, healthy, seconds: float) -> None:
        """Until healthy; a process that ended instead is an error at once."""

        def check() -> bool:
            if self.pid() is None:
                raise LabError(f"{self.component} of {self.where} ended\n{self.tail()}")
            return healthy()

        until(
            check,
            seconds,
            lambda: LabError(
                f"{self.component} of {self.where} not healthy after {seconds:.0f} s\n{self.tail()}"
            ),
        )

    def tail(self, lines: int = 8) -> str:
        """The end of its log, as an error message shows it."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 16384))
                text = log.read().decode(errors="replace").splitlines()[-lines:]
        except FileNotFoundError:
            text = []
        return "\n".join([f"  {self.log}:", *(f"    {line[:300]}" for line in text or ["(empty)"])])


def start_time(pid: int) -> int | None:
    """When the process started, in ticks since boot; None when there is none or it is only a
    zombie.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def marked() -> list[int]:
    """Every process that the lab of this state directory started, with or without a pid file."""
    wanted = f"{MARK}={STATE}:".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(v.startswith(wanted) for v in environment):
            found.append(int(entry.name))
    return found


def end(pids: Iterable[int], grace: float = 3) -> None:
    """Ends these processes: politely, then by force. Returns when none is left."""
    started = {pid: start for pid in pids if (start := start_time(pid)) is not None}

    def left() -> list[int]:
        return [pid for pid, start in started.items() if start_time(pid) == start]

    for sig, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 10)):
        for pid in left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)
        deadline = time.monotonic() + seconds
        while left() and time.monotonic() < deadline:
            time.sleep(0.05)
    if stuck := left():
        raise LabError(f"processes {stuck} do not end, even by SIGKILL")
