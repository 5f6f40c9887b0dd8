"""Addresses of gateways by hand: what every istiod makes of them, and whether requests go that way."""

import json
import shutil
import unittest

import world
from world import CLUSTERS, LAB, get, kubectl, members, meshctl

INGRESS, SYSTEM = "istio-ingress", "istio-system"
# In west's own DNS: a Service without pods that stands for east's node.
NAME = "east-gateway.default.svc.cluster.local"
RECORDS = [
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "east-gateway", "namespace": "default"},
     "spec": {"clusterIP": "None", "ports": [{"name": "tls", "port": 15443}]}},
    {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
     "metadata": {"name": "east-gateway", "namespace": "default", "labels": {"kubernetes.io/service-name": "east-gateway"}},
     "endpoints": [{"addresses": [LAB["LAB_EAST_NODE_IP"]], "conditions": {"ready": True}}],
     "ports": [{"name": "tls", "port": 15443, "protocol": "TCP"}]},
]
PORTS = {"west": 31444, "east": 31443}


def known(cluster: str) -> set[str]:
    """Of an istiod: "east-network 172.30.0.12:31443"."""
    text = kubectl(cluster, "-n", SYSTEM, "exec", "deploy/istiod", "--", "pilot-discovery", "request", "GET", "/debug/networkz")
    return {f"{row['Network']} {row['Addr']}:{row['Port']}" for row in json.loads(text)}


def addresses(**given: str) -> list[str]:
    return [w for cluster, address in given.items() for w in ("--gateway-address", f"{cluster}={address}")]


class Addresses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(world.CA_DIR, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def up(self, *words: object) -> world.Done:
        """With requests of verify's own from each cluster to the other."""
        done = meshctl("up", *members(), *world.charts(), "--ca-dir", world.CA_DIR, *words)
        self.assertEqual(done.code, 0, done)
        return done

    def all_know(self, *wanted: str):
        for cluster in CLUSTERS:
            world.settle(lambda: known(cluster) == set(wanted), 45)
            self.assertEqual(known(cluster), set(wanted), cluster)

    def found(self, cluster: str, ident: str) -> str:
        done = meshctl("check", *members(), "-o", "json")
        self.assertEqual(done.code, 0, done)
        return next(c["found"] for c in done.json()["checks"] if (c["cluster"], c["id"]) == (cluster, ident))

    def test_from_nodes_to_a_name_and_back(self):
        """No load balancer: nodes' ports by their addresses, then one by its name, then load balancers after all."""
        ips = {c: LAB[f"LAB_{c.upper()}_NODE_IP"] for c in CLUSTERS}
        at = {c: f"{ips[c]}:{PORTS[c]}" for c in CLUSTERS}
        self.up("--gateway-type", "NodePort", *addresses(**at))
        istiods = {c: get(c, "-n", SYSTEM, "pods", "-l", "app=istiod")["items"][0]["metadata"]["uid"] for c in CLUSTERS}
        self.all_know(*(f"{c}-network {at[c]}" for c in CLUSTERS))
        self.assertEqual(self.found("west", "MC602"), f"east {at['east']}")
        kubectl("west", "create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": RECORDS}))
        self.addCleanup(kubectl, "west", "-n", "default", "delete", "service/east-gateway", "endpointslice/east-gateway")
        self.up("--gateway-type", "NodePort", *addresses(west=at["west"], east=f"{NAME}:{PORTS['east']}"), "--to", "expose")
        self.assertEqual(get("east", "-n", INGRESS, "service", f"istio-eastwest-at-{PORTS['east']}")["status"]["loadBalancer"]["ingress"],
                         [{"hostname": NAME}])
        world.settle(lambda: known("west") == {f"{c}-network {at[c]}" for c in CLUSTERS}, 45)
        self.assertEqual(self.found("west", "MC602"), f"east {at['east']}")
        done = meshctl("verify", *members(), "--only", "west")
        self.assertEqual(done.code, 0, done)
        self.up()
        given = {c: get(c, "-n", INGRESS, "service", "istio-eastwest")["status"]["loadBalancer"]["ingress"][0]["ip"] for c in CLUSTERS}
        self.all_know(*(f"{c}-network {given[c]}:15443" for c in CLUSTERS))
        for cluster in CLUSTERS:
            self.assertEqual(get(cluster, "-n", INGRESS, "services", "-l", "meshctl.io/unit=gateway-address")["items"], [])
            self.assertEqual(get(cluster, "-n", SYSTEM, "pods", "-l", "app=istiod")["items"][0]["metadata"]["uid"], istiods[cluster])


if __name__ == "__main__":
    unittest.main()
