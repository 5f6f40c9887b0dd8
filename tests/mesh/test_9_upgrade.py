"""A mesh goes to another version of Istio and back while requests cross it: none is lost, nothing is left behind."""

import json
import random
import subprocess
import unittest

import world
from load import Load
from world import CLUSTERS, LAB, get, kubectl, members, meshctl, run

OLD, NEXT = LAB["LAB_TAG"], LAB["LAB_NEXT_TAG"]
CHARTS = ["--charts", LAB["LAB_CHART_REPO"], "--hub", LAB["LAB_HUB"]]
SYSTEM, INGRESS = "istio-system", "istio-ingress"


def upgrade(*words: object, **options) -> world.Done:
    return meshctl("upgrade", *words, *members(), *CHARTS, "-o", "json", seconds=600, **options)


def images(cluster: str, namespace: str) -> set[str]:
    """The tags of what runs in a namespace."""
    pods = get(cluster, "-n", namespace, "pods", "--field-selector=status.phase=Running")["items"]
    return {
        c["image"].rpartition(":")[2]
        for p in pods
        if "deletionTimestamp" not in p["metadata"]
        for c in p["spec"]["containers"] + p["spec"].get("initContainers", [])
        if "/pilot:" in c["image"] or "/proxyv2:" in c["image"]
    }


def releases(cluster: str) -> dict[str, tuple[str, str]]:
    """By helm's own word: status and chart."""
    rows = json.loads(run("helm3", "--kubeconfig", world.kubeconfig(cluster), "list", "-A", "-a", "-o", "json"))
    return {r["name"]: (r["status"], r["chart"]) for r in rows}


def of_version(version: str) -> dict[str, tuple[str, str]]:
    charts = {"istio-base": "base", "istiod": "istiod", "istio-ingress": "gateway", "istio-eastwest": "gateway"}
    return {name: ("deployed", f"{chart}-{version}") for name, chart in charts.items()}


class Upgrade(unittest.TestCase):
    """In order: to the next version, the proxies after it, back, and stopped half way."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        world.whole(world.up())

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def none_lost(self, load: Load) -> None:
        self.assertEqual(load.failed, [], f"of {load.sent}")
        self.assertGreater(load.sent, 500)
        self.assertEqual(set(load.answers), {"reviews-v2", "reviews-v3"})

    def is_of(self, version: str) -> None:
        for cluster in CLUSTERS:
            self.assertEqual(releases(cluster), of_version(version))
            for namespace in (SYSTEM, INGRESS):
                self.assertEqual(world.settle(lambda c=cluster, n=namespace: images(c, n) == {version}), True)

    def is_as_before(self) -> None:
        self.is_of(OLD)
        plan = meshctl("plan", *world.mesh_words())
        self.assertEqual(plan.code, 0, plan)

    def test_1_to_the_next_version(self):
        with Load("west") as load:
            done = upgrade("--to", NEXT)
        self.assertEqual(done.code, 0, done)
        self.none_lost(load)
        self.is_of(NEXT)
        rows = {(r["cluster"], r["workload"]) for r in done.json()["outdated"]}
        west = {f"deployment/{name}" for name in ("details-v1", "productpage-v1", "ratings-v1", "reviews-v2")}
        self.assertEqual(rows, {("west", w) for w in west} | {("east", "deployment/reviews-v3")})

    def test_2_what_restarts_the_proxies(self):
        """Each printed command, as it stands; then nothing is left to do, and nothing is written for it."""
        rows = upgrade("--to", NEXT).json()["outdated"]
        for row in rows:
            kubectl(row["cluster"], *row["restart"].split()[1:])
            kubectl(row["cluster"], "rollout", "status", row["workload"], "-n", row["namespace"], "--timeout=120s")
        before = {c: world.resource_versions(c) for c in CLUSTERS}
        done = upgrade("--to", NEXT)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(done.json()["outdated"], [])
        self.assertEqual({c: world.resource_versions(c) for c in CLUSTERS}, before)
        for cluster in CLUSTERS:
            self.assertEqual(images(cluster, "bookinfo"), {NEXT})

    def test_3_back(self):
        with Load("west") as load:
            done = upgrade("abort")
        self.assertEqual(done.code, 0, done)
        self.none_lost(load)
        self.is_as_before()

    def test_4_a_version_of_its_own(self):
        """A cluster's version in the mesh file: of the other one nothing would change."""
        path = world.WORK / "own.yaml"
        path.write_text(json.dumps({
            "apiVersion": "meshctl.io/v1", "kind": "Mesh",
            "istio": {"version": OLD, "hub": LAB["LAB_HUB"], "charts": LAB["LAB_CHART_REPO"]}, "trust": {"dir": str(world.CA_DIR)},
            "clusters": [{"name": c, "kubeconfig": world.kubeconfig(c)} | ({"version": NEXT} if c == "east" else {}) for c in CLUSTERS],
        }))
        done = meshctl("plan", "-f", path, "-o", "json")
        self.assertEqual(done.code, 2, done)
        changes = {c["name"]: [x for x in c["changes"] if x["kind"] == "Deployment"] for c in done.json()["clusters"]}
        self.assertEqual(changes["west"], [])
        self.assertEqual({x["name"] for x in changes["east"]}, {"istiod", "istio-ingress", "istio-eastwest"})

    def test_5_a_failure_stops_the_walk(self):
        """The first cluster has no room for another istiod: the second one is not touched, and abort goes back."""
        quota = {
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full", "namespace": SYSTEM},
            "spec": {"hard": {"pods": str(len(get("west", "-n", SYSTEM, "pods")["items"]))}},
        }
        kubectl("west", "apply", "-f", "-", stdin=json.dumps(quota))
        before = releases("east") | {"image": images("east", SYSTEM)}
        with Load("west") as load:
            done = upgrade("--to", NEXT, "--timeout", "45s")
            self.assertEqual(done.code, 3, done)
            self.assertEqual(releases("east") | {"image": images("east", SYSTEM)}, before | {"istio-base": ("deployed", f"base-{NEXT}")})
            kubectl("west", "delete", "resourcequota", "full", "-n", SYSTEM)
            back = upgrade("abort")
        self.assertEqual(back.code, 0, back)
        self.none_lost(load)
        self.is_as_before()

    def killed(self, *words: object) -> float:
        """Starts it and kills it some seconds later; how many. Without requests of its own, whose pods would stay for
        minutes and take the room of the next one's."""
        seconds = random.Random(f"{world.SEED} {words}").uniform(1, 40)
        process = subprocess.Popen(
            [world.MESHCTL, "upgrade", *map(str, words), *members(), *CHARTS, "--no-traffic"], env=world.ENV, cwd=world.WORK,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return seconds

    def test_6_killed_and_finished(self):
        """Forth and back, each killed once: the same command finishes it, and no request is lost in all of that."""
        for turn in range(4 if world.LONG else 1):
            with Load("west") as load:
                forth = self.killed("--to", NEXT, *(["--timeout", f"{600 + turn}s"]))
                done = upgrade("--to", NEXT)
                self.assertEqual(done.code, 0, (forth, done))
                self.is_of(NEXT)
                back = self.killed("abort", *(["--timeout", f"{600 + turn}s"]))
                done = upgrade("abort")
                self.assertEqual(done.code, 0, (back, done))
            self.none_lost(load)
            self.is_of(OLD)
            print(f"\nkilled after {forth:.1f} s and {back:.1f} s: {load.sent} requests", end=" ", flush=True)
        self.is_as_before()


if __name__ == "__main__":
    unittest.main()
