"""A cloud that gives no address: the wait ends with its reason, and the same command goes on later."""

import os
import shutil
import signal
import subprocess
import time
import unittest

import world
from world import CA_DIR, kubectl, step, up


class SlowCloud(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)

    def test_1_no_address_then_one(self):
        for name in ("ca", "install"):
            done = step(name)
            self.assertEqual(done.code, 0, done)
        pids = [world.lab_process("attendant", c) for c in world.CLUSTERS]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            done = step("gateway", "--timeout", "15s")
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        self.assertEqual(done.code, 3, done)
        self.assertIn("istio-ingress/istio-ingress", done.err)
        self.assertIn("address", done.err)
        done = step("gateway")
        self.assertEqual(done.code, 0, done)
        done = up()
        self.assertEqual(done.code, 0, done)

    def test_2_killed_anywhere_the_same_command_finishes(self):
        """`up` is killed at several moments, hard; then it is run once more and the mesh is whole."""
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        words = [world.MESHCTL, "up", *world.members(), *world.charts(), "--ca-dir", str(CA_DIR), "--bookinfo"]
        for seconds in (0.8, 3, 6, 9, 13):
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=world.ENV)
            time.sleep(seconds)
            process.kill()
            process.wait()
        done = up()
        self.assertEqual(done.code, 0, done)
        for cluster in world.CLUSTERS:
            listed = world.run("helm3", f"--kubeconfig={world.kubeconfig(cluster)}", "list", "-A", "-q", "--deployed").split()
            self.assertEqual(sorted(listed), ["istio-base", "istio-eastwest", "istio-ingress", "istiod"])

    def test_3_interrupt_says_what_to_do(self):
        process = subprocess.Popen([world.MESHCTL, "up", *world.members(), *world.charts(), "--ca-dir", str(CA_DIR)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=world.ENV)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("run the same command to go on", err)
        self.assertIn("istio-base", kubectl("west", "-n", "istio-system", "get", "secret", "-o", "name"))


if __name__ == "__main__":
    unittest.main()
