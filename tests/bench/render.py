#!/usr/bin/env python3
"""`meshctl render` against `helm template` of both majors on the charts of the lab: wall clock and peak memory,
medians and their ratios, taken in turns in one run. A measurement, not a test: it fails only when a run does.

    tests/bench/render.py [--runs N]     needs build/gcc/meshctl and the peers (tests/tools/build)
"""

import argparse
import os
import statistics
import subprocess
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
MESHCTL = os.environ.get("MESHCTL", str(TESTS.parent / "build" / "gcc" / "meshctl"))
CHARTS = ("istiod", "base", "gateway")


def tool(*words: str) -> str:
    return subprocess.run([TESTS / "tools" / "build", *words], check=True, capture_output=True, text=True).stdout.strip()


def lab_charts() -> Path:
    text = subprocess.run([TESTS / "lab", "env"], check=True, capture_output=True, text=True).stdout
    found = [line.split("=", 1)[1].strip("'\"") for line in text.splitlines() if line.startswith("export LAB_CHARTS=")]
    return Path(found[0])


def quietly(argv: list[str]) -> bytes:
    """What it says on standard error; its output goes nowhere."""
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stderr


def seconds_of(argv: list[str]) -> float:
    began = time.monotonic()
    quietly(argv)
    return time.monotonic() - began


def peak_of(argv: list[str]) -> float:
    """MiB. By a small program: what this one starts inherits its own peak."""
    return int(quietly(["/usr/bin/time", "-f", "%M", *argv]).split()[-1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    charts = lab_charts()
    print(f"{'chart':8} {'program':8} {'median':>9} {'ratio':>7} {'peak':>9} {'ratio':>7}")
    for chart in CHARTS:
        path = str(charts / chart)
        commands = {
            "meshctl": [MESHCTL, "render", "r1", path],
            "helm 3": [tool("--bin", "helm3"), "template", "r1", path],
            "helm 4": [tool("--bin", "helm4"), "template", "r1", path],
        }
        rows: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, argv in commands.items():
                rows[name].append(seconds_of(argv))
        seconds = {name: statistics.median(row) for name, row in rows.items()}
        peaks = {name: peak_of(argv) for name, argv in commands.items()}
        for name in commands:
            print(
                f"{chart:8} {name:8} {seconds[name] * 1000:6.1f} ms {seconds[name] / seconds['meshctl']:6.1f}x "
                f"{peaks[name]:6.1f} MB {peaks[name] / peaks['meshctl']:6.1f}x"
            )


if __name__ == "__main__":
    main()
