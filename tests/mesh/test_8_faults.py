"""Faults made on purpose, one at a time, on a good mesh: the cause is named first and alone, and what is printed mends it.

Of the table in faults.py, `tests/run --long` makes all; else MESHCTL_FAULTS says how many of those that are told soon (by
MESHCTL_SEED, which is printed) or which ("MC501,label"). At the end the table is printed: fault, id, seconds to the verdict, mended.
"""

import contextlib
import os
import random
import re
import shutil
import sys
import time
import unittest
from dataclasses import dataclass

import fixes
import world
from faults import TABLE, Fault
from hand import Hand
from world import CA_DIR, members, meshctl

CHOSEN = os.environ.get("MESHCTL_FAULTS", "all" if world.LONG else "7")
MENDED_S, UNCHANGED_S = 90, 20
ROUNDS = 12  # findings that an operator mends one after another, until all is good


def chosen() -> list[Fault]:
    if CHOSEN == "all":
        return TABLE
    if CHOSEN.isdigit():
        soon = [f for f in TABLE if not f.remake and f.within <= 15 and f.by == "check"]
        picked = random.Random(world.SEED).sample(soon, min(int(CHOSEN), len(soon)))
        return [f for f in soon if f in picked]
    return [f for f in TABLE if any(w in f"{f.expected} {f.name}" for w in CHOSEN.split(","))]


@dataclass
class Verdict:
    """What one run of check (or verify) says."""

    done: world.Done
    rows: list[dict]

    def bad(self, level: str = "error") -> list[dict]:
        """What is told as a cause: not what follows from another."""
        return [r for r in self.rows if r["level"] == level and not r.get("follows")]

    def causes(self, fault: Fault) -> list[dict]:
        return self.bad("error") or self.bad(fault.level)

    def good(self) -> bool:
        return self.done.code == 0 and not self.bad("error") and not self.bad("warning")

    def __str__(self) -> str:
        lines = [f"  {r['id']} {r['cluster']} {r['level']}{' (follows)' if r.get('follows') else ''}: {r['found']}"
                 f"\n      wanted {r.get('wanted')}\n      fix {r.get('fix')}" for r in self.rows if r["level"] != "ok"]
        return f"exit {self.done.code}\n" + "\n".join(lines or [f"  {self.done.err[-1500:]}"])


def look(by: str, flags: list[str] | None = None) -> Verdict:
    """Flags that a fault gives stand for the members'."""
    done = meshctl(*by.split(), *(flags if flags is not None else members()), "-o", "json")
    try:
        document = done.json()
    except ValueError:
        document = {}
    return Verdict(done, world.findings(document))


@dataclass
class Line:
    """Of the table that is printed."""

    fault: Fault
    told: str = "-"
    seconds: float = 0
    mended: str = "no"


class Faults(unittest.TestCase):
    lines: list[Line] = []
    whole = False

    @classmethod
    def setUpClass(cls):
        print(f"MESHCTL_FAULTS={CHOSEN} MESHCTL_SEED={world.SEED}", file=sys.stderr)
        Hand.clear_nodes()
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        width = max((len(line.fault.name) for line in cls.lines), default=0)
        table = [f"{x.fault.name:{width}}  {x.told:6} {x.seconds:6.1f} s  {x.mended}" for x in cls.lines]
        print("\n".join(["", *table, f"{sum(x.mended.startswith('yes') for x in cls.lines)} of {len(table)} mended by "
                                     "what was printed"]), file=sys.stderr)
        if any(line.fault.remake for line in cls.lines) or not cls.whole:
            world.lab("reset")

    def stand(self):
        """A good mesh to begin with, made anew where the last fault left none."""
        if not Faults.whole:
            world.lab("reset")
            shutil.rmtree(CA_DIR, ignore_errors=True)
            world.whole(world.up())
        verdict = world.settle(lambda: (lambda v: v if v.good() else None)(look("check")), 60)
        self.assertTrue(verdict, "check of the good mesh is green")

    def make(self, fault: Fault):
        line, hand = Line(fault), Hand()
        Faults.lines.append(line)
        self.stand()
        Faults.whole = False
        try:
            fault.make(hand)
            self.tell(fault, line)
            self.mend(fault, line, hand)
            hand.take_away()
            if fault.tidy:
                hand.put_back()
            Faults.whole = not fault.remake
        except BaseException as error:
            print(f"{fault.name}: {error}", file=sys.stderr)
            with contextlib.suppress(Exception):  # the mesh is made anew; what is outside it is put back
                hand.put_back()
            raise

    def tell(self, fault: Fault, line: Line):
        """The expected id first, and nothing else as a cause; a wrong word before is a fault of its own."""
        began = time.monotonic()
        while True:
            verdict = look(fault.by, fault.flags and fault.flags())
            causes = verdict.causes(fault)
            line.seconds = time.monotonic() - began
            line.told = causes[0]["id"] if causes else "-"
            if (causes and not {c["id"] for c in causes} & set(fault.before)) or line.seconds > fault.within:
                break
            time.sleep(0.5)
        self.assertEqual({c["id"] for c in causes}, {fault.expected}, f"{fault.name}: {verdict}")
        self.assertEqual(verdict.done.code != 0, fault.level == "error", verdict)
        self.verdict = verdict

    def mend(self, fault: Fault, line: Line, hand: Hand):
        verdict, rounds = self.verdict, 0
        if fault.undo:
            line.mended = f"no: {fault.undo}"
            hand.put_back()
        while not fault.undo and rounds < ROUNDS:
            rounds += 1
            causes = verdict.causes(fault) if rounds == 1 else verdict.bad("error") or verdict.bad("warning")
            cause = next((c for c in causes if c["cluster"] == fault.choose), causes[0])
            fixes.execute(cause["fix"], cause["cluster"], fault.words(), members())
            # What follows goes by itself; another cause that is left is the next that one would mend.
            verdict = self.until_good(fault)
            if verdict.good():
                line.mended = "yes" if rounds == 1 else f"yes, {rounds} rounds"
                break
        if fault.undo:
            verdict = self.until_good(fault)
        self.assertTrue(verdict.good(), f"{fault.name}, mended: {verdict}")

    def until_good(self, fault: Fault) -> Verdict:
        """Until all is good, or the same other cause has been told for long."""
        end = time.monotonic() + MENDED_S
        since, last = time.monotonic(), None
        while True:
            verdict = look("check")
            if verdict.good() and fault.by != "check":
                verdict = look(fault.by)
            told = sorted((c["id"], c["cluster"]) for c in verdict.bad("error"))
            if told != last:
                since, last = time.monotonic(), told
            if verdict.good() or time.monotonic() > end or (told and time.monotonic() > since + UNCHANGED_S):
                return verdict
            time.sleep(0.5)


def _test_of(fault: Fault):
    return lambda self: self.make(fault)


for _number, _fault in enumerate(chosen()):
    _name = re.sub(r"\W+", "_", _fault.name)
    setattr(Faults, f"test_{_number:02}_{_name}", _test_of(_fault))


if __name__ == "__main__":
    unittest.main()
