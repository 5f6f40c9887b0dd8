"""Network namespaces: a node for each cluster and, between them, the wan.

The wan is a bridge in a namespace of its own, so that the machine's packet filter and its
settings have no say in what crosses it. The machine has one leg there, through which kubectl
and meshctl reach the clusters. No namespace has a default route: nothing of the lab can get
out. Nodes of clusters on the flat network also have routes to each other's pods.
"""

import itertools
import json
import os
from pathlib import Path

from . import shape
from .errors import LabError
from .layout import ALL, HOST_IP, SERVICE_NETWORK, STATE, WAN_NETWORK, Cluster
from .shell import run, succeeds

WAN = "meshlab-wan"
HOST_LINK = "meshlab-host"
PREFIX_LENGTH = WAN_NETWORK.rpartition("/")[2]

NODE_SETTINGS = {
    "net/ipv4/ip_forward": 1,
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv4/ip_unprivileged_port_start": 0,
    "net/ipv6/conf/all/disable_ipv6": 1,
    "net/ipv6/conf/default/disable_ipv6": 1,
    # So that a pod that calls a Service whose pod is on the same bridge gets its answer through
    # the same translation.
    "net/bridge/bridge-nf-call-iptables": 1,
}


def ensure() -> None:
    """Makes what is missing; every step may be done already."""
    if _owner() not in ("", str(STATE)):
        raise LabError(f"another lab is up; MESHCTL_LAB={_owner()} tests/lab down takes it away")
    _refuse_taken_addresses()
    _namespace(WAN)
    _settings(
        WAN,
        {
            "net/ipv6/conf/all/disable_ipv6": 1,
            "net/ipv6/conf/default/disable_ipv6": 1,
            "net/bridge/bridge-nf-call-iptables": 0,
        },
    )
    if not _link_exists("wan0", WAN):
        _ip("link add wan0 type bridge", WAN)
    _ip("link set wan0 up", WAN)
    _plug(HOST_LINK, None, "host")
    _ip(f"addr replace {HOST_IP}/{PREFIX_LENGTH} dev {HOST_LINK}")
    run(["ip", "link", "set", HOST_LINK, "alias", STATE])
    _ip(f"link set {HOST_LINK} up")
    for cluster in shape.clusters():
        _node(cluster)
        _ip(f"route replace {cluster.load_balancer_network} via {cluster.node_ip} dev {HOST_LINK}")
    for cluster, other in itertools.permutations(shape.clusters(), 2):
        _ip(f"route replace {other.load_balancer_network} via {other.node_ip}", cluster.netns)
        if {cluster.name, other.name} <= set(shape.flat()):
            _join(cluster, other)


def remove() -> None:
    """The links and routes go with the namespaces. Those of a lab with another state directory
    stay.
    """
    if _owner() not in ("", str(STATE)):
        return
    if _link_exists(HOST_LINK, None):
        _ip(f"link del {HOST_LINK}")
    for name in (*(c.netns for c in ALL), WAN):
        if Path("/run/netns", name).exists():
            _ip(f"netns del {name}")


def exists() -> bool:
    return _link_exists(HOST_LINK, None) and all(
        _is_namespace(n) for n in (WAN, *(c.netns for c in shape.clusters()))
    )


def _owner() -> str:
    """The state directory of the lab that is up, as its link on the machine says."""
    try:
        return Path("/sys/class/net", HOST_LINK, "ifalias").read_text().strip()
    except FileNotFoundError:
        return ""


def connect(cluster: Cluster) -> None:
    """A network namespace of the cluster's own with its address in the wan, which has to be
    there.
    """
    ns = cluster.netns
    _namespace(ns)
    _settings(ns, NODE_SETTINGS)
    _ip("link set lo up", ns)
    _plug("eth0", ns, cluster.name)
    _ip(f"addr replace {cluster.node_ip}/{PREFIX_LENGTH} dev eth0", ns)
    _ip("link set eth0 up", ns)


def disconnect(cluster: Cluster) -> None:
    """The namespace and its link are gone."""
    if Path("/run/netns", cluster.netns).exists():
        _ip(f"netns del {cluster.netns}")


def _node(cluster: Cluster) -> None:
    ns = cluster.netns
    connect(cluster)
    # kube-proxy translates a Service's address only after the kernel has found a route for it,
    # and there is no default route: without these two the node itself (the API server that calls
    # a webhook) cannot reach a Service or its own load balancers.
    _ip(f"route replace {SERVICE_NETWORK} dev eth0 src {cluster.node_ip}", ns)
    _ip(
        f"route replace local {cluster.load_balancer_network} dev lo src {cluster.node_ip}",
        ns,
    )


def _join(cluster: Cluster, other: Cluster) -> None:
    """The way from the cluster's pods to the other's, whose answers need the same over there. They
    keep their own addresses: the CNI plug-in's rules, which hide a pod that speaks to anything
    outside its bridge behind the node, come later in the chain.
    """
    _ip(f"route replace {other.pod_network} via {other.node_ip}", cluster.netns)
    iptables = ["nsenter", f"--net=/run/netns/{cluster.netns}", "iptables", "-w", "-t", "nat"]
    rule = ["POSTROUTING", "-s", cluster.pod_network, "-d", other.pod_network, "-j", "ACCEPT"]
    if not succeeds([*iptables, "-C", *rule]):
        run([*iptables, "-I", *rule])


def _plug(link: str, namespace: str | None, port: str) -> None:
    """A cable from a link (in a namespace, or on the machine) to a port of the wan bridge."""
    if not _link_exists(link, namespace):
        if _link_exists(port, WAN):
            _ip(f"link del {port}", WAN)
        _ip(f"link add {port} type veth peer name {link} netns {namespace or os.getpid()}", WAN)
    _ip(f"link set {port} master wan0 up", WAN)


def _is_namespace(name: str) -> bool:
    """A file in /run/netns is a namespace only when one is mounted on it."""
    return os.path.ismount(f"/run/netns/{name}")


def _namespace(name: str) -> None:
    path = Path("/run/netns", name)
    if path.exists() and not _is_namespace(name):
        path.unlink()
    if not path.exists():
        _ip(f"netns add {name}")


def _settings(namespace: str, values: dict[str, int]) -> None:
    lines = "\n".join(f"echo {value} >/proc/sys/{name}" for name, value in values.items())
    run(["nsenter", f"--net=/run/netns/{namespace}", "sh", "-ec", lines])


def _link_exists(link: str, namespace: str | None) -> bool:
    if namespace is None:
        return Path("/sys/class/net", link).exists()
    return link in {entry["ifname"] for entry in json.loads(_ip("-j link", namespace))}


def _ip(command: str, namespace: str | None = None) -> str:
    return run(["ip", *(["-n", namespace] if namespace else []), *command.split()])


def _refuse_taken_addresses() -> None:
    for network in (WAN_NETWORK, *(c.load_balancer_network for c in shape.clusters())):
        for route in json.loads(_ip(f"-j route show root {network}") or "[]"):
            if route.get("dev") != HOST_LINK and route["dst"] != "default":
                raise LabError(
                    f"the lab's addresses {network} are in use: route {route['dst']} "
                    f"through {route.get('dev')}; take that away first"
                )
