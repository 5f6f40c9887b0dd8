#!/usr/bin/env python3
"""`meshctl up --bookinfo` against the same mesh by openssl, kubectl, helm and istioctl, on the same
clusters in one run: medians and their ratio. And what a run on a mesh that is up to date costs: a second
`up`, `plan`; the requests that each sends, the memory that it takes. Another build of meshctl can be
measured beside it, in turns. A measurement, not a test: it fails only when a run does.

    tests/bench/up.py [--runs N] [--beside MESHCTL] [--no-hand]     needs a lab that is up; leaves it empty
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
MESHCTL = os.environ.get("MESHCTL", str(TESTS.parent / "build" / "gcc" / "meshctl"))
DIFFERS = 2
MEASURED = ("seconds", "requests", "MB")


def lab(*words: str) -> str:
    return subprocess.run([TESTS / "lab", *words], check=True, capture_output=True, text=True, timeout=400).stdout


def by_hand(*words: str) -> float:
    lab("reset")
    return json.loads(lab("byhand", *words).splitlines()[-1])["seconds"]


def has(program: str, command: str) -> bool:
    return subprocess.run([program, command, "--help"], capture_output=True).returncode == 0


def measured(program: str, command: str, env: dict[str, str], folder: str) -> dict[str, float]:
    """One run; its peak by a small program, as what this one starts inherits its own."""
    words = [
        program, command, "--bookinfo", "--west", env["LAB_WEST_KUBECONFIG"], "--east", env["LAB_EAST_KUBECONFIG"],
        "--charts", env["LAB_CHART_REPO"], "--hub", env["LAB_HUB"], "--istio-version", env["LAB_TAG"], "-q", "-o", "json",
    ]
    began = time.monotonic()
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%M", *words], cwd=folder, capture_output=True, text=True, timeout=400)
    seconds = time.monotonic() - began
    if done.returncode not in (0, DIFFERS):
        raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    report = json.loads(done.stdout)
    if steps := report.get("steps"):
        times: dict[str, int] = defaultdict(int)
        for step in steps:
            times[f"{step['cluster']} {step['step']}"] += step["elapsedMs"]
        print(f"    {command}:", ", ".join(f"{k} {v / 1000:.1f}" for k, v in times.items() if v >= 50), flush=True)
    requests = [c["requests"] for c in report.get("clusters", []) if "requests" in c]
    return {"seconds": seconds, "requests": sum(requests) if requests else float("nan"), "MB": int(done.stderr.split()[-1]) / 1024}


def by_meshctl(name: str, program: str, env: dict[str, str], rows: dict) -> None:
    """From nothing, then on what that left."""
    lab("reset")
    folder = tempfile.mkdtemp(prefix="meshctl-bench-")
    try:
        for what, command in (("up", "up"), ("second up", "up"), ("plan", "plan")):
            if command == "up" or has(program, command):
                rows[name, what].append(measured(program, command, env, folder))
    finally:
        shutil.rmtree(folder)


def print_meshctl(rows: dict, names: list[str]) -> None:
    print(f"{'':28}" + "".join(f"{what:>12}" for what in MEASURED) + "   medians")
    for (name, what), runs in rows.items():
        medians = [statistics.median(run[m] for run in runs) for m in MEASURED]
        ratios = ""
        if name != names[0] and (names[0], what) in rows:
            own = [statistics.median(run[m] for run in rows[names[0], what]) for m in MEASURED]
            ratios = "   " + ", ".join(f"{theirs / ours:.2f} x" for theirs, ours in zip(medians, own, strict=True))
        print(f"{name + ' ' + what:28}" + "".join(f"{m:12.2f}" for m in medians) + ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--beside", metavar="MESHCTL", help="another build, measured in the same run")
    parser.add_argument("--no-hand", action="store_true", help="leave the hand tools out")
    args = parser.parse_args()
    env = dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", lab("env"), re.M))
    programs = {"meshctl": MESHCTL} | ({"beside": args.beside} if args.beside else {})
    ours: dict[tuple[str, str], list[dict]] = defaultdict(list)
    hand: dict[str, list[float]] = defaultdict(list)
    for number in range(1, args.runs + 1):
        print(f"run {number} of {args.runs}", flush=True)
        for name, program in programs.items():
            by_meshctl(name, program, env, ours)
        if not args.no_hand:
            hand["by hand"].append(by_hand())
            hand["by hand, both at once"].append(by_hand("--together"))
    lab("reset")
    print_meshctl(ours, list(programs))
    first = statistics.median(run["seconds"] for run in ours["meshctl", "up"])
    for name, seconds in hand.items():
        median = statistics.median(seconds)
        print(f"{name:28}{median:12.2f}   {median / first:4.1f} x   runs {', '.join(f'{s:.1f}' for s in seconds)}")


if __name__ == "__main__":
    main()
