"""helm 3 and helm 4 go on from what meshctl left, and meshctl from what they left: each verb, both ways.

Also from the places where things went wrong: an interrupted install, an upgrade that never became ready.
"""

import json
import random
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

import foreign
import world
from foreign import INGRESS, SYSTEM
from world import CA_DIR, CLUSTERS, LAB, charts, get, kubectl, members, meshctl

CHARTS = Path(LAB["LAB_CHARTS"])
MAJORS = (3, 4)
RELEASES = {"istio-base": SYSTEM, "istiod": SYSTEM, "istio-ingress": INGRESS, "istio-eastwest": INGRESS}
CHART_OF = {"istio-base": "base", "istiod": "istiod", "istio-ingress": "gateway", "istio-eastwest": "gateway"}
NOTE = "service.annotations.note"  # a value whose change starts no pod anew


def up(*words: object, **options) -> world.Done:
    return meshctl("up", *members(), *charts(), "--ca-dir", CA_DIR, *words, **options)


def plan(*words: object) -> world.Done:
    return meshctl("plan", *members(), *charts(), "--ca-dir", CA_DIR, "-o", "json", *words)


class Helm(unittest.TestCase):
    """west, by each major in turn; each test leaves the mesh whole."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        world.whole(up())

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def done(self, done):
        self.assertEqual(done.code, 0, done)
        return done

    def helm(self, major: int, release: str, *words: object, **options) -> str:
        return foreign.helm(major, "west", "-n", RELEASES[release], *words, **options)

    def history(self, major: int, release: str) -> list[dict]:
        return json.loads(self.helm(major, release, "history", release, "-o", "json"))

    def annotation(self, release: str = "istio-ingress") -> str | None:
        return get("west", "-n", INGRESS, "svc", release)["metadata"].get("annotations", {}).get("note")

    def ready(self, *names: str) -> None:
        for name in names:
            kubectl("west", "-n", RELEASES[name], "rollout", "status", f"deploy/{name}", "--timeout=90s")

    def whole(self):
        """Nothing is left to do, and all that shall answer answers."""
        done = plan()
        self.assertEqual(done.code, 0, done)
        self.assertEqual(done.json()["clusters"] and [c["changes"] for c in done.json()["clusters"]], [[], []], done)
        self.done(meshctl("verify", *members()))

    def test_1_they_read_what_we_made(self):
        for major in MAJORS:
            for release, namespace in RELEASES.items():
                with self.subTest(helm=major, release=release):
                    listed = json.loads(self.helm(major, release, "list", "-o", "json"))
                    self.assertEqual([r["status"] for r in listed if r["name"] == release], ["deployed"])
                    status = json.loads(self.helm(major, release, "status", release, "-o", "json"))
                    self.assertEqual((status["name"], status["namespace"], status["info"]["status"]), (release, namespace, "deployed"))
                    rows = self.history(major, release)
                    self.assertEqual([(r["status"], r["chart"]) for r in rows][-1:], [("deployed", f"{CHART_OF[release]}-{LAB['LAB_TAG']}")])
                    for what in ("values", "manifest", "notes", "hooks", "metadata"):
                        self.helm(major, release, "get", what, release)
                    values = json.loads(self.helm(major, release, "get", "values", release, "--all", "-o", "json"))
                    self.assertGreater(len(values), 0)
        both = [json.loads(self.helm(m, "istiod", "get", "values", "istiod", "-o", "json")) for m in MAJORS]
        self.assertEqual(both[0], both[1])

    @world.only_long
    def test_2_they_upgrade_and_we_go_on(self):
        """An upgrade with nothing new changes no object; values that helm set are kept by the next up."""
        for major in MAJORS:
            for release in RELEASES:
                with self.subTest(helm=major, release=release):
                    before = world.resource_versions("west", managers=("helm", "Helm"))
                    self.helm(major, release, "upgrade", release, CHARTS / CHART_OF[release], "--reuse-values")
                    after = world.resource_versions("west", managers=("helm", "Helm"))
                    changed = [k for k in before if before[k] != after.get(k) and "sh.helm.release" not in k]
                    self.assertEqual(changed, [])
            self.helm(major, "istio-ingress", "upgrade", "istio-ingress", CHARTS / "gateway", "--reuse-values", "--set", f"{NOTE}=helm{major}")
            self.assertEqual(self.annotation(), f"helm{major}")
            self.done(up())
            self.assertEqual(self.annotation(), f"helm{major}")
            self.whole()

    @world.only_long
    def test_3_we_upgrade_and_they_go_on(self):
        for major in MAJORS:
            with self.subTest(helm=major):
                self.done(up("--reuse-values", "--set", f"ingress.{NOTE}=ours{major}"))
                self.assertEqual(self.annotation(), f"ours{major}")
                values = json.loads(self.helm(major, "istio-ingress", "get", "values", "istio-ingress", "-o", "json"))
                self.assertEqual(values["service"]["annotations"]["note"], f"ours{major}")
                self.helm(major, "istio-ingress", "upgrade", "istio-ingress", CHARTS / "gateway", "--reuse-values", "--set", f"{NOTE}=theirs{major}")
                self.assertEqual(self.annotation(), f"theirs{major}")

    @world.only_long
    def test_4_rollback(self):
        for major in MAJORS:
            with self.subTest(helm=major):
                self.done(up("--reuse-values", "--set", f"ingress.{NOTE}=first{major}"))
                first = self.history(major, "istio-ingress")[-1]["revision"]
                self.done(up("--reuse-values", "--set", f"ingress.{NOTE}=second{major}"))
                self.helm(major, "istio-ingress", "rollback", "istio-ingress", first)
                self.assertEqual(self.annotation(), f"first{major}")
                self.done(up())
                self.assertEqual(self.annotation(), f"first{major}")
                rows = self.history(major, "istio-ingress")
                self.assertEqual([r["status"] for r in rows].count("deployed"), 1, rows)
                self.whole()

    @world.only_long
    def test_5_uninstall(self):
        """What helm took off comes back by `up`; what we installed helm takes off without a rest."""
        for major in MAJORS:
            with self.subTest(helm=major):
                self.helm(major, "istio-eastwest", "uninstall", "istio-eastwest", "--wait")
                left = kubectl("west", "-n", INGRESS, "get", "deploy,svc,sa,role,rolebinding,hpa,secret", "-o", "name")
                self.assertNotIn("eastwest", left)
                done = plan()
                self.assertEqual(done.code, 2, done)
                created = [c for cluster in done.json()["clusters"] for c in cluster["changes"] if c["action"] == "create"]
                self.assertEqual({c["unit"] for c in created}, {"eastwest"}, done)
                self.done(up())
                self.assertEqual(self.history(major, "istio-eastwest")[-1]["status"], "deployed")
                self.whole()

    @world.only_long
    def test_6_uninstall_that_keeps_history(self):
        for major in MAJORS:
            with self.subTest(helm=major):
                self.helm(major, "istio-eastwest", "uninstall", "istio-eastwest", "--keep-history", "--wait")
                self.done(up())
                rows = self.history(major, "istio-eastwest")
                self.assertEqual(rows[-1]["status"], "deployed", rows)
                self.assertEqual([r["status"] for r in rows].count("deployed"), 1, rows)

    def failed(self):
        """An upgrade of ours whose pods cannot start, told in time; the records say failed."""
        done = up("--reuse-values", "--set", "istiod.pilot.tag=no-such", "--timeout", "30s", "--to", "gateway")
        self.assertIn(done.code, (1, 3), done)
        self.assertRegex(done.err, "ImagePull|ErrImage|no-such", done)
        for cluster in CLUSTERS:
            secrets = get(cluster, "-n", SYSTEM, "secret", "-l", "owner=helm,name=istiod")["items"]
            newest = max(secrets, key=lambda s: int(s["metadata"]["labels"]["version"]))
            self.assertEqual(newest["metadata"]["labels"]["status"], "failed", done)

    @world.only_long
    def test_7_after_a_failed_upgrade(self):
        """Each way on: helm's rollback, helm's upgrade, our own up."""
        good = ("--set", f"pilot.tag={LAB['LAB_TAG']}")
        for major in MAJORS:
            for way in ("rollback", "upgrade"):
                with self.subTest(helm=major, way=way):
                    self.failed()
                    self.assertEqual(json.loads(self.helm(major, "istiod", "status", "istiod", "-o", "json"))["info"]["status"], "failed")
                    for cluster in CLUSTERS:
                        if way == "rollback":
                            foreign.helm(major, cluster, "-n", SYSTEM, "rollback", "istiod")
                        else:
                            foreign.helm(major, cluster, "-n", SYSTEM, "upgrade", "istiod", CHARTS / "istiod", "--reuse-values", *good)
                        kubectl(cluster, "-n", SYSTEM, "rollout", "status", "deploy/istiod", "--timeout=90s")
                    self.done(up("--reuse-values", "--set", f"istiod.pilot.tag={LAB['LAB_TAG']}"))
        self.failed()
        self.done(up("--reset-values"))
        rows = self.history(3, "istiod")
        self.assertEqual([r["status"] for r in rows].count("deployed"), 1, rows)
        self.whole()

    def test_8_after_an_interrupted_install(self):
        """Ctrl-C in the middle of a first install: the records say failed, and either helm goes on from them."""
        for major in MAJORS if world.LONG else [random.Random(world.SEED).choice(MAJORS)]:
            with self.subTest(helm=major):
                world.lab("reset")
                shutil.rmtree(CA_DIR, ignore_errors=True)
                process = subprocess.Popen([world.MESHCTL, "up", *members(), *charts(), "--ca-dir", str(CA_DIR)],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=world.ENV)
                pending = world.settle(lambda: "sh.helm.release.v1.istiod.v1" in kubectl("west", "-n", SYSTEM, "get", "secret", "-o", "name"), 60, every=0.1)
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
                self.assertTrue(pending, err)
                self.assertEqual(process.returncode, 130, err)
                for cluster in CLUSTERS:
                    listed = json.loads(foreign.helm(major, cluster, "-n", SYSTEM, "list", "--all", "-o", "json") if major == 3
                                        else foreign.helm(major, cluster, "-n", SYSTEM, "list", "-o", "json"))
                    for row in listed:
                        self.assertNotIn("pending", row["status"], f"{row} {err}")
                status = json.loads(self.helm(major, "istiod", "status", "istiod", "-o", "json"))["info"]["status"]
                self.assertIn(status, ("failed", "deployed"))
                self.helm(major, "istiod", "upgrade", "--install", "istiod", CHARTS / "istiod", "--reuse-values")
                self.assertEqual(json.loads(self.helm(major, "istiod", "status", "istiod", "-o", "json"))["info"]["status"], "deployed")
                self.done(up())
                self.whole()

    @world.only_long
    def test_9_releases_that_helm_made(self):
        """A mesh whose releases are all helm's: up goes on from them without a new revision of what is right."""
        for major in MAJORS:
            with self.subTest(helm=major):
                world.lab("reset")
                world.lab("byhand", "--helm", str(major))
                before = {r: self.history(3, r)[-1]["revision"] for r in RELEASES}
                self.done(meshctl("up", *members(), *charts(), "--ca-dir", CA_DIR, "--cloud", "hatoba", "--take-ownership"))
                after = {r: self.history(3, r) for r in RELEASES}
                for release, rows in after.items():
                    self.assertEqual(rows[-1]["status"], "deployed", rows)
                    self.assertLessEqual(rows[-1]["revision"], before[release] + 1, rows)
                other = 7 - major
                for release in RELEASES:
                    foreign.helm(other, "west", "-n", RELEASES[release], "upgrade", release, CHARTS / CHART_OF[release], "--reuse-values")


if __name__ == "__main__":
    unittest.main()
