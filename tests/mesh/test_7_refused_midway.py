"""A write in the middle that the server refuses: what was done before it is recorded as done, what failed as
failed, both Helms go on from there, and so does the same command.

An admission policy refuses the real write only, not the dry run, so that the run is under way when it comes.
"""

import json
import shutil
import unittest
from pathlib import Path

import foreign
import world
from foreign import INGRESS, SYSTEM, create
from world import CA_DIR, CLUSTERS, LAB, charts, kubectl, members, meshctl

CHARTS = Path(LAB["LAB_CHARTS"])
FAILED, DENIED = 1, 4
POLICY = "nothing-of-that-name"
MAJOR_OF = {"west": 3, "east": 4}


def up(*words: object) -> world.Done:
    return meshctl("up", *members(), *charts(), "--ca-dir", CA_DIR, *words)


# What is tried in `default` to see what holds at the moment, by the name that is forbidden.
POD = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": POD}}
TRIALS = {
    "cacerts": {"apiVersion": "v1", "kind": "Secret"},
    "istiod": DEPLOYMENT,
    "istio-eastwest": DEPLOYMENT,
}


def is_taken(cluster: str, name: str) -> bool:
    trial = TRIALS[name] | {"metadata": {"name": name, "namespace": "default"}}
    try:
        kubectl(cluster, "create", "-f", "-", stdin=json.dumps(trial))
    except RuntimeError as error:
        if "not here" in str(error):
            return False
        raise
    kubectl(cluster, "-n", "default", "delete", trial["kind"], name)
    return True


def forbid(cluster: str, name: str) -> None:
    """From now on nobody creates it there. The server takes a second or two to see the policy."""
    group, _, _ = TRIALS[name]["apiVersion"].rpartition("/")
    rule = {"apiGroups": [group], "apiVersions": ["*"], "resources": [TRIALS[name]["kind"].lower() + "s"], "operations": ["CREATE"]}
    about = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": POLICY}}
    refusal = {"expression": f"request.dryRun || object.metadata.name != '{name}'", "message": f"{name}: not here"}
    create(cluster,
           about | {"kind": "ValidatingAdmissionPolicy", "spec": {"matchConstraints": {"resourceRules": [rule]}, "validations": [refusal]}},
           about | {"kind": "ValidatingAdmissionPolicyBinding", "spec": {"policyName": POLICY, "validationActions": ["Deny"]}})
    if not world.settle(lambda: not is_taken(cluster, name), 30):
        raise AssertionError(f"{cluster} still takes {name}")


def allow(cluster: str, name: str) -> None:
    kubectl(cluster, "delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", POLICY, "--ignore-not-found")
    if not world.settle(lambda: is_taken(cluster, name), 30):
        raise AssertionError(f"{cluster} still refuses {name}")


def records(cluster: str) -> dict[str, list[str]]:
    """The status of each revision of each release, as both helms read them."""
    found = {}
    for namespace in (SYSTEM, INGRESS):
        for row in json.loads(kubectl(cluster, "-n", namespace, "get", "secret", "-l", "owner=helm", "-o", "json"))["items"]:
            name = row["metadata"]["labels"]["name"]
            if name in found:
                continue
            seen = [[r["status"] for r in json.loads(foreign.helm(major, cluster, "-n", namespace, "history", name, "-o", "json"))] for major in (3, 4)]
            assert seen[0] == seen[1], seen
            found[name] = seen[0]
    return found


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        world.whole(world.up())

    def refused(self, done: world.Done, *texts: str):
        """Told with the server's reason in both clusters, and not as if nothing had been done."""
        self.assertIn(done.code, (FAILED, DENIED), done)
        for text in texts:
            self.assertIn(text, done.err, done)
        self.assertNotIn("nothing was written", done.err, done)

    def helm(self, cluster: str, release: str, chart: str, namespace: str = SYSTEM) -> None:
        """The cluster's Helm goes on from the record."""
        major = MAJOR_OF[cluster]
        foreign.helm(major, cluster, "-n", namespace, "upgrade", "--install", release, CHARTS / chart, "--reuse-values")
        self.assertEqual(records(cluster)[release][-1], "deployed")

    def test_1_the_certificates(self):
        for cluster in CLUSTERS:
            forbid(cluster, "cacerts")
            self.addCleanup(allow, cluster, "cacerts")
        self.refused(up("--to", "install"), "cacerts: not here", "west", "east")
        for cluster in CLUSTERS:
            self.assertEqual(records(cluster), {"istio-base": ["deployed"]})
            self.helm(cluster, "istio-base", "base")
        root = (CA_DIR / "root-cert.pem").read_text()
        for cluster in CLUSTERS:
            allow(cluster, "cacerts")
        done = up("--to", "ca")
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            self.assertEqual(foreign.secret_of(cluster, SYSTEM, "cacerts")["root-cert.pem"], root)

    def test_2_istiod(self):
        for cluster in CLUSTERS:
            forbid(cluster, "istiod")
            self.addCleanup(allow, cluster, "istiod")
        self.refused(up("--to", "install"), "istiod: not here")
        for cluster in CLUSTERS:
            found = records(cluster)
            self.assertEqual(found.pop("istiod"), ["failed"])
            self.assertEqual({s[-1] for s in found.values()}, {"deployed"}, found)
            allow(cluster, "istiod")
            self.helm(cluster, "istiod", "istiod")

    def test_3_a_gateway(self):
        for cluster in CLUSTERS:
            forbid(cluster, "istio-eastwest")
            self.addCleanup(allow, cluster, "istio-eastwest")
        self.refused(up("--to", "gateway"), "istio-eastwest: not here")
        for cluster in CLUSTERS:
            found = records(cluster)
            self.assertEqual(found["istio-eastwest"], ["failed"])
            self.assertNotIn("pending", json.dumps(found))
            self.assertEqual({found[name][-1] for name in ("istio-base", "istiod")}, {"deployed"}, found)
            told = foreign.helm(3, cluster, "-n", INGRESS, "status", "istio-ingress", "-o", "json")
            told = json.loads(told)["info"]["description"]
            self.assertNotIn("istio-eastwest", told)
            allow(cluster, "istio-eastwest")
            self.helm(cluster, "istio-eastwest", "gateway", INGRESS)

    def test_4_the_same_command_ends_it(self):
        done = up()
        self.assertEqual(done.code, 0, done)
        for cluster in CLUSTERS:
            found = records(cluster)
            self.assertEqual(set(found), {"istio-base", "istiod", "istio-ingress", "istio-eastwest"})
            self.assertEqual([s.count("deployed") for s in found.values()], [1] * 4, found)
            self.assertEqual({s[-1] for s in found.values()}, {"deployed"}, found)


if __name__ == "__main__":
    unittest.main()
