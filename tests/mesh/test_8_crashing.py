"""A pod that ends again and again: its own last words are the reason, and it is not waited for to the end."""

import unittest

import world
from foreign import SYSTEM
from world import CLUSTERS, get, up

FAILED = 1
TIMEOUT_SECONDS = 150


class Crashing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(up())

    def mended(self):
        done = up("--reset-values")
        self.assertEqual(done.code, 0, done)

    def test_istiod_that_knows_no_such_level(self):
        self.addCleanup(self.mended)
        done = world.step("install", "--set", "istiod.global.logging.level=default:loud", "--timeout", f"{TIMEOUT_SECONDS}s")
        self.assertEqual(done.code, FAILED, done)
        self.assertRegex(done.err, "its log says: .*loud", done)
        self.assertNotIn("longer --timeout", done.err, done)
        self.assertLess(done.seconds, TIMEOUT_SECONDS / 2)
        for cluster in CLUSTERS:
            old = get(cluster, "-n", SYSTEM, "deploy", "istiod")["status"]
            self.assertGreaterEqual(old.get("readyReplicas", 0), 1, "the one that ran goes on")


if __name__ == "__main__":
    unittest.main()
