"""One small change of a live object, by chance: what may be changed, by whom, and how it is put right again.

What a manager has applied is read from the object itself: managedFields names each field that is his, the object
holds the values. Taken from an object that nobody has touched since, that is what was applied, whoever rendered
it; so it serves as the yardstick of what an object shall be.
"""

import copy
import json
import random
from dataclasses import dataclass

from snapshot import APPLY, MERGE, Api, ApiError, Key, Kind

# ---- what a manager has applied --------------------------------------------------------------------


def applied(item: dict, kind: Kind) -> tuple[str, dict] | None:
    """The manager whose Apply made the object, and what he applied; None where nobody applies it."""
    rows = [m for m in item["metadata"].get("managedFields", []) if m["operation"] == "Apply" and not m.get("subresource")]
    if len(rows) != 1:
        return None
    body = _owned(item, rows[0]["fieldsV1"]) or {}
    metadata = body.setdefault("metadata", {})
    metadata["name"] = item["metadata"]["name"]
    if kind.namespaced:
        metadata["namespace"] = item["metadata"]["namespace"]
    return rows[0]["manager"], {"apiVersion": kind.api_version(), "kind": kind.kind} | body


# What was applied empty is not stored, but owned all the same: by the field's name, what it was.
EMPTY = {"env": None, "value": ""}


def _owned(value, fields: dict):
    """The part of a value that fieldsV1 names."""
    inner = {k: v for k, v in fields.items() if k != "."}
    if not inner or not isinstance(value, (dict, list)):
        return copy.deepcopy(value)
    if isinstance(value, dict):
        whole = {k: empty for k, empty in EMPTY.items() if f"f:{k}" in inner} | value
        return {k[2:]: _owned(whole[k[2:]], v) for k, v in inner.items() if k.startswith("f:") and k[2:] in whole}
    found = []
    for item in value:  # in the list's own order
        for k, v in inner.items():
            if k.startswith("k:") and isinstance(item, dict):
                keys = json.loads(k[2:])
                if all(item.get(n) == x for n, x in keys.items()):
                    found.append(_owned(item, v))
            elif k.startswith("v:") and json.loads(k[2:]) == item:
                found.append(item)
    return found


# ---- where it can be changed ------------------------------------------------------------------------

# Fields of which a change says something else than what it changes: what the object is, or what starts pods anew
# and so takes half a minute to put right. (Nor is a webhook's address changed, without which nothing can be written.)
FIXED = ("apiVersion", "kind", "metadata.name", "metadata.namespace", "spec.selector", "spec.template", "spec.replicas",
         "roleRef", "spec.names", "spec.group", "spec.scope", "spec.versions", "type", "spec.type")

# By these an item of a list is itself: another value is another item beside it.
ITEM_KEYS = {("services", "ports"): ("port", "protocol", "name"), ("mutatingwebhookconfigurations", "webhooks"): ("name",),
             ("validatingwebhookconfigurations", "webhooks"): ("name",)}

# Marks of whose an object is: without them it is somebody else's, which is told in another way.
OWNER = ("meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "app.kubernetes.io/managed-by",
         "meshctl.io/mesh", "meshctl.io/unit")

# Fields that a runtime sets in what a chart applies, as a part of its work; they are its own: (kind, last key).
RUNTIME = {
    ("mutatingwebhookconfigurations", "caBundle"), ("validatingwebhookconfigurations", "caBundle"),
    ("validatingwebhookconfigurations", "failurePolicy"), ("deployments", "replicas"),
}


def leaves(value, at: tuple = ()) -> list[tuple]:
    """The paths of all plain values."""
    if isinstance(value, dict) and value:
        return [p for k, v in value.items() for p in leaves(v, (*at, k))]
    if isinstance(value, list) and value:
        return [p for n, v in enumerate(value) for p in leaves(v, (*at, n))]
    return [at]


def text_of(path: tuple) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)[1:]


def changeable(body: dict, key: Key) -> list[tuple]:
    paths = []
    for path in leaves(body):
        names = ".".join(str(p) for p in path)
        fixed = any(names == f or names.startswith(f + ".") for f in FIXED) or "clientConfig" in path
        item_key = len(path) > 2 and path[-1] in ITEM_KEYS.get((key.resource, path[-3]), ())
        if not (fixed or item_key or path[-1] in OWNER or (key.resource, path[-1]) in RUNTIME):
            paths.append(path)
    return paths


def _at(value, path: tuple):
    for p in path:
        value = value[p]
    return value


def other_value(value, key: Key, path: tuple, dice: random.Random):
    if (key.resource, path[0]) == ("secrets", "data"):
        return "eHh4" + value  # three more letters, in base64
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + dice.choice((1, 2, 10))
    if isinstance(value, str):
        return value + dice.choice(("x", "-b", "0")) if value else "x"
    return None


# ---- the changes -------------------------------------------------------------------------------------


@dataclass
class Drift:
    """What was done to one object."""

    key: Key
    what: str  # deleted, reapplied, removed, added, taken
    path: str  # of the field, or nothing
    manager: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what} {self.path} as {self.manager}"


STRANGER = "somebody"
ADDED_KEY = "example.com/added"


class Changer:
    """Changes objects of one cluster. `pristine` is what they shall be: key -> (manager, body)."""

    def __init__(self, api: Api, kinds: dict, pristine: dict[Key, tuple[str, dict]], dice: random.Random):
        self.api, self.kinds, self.pristine, self.dice = api, kinds, pristine, dice

    def path(self, key: Key) -> str:
        return self.kinds[key.group, key.resource].path(key.namespace, key.name)

    def apply(self, key: Key, body: dict, manager: str, dry: bool = False, force: bool = True) -> dict:
        query = f"?fieldManager={manager}&force={str(force).lower()}" + ("&dryRun=All" if dry else "")
        return self.api.call("PATCH", self.path(key) + query, body, APPLY)

    def reapplied(self, key: Key) -> Drift | None:
        """By its own manager, as an older version of the same might have: a field with another value, or gone,
        or one more."""
        manager, body = self.pristine[key]
        changed, path = copy.deepcopy(body), self._pick(key)
        where = _at(changed, path[:-1])
        way = self.dice.choice(("another value", "gone", "one more"))
        if way == "one more":
            path = ("metadata", "annotations", ADDED_KEY)
            changed["metadata"].setdefault("annotations", {})[ADDED_KEY] = "x"
        elif way == "gone":
            del where[path[-1]]
        else:
            where[path[-1]] = other_value(where[path[-1]], key, path, self.dice)
        self.apply(key, changed, manager)
        return Drift(key, "reapplied", text_of(path), manager)

    def removed(self, key: Key) -> Drift | None:
        """A field of ours taken out by somebody: it is nobody's then."""
        live = self.api.get(self.path(key))
        path = self._pick(key)
        try:
            _at(live, path)
        except (KeyError, IndexError, TypeError):
            return None
        pointer = "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in path)
        patch = [{"op": "remove", "path": pointer}]
        self.api.call("PATCH", f"{self.path(key)}?fieldManager={STRANGER}", patch, "application/json-patch+json")
        return Drift(key, "removed", text_of(path), STRANGER)

    def added(self, key: Key) -> Drift:
        """Something of somebody's own, which is his: nothing to do."""
        body = {"metadata": {"annotations": {ADDED_KEY: str(self.dice.random())}}}
        self.api.call("PATCH", f"{self.path(key)}?fieldManager={STRANGER}", body, MERGE)
        return Drift(key, "added", f"metadata.annotations.{ADDED_KEY}", STRANGER)

    def taken(self, key: Key) -> Drift | None:
        """A field of ours that somebody sets otherwise: a conflict, until one has spoken."""
        manager, body = self.pristine[key]
        path = self._pick(key)
        live = self.api.get(self.path(key))
        try:
            where = _at(live, path[:-1])
            where[path[-1]] = other_value(where[path[-1]], key, path, self.dice)
        except (KeyError, IndexError, TypeError):
            return None
        live["metadata"].pop("managedFields")
        self.api.call("PUT", f"{self.path(key)}?fieldManager={STRANGER}", live)
        return Drift(key, "taken", text_of(path), STRANGER)

    def deleted(self, key: Key) -> Drift:
        self.api.call("DELETE", self.path(key), {"propagationPolicy": "Background"})
        return Drift(key, "deleted", "", STRANGER)

    def attempt(self, way: str, key: Key, tries: int = 12) -> Drift | None:
        """A change of that way that the server takes and that changes something; None when chance finds none."""
        for _ in range(tries):
            before = self.api.get(self.path(key))["metadata"]["resourceVersion"]
            try:
                done = getattr(self, way)(key)
            except ApiError as error:
                if error.status not in (400, 409, 422, 500):  # 500: what cannot be decoded
                    raise
                continue
            after = None if way == "deleted" else self.api.get(self.path(key))["metadata"]["resourceVersion"]
            if done and after != before:
                return done
        return None

    def restore(self, key: Key) -> None:
        """As it was: its manager applies it by force, and what somebody added is taken off."""
        manager, body = self.pristine[key]
        live = self.apply(key, body, manager)
        if ADDED_KEY in live["metadata"].get("annotations", {}):
            patch = {"metadata": {"annotations": {ADDED_KEY: None}}}
            self.api.call("PATCH", f"{self.path(key)}?fieldManager={STRANGER}", patch, MERGE)

    def _pick(self, key: Key) -> tuple:
        return self.dice.choice(changeable(self.pristine[key][1], key) or [("metadata", "name")])
