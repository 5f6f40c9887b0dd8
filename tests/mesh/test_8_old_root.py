"""The root was changed under running gateways: istiod signs with the new one, they hold certificates of the old one."""

import json
import re
import shutil
import unittest

import world
from foreign import INGRESS, SYSTEM
from world import CA_DIR, CLUSTERS, WORK, get, kubeconfig, kubectl, members, meshctl, run

# Those that something leads through, in the order in which they are to be started anew; nothing does through east's ingress.
GATEWAYS = {"west": ["istio-eastwest", "istio-ingress"], "east": ["istio-eastwest"]}
FILES = ("ca-cert", "ca-key", "root-cert", "cert-chain")


@world.only_long
class OldRoot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        world.whole(world.up())

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def change_root(self):
        """In both clusters, istiod started anew and nothing else."""
        other = WORK / "other-ca"
        done = meshctl("ca", "init", "--ca-dir", other, *members())
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            own = other / f"{cluster}-cluster"
            kubectl(cluster, "-n", SYSTEM, "delete", "secret", "cacerts")
            kubectl(cluster, "-n", SYSTEM, "create", "secret", "generic", "cacerts", *(f"--from-file={own}/{f}.pem" for f in FILES))
            kubectl(cluster, "-n", SYSTEM, "rollout", "restart", "deploy/istiod")
        for cluster in CLUSTERS:
            kubectl(cluster, "-n", SYSTEM, "rollout", "status", "deploy/istiod", "--timeout=90s")
            root = (other / "root-cert.pem").read_text()
            told = lambda: get(cluster, "-n", SYSTEM, "configmap", "istio-ca-root-cert")["data"]["root-cert.pem"] == root
            self.assertTrue(world.settle(told, 90), f"istiod of {cluster} hands the new root out")

    def test_who_holds_the_old_one_is_named_and_the_fix_mends_it(self):
        self.change_root()
        done = meshctl("verify", *members(), "--no-traffic", "-o", "json", seconds=300)
        self.assertEqual(done.code, 1, done)
        checks = [c for c in done.json()["verify"]["checks"] if c["level"] == "error"]
        for cluster in CLUSTERS:
            row = next(c for c in checks if c["cluster"] == cluster and c["id"] == "MC208")
            for name in GATEWAYS[cluster]:
                self.assertIn(f"pod {INGRESS}/{name}", row["found"], done)
            commands = row["fix"].split("; then ")
            self.assertEqual([re.search("istio-(eastwest|ingress)", c)[0] for c in commands], GATEWAYS[cluster], done)
            for command in commands:
                run(*command.split(), f"--kubeconfig={kubeconfig(cluster)}")
            for name in GATEWAYS[cluster]:
                kubectl(cluster, "-n", INGRESS, "rollout", "status", f"deploy/{name}", "--timeout=90s")
        done = meshctl("verify", *members(), "--no-traffic", "-o", "json", seconds=300)
        self.assertEqual(done.code, 0, json.dumps(done.json()["verify"]["checks"], indent=1))


if __name__ == "__main__":
    unittest.main()
