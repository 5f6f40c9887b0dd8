"""Clusters that share a network: requests between them go from pod to pod, to and from all others through
gateways; and a network that is said to be shared and is not is named before it does harm, or where it does."""

import contextlib
import re
import subprocess
import unittest

import fleet
import leftovers
import snapshot
import world
from world import LAB, meshctl

REQUESTS = 300
FAILED = 1
FLAT = ("west", "north")  # as the lab has them; east is apart
ECHO = 10080


class SharedNetwork(unittest.TestCase):
    """One `up` from nothing of some of the clusters."""

    members: tuple[str, ...]
    networks: dict[str, str]

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        cls.before = snapshot.look_at_rest(clusters=cls.members)
        cls.file = fleet.mesh_file(cls.__name__.lower(), cls.members, **cls.networks)
        cls.done = meshctl("up", "-f", cls.file, "--bookinfo", "--requests", REQUESTS, "-o", "json")
        world.whole(cls.done)

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def every_cluster_answers(self):
        traffic = self.done.json()["verify"]["traffic"]
        self.assertGreaterEqual(traffic["requests"], REQUESTS)
        self.assertEqual(traffic["failed"], 0)
        answers = {a["cluster"]: a["count"] for a in traffic["answers"]}
        self.assertEqual(set(answers), {f"{c}-cluster" for c in self.members})
        self.assertGreater(min(answers.values()), REQUESTS // 10)

    def endpoints(self, proxy: str, cluster: str) -> set[tuple[str, int]]:
        rows = self.done.json()["verify"]["endpoints"]
        return {(e["address"], e["port"]) for e in rows if (e["proxy"], e["cluster"]) == (proxy, cluster)}

    def reviews(self, *clusters: str) -> set[tuple[str, int]]:
        return {(a, 9080) for c in clusters for a in fleet.pod_addresses(c, "bookinfo", "app=reviews")}

    def every_path_carries_traffic(self):
        """By the addresses of pods within the flat network, of gateways else."""
        done = meshctl("verify", "-f", self.file, "-o", "json")
        self.assertEqual(done.code, 0, done)
        found = fleet.paths(done)
        self.assertEqual({k: (p["requests"], p["errors"]) for k, p in found.items()},
                         {(a, b): (100, 0) for a in self.members for b in self.members})
        for (a, b), path in found.items():
            ends = {(e["address"], e["port"]) for e in path["endpoints"]}
            if {a, b} <= set(FLAT):
                self.assertEqual({port for _, port in ends}, {ECHO}, path)
                prefix = LAB[f"LAB_{b.upper()}_PODS"].rpartition(".")[0]
                self.assertTrue(all(address.startswith(f"{prefix}.") for address, _ in ends), path)
                self.assertIsNone(path["gatewayConnections"])
            elif a != b:
                self.assertEqual(ends, {(fleet.address(b, "istio-eastwest"), 15443)}, path)

    def check(self) -> list[dict]:
        """The findings of `check`, which are not good."""
        return [row for row in meshctl("check", "-f", self.file, "-o", "json").json()["checks"] if row["level"] != "ok"]

    def broken(self, *ids: str) -> list[dict]:
        """The findings of `verify` with one of the ids: of one end of the flat network, of a fleet the other end is
        then good, or of both."""
        done = meshctl("verify", "-f", self.file, "-o", "json")
        self.assertNotEqual(done.code, 0, done)
        rows = [r for r in world.findings(done.json()) if r["id"] in ids and r["level"] == "error"]
        ends = {(r["cluster"], r["peer"]) for r in rows}
        self.assertTrue(ends and ends <= {FLAT, FLAT[::-1]}, done)
        return rows

    def a_second_up_changes_nothing(self):
        done = meshctl("up", "-f", self.file, "--bookinfo", "-o", "json")
        self.assertEqual(done.code, 0, done)
        for row in done.json()["clusters"]:
            self.assertEqual((row["objects"]["created"], row["objects"]["changed"]), (0, 0), row)

    def down_leaves_what_was_there(self):
        done = meshctl("down", "-f", self.file, "--confirm", "mesh", "-o", "json")
        self.assertEqual(done.code, 0, done)
        leftovers.as_said(self, self.before, done)


@contextlib.contextmanager
def without_route():
    """The route from west to north's pods is taken away, under the mesh's feet."""
    way = ["ip", "netns", "exec", "meshlab-west", "ip", "route"]
    route = [LAB["LAB_NORTH_PODS"], "via", LAB["LAB_NORTH_NODE_IP"]]
    world.run(*way, "del", *route)
    try:
        yield
    finally:
        world.run(*way, "add", *route)


class Calls:
    """Some who look at the sample's page all the time."""

    def __enter__(self):
        url = f"http://{fleet.address('west', 'istio-ingress')}/productpage"
        words = ["sh", "-c", f"for i in $(seq 1000); do curl -s -m 3 -o /dev/null {url}; done"]
        self._children = [subprocess.Popen(words) for _ in range(3)]
        return self

    def __exit__(self, *_):
        for child in self._children:
            child.kill()
            child.wait()


@world.needs_flat
class Mixed(SharedNetwork):
    members, networks = world.FLEET, {c: "coast" for c in FLAT}

    def test_1_every_cluster_answers(self):
        self.every_cluster_answers()

    def test_2_endpoints_are_pods_within_and_gateways_across(self):
        self.assertEqual(self.endpoints("productpage", "west"), self.reviews(*FLAT) | {(fleet.address("east", "istio-eastwest"), 15443)})
        self.assertEqual(self.endpoints("istio-eastwest", "east"), self.reviews("east"))
        self.assertEqual(self.endpoints("istio-eastwest", "north"), self.reviews(*FLAT))

    def test_3_every_path_carries_traffic(self):
        self.every_path_carries_traffic()

    def test_4_nothing_is_found_wrong(self):
        self.assertEqual(self.check(), [])

    def test_5_a_second_up_changes_nothing(self):
        self.a_second_up_changes_nothing()

    def test_6_pods_that_do_not_reach_each_other_are_named(self):
        """By the gateways' connections and verify's caller, whichever comes first."""
        with without_route():
            with Calls():  # connections have to fail while check looks
                self.assertTrue(world.settle(lambda: any(row["id"] == "MC524" for row in self.check()), 60))
            self.broken("MC524", "MC749")
        done = meshctl("verify", "-f", self.file)
        self.assertEqual(done.code, 0, done)

    def test_7_down_leaves_what_was_there(self):
        self.down_leaves_what_was_there()


@world.needs_flat
class OneNetwork(SharedNetwork):
    members, networks = FLAT, {c: "coast" for c in FLAT}

    def test_1_every_cluster_answers(self):
        self.every_cluster_answers()

    def test_2_nothing_leads_from_one_to_the_other_but_the_network(self):
        for cluster in FLAT:
            names = {s["metadata"]["name"] for s in world.get(cluster, "-n", "istio-ingress", "services")["items"]}
            self.assertEqual(names, {"istio-ingress"})
            self.assertEqual(world.get(cluster, "gateways.networking.istio.io", "-n", "istio-ingress")["items"], [])
            text = world.istioctl(cluster, "remote-clusters")
            self.assertEqual(len(re.findall(r"^\S+-cluster\s+istio-system/istio-remote-secret-\S+\s+synced", text, re.M)), 1, text)
        self.assertEqual(self.endpoints("productpage", "west"), self.reviews(*FLAT))

    def test_3_every_path_carries_traffic(self):
        self.every_path_carries_traffic()

    def test_4_nothing_is_found_wrong(self):
        self.assertEqual(self.check(), [])

    def test_5_a_second_up_changes_nothing(self):
        self.a_second_up_changes_nothing()

    def test_6_pods_that_do_not_reach_each_other_are_named(self):
        with without_route():
            for row in self.broken("MC749"):
                self.assertIn(f"let the nodes of {row['cluster']} reach the pods of {row['peer']}", row["fix"])
        done = meshctl("verify", "-f", self.file)
        self.assertEqual(done.code, 0, done)

    def test_7_down_leaves_what_was_there(self):
        self.down_leaves_what_was_there()


@world.needs_flat
class NoNetwork(unittest.TestCase):
    """East has the same pod addresses as west, and is said to be on one network with it."""

    def test_it_is_refused_before_anything_is_written(self):
        world.lab("reset")
        file = fleet.mesh_file("none", **{c: "coast" for c in ("west", "east")})
        before = snapshot.look_at_rest(clusters=world.FLEET)
        done = meshctl("up", "-f", file, "--bookinfo")
        self.assertEqual(done.code, FAILED, done)
        self.assertRegex(done.err, "MC313 (west and east|east and west) are said to share network coast")
        now = snapshot.look(world.FLEET)
        for cluster in world.FLEET:
            if found := snapshot.compare(before[cluster], now[cluster]):
                self.fail(f"{found}\nafter {done}")


if __name__ == "__main__":
    unittest.main()
