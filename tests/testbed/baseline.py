"""An empty cluster: what `up` left, remembered, and the way back to it.

Everything that was not there is taken away, whoever made it: a mesh, half a mesh, a test's
leftovers. Namespaces take what is in them along.
"""

import contextlib
import json
from dataclasses import dataclass

from . import dns, node
from .errors import LabError
from .files import write
from .kubeapi import MERGE, KubeApi, NotFound
from .layout import Cluster
from .progress import at_once, until

# Kinds whose objects come and go by themselves (leases, events, endpoint slices, replica sets)
# are left to Kubernetes.
WHOLE_CLUSTER = (
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/scheduling.k8s.io/v1/priorityclasses",
    "/apis/networking.k8s.io/v1/ingressclasses",
    "/api/v1/namespaces",
)
WORKLOADS = (
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/daemonsets",
    "/apis/apps/v1/statefulsets",
    "/apis/batch/v1/jobs",
)
# Looked for only in the namespaces that Kubernetes itself keeps; others go as a whole.
KEPT_NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}
IN_NAMESPACES = (
    *WORKLOADS,
    "/apis/autoscaling/v2/horizontalpodautoscalers",
    "/apis/policy/v1/poddisruptionbudgets",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "/apis/rbac.authorization.k8s.io/v1/roles",
    "/api/v1/services",
    "/api/v1/configmaps",
    "/api/v1/secrets",
    "/api/v1/serviceaccounts",
)
RESET_SECONDS = 90
NOW = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}


@dataclass
class Baseline:
    """The objects of an empty cluster, by path, and the labels and annotations of those that are
    kept.
    """

    cluster: Cluster

    def __post_init__(self):
        self._api = KubeApi(self.cluster)
        self._file = self.cluster.run / "baseline.json"

    def remember(self) -> None:
        """Once, after `up` has made the cluster."""
        if not self._file.exists():
            empty = {"objects": sorted(self._objects()), "marks": self._marks()}
            write(self._file, json.dumps(empty, indent=1))

    def strangers(self) -> set[str]:
        """What is there and does not belong to an empty cluster."""
        return self._objects() - set(self._remembered()["objects"])

    def reset(self) -> None:
        """Webhooks first, before what answers them goes; workloads next, so that their pods are
        not made again; then pods, without waiting for their sidecars to drain; then all the
        rest at once.
        """
        extra = self.strangers()
        self._delete(p for p in extra if "webhookconfigurations" in p)
        gone = {
            p.rpartition("/")[2]
            for p in extra
            if p.startswith("/api/v1/namespaces/") and p.count("/") == 4
        }
        for kind in (*WORKLOADS, "/apis/apps/v1/replicasets"):
            self._delete(p for p in self._names(kind) if _namespace(p) in gone)
        self._delete(p for p in self._names("/api/v1/pods") if _namespace(p) in gone | {"default"})
        self._delete(extra)
        self._delete(self.strangers())  # a controller may have made one more meanwhile
        until(
            lambda: not self.strangers(),
            RESET_SECONDS,
            lambda: LabError(
                f"{self.cluster.name} still has, {RESET_SECONDS} s after they were deleted:\n  "
                + "\n  ".join(sorted(self.strangers())[:10])
            ),
        )
        self._restore_marks()
        # What a test may have changed, or scaled away.
        dns.install(self.cluster)
        dns.wait(self.cluster)
        node.wait_only_dns_runs(self.cluster, 30)

    def _remembered(self) -> dict:
        try:
            return json.loads(self._file.read_text())
        except FileNotFoundError:
            raise LabError(f"{self.cluster.name} never came up whole; tests/lab up") from None

    def _objects(self) -> set[str]:
        """All that a reset looks at. The accounts in kube-system are left out: controllers make
        theirs when they need them.
        """
        found = {p for kind in WHOLE_CLUSTER for p in self._names(kind)}
        return found | {
            p
            for kind in IN_NAMESPACES
            for p in self._names(kind)
            if _namespace(p) in KEPT_NAMESPACES
            and not p.startswith("/api/v1/namespaces/kube-system/serviceaccounts/")
        }

    def _names(self, kind: str) -> set[str]:
        """The paths of all objects of a kind."""
        group, _, plural = kind.rpartition("/")
        paths = set()
        for item in self._api.get(kind)["items"]:
            namespace = item["metadata"].get("namespace")
            paths.add(
                "/".join(
                    [
                        group,
                        *(["namespaces", namespace] if namespace else []),
                        plural,
                        item["metadata"]["name"],
                    ]
                )
            )
        return paths

    def _delete(self, paths) -> None:
        def delete(path: str) -> None:
            with contextlib.suppress(NotFound):
                self._api.call("DELETE", path, NOW)

        at_once([lambda p=p: delete(p) for p in sorted(paths)])

    def _marks(self) -> dict[str, dict]:
        kept = [
            *self._names("/api/v1/nodes"),
            *(f"/api/v1/namespaces/{n}" for n in ("default", "kube-system")),
        ]
        return {
            path: {
                what: self._api.get(path)["metadata"].get(what, {})
                for what in ("labels", "annotations")
            }
            for path in kept
        }

    def _restore_marks(self) -> None:
        """Takes labels and annotations off that a test put on. Those that Kubernetes adds by and
        by are named after it.
        """
        wanted = self._remembered()["marks"]
        for path, now in self._marks().items():
            patch = {
                what: {
                    k: None
                    for k in now[what]
                    if k not in wanted[path][what] and "kubernetes.io/" not in k
                }
                | {k: v for k, v in wanted[path][what].items() if now[what].get(k) != v}
                for what in now
            }
            if any(patch.values()):
                self._api.call("PATCH", path, {"metadata": patch}, MERGE)


def _namespace(path: str) -> str:
    """The namespace in the path of an object that is in one."""
    return path.partition("/namespaces/")[2].partition("/")[0]
