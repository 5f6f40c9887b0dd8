"""Everything that a cluster holds, as it is stored, and what two such looks differ in.

A snapshot asks the API server for all that it serves and can list, cluster-wide kinds included, so that
nothing has to be named to be watched. Two looks are compared by the text of each object, its resourceVersion
included: an object that was written with the same content is a difference too.
"""

import atexit
import base64
import fnmatch
import http.client
import json
import ssl
import tempfile
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import world

CALL_SECONDS = 60
PAGE = 500
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"

# Kinds that are no record of anybody's will: (group, resource): why they are left out.
LEFT_OUT = {
    ("", "events"): "what controllers said of late; ends by itself after an hour",
    ("events.k8s.io", "events"): "the same events by another name",
    ("", "componentstatuses"): "made up anew for each question, stored nowhere",
    ("", "endpoints"): "follow the pods",
    ("discovery.k8s.io", "endpointslices"): "follow the pods",
    ("metrics.k8s.io", "nodes"): "measurements",
    ("metrics.k8s.io", "pods"): "measurements",
}

# Single objects that somebody keeps writing for as long as he lives: (group, resource, namespace, name), * for
# any: why. That they are there is looked at, what is in them is not.
PULSE = {
    ("coordination.k8s.io", "leases", "kube-node-lease", "*"): "a kubelet's heartbeat",
    ("coordination.k8s.io", "leases", "kube-system", "*"): "heartbeats of Kubernetes' own components",
    ("coordination.k8s.io", "leases", "*", "istio-gateway-*"): "which istiod leads",
    ("", "configmaps", "*", "istio-*leader"): "which istiod leads",
    ("", "configmaps", "*", "istio-namespace-controller-election"): "which istiod leads",
    ("", "configmaps", "*", "istio-ip-autoallocate"): "which istiod leads",
}

# Kinds of which a part is written again and again by who runs them: that part is not looked at, nor the
# resourceVersion that moves with it.
PARTS_LEFT_OUT = {
    ("", "nodes"): "status",  # the kubelet's report
}

# Metadata that says how often and by whom an object was written rather than what it is.
BOOKKEEPING = ("resourceVersion", "managedFields", "generation")


class ApiError(Exception):
    def __init__(self, method: str, path: str, status: int, body: bytes):
        self.status, self.body = status, body
        super().__init__(f"{method} {path}: {status} {body[:400].decode(errors='replace')}")


class Api:
    """A cluster's API server with the certificate of its kubeconfig; a kept connection for each thread."""

    def __init__(self, cluster: str, kubeconfig: object = None):
        """Of the lab, or of another kubeconfig."""
        self.cluster = cluster
        config = json.loads(world.run("kubectl", f"--kubeconfig={kubeconfig or world.kubeconfig(cluster)}", "config", "view", "--raw",
                                      "--flatten", "--minify", "-o", "json"))
        server = urllib.parse.urlsplit(config["clusters"][0]["cluster"]["server"])
        self._where = (server.hostname, server.port or 443)
        user = config["users"][0]["user"]
        authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)
        with tempfile.TemporaryDirectory(dir=world.WORK) as folder:  # ssl reads certificates from files only
            pair = Path(folder) / "pair.pem"
            pair.touch(0o600)
            pair.write_bytes(base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"]))
            self._tls.load_cert_chain(pair)
        self._own = threading.local()
        self._connections: list[http.client.HTTPSConnection] = []
        self._pool = ThreadPoolExecutor(4)
        atexit.register(self.close)

    def close(self) -> None:
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()

    def call(self, method: str, path: str, body: object = None, content: str = "application/json", accept: str = "application/json"):
        """The answer's JSON; ApiError when the server refuses."""
        text = None if body is None else json.dumps(body)
        headers = {"Accept": accept} | ({"Content-Type": content} if text else {})
        for attempt in (1, 2):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                connection = http.client.HTTPSConnection(*self._where, context=self._tls, timeout=CALL_SECONDS)
                self._own.connection = connection
                self._connections.append(connection)
            try:
                connection.request(method, path, text, headers)
                answer = connection.getresponse()
                data = answer.read()
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                self._own.connection = None
                if attempt == 2 or method == "POST":
                    raise
        if answer.status >= 300:
            raise ApiError(method, path, answer.status, data)
        return json.loads(data)

    def get(self, path: str) -> dict:
        return self.call("GET", path)

    def find(self, path: str) -> dict | None:
        """The object, or None where there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def kinds(self) -> list["Kind"]:
        """Each resource that can be listed, once, in the version that its group prefers."""
        found: dict[tuple[str, str], Kind] = {}
        for root in ("/api", "/apis"):
            for group in self.call("GET", root, accept=DISCOVERY)["items"]:
                group_name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    for r in version.get("resources", []):
                        key = (group_name, r["resource"])
                        if "list" in r["verbs"] and key not in found:
                            found[key] = Kind(group_name, version["version"], r["resource"], r["responseKind"]["kind"],
                                              r["scope"] == "Namespaced")
        return list(found.values())

    def each(self, work, items) -> list:
        """work(item) for each, several at a time; the results in their order."""
        return list(self._pool.map(work, items))

    def listed(self, kind: "Kind") -> list[dict]:
        """All objects of a kind, in pages."""
        items, more = [], ""
        while True:
            page = self.get(f"{kind.root()}/{kind.resource}?limit={PAGE}{more}")
            items += page["items"]
            token = page["metadata"].get("continue")
            if not token:
                return items
            more = "&continue=" + urllib.parse.quote(token)


@dataclass(frozen=True)
class Kind:
    group: str
    version: str
    resource: str
    kind: str
    namespaced: bool

    def root(self) -> str:
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str, name: str) -> str:
        where = f"/namespaces/{namespace}" if namespace else ""
        return f"{self.root()}{where}/{self.resource}/{name}"


@dataclass(frozen=True, order=True)
class Key:
    """What makes an object itself: versions of a kind show the same object."""

    group: str
    resource: str
    namespace: str
    name: str

    def __str__(self) -> str:
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{kind}/{self.namespace}/{self.name}" if self.namespace else f"{kind}/{self.name}"


def _pulse(key: Key) -> bool:
    parts = (key.group, key.resource, key.namespace, key.name)
    return any(all(fnmatch.fnmatchcase(p, w) for p, w in zip(parts, row)) for row in PULSE)


def _kept(kind: Kind, key: Key, item: dict) -> dict:
    if _pulse(key):
        return {"metadata": {k: item["metadata"].get(k) for k in ("name", "namespace", "uid")}}
    part = PARTS_LEFT_OUT.get((kind.group, kind.resource))
    if not part:
        return item
    metadata = {k: v for k, v in item["metadata"].items() if k not in BOOKKEEPING}
    return {k: v for k, v in item.items() if k != part} | {"metadata": metadata}


class Snapshot:
    """All objects of one cluster at one time, by key."""

    def __init__(self, api: Api):
        self.cluster = api.cluster
        self.objects: dict[Key, dict] = {}
        self.kinds: dict[tuple[str, str], Kind] = {}
        kinds = [k for k in api.kinds() if (k.group, k.resource) not in LEFT_OUT]
        for kind, items in zip(kinds, api.each(api.listed, kinds)):
            self.kinds[kind.group, kind.resource] = kind
            for item in items:
                metadata = item["metadata"]
                key = Key(kind.group, kind.resource, metadata.get("namespace", ""), metadata["name"])
                self.objects[key] = _kept(kind, key, item)

    def where(self, wanted) -> set[Key]:
        """The keys of the objects of which wanted(key, object) holds."""
        return {key for key, item in self.objects.items() if wanted(key, item)}

    def kind(self, key: Key) -> Kind:
        return self.kinds[key.group, key.resource]

    def path(self, key: Key) -> str:
        return self.kind(key).path(key.namespace, key.name)


@dataclass(repr=False)
class Difference:
    """What a later look has more, less, and otherwise; how many objects were compared."""

    cluster: str
    compared: int
    added: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    changed: dict[Key, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def keys(self) -> set[Key]:
        return {*self.added, *self.removed, *self.changed}

    def __str__(self) -> str:
        rows = [f"+ {k}" for k in sorted(self.added)] + [f"- {k}" for k in sorted(self.removed)]
        rows += [f"~ {k}: {', '.join(paths[:8])}" for k, paths in sorted(self.changed.items())]
        return f"{self.cluster}, {self.compared} objects compared:\n  " + "\n  ".join(rows or ["no difference"])


def content(item: dict) -> dict:
    """The object without what only says how often and by whom it was written."""
    return item | {"metadata": {k: v for k, v in item["metadata"].items() if k not in BOOKKEEPING}}


def paths_of(before: object, after: object, at: str = "") -> list[str]:
    """Where two values differ, with both."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [p for k in sorted({*before, *after}) if before.get(k) != after.get(k)
                for p in paths_of(before.get(k), after.get(k), f"{at}.{k}" if at else k)]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [p for n, (a, b) in enumerate(zip(before, after)) if a != b for p in paths_of(a, b, f"{at}[{n}]")]
    return [f"{at} {json.dumps(before)[:60]} -> {json.dumps(after)[:60]}"]


def compare(before: Snapshot, after: Snapshot, only=None, leaving=None, by=lambda item: item) -> Difference:
    """only(key): look at no others; leaving(key): not at these; by(object): what of each is compared."""

    def looked_at(key: Key) -> bool:
        return (only is None or only(key)) and not (leaving and leaving(key))

    old = {k: v for k, v in before.objects.items() if looked_at(k)}
    new = {k: v for k, v in after.objects.items() if looked_at(k)}
    found = Difference(before.cluster, len(old.keys() | new.keys()))
    found.added = sorted(new.keys() - old.keys())
    found.removed = sorted(old.keys() - new.keys())
    for key in old.keys() & new.keys():
        a, b = by(old[key]), by(new[key])
        if a != b:
            found.changed[key] = paths_of(a, b)
    return found


_apis: dict[str, Api] = {}


def api(cluster: str) -> Api:
    if cluster not in _apis:
        _apis[cluster] = Api(cluster)
    return _apis[cluster]


def look(clusters: tuple[str, ...] = world.CLUSTERS) -> dict[str, Snapshot]:
    """A snapshot of each cluster."""
    return {c: Snapshot(api(c)) for c in clusters}


def _seen_by_its_controller(key: Key, item: dict) -> bool:
    """An autoscaler is looked at every 15 s and no sooner; until then its status is yet to come."""
    return key.resource != "horizontalpodautoscalers" or "conditions" in item.get("status", {})


def _rolls(item: dict) -> bool:
    """A Deployment whose pods are not yet those that it wants, or not only those."""
    wanted, status = item["spec"].get("replicas", 1), item.get("status", {})
    behind = status.get("observedGeneration", 0) < item["metadata"].get("generation", 0)
    return behind or (status.get("replicas", 0), status.get("updatedReplicas", 0)) != (wanted, wanted)


def _moves(snapshot: Snapshot) -> bool:
    """Pods that go, a rollout, and what the lab has yet to make: it has a Telemetry of its own in every mesh."""
    kind = Key("apiextensions.k8s.io", "customresourcedefinitions", "", "telemetries.telemetry.istio.io")
    place = Key("", "namespaces", "", "istio-system")
    lab = Key("telemetry.istio.io", "telemetries", "istio-system", "lab-no-stats")
    objects = snapshot.objects
    going = any(k.resource == "pods" and "deletionTimestamp" in item["metadata"] for k, item in objects.items())
    rolling = any(k.resource == "deployments" and _rolls(item) for k, item in objects.items())
    return going or rolling or (kind in objects and place in objects and lab not in objects)


def look_at_rest(seconds: float = 90, clusters: tuple[str, ...] = world.CLUSTERS) -> dict[str, Snapshot]:
    """Snapshots once nothing moves any more: two looks, two seconds apart, that do not differ."""
    held: list[dict[str, Snapshot]] = [look(clusters)]

    def still() -> bool:
        held.append(look(clusters))
        seen = all(_seen_by_its_controller(k, item) for s in held[-1].values() for k, item in s.objects.items())
        moves = any(map(_moves, held[-1].values()))
        return seen and not moves and not any(compare(held[-2][c], held[-1][c]) for c in clusters)

    if not world.settle(still, seconds, every=2):
        moving = [str(compare(held[-2][c], held[-1][c])) for c in clusters]
        raise AssertionError(f"still moving after {seconds} s: " + "\n".join(moving))
    return held[-1]
