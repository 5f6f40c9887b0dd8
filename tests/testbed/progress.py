"""Lines that say what the lab does, and waiting with a limit and a reason."""

import concurrent.futures
import sys
import threading
import time
from collections.abc import Callable, Iterable

from .errors import LabError

_began = time.monotonic()
_print = threading.Lock()


def say(where: str, text: str) -> None:
    with _print:
        print(f"{time.monotonic() - _began:6.1f} s  {where:<5} {text}", file=sys.stderr, flush=True)


def until(
    done: Callable[[], bool], seconds: float, fail: Callable[[], LabError], pause: float = 0.2
) -> None:
    """Calls done until it is true; raises what fail makes when that takes longer than seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise fail()
        time.sleep(pause)


def at_once(work: Iterable[Callable[[], None]]) -> None:
    """Does all of it in parallel and waits for all of it; then every failure is one error."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        futures = [pool.submit(w) for w in work]
        errors = [e for e in (f.exception() for f in futures) if e is not None]
    for error in errors:
        if not isinstance(error, LabError):
            raise error
    if errors:
        raise LabError("\n".join(dict.fromkeys(str(e) for e in errors)))
