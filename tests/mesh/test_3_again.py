"""A mesh that is there: runs after runs, after something was taken away, and beside Helm."""

import json
import unittest

import world
from world import CLUSTERS, LAB, get, kubectl, run, step, up


class Again(unittest.TestCase):
    """A mesh that is there: a second run, and runs after something was taken away."""

    def test_1_second_up_changes_no_resource_version(self):
        before = {c: world.resource_versions(c) for c in CLUSTERS}
        self.assertGreater(min(map(len, before.values())), 45)
        done = up()
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            self.assertEqual(world.resource_versions(cluster), before[cluster])
        self.assertIn("created 0, changed 0", done.err)

    def test_2_every_step_as_its_own_command_changes_nothing(self):
        before = {c: world.resource_versions(c) for c in CLUSTERS}
        for name in ("ca", "install", "gateway", "remote-secret", "expose", "verify"):
            done = step(name)
            self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            self.assertEqual(world.resource_versions(cluster), before[cluster])

    def test_3_what_was_deleted_comes_back(self):
        """One of each kind of ours, all at once; `up` puts them back and the mesh verifies."""
        lost = [
            ("west", "istio-system", "secret", "istio-remote-secret-east-cluster"),
            ("west", "istio-system", "configmap", "istio-sidecar-injector"),
            ("west", "istio-ingress", "service", "istio-ingress"),
            ("west", "istio-ingress", "deployment", "istio-ingress"),
            ("west", "", "clusterrole", "istiod-clusterrole-istio-system"),
            ("west", "bookinfo", "virtualservice", "bookinfo"),
            ("east", "istio-ingress", "gateway.networking.istio.io", "cross-network-gateway"),
            ("east", "istio-ingress", "service", "istio-eastwest"),
            ("east", "istio-system", "secret", "istio-reader-service-account-istio-remote-secret-token"),
            ("east", "istio-system", "serviceaccount", "istio-reader-service-account"),
            ("east", "", "mutatingwebhookconfiguration", "istio-sidecar-injector"),
            ("east", "", "validatingwebhookconfiguration", "istiod-default-validator"),
            ("east", "bookinfo", "deployment", "reviews-v3"),
            ("east", "bookinfo", "service", "ratings"),
        ]
        for cluster, namespace, kind, name in lost:
            kubectl(cluster, "delete", kind, name, *(["-n", namespace] if namespace else []))
        done = up()
        self.assertEqual(done.code, 0, done)
        for cluster, namespace, kind, name in lost:
            kubectl(cluster, "get", kind, name, *(["-n", namespace] if namespace else []))

    def test_4_label_taken_off_comes_back(self):
        kubectl("east", "label", "namespace", "istio-system", "topology.istio.io/network-")
        kubectl("east", "-n", "istio-ingress", "label", "svc", "istio-eastwest", "topology.istio.io/network-")
        done = up()
        self.assertEqual(done.code, 0, done)
        self.assertEqual(get("east", "namespace", "istio-system")["metadata"]["labels"]["topology.istio.io/network"], "east-network")

    def test_5_changed_value_is_an_upgrade(self):
        done = step("gateway", "--set", "ingress.service.annotations.example=one")
        self.assertEqual(done.code, 0, done)
        listed = json.loads(run("helm3", f"--kubeconfig={world.kubeconfig('west')}", "-n", "istio-ingress", "history", "istio-ingress", "-o", "json"))
        self.assertEqual([(r["revision"], r["status"]) for r in listed][-2:], [(1, "superseded"), (2, "deployed")])
        self.assertEqual(get("west", "-n", "istio-ingress", "svc", "istio-ingress")["metadata"]["annotations"]["example"], "one")
        self.assertEqual(step("gateway").code, 0)
        self.assertNotIn("example", get("west", "-n", "istio-ingress", "svc", "istio-ingress")["metadata"]["annotations"])

    def test_6_helm_goes_on_from_our_release(self):
        for helm in ("helm4", "helm3"):
            run(helm, f"--kubeconfig={world.kubeconfig('east')}", "-n", "istio-ingress", "upgrade", "istio-ingress",
                LAB["LAB_CHARTS"] + "/gateway", "--reuse-values", "--set", "podAnnotations.by=" + helm)
        done = step("gateway")
        self.assertEqual(done.code, 0, done)
        listed = json.loads(run("helm4", f"--kubeconfig={world.kubeconfig('east')}", "-n", "istio-ingress", "list", "-o", "json"))
        self.assertEqual({r["status"] for r in listed}, {"deployed"})


if __name__ == "__main__":
    unittest.main()
