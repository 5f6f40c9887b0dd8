"""Running other programs to their end, bounded in time."""

import subprocess
from collections.abc import Sequence

from .errors import LabError


def run(
    argv: Sequence[object],
    seconds: float = 30,
    *,
    stdin: str | None = None,
    env: dict | None = None,
) -> str:
    """Runs argv and returns its standard output; a failure is an error with its last lines."""
    argv = [str(a) for a in argv]
    shown = " ".join(argv)[:200]
    try:
        done = subprocess.run(
            argv,
            input=stdin if stdin is not None else "",
            text=True,
            capture_output=True,
            timeout=seconds,
            env=env,
        )
    except FileNotFoundError:
        raise LabError(
            f"{argv[0]} is not installed; tests/setup --lab installs what the lab needs"
        ) from None
    except subprocess.TimeoutExpired:
        raise LabError(f"not done after {seconds:.0f} s: {shown}") from None
    if done.returncode:
        tail = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise LabError(f"exit code {done.returncode}: {shown}\n  {tail}")
    return done.stdout


def succeeds(argv: Sequence[object], seconds: float = 10) -> bool:
    try:
        run(argv, seconds)
    except LabError:
        return False
    return True
