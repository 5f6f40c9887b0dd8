"""Runs a program on hostile input and holds it to limits: it ends by itself, with the code and the words that were expected,
in little memory and processor time, soon after SIGTERM, and writes nothing that a terminal obeys.

A test file makes rows and hands them to `Hostile.check_rows`; `main()` prints a table of all runs and the largest of each.
Environment: MESHCTL the program; SANITIZED when it is built with a sanitizer, whose own memory and time are not measured.
A child begins as a copy of this process, so what a test holds in memory counts as the child's: make large bodies piece by piece.
"""
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unicodedata
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

MESHCTL = os.environ.get("MESHCTL", "meshctl")
SANITIZED = bool(os.environ.get("SANITIZED"))
MAX_PEAK_MIB = 512
MAX_PROCESSOR_S = 20
MAX_AFTER_TERM_S = 2
MAX_WALL_S = 60
# What stops a run before the machine suffers; a run that gets here has failed.
MAX_ADDRESSES = 3 << 30
MAX_OUTPUT = 64 << 20
AT_ONCE = 4
# Codes of usage and so on are the program's contract.
GOOD, FAILED, DIFFERENT, TIMED_OUT, UNREACHABLE, REFUSED, USAGE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 64, 65, 130
# Of a cluster where nobody answers.
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: main
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: u, user: {token: x}}]
contexts: [{name: main, context: {cluster: c, user: u}}]
"""


@dataclass
class Row:
    """One run. `words`: the command line behind the program, or a function of a folder of the row's own that gives it.
    `said`: what standard error or output contains (all of them); `unsaid`: what neither does."""
    name: str
    words: object
    code: object  # or a tuple of those that are right
    said: object = ()
    unsaid: tuple = ()
    env: dict = field(default_factory=dict)
    stdin: bytes = b""
    program: object = None  # another than MESHCTL
    raw_out: bool = False  # standard output is data that no terminal is meant to get
    term_s: float = None  # run again, with SIGTERM after that many seconds
    only_term: bool = False  # do not run to the end: it is far
    max_wall_s: float = MAX_WALL_S
    again: object = None  # called with the Run; raises AssertionError


@dataclass
class Run:
    code: int
    out: str
    err: str
    peak_mib: float
    processor_s: float
    wall_s: float
    after_term_s: float
    folder: Path


def obeyed(text):
    """The characters in a text that a terminal obeys or hides: controls, bidirectional ones, those without a width."""
    return sorted({f"U+{ord(c):04X}" for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})


def run(row, folder, term_s=None):
    words = row.words(folder) if callable(row.words) else row.words
    program = row.program or [MESHCTL]
    home = folder / "home"
    home.mkdir(exist_ok=True)
    clean = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS") if key in os.environ}
    env = {**clean, "HOME": str(home), "LC_ALL": "C.UTF-8", **row.env}
    with (folder / "out").open("wb+") as out, (folder / "err").open("wb+") as err, tempfile.TemporaryFile() as stdin:
        stdin.write(row.stdin)
        stdin.seek(0)
        began = time.monotonic()
        process = subprocess.Popen([*program, *map(str, words)], stdin=stdin, stdout=out, stderr=err, env=env, cwd=folder)
        if not SANITIZED:
            resource.prlimit(process.pid, resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
        termed = None
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            now = time.monotonic()
            if pid:
                break
            if now - began > row.max_wall_s + (term_s or 0) + 5:
                process.kill()
            elif term_s is not None and termed is None and now - began >= term_s:
                process.send_signal(signal.SIGTERM)
                termed = time.monotonic()
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [(file.seek(0), file.read())[1].decode("utf-8", "replace") for file in (out, err)]
    return Run(process.returncode, *texts, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, now - began,
               None if termed is None else now - termed, folder)


class Table:
    """All runs of this process, as lines."""

    def __init__(self):
        self.rows, self.lock, self.server_faults = [], threading.Lock(), []

    def add(self, name, done):
        with self.lock:
            self.rows.append((name, done))

    def show(self):
        width = max((len(name) for name, _ in self.rows), default=0)
        print(f"{'':{width}}  code    MiB  processor s  wall s  s after SIGTERM")
        for name, done in self.rows:
            after = "" if done.after_term_s is None else f"{done.after_term_s:.2f}"
            print(f"{name:{width}}  {done.code:4}  {done.peak_mib:5.0f}  {done.processor_s:11.2f}  {done.wall_s:6.2f}  {after:>15}")
        print(f"{len(self.rows)} runs; the largest:")
        for what, unit, get in (("peak", "MiB", lambda d: d.peak_mib), ("processor", "s", lambda d: d.processor_s),
                                ("wall", "s", lambda d: d.wall_s), ("after SIGTERM", "s", lambda d: d.after_term_s)):
            seen = [(get(done), name) for name, done in self.rows if get(done) is not None]
            if seen:
                print("  %s: %.2f %s (%s)" % (what, max(seen)[0], unit, max(seen)[1]))


TABLE = Table()
# A server of a test that fails in a thread would else look like one that is meant to misbehave.
threading.excepthook = lambda fault: TABLE.server_faults.append(repr(fault.exc_value))


class Hostile(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addCleanup(lambda: self.assertEqual(TABLE.server_faults, [], "a server of the test failed"))

    def check_run(self, row, done):
        """What holds for every run, and what the row expects of one that was not ended by SIGTERM."""
        end = done.err[-1500:]
        self.assertGreaterEqual(done.code, 0, f"ended by signal {-done.code}: {end}")
        self.assertNotIn("Sanitizer", done.err)
        self.assertLessEqual(done.wall_s, row.max_wall_s + (0 if done.after_term_s is None else MAX_AFTER_TERM_S), end)
        self.assertEqual(obeyed(done.err), [], end)
        if not row.raw_out:
            self.assertEqual(obeyed(done.out), [], done.out[:1500])
        if not SANITIZED:
            self.assertLess(done.peak_mib, MAX_PEAK_MIB, end)
            self.assertLess(done.processor_s, MAX_PROCESSOR_S, end)
            self.assertLess(done.after_term_s or 0, MAX_AFTER_TERM_S, end)
        for words in row.unsaid:
            self.assertNotIn(words, done.err + done.out)
        if done.after_term_s is not None:
            return
        self.assertIn(done.code, row.code if isinstance(row.code, tuple) else (row.code,), end)
        for words in [row.said] if isinstance(row.said, str) else row.said:
            self.assertIn(words, done.err + done.out)
        if row.again:
            row.again(done)

    def run_row(self, number, row):
        runs = []
        for term_s in (None, row.term_s):
            if term_s is None and (runs or row.only_term):
                continue
            folder = self.folder / f"{number}-{len(runs)}"
            folder.mkdir()
            done = run(row, folder, term_s)
            TABLE.add(row.name, done)
            runs.append(done)
        return runs

    def check_rows(self, rows, at_once=AT_ONCE):
        with ThreadPoolExecutor(at_once) as pool:
            all_runs = list(pool.map(lambda pair: self.run_row(*pair), enumerate(rows)))
        for row, runs in zip(rows, all_runs):
            for done in runs:
                with self.subTest(row.name, term=done.after_term_s is not None):
                    self.check_run(row, done)


def main():
    program = unittest.main(module="__main__", exit=False)
    TABLE.show()
    raise SystemExit(not program.result.wasSuccessful())
