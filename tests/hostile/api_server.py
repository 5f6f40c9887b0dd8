"""An API server on loopback that answers as one with an empty cluster behind it, until a mode of the test says otherwise.

One server has all modes: the kubeconfig's address is http://127.0.0.1:PORT/MODE/CLUSTER, so that many runs share it.
"""
import json
import re
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import unquote

# Group version: (resource, kind, namespaced).
RESOURCES = {
    "v1": [("namespaces", "Namespace", False), ("nodes", "Node", False), ("secrets", "Secret", True), ("configmaps", "ConfigMap", True),
           ("services", "Service", True), ("pods", "Pod", True), ("events", "Event", True), ("serviceaccounts", "ServiceAccount", True),
           ("endpoints", "Endpoints", True), ("persistentvolumeclaims", "PersistentVolumeClaim", True)],
    "apps/v1": [("deployments", "Deployment", True), ("daemonsets", "DaemonSet", True), ("replicasets", "ReplicaSet", True),
                ("statefulsets", "StatefulSet", True)],
    "batch/v1": [("jobs", "Job", True)],
    "policy/v1": [("poddisruptionbudgets", "PodDisruptionBudget", True)],
    "autoscaling/v2": [("horizontalpodautoscalers", "HorizontalPodAutoscaler", True)],
    "rbac.authorization.k8s.io/v1": [("clusterroles", "ClusterRole", False), ("clusterrolebindings", "ClusterRoleBinding", False),
                                     ("roles", "Role", True), ("rolebindings", "RoleBinding", True)],
    "admissionregistration.k8s.io/v1": [("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", False),
                                        ("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", False)],
    "apiextensions.k8s.io/v1": [("customresourcedefinitions", "CustomResourceDefinition", False)],
    "coordination.k8s.io/v1": [("leases", "Lease", True)],
    "discovery.k8s.io/v1": [("endpointslices", "EndpointSlice", True)],
    "authorization.k8s.io/v1": [("selfsubjectaccessreviews", "SelfSubjectAccessReview", False)],
}
SCOPES = {(group, name): namespaced for group, rows in RESOURCES.items() for name, _, namespaced in rows}
NAMESPACES = ("kube-system", "default")
NODE = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node-1"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.30.2", "architecture": "amd64"}}}
VERSION = {"major": "1", "minor": "30", "gitVersion": "v1.30.2"}


@dataclass
class Request:
    method: str
    cluster: str
    path: str
    query: str
    headers: dict
    body: bytes

    def list_of(self, resource):
        """Whether the request lists that resource."""
        return self.method == "GET" and self.path.endswith("/" + resource) and "watch=true" not in self.query


def groups():
    out = {}
    for group_version, rows in RESOURCES.items():
        group, _, version = group_version.rpartition("/")
        resources = [{"resource": name, "responseKind": {"group": group, "version": version, "kind": kind},
                      "scope": "Namespaced" if namespaced else "Cluster",
                      "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"]} for name, kind, namespaced in rows]
        out.setdefault(group, []).append({"version": version, "resources": resources, "freshness": "Current"})
    return out


def discovery(core):
    items = [{"metadata": {"name": group} if group else {}, "versions": versions} for group, versions in groups().items()
             if (group == "") == core]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def namespace(cluster, name):
    return {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name, "uid": f"{name}-of-{cluster}"}, "status": {"phase": "Active"}}


def collection(version, items, **metadata):
    return {"kind": "List", "apiVersion": version, "metadata": {"resourceVersion": "1", **metadata}, "items": items}


def status(code, reason, message):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}


def empty_cluster(request):
    """(status, value) as an API server of a cluster that holds nothing."""
    path = request.path
    if path == "/version":
        return 200, VERSION
    if path in ("/api", "/apis"):
        return 200, discovery(path == "/api")
    if request.method == "POST" and path.endswith("reviews"):
        return 201, {**json.loads(request.body), "status": {"allowed": True}}
    if request.method == "GET" and path.startswith("/api/v1/namespaces/") and path[19:] in NAMESPACES:
        return 200, namespace(request.cluster, path[19:])
    if request.method == "GET" and path == "/api/v1/namespaces":
        return 200, collection("v1", [namespace(request.cluster, name) for name in NAMESPACES])
    if request.method == "GET" and path == "/api/v1/nodes":
        return 200, collection("v1", [NODE])
    match = re.fullmatch(r"/(?:api/(v1)|apis/([^/]+/[^/]+))(?:/namespaces/[^/]+)?/([^/]+)", path)
    if match and request.method == "GET" and (match[1] or match[2], match[3]) in SCOPES:
        return 200, collection(match[1] or match[2], [])
    if request.method in ("POST", "PUT", "PATCH"):
        return 200, json.loads(request.body)
    return 404, status(404, "NotFound", f"{path} not found")


def answer(code, value, headers=""):
    """The bytes of an answer; `value`: bytes, or what becomes JSON."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return (f"HTTP/1.1 {code} {'OK' if code < 300 else 'No'}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"{headers}\r\n").encode() + body


class Broken(Exception):
    """The client has gone: no fault of the test."""


class Conn:
    def __init__(self, sock):
        self.sock = sock
        self.data = b""

    def read_until(self, mark):
        while mark not in self.data:
            part = self.recv()
            if not part:
                raise Broken
            self.data += part
        head, self.data = self.data.split(mark, 1)
        return head

    def read(self, count):
        while len(self.data) < count:
            part = self.recv()
            if not part:
                raise Broken
            self.data += part
        out, self.data = self.data[:count], self.data[count:]
        return out

    def recv(self):
        try:
            return self.sock.recv(65536)
        except OSError as e:
            raise Broken from e

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as e:
            raise Broken from e

    def request(self):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = self.read(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        mode, cluster, rest = (path[1:].split("/", 2) + ["", ""])[:3]
        return mode, Request(method, cluster, "/" + rest, unquote(query), headers, body)


class Server:
    """`modes`: by name a function of (Request, Conn). It returns None for the usual answer, the bytes of one, or True when it
    has answered over the Conn itself: the connection is closed then."""

    def __init__(self, modes, wrap=None, seconds=60):
        self.modes, self.wrap, self.seconds, self.faults = modes, wrap, seconds, []
        self.seen = []  # (mode, Request)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        sock.settimeout(self.seconds)
        try:
            with self.wrap(sock) if self.wrap else sock as sock:
                conn = Conn(sock)
                while True:
                    mode, request = conn.request()
                    self.seen.append((mode, request))
                    act = self.modes.get(mode)
                    done = act(request, conn) if act else None
                    if done is True:
                        return
                    conn.send(done if done is not None else answer(*empty_cluster(request)))
        except (Broken, OSError):
            sock.close()

    def url(self, mode, cluster, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}/{mode}/{cluster}"

    def wait_gone(self, conn, seconds=60):
        """Until the client hangs up."""
        conn.sock.settimeout(seconds)
        while conn.recv():
            pass


def kubeconfig(server, **more):
    """The text of one cluster's; `more`: fields of the cluster, `user`: fields of the user."""
    user = more.pop("user", {"token": "a-token"})
    return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "c",
                       "clusters": [{"name": "c", "cluster": {"server": server, **more}}],
                       "users": [{"name": "u", "user": user}],
                       "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]})


def drip(conn, data, pause_s, seconds=60):
    """Byte by byte."""
    end = time.monotonic() + seconds
    for i in range(len(data)):
        if time.monotonic() > end:
            return
        conn.send(data[i:i + 1])
        time.sleep(pause_s)
