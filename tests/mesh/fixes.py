"""Does what a printed fix says, and nothing else: what can be pasted into a shell, words for a reader left out.

A fix is cut into parts at "; then ", "; " and ": ". A part that begins with meshctl, kubectl or echo is a line for a
shell; it ends at ", ", " (", or where it says which flags or which cluster: "with the same flags", "in west". A word in
capitals is to be filled in. The shell's kubectl goes to the finding's cluster, unless the part names another one, and
its meshctl is the one under test, with those flags of `up` that check is not given: charts and the CA's folder.
"""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import world
from world import CA_DIR, CLUSTERS, WORK, charts, kubeconfig

SAME_FLAGS = " with the same flags"
CHART_STEPS, CA_STEPS = ("up", "install", "gateway"), ("up", "ca")
QUOTED = re.compile(r"'[^']*'")


@dataclass(frozen=True)
class Line:
    text: str
    cluster: str | None = None  # that the text names

    def __str__(self) -> str:
        return self.text + (f" in {self.cluster}" if self.cluster else "")


class NoCommand(Exception):
    """A fix that a program cannot do."""


def lines_of(fix: str) -> list[Line]:
    quotes = QUOTED.findall(fix)
    found = []
    at = 0
    for part in re.split(r"; (?:then )?|: ", QUOTED.sub("\0", fix)):
        own, at = quotes[at:at + part.count("\0")], at + part.count("\0")
        if not re.match(r"(meshctl|kubectl|echo) ", part):
            continue
        text = re.split(r", | \(", part)[0].rstrip(".")
        where = re.search(rf" in ({'|'.join(CLUSTERS)})$", text)
        text = text[:where.start()] if where else text
        for quote in own[:text.count("\0")]:
            text = text.replace("\0", quote, 1)
        found.append(Line(text, where[1] if where else None))
    return found


def execute(fix: str, cluster: str, words: dict[str, str], members: list[str]) -> list[Line]:
    """Runs the lines of a fix of a finding in that cluster; what was run. `words` fills in what is in capitals."""
    for word, meaning in words.items():
        fix = re.sub(rf"\b{word}\b", lambda _: meaning, fix)
    lines = lines_of(fix)
    if not lines:
        raise NoCommand(f"no command in: {fix}")
    for line in lines:
        if left := re.findall(r"(?<![\w$])[A-Z]{2,}(?![\w=])", QUOTED.sub("", line.text)):
            raise NoCommand(f"words to fill in: {left} in: {line}")
        _run(line, cluster, members)
    return lines


def _run(line: Line, cluster: str, members: list[str]) -> None:
    text = line.text.replace(SAME_FLAGS, " " + shlex.join(map(str, members)))
    env = world.ENV | {"PATH": f"{_programs()}:{world.ENV['PATH']}", "KUBECONFIG": kubeconfig(line.cluster or cluster)}
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", f"umask 077; {text}"], env=env, cwd=WORK, capture_output=True,
                          text=True, timeout=300, stdin=subprocess.DEVNULL)
    world.outputs.extend((done.stdout, done.stderr))
    if done.returncode:
        raise AssertionError(f"the printed fix fails: {line}: exit {done.returncode}: {done.stdout[-1000:]}{done.stderr[-3000:]}")


def _programs() -> Path:
    """A folder with a meshctl that is given what `up` was given."""
    folder = WORK / "bin"
    if not folder.exists():
        folder.mkdir()
        script = folder / "meshctl"
        script.write_text(f"""#!/bin/sh
case $1 in {"|".join(CHART_STEPS)}) set -- "$@" {shlex.join(map(str, charts()))};; esac
case " $* " in
    *" --ca-dir "*) ;;
    {"|".join(f'" {v} "*' for v in CA_STEPS)}) set -- "$@" --ca-dir {shlex.quote(str(CA_DIR))};;
esac
exec {shlex.quote(world.MESHCTL)} "$@"
""")
        script.chmod(0o700)
    return folder

