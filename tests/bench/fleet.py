#!/usr/bin/env python3
"""What a fleet costs: check, plan, up and a second up over 2, 8 and 32 clusters whose answers are 20 ms away each.
The time of 32 against that of 2, the memory at its peak, and the requests to each cluster. A measurement, not a test.

    tests/bench/fleet.py [--runs N] [--delay MS] [--build DIR]     needs a build, no lab

The clusters are the fake API servers of tests/api, all of them in one process on this machine, which wait before each
answer; connections are made without delay. Their work is this machine's too: the processor time that meshctl takes
is told beside the time that went by. Certificates are made before, by a run that is not measured.

The least that could be asked of a cluster. A check: each collection and object that its rows are about, once, behind
the version, the documents of discovery and the Secrets of the releases. An up: one write for each of some 16 objects
of these small charts, two for each of the 4 records of releases and for the lock, which are 26; before them what a
check reads, and each object once, as others may have made it; behind them what is waited for. With each further
cluster its link, which is one Secret: it is read when the changes are listed, read again when its content is known,
and written. A list of all links could save these two reads, but does not show a Secret of that name that is no link.
"""

import argparse
import json
import os
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COUNTS = (2, 8, 32)
DIFFERS = 2
MEASURED = ("seconds", "cpu", "MB", "requests")


def requests_of(report: dict) -> float:
    """To each cluster, on the average."""
    clusters = [c["requests"] for c in report.get("clusters", []) if "requests" in c]
    return statistics.mean(clusters) if clusters else float("nan")


def measured(words: list[str], folder: str, env: dict[str, str]) -> dict[str, float]:
    began = time.monotonic()
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%M %U %S", *words], cwd=folder, env=env, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=600)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 1, DIFFERS):
        raise SystemExit(f"{words[0]} {words[1]}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    kilobytes, user, system = (float(n) for n in done.stderr.split()[-3:])
    return {"seconds": seconds, "cpu": user + system, "MB": kilobytes / 1024, "requests": requests_of(json.loads(done.stdout))}


def fleet(count: int, args: argparse.Namespace, rows: dict) -> None:
    """All commands over so many clusters, from nothing."""
    env = os.environ | {"LD_PRELOAD": str(args.build / "tests/hostile/libfailing.so"), "LC_ALL": "C.UTF-8"}
    program = str(args.build / "meshctl")
    serve = [args.build / "tests/api/serve_clusters", str(count), str(args.delay)]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
        folder = servers.stdout.readline().strip()
        members = servers.stdout.readline().split()
        mesh = [*members, "--charts", str(ROOT / "tests/api/charts"), "--ca-dir", "ca"]
        quiet = ["-q", "-o", "json"]
        subprocess.run([program, "up", *mesh, "--to", "ca", "-q"], cwd=folder, env=env, check=True, capture_output=True)
        for what, words in (("plan", ["plan", *mesh, "--to", "expose"]), ("up", ["up", *mesh, "--to", "expose"]),
                            ("second up", ["up", *mesh, "--to", "expose"]), ("check", ["check", *members])):
            rows[what, count].append(measured([program, *words, *quiet], folder, env))
        servers.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--delay", type=int, default=20, metavar="MS")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "gcc", metavar="DIR")
    args = parser.parse_args()
    rows: dict[tuple[str, int], list[dict[str, float]]] = defaultdict(list)
    for _ in range(args.runs):
        for count in COUNTS:
            fleet(count, args, rows)
    print(f"{'medians of ' + str(args.runs):16}{'clusters':>10}" + "".join(f"{m:>10}" for m in MEASURED))
    for what in dict.fromkeys(name for name, _ in rows):
        medians = {n: {m: statistics.median(run[m] for run in rows[what, n]) for m in MEASURED} for n in COUNTS}
        for n in COUNTS:
            ratio = f"   {medians[n]['seconds'] / medians[COUNTS[0]]['seconds']:.2f} x" if n != COUNTS[0] else ""
            print(f"{what:16}{n:10}" + "".join(f"{medians[n][m]:10.2f}" for m in MEASURED) + ratio)


if __name__ == "__main__":
    main()
