#!/usr/bin/env python3
"""`meshctl up --bookinfo` against the same mesh by openssl, kubectl, helm and istioctl, on the same
clusters in one run: medians and their ratio. A measurement, not a test: it fails only when a run does.

    tests/bench/up.py [--runs N]     needs a lab that is up (tests/lab up); leaves it empty
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
MESHCTL = os.environ.get("MESHCTL", str(TESTS.parent / "build" / "gcc" / "meshctl"))


def lab(*words: str) -> str:
    return subprocess.run([TESTS / "lab", *words], check=True, capture_output=True, text=True, timeout=400).stdout


def by_hand(*words: str) -> float:
    lab("reset")
    return json.loads(lab("byhand", *words).splitlines()[-1])["seconds"]


def by_meshctl(env: dict[str, str]) -> float:
    lab("reset")
    folder = tempfile.mkdtemp(prefix="meshctl-bench-")
    argv = [
        MESHCTL, "up", "--bookinfo", "--west", env["LAB_WEST_KUBECONFIG"], "--east", env["LAB_EAST_KUBECONFIG"],
        "--charts", env["LAB_CHART_REPO"], "--hub", env["LAB_HUB"], "--istio-version", env["LAB_TAG"], "-q", "-o", "json",
    ]
    began = time.monotonic()
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=400)
    seconds = time.monotonic() - began
    shutil.rmtree(folder)
    if done.returncode:
        raise SystemExit(f"meshctl failed:\n{done.stdout}{done.stderr}")
    steps: dict[str, int] = {}
    for step in json.loads(done.stdout)["steps"]:
        key = f"{step['cluster']} {step['step']}"
        steps[key] = steps.get(key, 0) + step["elapsedMs"]
    print("   ", ", ".join(f"{k} {v / 1000:.1f}" for k, v in steps.items()), flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    env = dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", lab("env"), re.M))
    rows: dict[str, list[float]] = {"meshctl": [], "by hand": [], "by hand, both clusters at once": []}
    for number in range(1, runs + 1):
        print(f"run {number} of {runs}", flush=True)
        rows["meshctl"].append(by_meshctl(env))
        rows["by hand"].append(by_hand())
        rows["by hand, both clusters at once"].append(by_hand("--together"))
    lab("reset")
    ours = statistics.median(rows["meshctl"])
    for name, seconds in rows.items():
        median = statistics.median(seconds)
        print(f"{name:32} median {median:6.1f} s   {median / ours:4.1f} x   runs {', '.join(f'{s:.1f}' for s in seconds)}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest process of the whole run: {peak // 1024} MB")


if __name__ == "__main__":
    main()
