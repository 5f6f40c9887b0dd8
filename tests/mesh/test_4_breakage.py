"""A broken mesh turns verify red and is named; a good one stays green.

Envoy's retries hide most of these behind answers from the local cluster, so each case also shows that
plain requests still succeed: what verify says is more than what a curl would see.
"""

import json
import unittest

import world
from world import get, kubectl, run, verify


def address(cluster, name):
    return get(cluster, "-n", "istio-ingress", "svc", name)["status"]["loadBalancer"]["ingress"][0]["ip"]


def answers(count: int = 20) -> list[str]:
    """Who answers to curl: "reviews-v2", or what it got instead."""
    url = f"http://{address('west', 'istio-ingress')}/api/v1/products/0/reviews"
    found = []
    for _ in range(count):
        text = run("curl", "-s", "-m", "10", url, check=False)
        try:
            found.append(json.loads(text)["podname"].rsplit("-", 2)[0])
        except (ValueError, KeyError):
            found.append(text[:60])
    return found


@world.some(3)
class Breakage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = world.up()
        if done.code:
            raise AssertionError(done)

    def mended(self):
        done = world.up()
        self.assertEqual(done.code, 0, done)

    def red(self, *ids):
        done = verify()
        self.assertEqual(done.code, 1, done)
        for check in ids:
            self.assertIn(check, done.err, done)
        return done

    def test_strict_mutual_tls_stays_green(self):
        policy = {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
                  "metadata": {"name": "default", "namespace": "istio-system"}, "spec": {"mtls": {"mode": "STRICT"}}}
        for cluster in world.CLUSTERS:
            kubectl(cluster, "apply", "-f", "-", stdin=json.dumps(policy))
            self.addCleanup(kubectl, cluster, "-n", "istio-system", "delete", "peerauthentication", "default")
        done = verify("--requests", 60)
        self.assertEqual(done.code, 0, done)

    def test_missing_remote_secret(self):
        self.addCleanup(self.mended)
        kubectl("west", "-n", "istio-system", "delete", "secret", "istio-remote-secret-east-cluster")
        self.red("MC402")
        world.settle(lambda: set(answers()) == {"reviews-v2"}, 30)
        self.assertEqual(set(answers()), {"reviews-v2"})

    def test_missing_cross_network_gateway(self):
        self.addCleanup(self.mended)
        kubectl("east", "-n", "istio-ingress", "delete", "gateways.networking.istio.io", "cross-network-gateway")
        self.red("MC501")
        # Connections that were open before are drained, not cut: they go on for most of a minute.
        world.settle(lambda: set(answers()) == {"reviews-v2"}, 120, every=3)
        self.assertEqual(set(answers()), {"reviews-v2"})

    def test_missing_network_label(self):
        self.addCleanup(self.mended)
        kubectl("east", "-n", "istio-ingress", "label", "svc", "istio-eastwest", "topology.istio.io/network-")
        self.red("MC303")

    def test_another_root(self):
        """East signs with a root of its own, everything there restarted: green to every tool but traffic."""
        folder = world.WORK / "other-root"
        folder.mkdir(exist_ok=True)
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/O=Istio/CN=Root CA",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-addext", "basicConstraints=critical,CA:true",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        good = get("east", "-n", "istio-system", "secret", "cacerts")
        good["metadata"] = {"name": "cacerts", "namespace": "istio-system"}
        self.addCleanup(self.mended)
        self.addCleanup(self.restart_east)
        self.addCleanup(kubectl, "east", "replace", "--force", "-f", "-", stdin=json.dumps(good))
        kubectl("east", "-n", "istio-system", "delete", "secret", "cacerts")
        kubectl("east", "-n", "istio-system", "create", "secret", "generic", "cacerts",
                f"--from-file=ca-cert.pem={folder}/cert.pem", f"--from-file=ca-key.pem={folder}/key.pem",
                f"--from-file=root-cert.pem={folder}/cert.pem", f"--from-file=cert-chain.pem={folder}/cert.pem")
        self.restart_east()
        self.red("MC201")
        self.assertEqual(set(answers()), {"reviews-v2"})

    def restart_east(self):
        for namespace, name in (("istio-system", "istiod"), ("bookinfo", "reviews-v3"), ("istio-ingress", "istio-eastwest")):
            kubectl("east", "-n", namespace, "rollout", "restart", f"deploy/{name}")
            kubectl("east", "-n", namespace, "rollout", "status", f"deploy/{name}", "--timeout=90s", seconds=100)

    def test_east_gateway_gone_west_answers_for_itself(self):
        """Failure isolation: with east's gateway removed, west still answers from west without an error."""
        self.addCleanup(self.mended)
        kubectl("east", "-n", "istio-ingress", "delete", "deploy,svc", "istio-eastwest")
        world.settle(lambda: set(answers()) == {"reviews-v2"}, 60)
        self.assertEqual(answers(60), ["reviews-v2"] * 60)
        self.red("MC504")


if __name__ == "__main__":
    unittest.main()
