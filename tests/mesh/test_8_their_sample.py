"""Bookinfo as somebody put it there, from Istio's own files and another registry: it is what is looked at and sent
requests through, and nothing of it is changed."""

import json
import unittest
from pathlib import Path

import snapshot
import world
from world import CLUSTERS, LAB, get, kubectl, up, verify

SAMPLES = Path(LAB["LAB_SAMPLES"]) / "bookinfo"
# By label, as in the recipe: ratings in east is a Service without pods.
PARTS = {
    "west": ("app!=reviews", "app=reviews,version!=v1,version!=v3"),
    "east": ("app=reviews,version!=v1,version!=v2", "account=reviews", "service=ratings"),
}
DEPLOYMENTS = {"west": ("details-v1", "ratings-v1", "productpage-v1", "reviews-v2"), "east": ("reviews-v3",)}
NAMESPACE = "bookinfo"


@world.only_long
class TheirSample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(up())

    @classmethod
    def tearDownClass(cls):
        for cluster in CLUSTERS:
            kubectl(cluster, "delete", "namespace", NAMESPACE, "--timeout=90s")
        world.whole(up())

    def make(self):
        """Theirs instead of ours."""
        for cluster in CLUSTERS:
            kubectl(cluster, "delete", "namespace", NAMESPACE, "--timeout=90s")
        for cluster, selectors in PARTS.items():
            kubectl(cluster, "create", "namespace", NAMESPACE)
            kubectl(cluster, "label", "namespace", NAMESPACE, "istio-injection=enabled")
            for selector in selectors:
                kubectl(cluster, "-n", NAMESPACE, "apply", "-f", SAMPLES / "platform" / "kube" / "bookinfo.yaml", "-l", selector)
        gateway = (SAMPLES / "networking" / "bookinfo-gateway.yaml").read_text()
        # 8080 there is for `kubectl port-forward`; the ingress Service hands port 80 on as 80.
        kubectl("west", "-n", NAMESPACE, "apply", "-f", "-", stdin=gateway.replace("number: 8080", "number: 80"))
        for cluster, names in DEPLOYMENTS.items():
            for name in names:
                kubectl(cluster, "-n", NAMESPACE, "rollout", "status", f"deploy/{name}", "--timeout=90s")

    def theirs(self) -> dict:
        """All that is kept in the namespace, but what follows the pods."""
        return {c: {k: v for k, v in s.objects.items() if k.namespace == NAMESPACE} for c, s in snapshot.look_at_rest().items()}

    def test_verify_and_up_take_it_as_it_is(self):
        self.make()
        image = get("west", "-n", NAMESPACE, "deploy", "reviews-v2")["spec"]["template"]["spec"]["containers"][0]["image"]
        self.assertFalse(image.startswith(LAB["LAB_HUB"]), image)
        before = self.theirs()
        self.assertGreater(min(map(len, before.values())), 5)
        for run in (verify, up):
            done = run("-o", "json")
            self.assertEqual(done.code, 0, done)
            traffic = done.json()["verify"]["traffic"]
            self.assertEqual(traffic["failed"], 0, done)
            self.assertEqual({(a["version"], a["cluster"]) for a in traffic["answers"]},
                             {("reviews-v2", "west-cluster"), ("reviews-v3", "east-cluster")})
            after = self.theirs()
            for cluster in CLUSTERS:
                self.assertEqual(after[cluster], before[cluster], done)
        dry = world.meshctl("plan", *world.members(), *world.charts(), "--ca-dir", world.CA_DIR, "--bookinfo", "-o", "json")
        self.assertEqual(dry.code, 0, dry)
        self.assertNotIn(NAMESPACE, json.dumps([c["changes"] for c in dry.json()["clusters"]]))


if __name__ == "__main__":
    unittest.main()
