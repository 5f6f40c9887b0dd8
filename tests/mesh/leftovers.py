"""What a `down` left, held against what it has said would stay and against what was there before the mesh."""

import unittest

import snapshot
import world
from snapshot import Key


def _said(cluster: str, done: world.Done, after: snapshot.Snapshot) -> set[Key]:
    """The keys of what the report of `down` says would stay."""
    kinds = {(k.kind, k.namespaced): k for k in after.kinds.values()}
    keys = set()
    for row in done.stays(cluster):
        if not row["why"]:
            raise AssertionError(f"no reason is given: {row}")
        kind = kinds[row["kind"], bool(row.get("namespace"))]
        keys.add(Key(kind.group, kind.resource, row.get("namespace") or "", row["name"]))
    return keys


def _goes_with(key: Key, stays: set[Key], after: snapshot.Snapshot) -> bool:
    """What stays because something that was named does: in a namespace all that is not the mesh's, of a kind the
    row that Kubernetes keeps of its group."""
    if (key.group, key.resource) == ("apiregistration.k8s.io", "apiservices"):
        group = key.name.partition(".")[2]
        return any(k.resource == "customresourcedefinitions" and k.name.endswith(f".{group}") for k in stays)
    if (key.group, key.resource) == ("networking.k8s.io", "ipaddresses"):
        parent = after.objects[key]["spec"]["parentRef"]
        return parent["resource"] == "services" and Key("", "namespaces", "", parent["namespace"]) in stays
    metadata = after.objects[key]["metadata"]
    ours = "meshctl.io/mesh" in metadata.get("labels", {}) or "meta.helm.sh/release-name" in metadata.get("annotations", {})
    return not ours and Key("", "namespaces", "", key.namespace) in stays


def as_said(test: unittest.TestCase, before: dict[str, snapshot.Snapshot], done: world.Done) -> int:
    """Nothing is left but what was said; nothing of before is gone or changed. Tells how many stayed."""
    after = snapshot.look(tuple(before))
    count = 0
    for cluster, then in before.items():
        found = snapshot.compare(then, after[cluster])
        stays = _said(cluster, done, after[cluster])
        left = {k for k in found.added if k not in stays and not _goes_with(k, stays, after[cluster])}
        test.assertEqual((sorted(map(str, left)), found.removed, found.changed), ([], [], {}), f"{found}\nafter {done}")
        missing = stays - after[cluster].objects.keys()
        test.assertEqual(sorted(map(str, missing)), [], f"said to stay on {cluster}, and gone: {done}")
        count += len(stays)
        print(f"\n{cluster}: {found.compared} objects compared, {len(stays)} said to stay", end=" ", flush=True)
    return count
