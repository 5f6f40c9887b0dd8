"""What of a cluster's objects lasts: the same for two runs that did the same, at other times, with other identities,
tokens and keys.
"""

import base64
import gzip
import json
import re

from snapshot import Key, Snapshot

BY_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")
# Chosen by the server, or by chance: (resource, path).
CHOSEN = {
    "services": (("spec", "clusterIP"), ("spec", "clusterIPs"), ("spec", "healthCheckNodePort"), ("status",)),
}
SERVICES_ADDRESSES = ("networking.k8s.io", "ipaddresses")
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
PEM = re.compile(r"-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?")
RECORD = "helm.sh/release.v1"
TIMES = ("first_deployed", "last_deployed", "deleted")


def record_of(secret: dict) -> dict:
    """The release that one of Helm's Secrets holds."""
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))


def _text_of(value: str) -> str:
    """What a Secret's field says, with every token and PEM block as such."""
    text = base64.b64decode(value).decode(errors="replace")
    return PEM.sub("PEM", TOKEN.sub("TOKEN", text))


def _managers(metadata: dict) -> list:
    """Who owns which fields; not when, and not of a status."""
    return sorted(([m["manager"], m["operation"], m["fieldsV1"]] for m in metadata.get("managedFields", []) if not m.get("subresource")),
                  key=json.dumps)


def _without_identity(item: dict) -> dict:
    metadata = {k: v for k, v in item["metadata"].items() if k not in BY_THE_SERVER}
    annotations = {k: v for k, v in metadata.get("annotations", {}).items() if k != "kubernetes.io/service-account.uid"}
    if "ownerReferences" in metadata:
        metadata["ownerReferences"] = [{k: v for k, v in o.items() if k != "uid"} for o in metadata["ownerReferences"]]
    return item | {"metadata": metadata | {"annotations": annotations, "managedFields": _managers(item["metadata"])}}


def _drop(item: dict, path: tuple[str, ...]) -> dict:
    name, *rest = path
    if name not in item:
        return item
    return item | {name: _drop(item[name], tuple(rest))} if rest else {k: v for k, v in item.items() if k != name}


def lasting(key: Key, item: dict) -> dict:
    item = _without_identity(item)
    for path in CHOSEN.get(key.resource, ()):
        item = _drop(item, path)
    if key.resource == "services":
        ports = [{k: v for k, v in p.items() if k != "nodePort"} for p in item["spec"].get("ports", [])]
        item = item | {"spec": item["spec"] | {"ports": ports}}
    if key.resource in ("customresourcedefinitions", "namespaces", "deployments"):
        item = _drop(item, ("status",))
    if item.get("type") == RECORD:
        return {"record": _record(record_of(item))}
    if key.resource == "secrets":
        item = item | {"data": {k: _text_of(v) for k, v in item.get("data", {}).items()}}
    return item


def _record(release: dict) -> dict:
    """What was deployed, and how it ended; not how often it was tried."""
    info = {k: v for k, v in release["info"].items() if k not in TIMES}
    return {k: v for k, v in release.items() if k != "version"} | {"info": info}


def _newest(snapshot: Snapshot) -> dict[Key, Key]:
    """Records of a release by the name of its first one; of several the newest."""
    found: dict[Key, tuple[int, Key]] = {}
    for key in snapshot.objects:
        if match := re.fullmatch(r"(sh\.helm\.release\.v1\..*\.v)(\d+)", key.name):
            first = Key(key.group, key.resource, key.namespace, match[1] + "1")
            found[first] = max(found.get(first, (0, key)), (int(match[2]), key))
    return {first: key for first, (_, key) in found.items()}


def what_lasts(snapshot: Snapshot) -> dict[Key, dict]:
    """All objects of a cluster; of a release's records the newest."""
    newest = _newest(snapshot)
    records = {key for key in snapshot.objects if key.name.startswith("sh.helm.release.")}
    found = {key: lasting(key, item) for key, item in snapshot.objects.items()
             if key not in records and (key.group, key.resource) != SERVICES_ADDRESSES}
    return found | {first: lasting(first, snapshot.objects[key]) for first, key in newest.items()}


def records(snapshot: Snapshot) -> dict[str, list[str]]:
    """The states of each release's records, oldest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for key, item in snapshot.objects.items():
        if item.get("type") == RECORD:
            release = record_of(item)
            found.setdefault(release["name"], []).append((release["version"], release["info"]["status"]))
    return {name: [state for _, state in sorted(states)] for name, states in found.items()}
