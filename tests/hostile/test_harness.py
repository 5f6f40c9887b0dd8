#!/usr/bin/env python3
"""The harness finds what it is there for: each of these programs does one thing that meshctl must not."""
import sys
from unittest import mock

from harness import Hostile, Row, main

FAULTS = [
    ("takes memory", "x = b'1' * (600 << 20)", "not less than 512"),
    ("takes the processor", "import time\nwhile time.process_time() < 1.2: pass", "not less than 1"),
    ("never ends", "import time; time.sleep(9)", "ended by signal 9"),
    ("crashes", "import os; os.abort()", "ended by signal 6"),
    ("writes an escape", "import sys; sys.stderr.write('\\033[31m')", "U+001B"),
    ("writes a bidirectional character", "print('\\u202e')", "U+202E"),
    ("ends well", "", "not found in"),
]


class Harness(Hostile):
    def fault(self, done, row):
        try:
            self.check_run(row, done)
        except AssertionError as e:
            return str(e)
        return ""

    def test_good(self):
        self.check_rows([Row("version", ["version"], 0, "meshctl"), Row("no command", ["none"], 64, "none")])

    @mock.patch("harness.MAX_PROCESSOR_S", 1)
    @mock.patch("harness.SANITIZED", False)
    def test_faults(self):
        for number, (name, code, said) in enumerate(FAULTS):
            row = Row(name, ["-c", code], 65, program=[sys.executable], max_wall_s=1 if name == "never ends" else 60)
            [done] = self.run_row(number, row)
            with self.subTest(name):
                self.assertIn(said, self.fault(done, row))

    @mock.patch("harness.SANITIZED", False)
    def test_deaf_to_sigterm(self):
        code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(3)"
        row = Row("deaf", ["-c", code], 0, program=[sys.executable], term_s=0.3)
        runs = self.run_row(0, row)
        self.assertEqual([bool(self.fault(done, row)) for done in runs], [False, True])


if __name__ == "__main__":
    main()
