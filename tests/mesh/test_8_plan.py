"""`plan` tells the truth: by chance something is changed in a whole mesh, and plan names that and nothing else.

The seed is MESHCTL_SEED (printed when it is not given); MESHCTL_ROUNDS and MESHCTL_MUTATIONS say how many. Last of
all the mesh is whole.
"""

import json
import os
import random
import re
import shutil
import unittest

import foreign
import snapshot
import world
from drift import RUNTIME, Changer, Drift, applied
from snapshot import Key
from world import CA_DIR, CLUSTERS, meshctl

ROUNDS = int(os.environ.get("MESHCTL_ROUNDS", "200" if world.LONG else "6"))
MUTATIONS = int(os.environ.get("MESHCTL_MUTATIONS", "5000" if world.LONG else "200"))
FAILED, DIFFERS = 1, 2
CREATE, UPDATE, CONFLICT, NOTHING = "create", "update", "conflict", "nothing"
MOVING = ("leases", "horizontalpodautoscalers")  # the lock of a run; a status that comes and goes

# What is made and not compared: (resource, name pattern): why.
NOT_CHANGED = {
    ("secrets", r"sh\.helm\.release\..*"): "records, which are what plan looks at",
    ("secrets", r"cacerts"): "what the clusters hold is kept",
    ("secrets", r".*-istio-remote-secret-token"): "filled by Kubernetes; its change is a change of the peers' links",
    ("leases", r"meshctl"): "the lock",
}
# What takes others with it when it goes: (resource, name pattern): why.
NOT_DELETED = {
    ("customresourcedefinitions", r".*"): "with it goes what is of that kind",
    ("namespaces", r".*"): "with it goes what is in it",
    ("serviceaccounts", r"istio-reader-service-account"): "with it goes its token",
    ("deployments", r".*"): "with it go its pods",
}


def plan(*words: object) -> world.Done:
    return meshctl("plan", *world.mesh_words("-o", "json", *words))


def named(done: world.Done, snapshots: dict) -> dict[tuple[str, Key], dict]:
    """(cluster, key) of each change that a plan lists."""
    found = {}
    for cluster in done.json()["clusters"]:
        kinds = {(k.api_version(), k.kind): k for k in snapshots[cluster["name"]].kinds.values()}
        groups = {(k.group, k.kind): k for k in snapshots[cluster["name"]].kinds.values()}
        for change in cluster["changes"]:
            group = change["apiVersion"].rpartition("/")[0]
            kind = kinds.get((change["apiVersion"], change["kind"])) or groups[group, change["kind"]]
            key = Key(kind.group, kind.resource, change.get("namespace") or "", change["name"])
            found[cluster["name"], key] = change
    return found


def listed(key: Key, table: dict) -> bool:
    return any(key.resource == resource and re.fullmatch(name, key.name) for resource, name in table)


def last_name(path: str) -> str:
    """The name of the innermost field of a path in either spelling."""
    quoted = re.search(r'\["([^"]*)"\](?:\[[^\]]*\])*$', path)
    if quoted:
        return quoted[1]
    return re.sub(r"\[[^\]]*\]", "", path).rpartition(".")[2] if "example.com/" not in path else "example.com/added"


def shows(field: dict, path: str) -> bool:
    """Whether a row of plan is about the field; of a table that comes or goes with its only field it is about the table."""
    return last_name(path) in field["path"] or (None in (field["before"], field["after"]) and path.startswith(field["path"]))


class PlanIsTruth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        foreign.make()
        cls.theirs = {c: set(s.objects) for c, s in snapshot.look().items()}
        done = meshctl("up", *world.mesh_words())
        if done.code:
            raise AssertionError(done)
        cls.dice = random.Random(world.SEED)
        print(f"\nMESHCTL_SEED={world.SEED}", flush=True)
        cls.renew()

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        world.whole(world.up())  # what comes after finds a whole mesh

    @classmethod
    def renew(cls):
        """What every object of ours is now."""
        cls.now = snapshot.look()
        cls.pristine = {}
        cls.changers = {}
        for cluster, s in cls.now.items():
            found = {}
            for key, item in s.objects.items():
                if key not in cls.theirs[cluster] and not listed(key, NOT_CHANGED):
                    what = applied(item, s.kind(key))
                    if what and what[0] in ("helm", "meshctl"):
                        found[key] = what
            cls.pristine[cluster] = found
            cls.changers[cluster] = Changer(snapshot.api(cluster), s.kinds, found, cls.dice)

    def empty(self, after: str):
        done = plan()
        self.assertEqual(done.code, 0, f"after {after}: {done}")
        self.assertEqual(named(done, self.now), {}, f"after {after}: {done}")
        self.assertEqual({k: v for k, v in done.json()["counts"].items() if k != "keep" and v}, {}, done)

    def theirs_untouched(self, before: dict, after: str, leaving=lambda key: False):
        now = snapshot.look()
        count = 0
        for cluster in CLUSTERS:
            shared = {Key("", "namespaces", "", n) for n in foreign.THEIR_NAMESPACES}
            found = snapshot.compare(before[cluster], now[cluster], only=(self.theirs[cluster] - shared).__contains__, leaving=leaving)
            self.assertFalse(found, f"after {after}: {found}")
            count += found.compared
        return count

    def test_1_nothing_to_do(self):
        self.assertGreater(min(len(p) for p in self.pristine.values()), 30)
        self.empty("up")

    def one_round(self, cluster: str, way: str) -> str:
        """A change, and what plan, up and plan make of it."""
        changer = self.changers[cluster]
        key = self.dice.choice(sorted(k for k in self.pristine[cluster] if way != "deleted" or not listed(k, NOT_DELETED)))
        drift = changer.attempt(way, key)
        if drift is None:
            return ""
        told = f"{cluster} {drift}"
        verdict, _ = (CREATE, []) if way == "deleted" else self.verdict(cluster, key)
        before = snapshot.look()
        done = plan()
        changes = named(done, self.now)
        if verdict == NOTHING:
            self.assertEqual((done.code, changes), (0, {}), f"{told}: {done}")
            changer.restore(key)
            return told
        self.assertLessEqual(set(changes), {(cluster, key)}, f"{told}: {done}")
        if verdict == CONFLICT:
            self.assertEqual(done.code, FAILED, f"{told}: {done}")
            for text in ("MC308", drift.key.name, drift.manager):
                self.assertIn(text, done.out, f"{told}: {done}")
            refused = self.up(key)
            self.assertEqual(refused.code, FAILED, f"{told}: {refused}")
            self.assertIn("MC308", refused.err, f"{told}: {refused}")
            for c, now in snapshot.look().items():
                found = snapshot.compare(before[c], now, leaving=lambda k: k.resource in MOVING)
                self.assertFalse(found, f"{told}: refused, and wrote: {found}")
            mended = self.up(key, "--force-conflicts")
        else:
            self.assertEqual(done.code, DIFFERS, f"{told}: {done}")
            self.assertEqual(set(changes), {(cluster, key)}, f"{told}: {done}")
            change = changes[cluster, key]
            self.assertEqual(change["action"], verdict, f"{told}: {done}")
            if verdict == UPDATE:
                self.assertTrue(any(shows(f, drift.path) for f in change["fields"]), f"{told}: {done}")
            mended = self.up(key)
        self.assertEqual(mended.code, 0, f"{told}: {mended}")
        self.empty(told)
        self.theirs_untouched(before, told)
        self.assertEqual(self.verdict(cluster, key), (NOTHING, []), told)
        return told

    @staticmethod
    def up(key: Key, *words: object) -> world.Done:
        """As far as it must go; the sample comes with the last step."""
        cut = [] if key.namespace == "bookinfo" or key.name == "bookinfo" else ["--to", "expose"]
        return meshctl("up", *world.mesh_words(*cut, *words))

    def test_2_rounds(self):
        ways = ("deleted", "reapplied", "reapplied", "removed", "removed", "added", "taken", "neighbour")
        counts: dict[str, int] = {}
        done = tries = 0
        while done < ROUNDS and tries < ROUNDS * 4:
            tries += 1
            cluster, way = self.dice.choice(CLUSTERS), self.dice.choice(ways)
            told = self.neighbour(cluster) if way == "neighbour" else self.one_round(cluster, way)
            if told:
                done += 1
                counts[way] = counts.get(way, 0) + 1
                self.renew()
        self.assertEqual(done, ROUNDS, "chance found too few changes that the server takes")
        print(f"\n{done} rounds: {counts}", end=" ", flush=True)

    def neighbour(self, cluster: str) -> str:
        """A change of somebody else's object is nobody's business."""
        kinds = ("configmaps", "secrets", "services", "roles", "clusterroles", "mutatingwebhookconfigurations", "gateways")
        keys = sorted(k for k in self.theirs[cluster] if k.resource in kinds and k.namespace not in ("kube-system", "kube-public")
                      and "kube-root-ca" not in k.name and not k.name.startswith(("system:", "kubeadm:", "kubernetes", "istio-ca-")))
        key = self.dice.choice(keys)
        api = snapshot.api(cluster)
        api.call("PATCH", self.changers[cluster].path(key) + "?fieldManager=somebody",
                 {"metadata": {"annotations": {"example.com/round": str(self.dice.random())}}}, snapshot.MERGE)
        before = snapshot.look()
        self.empty(f"a change of {key}")
        done = self.up(key)
        self.assertEqual(done.code, 0, done)
        self.theirs_untouched(before, f"a change of {key}")
        return f"{cluster} {key}"

    def test_3_what_is_skipped_is_right(self):
        """Many objects are changed at once. What plan says of each is held against what the server says to an apply
        of what it shall be: dry, and by force where the field is somebody's by now."""
        self.renew()
        ways = ("reapplied", "reapplied", "removed", "added", "taken")
        counts: dict[str, int] = {}
        made, wrong = 0, []
        while made < MUTATIONS:
            batch: dict[tuple[str, Key], Drift] = {}
            for cluster in CLUSTERS:
                for key in sorted(self.pristine[cluster]):
                    if key.resource == "customresourcedefinitions" and self.dice.random() < 0.8:
                        continue  # a write of one costs the server as much as twenty others
                    if made < MUTATIONS and (drift := self.changers[cluster].attempt(self.dice.choice(ways), key, tries=4)):
                        batch[cluster, key] = drift
                        made += 1
            done = plan()
            self.assertIn(done.code, (0, FAILED, DIFFERS), done)
            changes = named(done, self.now)
            self.assertEqual({f"{c} {k}" for c, k in changes if k not in self.pristine[c]}, set(), done)
            for cluster in CLUSTERS:
                conflicts = " ".join(e["message"] for e in done.json()["errors"] if e.get("cluster") == cluster)
                for key in self.pristine[cluster]:
                    verdict, paths = self.verdict(cluster, key)
                    counts[verdict] = counts.get(verdict, 0) + 1
                    said = (CONFLICT if re.search(rf"[/ ]{re.escape(key.name)}: ", conflicts) and verdict == CONFLICT
                            else UPDATE if (cluster, key) in changes else NOTHING)
                    if said != verdict and not (said == UPDATE and self.owner_changes(cluster, key)):
                        wrong.append(f"{cluster} {key}: said {said}, is {verdict} {paths}: {batch.get((cluster, key), 'untouched')}: "
                                     f"{changes.get((cluster, key), {}).get('fields')}")
            for cluster, key in batch:
                self.changers[cluster].restore(key)
        print(f"\n{made} mutations; the server's verdicts {counts}; {len(wrong)} of plan's were otherwise", end=" ", flush=True)
        self.assertEqual(wrong, [], "\n".join(wrong))

    def verdict(self, cluster: str, key: Key) -> tuple[str, list[str]]:
        """What the server says to an apply of what the object shall be."""
        changer = self.changers[cluster]
        live = snapshot.api(cluster).get(changer.path(key))
        manager, body = self.pristine[cluster][key]
        conflict = False
        try:
            changer.apply(key, body, manager, dry=True, force=False)
        except snapshot.ApiError as error:
            conflict = error.status == 409
        after = changer.apply(key, body, manager, dry=True)
        plain = lambda item: {k: v for k, v in snapshot.content(item).items() if k not in ("status", "apiVersion", "kind")}
        paths = [p for p in snapshot.paths_of(plain(live), plain(after))
                 if (key.resource, re.sub(r"\[\d+\]", "", p.split(" ")[0]).rpartition(".")[2]) not in RUNTIME]
        return (CONFLICT if conflict and paths else UPDATE if paths else NOTHING), paths

    def owner_changes(self, cluster: str, key: Key) -> bool:
        """Whether the apply would at least make a field its manager's that was nobody's or another's."""
        changer = self.changers[cluster]
        live = snapshot.api(cluster).get(changer.path(key))
        manager, body = self.pristine[cluster][key]
        fields = lambda item: [m["fieldsV1"] for m in item["metadata"].get("managedFields", [])
                               if m["manager"] == manager and m["operation"] == "Apply" and not m.get("subresource")]
        return fields(live) != fields(changer.apply(key, body, manager, dry=True))


if __name__ == "__main__":
    unittest.main()
