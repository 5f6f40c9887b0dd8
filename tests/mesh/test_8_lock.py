"""One writer at a time: two runs at once, and one that died with the lock in its hand."""

import re
import shutil
import subprocess
import time
import unittest

import foreign
import world
from world import CA_DIR, CLUSTERS, WORK, charts, kubectl, members, meshctl

BUSY = 1


def words(ca_dir) -> list[str]:
    return [world.MESHCTL, "up", *members(), *charts(), "--ca-dir", str(ca_dir)]


def begin(ca_dir) -> subprocess.Popen:
    return subprocess.Popen(words(ca_dir), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=world.ENV, cwd=WORK)


def end(process: subprocess.Popen) -> world.Done:
    out, err = process.communicate(timeout=300)
    world.outputs.extend((out, err))
    return world.Done(process.args, process.returncode, out, err, 0)


def holder(cluster: str) -> str:
    """Who the Lease says is at work there, or nothing."""
    for namespace in ("istio-system", "default"):
        found = kubectl(cluster, "-n", namespace, "get", "lease", "meshctl", "--ignore-not-found", "-o", "jsonpath={.spec.holderIdentity}")
        if found:
            return found
    return ""


def roots() -> set[str]:
    return {foreign.secret_of(c, "istio-system", "cacerts")["root-cert.pem"] for c in CLUSTERS}


@world.some(3)
class Lock(unittest.TestCase):
    def setUp(self):
        world.lab("reset")
        self.folders = [WORK / "one-ca", WORK / "other-ca"]
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def one_goes_on(self, folders):
        """Two runs, 0.1 s apart; then each once more, by itself."""
        first = begin(folders[0])
        time.sleep(0.1)
        second = begin(folders[1])
        ends = [end(first), end(second)]
        self.assertEqual(sorted(d.code for d in ends), [0, BUSY], f"{ends[0]}\n{ends[1]}")
        refused = next(d for d in ends if d.code)
        self.assertRegex(refused.err, "MC104|CA folder", refused)  # the cluster's lock, or before it the folder's
        self.assertRegex(refused.err, r"\S+@\S+", refused)
        self.assertRegex(refused.err, r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", refused)
        self.assertEqual(len(roots()), 1)
        root = roots().pop()
        winner = folders[0] if ends[0].code == 0 else folders[1]
        self.assertEqual((winner / "root-cert.pem").read_text(), root)
        for folder in folders:
            done = meshctl(*words(folder)[1:])
            self.assertEqual(done.code, 0, done)
        self.assertEqual(roots(), {root})

    def test_two_with_one_folder(self):
        self.one_goes_on([self.folders[0], self.folders[0]])

    def test_two_with_two_folders(self):
        self.one_goes_on(self.folders)

    def test_a_dead_holder_is_followed(self):
        """SIGKILL leaves the Lease held; who comes next is told so until it has run out, and then goes on."""
        process = begin(CA_DIR)
        held = world.settle(lambda: holder("west") and kubectl("west", "get", "ns", "istio-system", "-o", "name", "--ignore-not-found"), 30, every=0.05)
        process.kill()
        end(process)
        self.assertTrue(held)
        left = holder("west") or holder("east")
        self.assertTrue(left, "the killed run still holds a Lease")
        killed = time.monotonic()
        done = meshctl(*words(CA_DIR)[1:])
        while done.code == BUSY and time.monotonic() - killed < 180:
            self.assertIn("MC104", done.err, done)
            time.sleep(2)
            done = meshctl(*words(CA_DIR)[1:])
        self.assertEqual(done.code, 0, done)
        print(f"\ntaken over and whole {time.monotonic() - killed:.0f} s after the kill", end=" ", flush=True)

    def test_a_finished_run_holds_nothing(self):
        for _ in range(2):
            done = meshctl(*words(CA_DIR)[1:], "--to", "install")
            self.assertEqual(done.code, 0, done)
            self.assertEqual([holder(c) for c in CLUSTERS], ["", ""])
        refused = meshctl(*words(CA_DIR)[1:], "--set", "istiod.revision=canary", "--to", "install")
        self.assertIn("MC801", refused.err, refused)
        self.assertEqual([holder(c) for c in CLUSTERS], ["", ""])

    def test_readers_do_not_wait(self):
        """plan needs no lock: it tells what is so far, beside a run that is at work."""
        process = begin(CA_DIR)
        self.assertTrue(world.settle(lambda: holder("west"), 30, every=0.05))
        done = meshctl("plan", *words(CA_DIR)[2:])
        self.assertIn(done.code, (0, 2), done)
        self.assertIsNone(re.search("MC104", done.err), done)
        self.assertEqual(end(process).code, 0)


if __name__ == "__main__":
    unittest.main()
