"""verify's own traffic on real istiods and Envoys: from every cluster to every cluster, through the gateways, with the
mesh's identities; and nothing of it is left, however the run ends."""

import base64
import re
import signal
import subprocess
import time
import unittest

import world
from world import CLUSTERS, get, kubectl, meshctl, members, settle

UNIT = "meshctl.io/unit=verify"
STRICT = """
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
"""


def namespaces(cluster: str) -> list[dict]:
    return get(cluster, "namespaces", "-l", UNIT)["items"]


def are_gone() -> bool:
    return not any(namespaces(c) for c in CLUSTERS)


def address(cluster: str) -> str:
    service = get(cluster, "-n", "istio-ingress", "service", "istio-eastwest")
    return service["status"]["loadBalancer"]["ingress"][0]["ip"]


def gateway(cluster: str) -> dict:
    return get(cluster, "-n", "istio-ingress", "deployment", "istio-eastwest")


def begin(*words: str) -> subprocess.Popen:
    """A verify that has placed its workloads in both clusters."""
    child = subprocess.Popen([world.MESHCTL, "verify", *members(), *words], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=world.ENV, cwd=world.WORK)
    if not settle(lambda: all(namespaces(c) for c in CLUSTERS), every=0.1):
        raise AssertionError("no namespace was made")
    return child


class Proof(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(world.up())

    def test_what_up_changed_is_proved_and_what_it_found_good_is_not_again(self):
        kubectl("east", "-n", "istio-ingress", "delete", "gateways.networking.istio.io", "--all")
        first = world.up("--to", "verify", "-o", "json")
        self.assertEqual(first.code, 0, first)
        paths = first.json()["verify"]["matrix"]["paths"]
        self.assertEqual({(p["from"], p["to"]): (p["requests"], p["errors"]) for p in paths},
                         {(a, b): (100, 0) for a in CLUSTERS for b in CLUSTERS})
        self.assertTrue(settle(are_gone), "a namespace is left")
        again = world.up("--to", "verify", "-o", "json")
        self.assertEqual(again.code, 0, again)
        self.assertIsNone(again.json()["verify"]["matrix"])
        self.assertFalse(any(c["objects"]["created"] + c["objects"]["changed"] for c in again.json()["clusters"]))

    def test_every_path_is_proved_after_a_killed_run(self):
        """The killed run's namespaces go with the next one, as soon as their time is over; STRICT for all."""
        child = begin()
        child.send_signal(signal.SIGKILL)
        child.wait()
        left = {c: namespaces(c)[0]["metadata"] for c in CLUSTERS}
        self.assertEqual(left["west"]["name"], left["east"]["name"])
        for cluster in CLUSTERS:
            self.assertGreater(left[cluster]["annotations"]["meshctl.io/until"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
            kubectl(cluster, "annotate", "--overwrite", "namespace", left[cluster]["name"], "meshctl.io/until=2020-01-01T00:00:00Z")
            kubectl(cluster, "apply", "-f", "-", stdin=STRICT)
        try:
            done = meshctl("verify", *members(), "-o", "json")
        finally:
            for cluster in CLUSTERS:
                kubectl(cluster, "delete", "-f", "-", stdin=STRICT)
        self.assertEqual(done.code, 0, done)
        matrix = done.json()["verify"]["matrix"]
        paths = {(p["from"], p["to"]): p for p in matrix["paths"]}
        self.assertEqual(set(paths), {(a, b) for a in CLUSTERS for b in CLUSTERS})
        identity = f"spiffe://cluster.local/ns/{matrix['namespace']}/sa/verify"
        roots = set()
        for (a, b), path in paths.items():
            self.assertEqual((path["requests"], path["errors"]), (100, 0), path)
            self.assertEqual((path["serverIdentity"], path["clientIdentity"]), (identity, identity), path)
            self.assertLessEqual(path["p50Ms"], path["p99Ms"])
            roots |= set(path["roots"])
            if a != b:
                self.assertEqual({(e["address"], e["port"]) for e in path["endpoints"]}, {(address(b), 15443)})
                self.assertGreaterEqual(sum(e["requests"] for e in path["endpoints"]), 100)
                self.assertGreater(path["gatewayConnections"], 0)
        self.assertEqual(len(roots), 1)
        for load in matrix["load"]:
            self.assertEqual(sum(load["to"].values()), 100)
            self.assertGreater(min(load["to"].values()), 0, "the common service is answered by both")
        self.assertTrue(settle(are_gone), "a namespace is left")
        pem = base64.b64decode(get("west", "-n", "istio-system", "secret", "cacerts")["data"]["root-cert.pem"]).decode()
        text = world.run("openssl", "x509", "-noout", "-fingerprint", "-sha256", stdin=pem)
        self.assertEqual(roots, {re.sub(r".*=|[:\n]", "", text).lower()})

    @world.only_long
    def test_an_interrupt_leaves_nothing(self):
        child = begin()
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(timeout=15), 130)
        self.assertTrue(settle(are_gone), "a namespace is left")

    @world.only_long
    def test_what_is_kept_stays_until_the_person_removes_it(self):
        done = meshctl("verify", *members(), "--keep")
        self.assertEqual(done.code, 0, done)
        name = re.search(r"kubectl delete namespace (meshctl-verify-\w+)", done.err)[1]
        again = meshctl("verify", *members())
        self.assertEqual(again.code, 0, again)
        for cluster in CLUSTERS:
            self.assertEqual([n["metadata"]["name"] for n in namespaces(cluster)], [name])
            kubectl(cluster, "delete", "namespace", name, "--timeout=90s")

    @world.only_long
    def test_what_is_taken_away_comes_back(self):
        """Echoes, then the real gateways, under load: nothing is lost that need not be, all is as before."""
        done = meshctl("verify", *members(), "--failover", "--partition", "--confirm", "mesh", "--rate", "50", "-o", "json", seconds=400)
        self.assertEqual(done.code, 0, done)
        trials = {(t["trial"], t["cluster"]): t for t in done.json()["verify"]["trials"]}
        self.assertEqual(set(trials), {(t, c) for t in ("failover", "partition") for c in CLUSTERS})
        for cluster in CLUSTERS:
            away = trials["failover", cluster]
            self.assertEqual(away["calmOwn"], away["calmRequests"], away)
            self.assertLess(away["firstElsewhereMs"], 10000, away)
            self.assertLess(away["awayLost"], away["awayRequests"] / 2, away)
            cut = trials["partition", cluster]
            self.assertFalse(cut["reachedWhileAway"], cut)
            self.assertEqual([(r["lost"], r["requests"] > 100) for r in cut["local"]], [(0, True)] * 2, cut)
        self.gateways_are_as_before()

    @world.only_long
    def test_a_killed_run_leaves_a_gateway_to_the_next_one(self):
        child = begin("--partition", "--confirm", "mesh", "--rate", "50")
        self.assertTrue(settle(lambda: gateway("west")["spec"]["replicas"] == 0, seconds=90, every=0.1))
        child.send_signal(signal.SIGKILL)
        child.wait()
        self.assertEqual(gateway("west")["metadata"]["annotations"]["meshctl.io/replicas"], "1")
        kubectl("west", "-n", "istio-ingress", "annotate", "--overwrite", "deployment", "istio-eastwest", "meshctl.io/until=2020-01-01T00:00:00Z")
        done = meshctl("verify", *members())
        self.assertEqual(done.code, 0, done)
        self.assertIn("gave gateway istio-ingress/istio-eastwest back", done.err)
        self.gateways_are_as_before()
        for cluster in CLUSTERS:
            for left in namespaces(cluster):
                kubectl(cluster, "delete", "namespace", left["metadata"]["name"], "--wait=false")

    def gateways_are_as_before(self):
        for cluster in CLUSTERS:
            found = gateway(cluster)
            self.assertEqual(found["spec"]["replicas"], 1)
            self.assertNotIn("meshctl.io/replicas", found["metadata"]["annotations"])
        plan = meshctl("plan", *members(), *world.charts(), "--ca-dir", world.CA_DIR, "--bookinfo")
        self.assertEqual(plan.code, 0, plan)


if __name__ == "__main__":
    unittest.main()
