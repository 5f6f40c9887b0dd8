"""The command line of tests/lab."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from . import byhand, health, lab, peers, shape
from .errors import LabError
from .layout import ALL, CHART_REPO_URL, CHARTS, STATE, Cluster

DESCRIPTION = "Whole Kubernetes clusters on this machine, for meshctl to make a mesh of."


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/lab", description=DESCRIPTION)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in (
        ("up", "make it, or whatever of it is missing"),
        ("down", "end and remove all of it"),
        ("status", "is everything well? (exit code 1 when not)"),
        ("reset", "take any mesh off again: empty clusters"),
        ("env", "print shell variables: kubeconfigs, charts, hub, tag, programs"),
    ):
        verb = verbs.add_parser(name, help=text, description=text)
        if name == "up":
            verb.add_argument(
                "--clusters",
                type=int,
                choices=range(shape.FEWEST, len(ALL) + 1),
                help=f"how many (default: as many as are up, else {shape.FEWEST})",
            )
            verb.add_argument(
                "--flat",
                metavar="NAME,NAME",
                help="clusters whose pods reach each other, by addresses that do not overlap",
            )
    execute = verbs.add_parser(
        "exec", help="run a command on a cluster's node, with KUBECONFIG set"
    )
    execute.add_argument("cluster", choices=[c.name for c in ALL])
    execute.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    byhand.add_arguments(
        verbs.add_parser(
            "byhand",
            help=byhand.HELP,
            description=byhand.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    args = parser.parse_args()
    try:
        return {
            "up": _up,
            "down": _down,
            "status": _status,
            "reset": _reset,
            "env": _env,
            "exec": _exec,
            "byhand": byhand.main,
        }[args.verb](args) or 0
    except LabError as error:
        print(f"tests/lab {args.verb}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            f"tests/lab {args.verb}: cut; the same command goes on, tests/lab down clears up",
            file=sys.stderr,
        )
        return 130


def _up(args) -> None:
    lab.up(args.clusters, args.flat)


def _down(_args) -> None:
    lab.down()


def _reset(_args) -> None:
    lab.reset()


def _status(_args) -> int:
    found = health.findings()
    rows = [("COMPONENT", "CLUSTER", "PID", "STATE")]
    rows += [(f.component, f.where, str(f.pid or "-"), f.state) for f in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    return 0 if all(f.state == health.OK for f in found) else 1


def _exec(args) -> None:
    cluster = next((c for c in shape.clusters() if c.name == args.cluster), None)
    if not cluster:
        raise LabError(f"the lab has no cluster {args.cluster}; tests/lab up --clusters {len(ALL)}")
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise LabError("no command given")
    lab.require_up()
    os.environ |= {"KUBECONFIG": str(cluster.kubeconfig), "PATH": peers.search_path()}
    os.execvp("nsenter", ["nsenter", f"--net=/run/netns/{cluster.netns}", "--", *command])


def _env(_args) -> None:
    for name, value in _variables().items():
        print(f"export {name}={shlex.quote(str(value))}")


def _variables() -> dict[str, str | Path]:
    def named(what: str, cluster: Cluster) -> str:
        return f"LAB_{cluster.name.upper()}_{what}"

    clusters = shape.clusters()
    return (
        {
            "LAB_STATE": STATE,
            "LAB_CLUSTERS": " ".join(c.name for c in clusters),
            "LAB_FLAT": " ".join(shape.flat()),
        }
        | {named("KUBECONFIG", c): c.kubeconfig for c in clusters}
        | {named("NODE_IP", c): c.node_ip for c in clusters}
        | {named("PODS", c): c.pod_network for c in clusters}
        | {
            "LAB_CHARTS": CHARTS,
            "LAB_CHART_REPO": CHART_REPO_URL,
            "LAB_SAMPLES": peers.istio_tree() / "samples",
            "LAB_HUB": peers.istio_hub(),
            "LAB_TAG": peers.istio_version(),
            "LAB_NEXT_TAG": peers.next_version(),
            "LAB_ISTIO_VERSION": peers.istio_version(),
            "LAB_BIN": peers.places()["path"],
            "PATH": peers.search_path(),
        }
    )
