"""The cloud's part: an address for every Service of type LoadBalancer, from the cluster's own
range.
"""

import re

from .errors import LabError
from .kubeapi import MERGE, KubeApi

WATCH_SECONDS = 300
HOST_NUMBERS = range(10, 250)


class LoadBalancer:
    """Hands addresses out, lowest first, and takes them back when the Service is gone."""

    def __init__(self, api: KubeApi):
        self._api = api
        self._given: dict[str, str] = {}

    def serve(self) -> None:
        """One list and one watch; called again and again."""
        services = self._api.get("/api/v1/services")
        keys = {_key(s) for s in services["items"]}
        self._given = {key: address for key, address in self._given.items() if key in keys}
        for service in sorted(services["items"], key=lambda s: not _address(s)):
            self._see(service)
        for event in self._api.watch(
            "/api/v1/services", services["metadata"]["resourceVersion"], WATCH_SECONDS
        ):
            if event["type"] == "DELETED":
                self._given.pop(_key(event["object"]), None)
            elif event["type"] == "ERROR":
                return
            else:
                self._see(event["object"])

    def _see(self, service: dict) -> None:
        key = _key(service)
        # A Service of a class is for the controller of that class, and nobody else's.
        if service["spec"].get("loadBalancerClass"):
            return
        if service["spec"].get("type") != "LoadBalancer":
            if self._given.pop(key, None):
                self._set(service, [])
            return
        if address := _address(service):
            self._given[key] = address
            return
        address = self._given.setdefault(key, self._choose(service))
        self._set(service, [{"ip": address, "ipMode": "VIP"}])
        print(f"{key} has {address}", flush=True)

    def _choose(self, service: dict) -> str:
        prefix = self._api.cluster.load_balancers
        taken = set(self._given.values())
        wanted = service["spec"].get("loadBalancerIP", "")
        if re.fullmatch(rf"{re.escape(prefix)}\.\d+", wanted) and wanted not in taken:
            return wanted
        for number in HOST_NUMBERS:
            if (address := f"{prefix}.{number}") not in taken:
                return address
        raise LabError(
            f"all {len(HOST_NUMBERS)} load-balancer addresses of {self._api.cluster.name} are taken"
        )

    def _set(self, service: dict, ingress: list[dict]) -> None:
        namespace, name = _key(service).split("/")
        path = f"/api/v1/namespaces/{namespace}/services/{name}/status"
        self._api.call("PATCH", path, {"status": {"loadBalancer": {"ingress": ingress}}}, MERGE)


def _key(service: dict) -> str:
    return f"{service['metadata']['namespace']}/{service['metadata']['name']}"


def _address(service: dict) -> str | None:
    ingress = service.get("status", {}).get("loadBalancer", {}).get("ingress")
    return ingress[0].get("ip") if ingress else None
