"""Neighbours: what others keep beside the mesh is byte for byte as it was, whatever meshctl does to the mesh.

The objects of foreign.py are there before the first run; each test is one more run, and after each of them every
object that was there is compared as it is stored, resourceVersion included. The two namespaces that the mesh
shares with others keep their uid and all that was written on them.
"""

import shutil
import unittest

import foreign
import snapshot
import world
from snapshot import Key
from world import CA_DIR, CLUSTERS, meshctl, members, step, up


def shared_namespace(key: Key) -> bool:
    return key.group == "" and key.resource == "namespaces" and key.name in foreign.THEIR_NAMESPACES


class Neighbours(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        foreign.make()
        cls.before = snapshot.look_at_rest()
        cls.watched = {c: set(s.objects) for c, s in cls.before.items()}

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def untouched(self, run: str):
        """Every object that was there before is as it was, but for what a namespace may have been given besides."""
        now = snapshot.look()
        count = 0
        for cluster in CLUSTERS:
            found = snapshot.compare(self.before[cluster], now[cluster], only=self.watched[cluster].__contains__,
                                     leaving=shared_namespace)
            if found:
                self.fail(f"after {run}: {found}")
            count += found.compared
            for key in filter(shared_namespace, self.watched[cluster]):
                old, new = self.before[cluster].objects[key]["metadata"], now[cluster].objects[key]["metadata"]
                self.assertEqual(new["uid"], old["uid"])
                for marks in ("labels", "annotations"):
                    self.assertEqual({k: new[marks].get(k) for k in old[marks]}, old[marks], f"after {run}: {key}")
                count += 1
        print(f"\n{count} objects of others watched over {run}", end=" ", flush=True)

    def done(self, done):
        self.assertEqual(done.code, 0, done)
        return done

    def test_1_up(self):
        self.done(up())
        self.untouched("up")

    def test_2_each_step(self):
        for name in ("ca", "install", "gateway", "remote-secret", "expose", "verify"):
            self.done(step(name))
        self.untouched("each step as its own command")

    @world.only_long
    def test_3_upgrade(self):
        """New revisions of all releases: one that changes objects, one that drops some."""
        self.done(up("--set", "istiod.meshConfig.accessLogFile=/dev/stdout", "--set", "istiod.autoscaleEnabled=false",
                     "--set", "gateway.podAnnotations.run=second", "--set", "base.defaultRevision="))
        self.untouched("an upgrade")

    def test_4_up_beside_others_use_of_istio(self):
        """Somebody's own Gateway, VirtualService and DestinationRule, one of them with our Gateway's name."""
        foreign.make_istios()
        first = self.before
        type(self).before = snapshot.look()
        for cluster in CLUSTERS:
            for key in filter(shared_namespace, self.watched[cluster]):
                self.before[cluster].objects[key] = first[cluster].objects[key]
            self.watched[cluster] |= self.before[cluster].where(
                lambda key, item: key.group == "networking.istio.io"
                and "managedFields" in item["metadata"]
                and all(m["manager"].startswith("kubectl") for m in item["metadata"]["managedFields"]))
            self.assertEqual(sum(k.group == "networking.istio.io" for k in self.watched[cluster]), 4)
        self.done(up("--reset-values"))
        self.untouched("up beside Istio objects of others")

    def test_5_down(self):
        done = self.done(meshctl("down", *members(), "--confirm", "mesh", "-o", "json"))
        self.untouched("down")
        now = snapshot.look()
        for cluster in CLUSTERS:
            stays = {(row["kind"], row["name"]) for row in done.stays(cluster)}
            for key in filter(shared_namespace, self.watched[cluster]):
                self.assertIn(("Namespace", key.name), stays, done)
                left, was = now[cluster].objects[key], self.before_of(cluster, key)
                self.assertEqual(left["metadata"].get("labels"), was["metadata"]["labels"], f"{cluster} {key}")

    def before_of(self, cluster: str, key: Key) -> dict:
        """A namespace as foreign.make() wrote it, with the label that Kubernetes adds."""
        marks = foreign.THEIR_NAMESPACES[key.name]
        labels = marks["labels"] | {"kubernetes.io/metadata.name": key.name}
        return {"metadata": {"labels": labels, "annotations": marks["annotations"]}}


if __name__ == "__main__":
    unittest.main()
