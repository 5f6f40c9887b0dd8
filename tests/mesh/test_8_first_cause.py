"""verify leads with the cause, and names what is missing as missing."""

import re
import unittest

import world
from foreign import INGRESS, SYSTEM
from world import kubectl, members, meshctl, up


class FirstCause(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(up())

    def mended(self):
        done = up()
        self.assertEqual(done.code, 0, done)

    def bad(self, cluster: str, done: world.Done) -> list[str]:
        """The ids of a cluster's findings, in their order."""
        return [c["id"] for c in done.json()["verify"]["checks"] if c["cluster"] == cluster and c["level"] == "error"]

    def test_no_istiod_and_no_service(self):
        """Both at once in east; that west no more gets on with it follows from that."""
        self.addCleanup(self.mended)
        self.addCleanup(kubectl, "east", "-n", SYSTEM, "scale", "deploy", "istiod", "--replicas=1")
        kubectl("east", "-n", INGRESS, "delete", "service", "istio-eastwest")
        kubectl("east", "-n", SYSTEM, "scale", "deploy", "istiod", "--replicas=0")
        kubectl("east", "-n", SYSTEM, "wait", "--for=delete", "pod", "-l", "app=istiod", "--timeout=60s")
        done = meshctl("verify", *members(), "-o", "json")
        self.assertEqual(done.code, 1, done)
        found = self.bad("east", done)
        self.assertEqual(found[:2], ["MC604", "MC504"], done)
        for other in ("MC205", "MC303", "MC601"):
            self.assertNotIn(other, found, done)
        self.assertLess(done.seconds, 30, "what follows from a cause is not waited for")
        told = meshctl("verify", *members())
        east = told.err[told.err.index("east verify"):]
        self.assertEqual(re.search(r"MC\d{3}", east)[0], "MC604", told)
        self.assertNotIn("restart istiod", told.err, told)


if __name__ == "__main__":
    unittest.main()
