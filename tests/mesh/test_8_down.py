"""What `down` takes off: all that came with the mesh, and of what was there before nothing.

Every object of both clusters is compared, before the mesh and after it is gone. What is left over is what
`down` has said would stay, and what Kubernetes itself keeps for it.
"""

import shutil
import subprocess
import time
import unittest

import leftovers
import snapshot
import world
from world import CA_DIR, CLUSTERS, charts, kubeconfig, kubectl, members, meshctl, up

REFUSED = 5


def down(*words: object, **options) -> world.Done:
    return meshctl("down", *members(), "--confirm", "mesh", *words, **options)


class Down(unittest.TestCase):
    def setUp(self):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        self.before = snapshot.look_at_rest()

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def done(self, done):
        self.assertEqual(done.code, 0, done)
        return done

    def left_as_said(self, done: world.Done) -> int:
        return leftovers.as_said(self, self.before, done)

    def test_1_after_up(self):
        self.done(up())
        authority = {p: p.read_bytes() for p in CA_DIR.rglob("*") if p.is_file()}
        planned = meshctl("down", *members(), "-o", "json")
        self.assertEqual(planned.code, REFUSED, planned)
        self.assertIn("--confirm mesh", planned.err, planned)
        done = self.done(down("-o", "json"))
        self.left_as_said(done)
        kinds = {row["kind"] for row in done.stays("west")}
        self.assertIn("CustomResourceDefinition", kinds)
        self.assertEqual({p: p.read_bytes() for p in CA_DIR.rglob("*") if p.is_file()}, authority)
        again = self.done(down("-o", "json"))
        self.left_as_said(again)
        self.assertEqual(again.json()["counts"]["delete"], 0, again)
        self.done(up())  # and from what stayed a mesh again

    @world.only_long
    def test_2_after_up_with_all_kinds(self):
        """--delete-crds leaves nothing at all."""
        self.done(up())
        done = self.done(down("--delete-crds", "-o", "json"))
        self.assertEqual(self.left_as_said(done), 0, done)

    @world.only_long
    def test_3_after_hand_tools(self):
        world.lab("byhand")
        done = self.done(down("-o", "json"))
        self.left_as_said(done)
        releases = world.run("helm3", f"--kubeconfig={kubeconfig('west')}", "list", "-A", "-q")
        self.assertEqual(releases.split(), [])

    @world.only_long
    def test_4_of_half_a_mesh(self):
        """`up` was killed on its way; its Lease has not run out."""
        words = [world.MESHCTL, "up", *members(), *charts(), "--ca-dir", str(CA_DIR)]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=world.ENV)
        world.settle(lambda: kubectl("west", "-n", "istio-system", "get", "deploy", "istiod", "-o", "name", "--ignore-not-found"), 60)
        process.kill()
        process.wait()
        end = time.monotonic() + 120
        done = down("-o", "json")
        while done.code and time.monotonic() < end:
            self.assertIn("MC104", done.err, done)
            time.sleep(3)
            done = down("-o", "json")
        self.left_as_said(self.done(done))

    def test_5_without_the_word_nothing_happens(self):
        self.done(up("--to", "install"))
        before = snapshot.look_at_rest()
        for words in ((), ("--confirm", "another")):
            done = meshctl("down", *members(), *words)
            self.assertEqual(done.code, REFUSED, done)
            self.assertIn("--confirm", done.err, done)
        after = snapshot.look()
        for cluster in CLUSTERS:
            found = snapshot.compare(before[cluster], after[cluster])
            self.assertFalse(found, str(found))

    @world.only_long
    def test_6_workloads_that_are_still_in_the_mesh_are_told(self):
        self.done(up("--to", "install"))
        kubectl("east", "create", "namespace", "shop")
        kubectl("east", "label", "namespace", "shop", "istio-injection=enabled")
        kubectl("east", "-n", "shop", "create", "deployment", "web", "--image=docker.io/istio/proxyv2:none")
        world.settle(lambda: kubectl("east", "-n", "shop", "get", "pods", "-o", "name"), 30)
        done = meshctl("down", *members())
        self.assertEqual(done.code, REFUSED, done)
        self.assertRegex(done.out + done.err, r"shop")
        web = kubectl("east", "-n", "shop", "get", "deploy", "web", "-o", "jsonpath={.metadata.uid} {.spec}")
        self.done(down())
        self.assertEqual(kubectl("east", "-n", "shop", "get", "deploy", "web", "-o", "jsonpath={.metadata.uid} {.spec}"), web)

    @world.only_long
    def test_7_one_cluster(self):
        """remove: east is as before; west has its mesh, without the link."""
        self.done(up())
        west = snapshot.look()["west"]
        done = self.done(meshctl("remove", "east", *members(), "--confirm", "mesh", "-o", "json"))
        after = snapshot.look()
        found = snapshot.compare(west, after["west"], leaving=lambda k: k.resource in ("pods", "replicasets", "leases"))
        self.assertEqual((found.added, [str(k) for k in found.removed]), ([], ["secrets/istio-system/istio-remote-secret-east-cluster"]),
                         f"{found}\nafter {done}")
        east = snapshot.compare(self.before["east"], after["east"])
        stays = self.said("east", done, after["east"])
        left = {k for k in east.added if k not in stays and not self.goes_with(k, stays, after["east"])}
        self.assertEqual((left, east.removed, east.changed), (set(), [], {}), f"{east}\nafter {done}")

    @world.only_long
    def test_8_one_cluster_keeps_its_mesh(self):
        self.done(up())
        before = snapshot.look()
        self.done(meshctl("remove", "east", "--keep-mesh", *members(), "--confirm", "mesh"))
        after = snapshot.look()
        west = snapshot.compare(before["west"], after["west"], leaving=lambda k: k.resource in ("pods", "replicasets"))
        self.assertEqual(([str(k) for k in west.removed], west.added), (["secrets/istio-system/istio-remote-secret-east-cluster"], []), str(west))
        east = snapshot.compare(before["east"], after["east"], leaving=lambda k: k.resource in ("pods", "replicasets"))
        self.assertEqual(east.added, [], str(east))
        links = {f"secrets/istio-system/{n}" for n in ("istio-remote-secret-west-cluster", "istio-reader-service-account-istio-remote-secret-token")}
        self.assertLessEqual({str(k) for k in east.removed if k.resource != "leases"}, links, str(east))
        self.assertEqual(after["east"].where(lambda k, _: k.resource == "leases" and k.name == "meshctl"), set())


if __name__ == "__main__":
    unittest.main()
