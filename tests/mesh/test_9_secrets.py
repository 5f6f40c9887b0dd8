"""Last of all: nothing secret left the program in any run of these tests."""

import base64
import json
import os
import subprocess
import unittest

import world
from world import CA_DIR, CLUSTERS, get, kubectl, members, up


class Secrets(unittest.TestCase):
    """After all runs of the other classes: nothing secret left the program."""

    def test_no_secret_in_any_output(self):
        self.assertEqual(up().code, 0)
        secrets = {}
        for cluster in CLUSTERS:
            cacerts = get(cluster, "-n", "istio-system", "secret", "cacerts")["data"]
            secrets[f"{cluster} key"] = base64.b64decode(cacerts["ca-key.pem"]).decode()
            token = get(cluster, "-n", "istio-system", "secret", "istio-reader-service-account-istio-remote-secret-token")["data"]["token"]
            secrets[f"{cluster} token"] = base64.b64decode(token).decode()
            config = json.loads(kubectl(cluster, "config", "view", "--raw", "-o", "json"))
            user = config["users"][0]["user"]
            secrets[f"{cluster} client key"] = user.get("client-key-data", "no key data")
        secrets["root key"] = (CA_DIR / "root-key.pem").read_text()
        verbose = up("-vv", "-o", "json")
        self.assertEqual(verbose.code, 0, verbose)
        self.assertGreater(len(world.outputs), 20)
        everything = "\n".join(world.outputs)
        self.assertNotIn("PRIVATE KEY", everything)
        self.assertNotRegex(everything, r"eyJ[A-Za-z0-9_-]{20,}\.")
        for name, secret in secrets.items():
            # Any long piece of it, in the text's own form or base64 of it: the middle lines of a key.
            body = secret.split("-----")[2].strip() if "-----" in secret else secret
            for piece in (body[40:90], base64.b64encode(secret.encode()).decode()[60:110]):
                self.assertGreaterEqual(len(piece), 40, name)
                self.assertNotIn(piece, everything, name)

    def test_command_line_holds_only_what_was_typed(self):
        words = [world.MESHCTL, "up", *members(), *world.charts(), "--ca-dir", str(CA_DIR)]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=world.ENV)
        seen = set()
        while process.poll() is None:
            for task in [process.pid] + [int(t) for t in os.listdir(f"/proc/{process.pid}/task")]:
                try:
                    with open(f"/proc/{task}/cmdline", "rb") as f:
                        seen.add(tuple(f.read().decode().split("\0")[:-1]))
                except OSError:
                    pass
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual(process.returncode, 0)
        self.assertEqual(seen - {()}, {tuple(words)})


if __name__ == "__main__":
    unittest.main()
