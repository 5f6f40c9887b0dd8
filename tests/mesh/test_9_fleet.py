"""Three clusters from one file: every pair linked, every cluster seen to answer, and all of it taken off again."""

import itertools
import json
import re
import unittest

import fleet
import leftovers
import snapshot
import world
from world import FLEET, istioctl, meshctl, run

REQUESTS = 300
ANSWERS = {
    "west": ("reviews-v2", "west-cluster", "black"),
    "east": ("reviews-v3", "east-cluster", "red"),
    "north": ("reviews-v1", "north-cluster", ""),
}


@world.needs_fleet
class Fleet(unittest.TestCase):
    """One `up` from nothing; the tests look at what it left, the last of them takes it off."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        cls.before = snapshot.look_at_rest(clusters=FLEET)
        cls.file = fleet.mesh_file()
        cls.done = meshctl("up", "-f", cls.file, "--bookinfo", "--requests", REQUESTS, "-o", "json")
        world.whole(cls.done)

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def test_1_every_cluster_answers(self):
        traffic = self.done.json()["verify"]["traffic"]
        self.assertGreaterEqual(traffic["requests"], REQUESTS)
        self.assertEqual(traffic["failed"], 0)
        answers = {(a["version"], a["cluster"], a["stars"]): a["count"] for a in traffic["answers"]}
        self.assertEqual(set(answers), set(ANSWERS.values()))
        self.assertEqual(sum(answers.values()), traffic["requests"])
        self.assertGreater(min(answers.values()), REQUESTS // 10)

    def test_2_curl_sees_the_same(self):
        seen = set()
        for _ in range(90):
            answer = json.loads(run("curl", "-sf", "-m", "10", f"http://{fleet.address('west', 'istio-ingress')}/api/v1/products/0/reviews"))
            rating = answer["reviews"][0].get("rating", {})
            seen.add((answer["podname"].rsplit("-", 2)[0], answer["clustername"], rating.get("color", "")))
        self.assertEqual(seen, set(ANSWERS.values()))

    def test_3_all_links_are_synced(self):
        for cluster in FLEET:
            text = istioctl(cluster, "remote-clusters")
            synced = set(re.findall(r"^(\S+)-cluster\s+istio-system/istio-remote-secret-\S+\s+synced", text, re.M))
            self.assertEqual(synced, set(FLEET) - {cluster}, text)

    def test_4_endpoints_are_the_pod_and_the_gateways(self):
        rows = [e for e in self.done.json()["verify"]["endpoints"] if e["proxy"] == "productpage"]
        local = fleet.pod_addresses("west", "bookinfo", "app=reviews")
        far = {(fleet.address(c, "istio-eastwest"), 15443) for c in FLEET if c != "west"}
        self.assertEqual({(e["address"], e["port"]) for e in rows}, far | {(a, 9080) for a in local})

    def test_5_every_path_carries_traffic(self):
        done = meshctl("verify", "-f", self.file, "-o", "json")
        self.assertEqual(done.code, 0, done)
        found = fleet.paths(done)
        self.assertEqual({k: (p["requests"], p["errors"]) for k, p in found.items()}, {(a, b): (100, 0) for a in FLEET for b in FLEET})
        for (a, b), path in found.items():
            if a != b:
                self.assertEqual({(e["address"], e["port"]) for e in path["endpoints"]}, {(fleet.address(b, "istio-eastwest"), 15443)})
        for load in done.json()["verify"]["matrix"]["load"]:
            self.assertEqual(set(load["to"]), set(FLEET))
            self.assertGreater(min(load["to"].values()), 0, "the common service is answered by all")

    def test_6_a_second_up_changes_nothing(self):
        before = {c: world.resource_versions(c) for c in FLEET}
        done = meshctl("up", "-f", self.file, "--bookinfo", "-o", "json")
        self.assertEqual(done.code, 0, done)
        for row in done.json()["clusters"]:
            self.assertEqual((row["objects"]["created"], row["objects"]["changed"]), (0, 0), row)
        self.assertEqual({c: world.resource_versions(c) for c in FLEET}, before)

    def test_7_status_knows_every_link(self):
        done = meshctl("status", "-f", self.file, "-o", "json")
        self.assertEqual(done.code, 0, done)
        links = {(row["from"], row["to"]): row for row in done.json()["links"]}
        self.assertEqual(set(links), set(itertools.permutations(FLEET, 2)))
        for (_, to), row in links.items():
            self.assertIs(row["synced"], True, row)
            self.assertEqual(row["gateway"], [f"{fleet.address(to, 'istio-eastwest')}:15443"], row)

    def test_8_down_leaves_what_was_there(self):
        done = meshctl("down", "-f", self.file, "--confirm", "mesh", "-o", "json")
        self.assertEqual(done.code, 0, done)
        leftovers.as_said(self, self.before, done)


if __name__ == "__main__":
    unittest.main()
