"""A mesh with the names of Istio's documentation, made by hand: `up` goes by its gateways, restarts and loses nothing."""

import json
import unittest

import documented
import world
from documented import INGRESS, SYSTEM, WORDS, Traffic
from foreign import helm
from world import CLUSTERS, get, kubectl, members, meshctl

GATEWAY = "gateways.networking.istio.io"


def told(verb: str, *words: object) -> world.Done:
    return meshctl(verb, *members(), *WORDS, *world.charts(), "--ca-dir", world.CA_DIR, *words)


def pods() -> set[tuple]:
    """Who runs, by what a restart changes; verify's own workloads come and go."""
    return {(c, p["metadata"]["namespace"], p["metadata"]["name"], p["metadata"]["uid"],
             sum(s["restartCount"] for s in p["status"].get("containerStatuses", [])))
            for c in CLUSTERS for p in get(c, "pods", "-A")["items"]
            if not p["metadata"]["namespace"].startswith("meshctl-verify")}


def revisions() -> list[tuple]:
    return [(c, r["namespace"], r["name"], r["revision"], r["status"])
            for c in CLUSTERS for r in json.loads(helm(3, c, "list", "-A", "-o", "json"))]


def names(cluster: str, *words: str) -> set[tuple]:
    return {(i["metadata"]["namespace"], i["metadata"]["name"]) for i in get(cluster, "-A", *words)["items"]}


class Documented(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        documented.make()

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def gateways(self) -> dict:
        return {c: (names(c, "service", "-l", "topology.istio.io/network"), names(c, "service", "-l", "istio in (ingressgateway,ingress)"),
                    names(c, GATEWAY)) for c in CLUSTERS}

    def test_taken_over_under_traffic(self):
        """Both ways of the documentation at once: west's gateways by helm, east's by istioctl."""
        before = pods(), revisions(), self.gateways()
        self.assertEqual(before[2]["west"][0], {(SYSTEM, "istio-eastwestgateway")})
        refused = told("plan")
        self.assertIn("MC307", refused.err, refused)
        plan = told("plan", "--take-ownership", "-o", "json")
        self.assertEqual(plan.code, 2, plan)
        changes = {(c["name"], x["action"], x["kind"], x["name"])
                   for c in plan.json()["clusters"] for x in c["changes"] if x["action"] != "keep"}
        self.assertEqual(changes, {("west", "update", "Secret", "istio-remote-secret-cluster2"),
                                   ("east", "update", "Secret", "istio-remote-secret-cluster1")}, plan)
        with Traffic() as traffic:
            done = told("up", "--take-ownership")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(traffic.lost, [], done)
        self.assertEqual(set(traffic.versions), {"v2", "v3"}, done)
        self.assertEqual((pods(), revisions(), self.gateways()), before, done)
        self.assertNotIn(INGRESS, {n["metadata"]["name"] for n in get("east", "namespaces")["items"]})
        again = told("plan")
        self.assertEqual(again.code, 0, again)

    def test_the_way_out_leaves_their_gateways(self):
        """What would be taken off is listed, and waits for a word."""
        done = meshctl("down", *members(), *WORDS, "-o", "json")
        self.assertEqual(done.code, 5, done)
        for cluster, name, namespace in (("west", "istio-eastwestgateway", SYSTEM), ("east", "istio-eastwestgateway", SYSTEM),
                                         ("east", "istio-ingressgateway", SYSTEM)):
            stays = [s for s in done.stays(cluster) if (s["kind"], s.get("namespace"), s["name"]) == ("Service", namespace, name)]
            self.assertEqual(len(stays), 1, done)

    def test_a_gateway_that_lacks_its_Gateway(self):
        """What really misses is made, for their pods and in their namespace."""
        kubectl("east", "-n", SYSTEM, "delete", GATEWAY, "cross-network-gateway")
        done = meshctl("expose", *members(), *WORDS)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(names("east", GATEWAY), {(SYSTEM, "cross-network-gateway")})
        made = get("east", "-n", SYSTEM, GATEWAY, "cross-network-gateway")
        self.assertEqual(made["spec"]["selector"], {"istio": "eastwestgateway"})
        self.assertEqual(made["metadata"]["labels"]["meshctl.io/mesh"], documented.MESH)


if __name__ == "__main__":
    unittest.main()
