"""Two whole control planes beside the lab: real API servers, etcds and controllers, and no node. What nodes and a
cloud would do is played here: a Deployment is available as soon as it is written, a load balancer has an address.
So a mesh is put on and taken off in seconds, as often as a test likes; what needs pods (verify) is not to be had.
"""

import base64
import json
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import world
from snapshot import Api, Snapshot

sys.path.insert(0, str(world.TESTS))

from testbed import attendant, certs, controlplane, network, procs  # noqa: E402
from testbed.kubeapi import MERGE, KubeApi  # noqa: E402
from testbed.layout import Cluster  # noqa: E402
from testbed.loadbalancer import LoadBalancer  # noqa: E402

CLUSTERS = {
    "west": Cluster("plane-west", "172.30.0.31", "172.30.31", "jp-west-1", "west-13"),
    "east": Cluster("plane-east", "172.30.0.32", "172.30.32", "jp-east-1", "east-14"),
}
# Pods are nobody's here: with istiod away its webhook lets none be made.
CONTROLLERS = "*,-deployment-controller,-replicaset-controller,-horizontal-pod-autoscaler-controller"
ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
DEPLOYMENTS = "/apis/apps/v1/deployments"
WATCH_SECONDS = 300
TOKEN_SECONDS = 24 * 3600


class Workloads:
    """The part of kubelets and of the controllers of Deployments."""

    def __init__(self, api: KubeApi):
        self._api = api

    def serve(self) -> None:
        """One list and one watch; called again and again."""
        found = self._api.get(DEPLOYMENTS)
        for item in found["items"]:
            self._see(item)
        for event in self._api.watch(DEPLOYMENTS, found["metadata"]["resourceVersion"], WATCH_SECONDS):
            if event["type"] == "ERROR":
                return
            if event["type"] != "DELETED":
                self._see(event["object"])

    def _see(self, item: dict) -> None:
        metadata = item["metadata"]
        if item.get("status", {}).get("observedGeneration") == metadata["generation"] or "deletionTimestamp" in metadata:
            return
        count = item["spec"].get("replicas", 1)
        conditions = [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
                      {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]
        status = {"observedGeneration": metadata["generation"], "conditions": conditions}
        status |= {k: count for k in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")}
        self._api.call("PATCH", f"/apis/apps/v1/namespaces/{metadata['namespace']}/deployments/{metadata['name']}/status",
                       {"status": status}, MERGE)


@dataclass
class Plane:
    """One of them, ready to be used."""

    name: str  # meshctl's
    cluster: Cluster
    api: Api  # the administrator's
    token: str  # of an account that may do all

    def look(self) -> Snapshot:
        return Snapshot(self.api)

    def kubeconfig(self, server: str, path: Path) -> Path:
        """With the token, by way of that server, whose certificate is of the plane's authority."""
        authority = base64.b64encode((self.cluster.pki / "ca.crt").read_bytes()).decode()
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": self.name,
            "contexts": [{"name": self.name, "context": {"cluster": self.name, "user": self.name}}],
            "clusters": [{"name": self.name, "cluster": {"server": server, "certificate-authority-data": authority}}],
            "users": [{"name": self.name, "user": {"token": self.token}}],
        }
        path.touch(0o600)
        path.write_text(json.dumps(config))
        return path


def up() -> dict[str, Plane]:
    """Both, empty."""
    down()
    return {name: _start(name, cluster) for name, cluster in CLUSTERS.items()}


def _start(name: str, cluster: Cluster) -> Plane:
    network.connect(cluster)
    certs.ensure(cluster)
    controlplane.start_apiserver(cluster)
    controlplane.start_controller_manager(cluster, CONTROLLERS)
    own = KubeApi(cluster)
    for player in (Workloads(own), LoadBalancer(own)):
        threading.Thread(target=attendant.forever, args=(player.serve, 0), daemon=True).start()
    api = Api(name, cluster.kubeconfig)
    return Plane(name, cluster, api, _account(api))


def _account(api: Api) -> str:
    who = {"kind": "ServiceAccount", "namespace": "kube-system", "name": "person"}
    api.call("POST", ACCOUNT, {"metadata": {"name": who["name"]}})
    api.call("POST", BINDINGS, {"metadata": {"name": who["name"]}, "subjects": [who],
                                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}})
    made = api.call("POST", f"{ACCOUNT}/{who['name']}/token", {"spec": {"expirationSeconds": TOKEN_SECONDS}})
    return made["status"]["token"]


def down() -> None:
    """Without a trace, however far they came."""
    for cluster in CLUSTERS.values():
        started = (controlplane.controller_manager(cluster), controlplane.apiserver(cluster), controlplane.etcd(cluster))
        procs.end(pid for p in started if (pid := p.pid()))
        network.disconnect(cluster)
        shutil.rmtree(cluster.run, ignore_errors=True)
        cluster.kubeconfig.unlink(missing_ok=True)
