"""What runtimes and other tools left on a running mesh is neither fought over nor taken for a fault of this run."""

import base64
import gzip
import json
import subprocess
import time
import unittest
from pathlib import Path

import foreign
import snapshot
import world
from foreign import INGRESS, helm
from world import CLUSTERS, LAB, get, kubectl, members, meshctl

CHARTS = Path(LAB["LAB_CHARTS"])
WEBHOOK = "istio-validator-istio-system"


def with_charts(folder: Path) -> list:
    return ["--charts", folder, "--hub", LAB["LAB_HUB"], "--istio-version", LAB["LAB_TAG"]]


def charts_that_always_say_ignore() -> Path:
    """Charts as they were before 1.29.2: the validating webhook is `Ignore` in each revision, not in the first alone."""
    istiod = foreign.chart("istiod", {}, LAB["LAB_TAG"], CHARTS / "istiod")
    template = istiod / "templates" / "validatingwebhookconfiguration.yaml"
    text = template.read_text()
    assert "{{- else if not .Release.IsUpgrade }}" in text
    template.write_text(text.replace("{{- else if not .Release.IsUpgrade }}", "{{- else }}"))
    for name in ("base", "gateway"):
        world.run("cp", "-r", CHARTS / name, istiod.parent)
    return istiod.parent


class LeftByOthers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(world.up())

    @classmethod
    def tearDownClass(cls):
        world.whole(world.up("--reset-values"))

    def done(self, done: world.Done) -> world.Done:
        self.assertEqual(done.code, 0, done)
        return done

    def policies(self, cluster: str) -> dict[str, str]:
        """What each of the webhook's fields failurePolicy says, and who set it last."""
        live = get(cluster, "validatingwebhookconfiguration", WEBHOOK, "--show-managed-fields")
        owners = {m["manager"] for m in live["metadata"]["managedFields"]
                  if any("f:failurePolicy" in f for f in m["fieldsV1"].get("f:webhooks", {}).values() if isinstance(f, dict))}
        return {"owners": sorted(owners), "says": sorted({h["failurePolicy"] for h in live["webhooks"]})}

    def open_webhook(self, cluster: str) -> None:
        """As it is until istiod answers, which then sees to it."""
        path = f"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/{WEBHOOK}"
        patch = [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]
        snapshot.api(cluster).call("PATCH", f"{path}?fieldManager=pilot-discovery", patch, "application/json-patch+json")

    def test_a_policy_that_istiod_turned(self):
        """The chart says Ignore, istiod has written Fail once it answered: that is its work, in each later run."""
        folder = charts_that_always_say_ignore()
        istiods = {"owners": ["pilot-discovery"], "says": ["Fail"]}
        for cluster in CLUSTERS:
            self.open_webhook(cluster)
            world.settle(lambda: self.policies(cluster) == istiods, 30)
            self.assertEqual(self.policies(cluster), istiods)
        for where in ("/dev/stdout", "/dev/stderr"):
            words = [*with_charts(folder), "--set", f"istiod.meshConfig.accessLogFile={where}"]
            self.done(meshctl("install", *members(), *words))
            for cluster in CLUSTERS:
                self.assertEqual(self.policies(cluster), istiods)
            dry = meshctl("plan", *members(), *words, "--ca-dir", world.CA_DIR, "--to", "install")
            self.assertEqual(dry.code, 0, dry)

    def test_a_failed_rollout_of_before(self):
        """The Deployment still says ProgressDeadlineExceeded; its pod comes while this run waits."""
        node = get("west", "nodes")["items"][0]["metadata"]["name"]
        kubectl("west", "cordon", node)
        self.addCleanup(kubectl, "west", "uncordon", node)
        helm(3, "west", "-n", INGRESS, "upgrade", "istio-ingress", CHARTS / "gateway", "--reuse-values", "--set", "podAnnotations.run=second")
        kubectl("west", "-n", INGRESS, "patch", "deploy", "istio-ingress", "-p", '{"spec":{"progressDeadlineSeconds":1}}')
        self.addCleanup(kubectl, "west", "-n", INGRESS, "patch", "deploy", "istio-ingress", "-p", '{"spec":{"progressDeadlineSeconds":null}}')

        def says() -> str:
            return json.dumps(get("west", "-n", INGRESS, "deploy", "istio-ingress")["status"])

        self.assertTrue(world.settle(lambda: "ProgressDeadlineExceeded" in says(), 30), says())
        process = subprocess.Popen(
            [world.MESHCTL, "gateway", *map(str, [*members(), *world.charts()])], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=world.ENV, cwd=world.WORK)
        time.sleep(4)
        still_waits, still_says = process.poll() is None, says()
        kubectl("west", "uncordon", node)
        out, err = process.communicate(timeout=120)
        self.assertTrue(still_waits, err)
        self.assertIn("ProgressDeadlineExceeded", still_says)
        self.assertEqual(process.returncode, 0, out + err)
        kubectl("west", "-n", INGRESS, "rollout", "status", "deploy/istio-ingress", "--timeout=1s")

    def info(self, revision: int) -> dict:
        """What is recorded of a revision of istio-ingress in east."""
        text = foreign.secret_of("east", INGRESS, f"sh.helm.release.v1.istio-ingress.v{revision}")["release"]
        return json.loads(gzip.decompress(base64.b64decode(text)))["info"]

    def test_a_rollback_stays_one_in_history(self):
        """Helm 4 notes which revision a rollback went back to; a later revision of ours leaves that there."""
        rows = json.loads(helm(4, "east", "-n", INGRESS, "history", "istio-ingress", "-o", "json"))
        first = rows[-1]["revision"]
        helm(4, "east", "-n", INGRESS, "upgrade", "istio-ingress", CHARTS / "gateway", "--reuse-values", "--set", "service.annotations.note=one")
        helm(4, "east", "-n", INGRESS, "rollback", "istio-ingress", first)
        self.assertEqual(self.info(first + 2)["rollback_revision"], first)
        self.done(world.step("gateway", "--set", "ingress.service.annotations.note=two"))
        after = self.info(first + 2)
        self.assertEqual((after["status"], after["rollback_revision"]), ("superseded", first))
        self.assertEqual(self.info(first + 3)["status"], "deployed")
        self.assertNotIn("rollback_revision", self.info(first + 3))
        rows = json.loads(helm(4, "east", "-n", INGRESS, "history", "istio-ingress", "-o", "json"))
        self.assertEqual(rows[-1]["revision"], first + 3)

    def both_families(self, cluster: str, service: str):
        """Its load balancer has an address before its own that answers nobody here."""
        status = get(cluster, "-n", INGRESS, "service", service)["status"]
        six = {"ip": "2001:db8::15", "ipMode": "VIP"}
        both = {"loadBalancer": {"ingress": [six, *status["loadBalancer"]["ingress"]]}}
        patch = ["-n", INGRESS, "patch", "service", service, "--subresource=status", "--type=merge", "-p"]
        kubectl(cluster, *patch, json.dumps({"status": both}))
        self.addCleanup(kubectl, cluster, *patch, json.dumps({"status": status}))

    def test_a_way_in_of_both_families(self):
        """It is the other address, and the mesh is right."""
        self.both_families("west", "istio-ingress")
        done = self.done(world.verify("-o", "json"))
        self.assertEqual(done.json()["verify"]["traffic"]["failed"], 0, done)

    def test_a_network_of_both_families(self):
        """istiod tells proxies of both addresses of the east-west gateway; they try one after the other."""
        self.both_families("east", "istio-eastwest")
        done = self.done(world.verify("-o", "json"))
        checks = done.json()["verify"]["checks"]
        self.assertEqual([c for c in checks if c["level"] != "ok"], [], done)
        found = next(c["found"] for c in checks if c["id"] == "MC502" and c["cluster"] == "east")
        self.assertIn("2001:db8::15, ", found)
        self.assertEqual(done.json()["verify"]["traffic"]["failed"], 0, done)


if __name__ == "__main__":
    unittest.main()
