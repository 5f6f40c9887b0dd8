"""What others keep in the same clusters: made before a mesh, near its names and labels, and never the mesh's own.

Each piece stands where a program that goes by name, by label or by namespace alone would reach for it. Releases
are made by the real helm programs.
"""

import base64
import json
import signal
import subprocess
import time
from pathlib import Path

import world
from world import CLUSTERS, WORK, kubectl, run

SHOP = "shop"
INGRESS, SYSTEM = "istio-ingress", "istio-system"
CRD_GROUP = "shop.example.com"

# The mesh's namespaces, when others made them: labels and annotations that are theirs.
THEIR_NAMESPACES = {
    SYSTEM: {"labels": {"team": "platform", "pod-security.kubernetes.io/warn": "privileged"},
             "annotations": {"example.com/owner": "platform@example.com"}},
    INGRESS: {"labels": {"team": "edge", "pod-security.kubernetes.io/enforce": "privileged"},
              "annotations": {"example.com/owner": "edge@example.com"}},
}


def _object(api_version: str, kind: str, namespace: str, name: str, labels=None, annotations=None, **rest) -> dict:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    metadata |= {"labels": labels} if labels else {}
    metadata |= {"annotations": annotations} if annotations else {}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def _rbac(kind: str, namespace: str, name: str, **rest) -> dict:
    return _object("rbac.authorization.k8s.io/v1", kind, namespace, name, **rest)


def _namesakes(namespace: str) -> list[dict]:
    """In a namespace that is nobody's business: the names that a mesh has in its own."""
    labels = {"app": "istiod", "istio": "pilot", "release": "istiod"}
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    helms = {"meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": SYSTEM}
    scale = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "istiod"}, "maxReplicas": 3}
    return [
        _object("v1", "ConfigMap", namespace, "istio", data={"mesh": "theirs"}),
        _object("v1", "ConfigMap", namespace, "istio-sidecar-injector", labels=labels, data={"config": "theirs"}),
        _object("v1", "ConfigMap", namespace, "values", labels=labels | {"app.kubernetes.io/managed-by": "Helm"},
                annotations=helms, data={"merged-values": "{}"}),
        _object("v1", "Secret", namespace, "cacerts", stringData={"ca-cert.pem": "theirs", "ca-key.pem": "theirs"}),
        _object("v1", "Secret", namespace, "istio-ca-secret", stringData={"ca-cert.pem": "theirs"}),
        _object("v1", "Secret", namespace, "istio-remote-secret-east-cluster", labels={"istio/multiCluster": "true"},
                annotations={"networking.istio.io/cluster": "east-cluster"}, stringData={"east-cluster": "theirs"}),
        _object("v1", "ServiceAccount", namespace, "istiod", labels=labels),
        _object("v1", "ServiceAccount", namespace, "istio-reader-service-account", labels=labels),
        _object("v1", "Service", namespace, "istiod", labels=labels, spec={"ports": [{"name": "x", "port": 15099}]}),
        _object("v1", "Service", namespace, "istio-eastwest", spec={"ports": [{"name": "tls", "port": 15443}]}),
        _rbac("Role", namespace, "istiod", labels=labels, rules=rules),
        _rbac("RoleBinding", namespace, "istiod", labels=labels,
              roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "istiod"},
              subjects=[{"kind": "ServiceAccount", "name": "istiod", "namespace": namespace}]),
        _object("policy/v1", "PodDisruptionBudget", namespace, "istiod", labels=labels,
                spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "theirs"}}}),
        _object("autoscaling/v2", "HorizontalPodAutoscaler", namespace, "istiod", labels=labels, spec=scale),
    ]


def _neighbours() -> list[dict]:
    """In the mesh's own namespaces and beside its cluster-wide objects: other names, our labels."""
    system = {"istio.io/rev": "theirs", "operator.istio.io/component": "Pilot"}
    claimed = {"meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": SYSTEM}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    return [
        _object("v1", "ConfigMap", SYSTEM, "dashboards", labels=system, data={"a": "b"}),
        # Says that it is the release's, and is in none of its manifests.
        _object("v1", "ConfigMap", SYSTEM, "claimed", labels={"app.kubernetes.io/managed-by": "Helm"},
                annotations=claimed, data={"a": "b"}),
        _object("v1", "ConfigMap", SYSTEM, "other-mesh", labels={"meshctl.io/mesh": "another", "meshctl.io/unit": "cacerts"},
                data={"a": "b"}),
        _object("v1", "Secret", SYSTEM, "cacerts-backup", stringData={"ca-key.pem": "theirs"}),
        _object("v1", "Secret", SYSTEM, "istio.default", type="istio.io/key-and-cert", stringData={"key.pem": "theirs"}),
        _object("v1", "Secret", INGRESS, "shop-tls", type="kubernetes.io/tls", stringData={"tls.crt": "", "tls.key": ""}),
        _object("v1", "ConfigMap", INGRESS, "gateway-notes", labels={"app": "istio-ingress", "istio": "ingressgateway"},
                data={"a": "b"}),
        _object("networking.k8s.io/v1", "NetworkPolicy", INGRESS, "edge", spec={"podSelector": {"matchLabels": {"app": "theirs"}}}),
        _object("policy/v1", "PodDisruptionBudget", INGRESS, "edge",
                spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "theirs"}}}),
        _rbac("ClusterRole", "", "shop-istiod", labels={"app": "istiod", "release": "istiod"}, rules=rules),
        _rbac("ClusterRoleBinding", "", "shop-istiod", labels={"app": "istiod"},
              roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "shop-istiod"},
              subjects=[{"kind": "ServiceAccount", "name": "istiod", "namespace": SHOP}]),
        _object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "shop-sidecar-injector",
                labels={"app": "sidecar-injector"}, webhooks=[]),
        _object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "shop-validator",
                labels={"app": "istiod"}, webhooks=[]),
        _object("scheduling.k8s.io/v1", "PriorityClass", "", "istio-critical", value=1000),
    ]


def _gateways_of_another_group() -> tuple[dict, list[dict]]:
    """A kind with Istio's name and another group, and objects of it with Istio's names."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    crd = _object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", f"gateways.{CRD_GROUP}", spec={
        "group": CRD_GROUP, "scope": "Namespaced", "names": {"plural": "gateways", "singular": "gateway", "kind": "Gateway"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
    })
    objects = [_object(f"{CRD_GROUP}/v1", "Gateway", INGRESS, name, spec={"of": SHOP})
               for name in ("cross-network-gateway", "istio-ingress")]
    return crd, objects


def chart(name: str, templates: dict[str, object], version: str = "1.0.0", base: Path | None = None, crds=None, lines=()) -> Path:
    """A chart folder: of these templates alone, or beside those of the chart that base is."""
    folder = WORK / "charts" / f"{name}-{time.monotonic_ns()}" / name
    if base:
        run("cp", "-r", f"{base}/.", _made(folder))
        words = (folder / "Chart.yaml").read_text().splitlines()
        kept = [line for line in words if not line.startswith(("version:", "appVersion:"))]
        (folder / "Chart.yaml").write_text("\n".join([*kept, f"version: {version}", f"appVersion: {version}", *lines]) + "\n")
    else:
        _made(folder)
        (folder / "Chart.yaml").write_text("\n".join(["apiVersion: v2", f"name: {name}", f"version: {version}", *lines]) + "\n")
    for kind, files in (("templates", templates), ("crds", crds or {})):
        for file, text in files.items():
            _made(folder / kind)
            (folder / kind / file).write_text(text if isinstance(text, str) else json.dumps(text))
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def helm(major: int, cluster: str, *words: object, **options) -> str:
    return run(f"helm{major}", f"--kubeconfig={world.kubeconfig(cluster)}", *words, **options)


def shop_chart() -> Path:
    """A release of something else, with an object that names no namespace."""
    idle = {"matchLabels": {"app": "shop"}}
    pod = {"metadata": {"labels": idle["matchLabels"]}, "spec": {"containers": [{"name": "shop", "image": "shop:1"}]}}
    return chart(SHOP, {
        "shared.yaml": _object("v1", "ConfigMap", "", "shared", data={"of": "{{ .Release.Name }}"}),
        "service.yaml": _object("v1", "Service", "", "{{ .Release.Name }}-shop", spec={"ports": [{"port": 80}]}),
        "deployment.yaml": _object("apps/v1", "Deployment", "", "{{ .Release.Name }}-shop",
                                   spec={"replicas": 0, "selector": idle, "template": pod}),
    })


def _stuck(major: int, cluster: str, namespace: str) -> None:
    """A helm that was killed while it waited: its record stays pending for ever."""
    labels = {"app": "stuck"}
    spec = {"nodeSelector": {"no-such": "node"}, "containers": [{"name": "stuck", "image": "stuck:1"}]}
    folder = chart("stuck", {"deployment.yaml": _object(
        "apps/v1", "Deployment", "", "stuck",
        spec={"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}})})
    process = subprocess.Popen(
        [f"helm{major}", f"--kubeconfig={world.kubeconfig(cluster)}", "-n", namespace, "install", "stuck", str(folder), "--wait"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=world.ENV)
    try:
        made = world.settle(lambda: kubectl(cluster, "-n", namespace, "get", "deploy", "stuck", "-o", "name", "--ignore-not-found"), 30)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if not made:
        raise AssertionError(f"helm{major} made nothing of the chart stuck")
    listed = json.loads(helm(major, cluster, "-n", namespace, "list", "--pending", "-o", "json"))
    assert [r["status"] for r in listed if r["name"] == "stuck"] == ["pending-install"], listed


def create(cluster: str, *objects: dict) -> None:
    kubectl(cluster, "create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def make() -> None:
    """All of it, in both clusters."""
    shop = shop_chart()
    crd, customs = _gateways_of_another_group()
    for cluster in CLUSTERS:
        create(cluster, *(_object("v1", "Namespace", "", name, **marks) for name, marks in THEIR_NAMESPACES.items()),
               _object("v1", "Namespace", "", SHOP, labels={"team": SHOP, "istio-injection": "disabled"}), crd)
        kubectl(cluster, "wait", "--for=condition=Established", f"crd/gateways.{CRD_GROUP}", "--timeout=30s")
        create(cluster, *_namesakes(SHOP), *_namesakes("default"), *_neighbours(), _object(
            "coordination.k8s.io/v1", "Lease", SHOP, "meshctl", spec={"holderIdentity": "theirs", "leaseDurationSeconds": 15}))
        world.settle(lambda: "cross-network" in kubectl(cluster, "create", "-f", "-", "--dry-run=server", "-o", "name", check=False,
                                                        stdin=json.dumps(customs[0])), 20)
        create(cluster, *customs, _object("v1", "ConfigMap", "default", "shared", data={"of": "nobody"}))
        helm(3, cluster, "-n", INGRESS, "install", "webshop", shop)
        helm(4, cluster, "-n", SYSTEM, "install", "dashboards", shop)
        helm(3, cluster, "-n", SHOP, "install", "istiod", shop)
        helm(4, cluster, "-n", "kube-public", "install", "istio-base", shop)
    _stuck(3, "west", INGRESS)
    _stuck(4, "east", INGRESS)


def make_istios() -> None:
    """Istio's own kinds, which somebody uses for a purpose of their own; there must be a mesh by then."""
    servers = [{"port": {"number": 8443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "PASSTHROUGH"}, "hosts": ["shop.example.com"]}]
    http = [{"route": [{"destination": {"host": "istiod.shop.svc.cluster.local"}}]}]
    for cluster in CLUSTERS:
        create(
            cluster,
            _object("networking.istio.io/v1", "Gateway", SHOP, "cross-network-gateway", spec={"selector": {"app": "theirs"}, "servers": servers}),
            _object("networking.istio.io/v1", "Gateway", INGRESS, "shop", labels={"app": "istio-ingress"},
                    spec={"selector": {"app": "theirs"}, "servers": servers}),
            _object("networking.istio.io/v1", "VirtualService", SHOP, "bookinfo", spec={"hosts": ["shop.example.com"], "http": http}),
            _object("networking.istio.io/v1", "DestinationRule", SYSTEM, "shop",
                    spec={"host": "shop.example.com", "trafficPolicy": {"connectionPool": {"tcp": {"maxConnections": 10}}}}),
        )


def secret_of(cluster: str, namespace: str, name: str) -> dict[str, str]:
    """A Secret's data as text."""
    data = world.get(cluster, "-n", namespace, "secret", name).get("data", {})
    return {k: base64.b64decode(v).decode(errors="replace") for k, v in data.items()}
