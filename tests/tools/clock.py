"""How long building will take, and how far it is."""

import os
import time

from toolbox import say

MEASURED_ON = 2  # processors, when the seconds of the programs' table were measured
QUIET_SECONDS = 30  # no longer without a line


def expected(todo: list[tuple]) -> float:
    """Seconds, as far as is known before any of it is built."""
    return sum(s.seconds(p) for s, p in todo) * MEASURED_ON / len(os.sched_getaffinity(0))


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Clock:
    """A line for each program that is ready, with the time that went by and what it will be when
    all are: as the table has it, corrected by how fast those before went.
    """

    def __init__(self, todo: list[tuple]):
        self.seconds = {p: s.seconds(p) for s, p in todo}
        self.left = dict(self.seconds)
        self.whole = self.about = expected(todo)
        self.began = self.last = time.monotonic()
        say(f"building {len(todo)} programs, once a machine: about {minutes(self.whole)} minutes")

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def ready(self, program: str) -> None:
        if self.left.pop(program, None) is None:
            return
        total, left = sum(self.seconds.values()), sum(self.left.values())
        # A tenth says something of the machine, a hundredth does not.
        pace = self.elapsed() / (total - left) if left < 0.9 * total else self.whole / total
        self.about = self.elapsed() + left * pace
        number = len(self.seconds) - len(self.left)
        self._line(f"[{number:2}/{len(self.seconds)}] {program}")

    def working(self, what: str) -> None:
        if time.monotonic() - self.last > QUIET_SECONDS:
            self._line(f"        {what}")

    def _line(self, text: str) -> None:
        self.last = time.monotonic()
        about = max(self.about, self.elapsed())
        say(f"{text:<34}{minutes(self.elapsed()):>6} of about {minutes(about)}")
