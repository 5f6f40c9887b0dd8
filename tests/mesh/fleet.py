"""Meshes of more than two of the lab's clusters, or of others than the first two, by a mesh file."""

import json
from pathlib import Path

import world
from world import FLEET, LAB, WORK


def mesh_file(name: str = "fleet", clusters: tuple[str, ...] = FLEET, **networks: str) -> Path:
    """Of those clusters whose network is given that network, of the others one of their own. JSON is YAML."""
    path = WORK / f"{name}.yaml"
    path.write_text(json.dumps({
        "apiVersion": "meshctl.io/v1", "kind": "Mesh",
        "istio": {"version": LAB["LAB_TAG"], "hub": LAB["LAB_HUB"], "charts": LAB["LAB_CHART_REPO"]},
        "trust": {"dir": str(WORK / f"{name}-ca")},
        "clusters": [{"name": c, "kubeconfig": world.kubeconfig(c)} | ({"network": networks[c]} if c in networks else {}) for c in clusters],
    }))
    return path


def address(cluster: str, name: str) -> str:
    """Of a gateway's Service."""
    return world.get(cluster, "-n", "istio-ingress", "svc", name)["status"]["loadBalancer"]["ingress"][0]["ip"]


def pod_addresses(cluster: str, namespace: str, selector: str) -> set[str]:
    items = world.get(cluster, "-n", namespace, "pods", "-l", selector)["items"]
    return {p["status"]["podIP"] for p in items if "deletionTimestamp" not in p["metadata"]}


def paths(done: world.Done) -> dict[tuple[str, str], dict]:
    """What verify's own traffic showed, by (from, to)."""
    return {(p["from"], p["to"]): p for p in done.json()["verify"]["matrix"]["paths"]}
