"""A third cluster joins a mesh of two and leaves it again while requests cross between the two: none is lost, and of
the two nothing changes but a Secret each."""

import unittest

import fleet
import leftovers
import snapshot
import world
from load import Load
from snapshot import Key
from world import FLEET, meshctl

LINK = Key("", "secrets", "istio-system", "istio-remote-secret-north-cluster")


@world.needs_fleet
class Join(unittest.TestCase):
    """In order: it joins, it leaves."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        cls.words = ["-f", fleet.mesh_file("two", ("west", "east"))]
        cls.north = f"north={world.kubeconfig('north')}"
        world.whole(meshctl("up", *cls.words, "--bookinfo"))
        cls.before = snapshot.look_at_rest(clusters=("west", "east"))
        cls.north_before = snapshot.look_at_rest(clusters=("north",))

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def none_lost(self, load: Load) -> None:
        self.assertEqual(load.failed, [], f"of {load.sent}")
        self.assertEqual(set(load.answers), {"reviews-v2", "reviews-v3"})

    def changed_by(self, added: set[Key]) -> None:
        """Of the two clusters, by resourceVersions of all that they hold."""
        for cluster in self.before:
            gone = world.settle(lambda c=cluster: "meshctl-verify" not in world.kubectl(c, "get", "namespaces", "-o", "name"), 60)
            self.assertTrue(gone, "what add proved with goes by itself")
        after = snapshot.look_at_rest(clusters=("west", "east"))
        for cluster, then in self.before.items():
            found = snapshot.compare(then, after[cluster])
            self.assertEqual((set(found.added), found.removed, found.changed), (added, [], {}), f"{cluster}: {found}")

    def test_1_it_joins(self):
        with Load("west") as load:
            done = meshctl("add", self.north, *self.words, "-o", "json")
        self.assertEqual(done.code, 0, done)
        self.none_lost(load)
        self.changed_by({LINK})
        found = fleet.paths(done)
        self.assertEqual({k: (p["requests"], p["errors"]) for k, p in found.items()}, {(a, b): (100, 0) for a in FLEET for b in FLEET})
        again = meshctl("plan", "-f", fleet.mesh_file("two"))
        self.assertEqual(again.code, 0, again)

    def test_2_it_leaves(self):
        with Load("west") as load:
            done = meshctl("remove", "north", "-f", fleet.mesh_file("two"), "--confirm", "mesh", "-o", "json")
        self.assertEqual(done.code, 0, done)
        self.none_lost(load)
        self.changed_by(set())
        leftovers.as_said(self, self.north_before, done)


if __name__ == "__main__":
    unittest.main()
