"""The whole `up` with the address and thread sanitizers built in: clean, from empty clusters."""

import os
import shutil
import unittest

import world
from world import CA_DIR, up


class Sanitized(unittest.TestCase):
    def clean_up(self, name: str):
        program = os.environ.get(name)
        if not program:
            self.skipTest(f"{name} is not set")
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        env = {
            "ASAN_OPTIONS": "detect_leaks=1:exitcode=99",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
            "TSAN_OPTIONS": "halt_on_error=0:exitcode=99",
        }
        for run in ("from nothing", "again"):
            done = up(program=program, env=env, seconds=400)
            for text in ("ERROR: AddressSanitizer", "runtime error:", "LeakSanitizer", "WARNING: ThreadSanitizer"):
                self.assertNotIn(text, done.err, run)
            self.assertEqual(done.code, 0, done)

    def test_address_and_undefined(self):
        self.clean_up("MESHCTL_ASAN")

    def test_threads(self):
        self.clean_up("MESHCTL_TSAN")


if __name__ == "__main__":
    unittest.main()
