#!/usr/bin/env python3
"""`meshctl check` and `meshctl status` against istioctl proxy-status, remote-clusters and analyze of both clusters,
on the same mesh in one run: medians and their ratio, requests that meshctl sends, the memory that it takes. Then
meshctl alone where each answer of an API server is 20 ms away: a relay before each of them waits so long. Of
status, its own time is what is left without the window that it was told to wait. A measurement, not a test.

    tests/bench/look.py [--runs N] [--delay MS] [--no-hand]     needs a lab with a mesh; leaves it as it is
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

TESTS = Path(__file__).resolve().parent.parent
MESHCTL = os.environ.get("MESHCTL", str(TESTS.parent / "build" / "gcc" / "meshctl"))
CLUSTERS = ("west", "east")
BY_HAND = (("proxy-status",), ("remote-clusters",), ("analyze", "--all-namespaces"))
WINDOW_S = 1.0
BLOCK = 65536


class Relay:
    """TCP to one server, each byte and each connection late by the half of `delay` in each direction."""

    def __init__(self, host: str, port: int, delay: float):
        self.target, self.delay = (host, port), delay
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait(10)

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    async def _carry(self, reader, writer) -> None:
        """What came at once goes on at once: later blocks do not wait for earlier ones' delays."""
        queue: asyncio.Queue = asyncio.Queue()

        async def write() -> None:
            while True:
                due, block = await queue.get()
                await asyncio.sleep(due - time.monotonic())
                if not block:
                    writer.close()
                    return
                writer.write(block)

        writing = asyncio.create_task(write())
        block = b"-"
        while block:
            try:
                block = await reader.read(BLOCK)
            except OSError:
                block = b""
            queue.put_nowait((time.monotonic() + self.delay / 2, block))
        await writing

    async def _relay(self, reader, writer) -> None:
        # The way of the handshake there and back, which the kernel has already answered here.
        await asyncio.sleep(self.delay)
        theirs, ours = await asyncio.open_connection(*self.target)
        await asyncio.gather(self._carry(reader, ours), self._carry(theirs, writer), return_exceptions=True)


def far_away(kubeconfig: str, delay: float, path: Path) -> str:
    """That kubeconfig by way of a relay."""
    text = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw", "-o", "json"], check=True,
                          capture_output=True, text=True).stdout
    config = json.loads(text)
    cluster = config["clusters"][0]["cluster"]
    server = urlsplit(cluster["server"])
    cluster["server"] = f"https://127.0.0.1:{Relay(server.hostname, server.port, delay).port}"
    cluster.setdefault("tls-server-name", server.hostname)
    path.touch(0o600)
    path.write_text(json.dumps(config))
    return str(path)


def meshctl(command: str, configs: dict[str, str]) -> dict[str, float]:
    words = [MESHCTL, command, *(w for c in CLUSTERS for w in (f"--{c}", configs[c])), "-q", "-o", "json"]
    began = time.monotonic()
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%M %U %S", *words], capture_output=True, text=True, timeout=60)
    seconds = time.monotonic() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    report = json.loads(done.stdout)
    kilobytes, user, system = (float(n) for n in done.stderr.split()[-3:])
    requests = report.get("apiRequests") or sum(c["requests"] for c in report["clusters"])
    return {"seconds": seconds, "own": seconds - (WINDOW_S if command == "status" else 0), "cpu": user + system,
            "requests": requests, "MB": kilobytes / 1024}


def istioctl(configs: dict[str, str], together: bool) -> float:
    """All three of all clusters, one after another, or each cluster's beside the other's."""
    def one(cluster: str) -> None:
        for words in BY_HAND:
            # analyze ends with 79 where it has something to say.
            subprocess.run(["istioctl", "--kubeconfig", configs[cluster], *words], capture_output=True, timeout=120)

    began = time.monotonic()
    with ThreadPoolExecutor(len(CLUSTERS) if together else 1) as pool:
        list(pool.map(one, CLUSTERS))
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--delay", type=float, default=20, metavar="MS", help="of the second measurement (default 20)")
    parser.add_argument("--no-hand", action="store_true", help="leave istioctl out")
    args = parser.parse_args()
    env = subprocess.run([TESTS / "lab", "env"], check=True, capture_output=True, text=True).stdout
    lab = dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", env, re.M))
    os.environ["PATH"] = lab["PATH"]
    near = {c: lab[f"LAB_{c.upper()}_KUBECONFIG"] for c in CLUSTERS}
    ours: dict[str, list[dict]] = defaultdict(list)
    hand: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="meshctl-bench-") as folder:
        far = {c: far_away(near[c], args.delay / 1000, Path(folder) / c) for c in CLUSTERS}
        for _ in range(args.runs):
            for command in ("check", "status"):
                ours[command].append(meshctl(command, near))
                ours[f"{command}, {args.delay:g} ms away"].append(meshctl(command, far))
            if not args.no_hand:
                hand["istioctl, one after another"].append(istioctl(near, False))
                hand["istioctl, both at once"].append(istioctl(near, True))
    columns = ("seconds", "own", "cpu", "requests", "MB")
    print(f"{'medians of ' + str(args.runs):32}" + "".join(f"{c:>10}" for c in columns))
    median = {}
    for what, runs in ours.items():
        median[what] = {c: statistics.median(r[c] for r in runs) for c in columns}
        print(f"{what:32}" + "".join(f"{median[what][c]:10.2f}" for c in columns))
    for what, seconds in hand.items():
        m = statistics.median(seconds)
        print(f"{what:32}{m:10.2f}   {m / median['check']['seconds']:.1f} x check, {m / median['status']['own']:.1f} x status's own")


if __name__ == "__main__":
    main()
