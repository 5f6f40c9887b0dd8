"""The table of faults: what is done to a good mesh, which id names it, and what mends it where the printed fix cannot.

`make` gets a hand (hand.py) and does one thing, as a person or a broken machine would. Nearly all is done to east; what
is told of it may be told of west.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import authority
import world
from hand import Hand, bare, data_of, text_of
from world import CA_DIR, LAB, WORK, get, kubeconfig, kubectl, members, meshctl, run

SYSTEM, INGRESS, SHOP = "istio-system", "istio-ingress", "bookinfo"
EASTWEST = "service/istio-eastwest"
CROSS = "gateways.networking.istio.io/cross-network-gateway"
NETWORK = "topology.istio.io/network"
WEST_LINK = "secret/istio-remote-secret-east-cluster"  # in west: what its istiod sees east with
READER = "serviceaccount/istio-reader-service-account"
READER_TOKEN = "secret/istio-reader-service-account-istio-remote-secret-token"
CERTIFICATES = ("ca-cert", "ca-key", "root-cert", "cert-chain")
EASTWEST_PODS, ISTIOD_PODS = "istio=eastwestgateway", "app=istiod"


@dataclass(frozen=True)
class Fault:
    name: str
    expected: str
    make: Callable[[Hand], None]
    by: str = "check"  # the command that tells it
    level: str = "error"
    before: tuple = ()  # ids that are true until istiod itself knows more
    within: float = 15  # seconds until it is told
    words: Callable[[], dict] = field(default=dict)  # for what the fix leaves to who reads it
    choose: str | None = None  # the cluster where the fix is done, where the operator decides
    flags: Callable[[], list] | None = None  # where the fault is in what was typed
    undo: str | None = None  # why no program can do what is printed; then the hand puts back
    remake: bool = False  # the mesh is another one afterwards
    tidy: bool = False  # mended, it is put back all the same: the lab counts on it


# ---- trust ----------------------------------------------------------------------------------------------------------


def put_certificates(hand: Hand, cluster: str, folder: Path, restart: bool = True, files=CERTIFICATES) -> None:
    """What istiod signs with, from a folder of the usual names; istiod started anew."""
    data = {f"{name}.pem": data_of((folder / f"{name}.pem").read_text()) for name in files}
    hand.patch(cluster, SYSTEM, "secret/cacerts", [{"op": "replace", "path": "/data", "value": data}], "json")
    if restart:
        hand.restart(cluster, SYSTEM, "istiod")


def another_root(name: str) -> Path:
    folder = WORK / "authorities" / name
    return folder if folder.exists() else authority.root(name)


def root_of_its_own(hand: Hand) -> None:
    own = another_root("stranger")
    folder = own / "east" if (own / "east").exists() else authority.intermediate(own, "east")
    put_certificates(hand, "east", folder)


def root_of_its_own_under_strict(hand: Hand) -> None:
    for cluster in world.CLUSTERS:
        hand.create(cluster, istio("PeerAuthentication", "security", SYSTEM, "default", {"mtls": {"mode": "STRICT"}}))
    root_of_its_own(hand)


def sample_root(hand: Hand) -> None:
    """A whole mesh under it, as one that was begun with the samples is."""
    for cluster in world.CLUSTERS:
        put_certificates(hand, cluster, Path(LAB["LAB_SAMPLES"]) / "certs")
    for cluster in world.CLUSTERS:
        for namespace in (INGRESS, SHOP):
            names = [d["metadata"]["name"] for d in get(cluster, "-n", namespace, "deployments")["items"]]
            hand.restart(cluster, namespace, *names)


def expired(hand: Hand) -> None:
    """An intermediate of the right root that ended yesterday; istiod has not started since."""
    folder = WORK / "expired"
    folder.mkdir(exist_ok=True)
    own = CA_DIR / "east-cluster"
    run("openssl", "req", "-new", "-key", own / "ca-key.pem", "-subj", "/O=Istio/CN=Intermediate CA/L=east-cluster",
        "-out", folder / "ca.csr")
    (folder / "ca.ext").write_text("basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\n"
                                   "subjectAltName=DNS:istiod.istio-system.svc\n")
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text(f"[ca]\ndefault_ca=x\n[x]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
                                   "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\norganizationName=optional\n"
                                   "commonName=optional\nlocalityName=optional\n")
    run("openssl", "ca", "-batch", "-config", folder / "ca.cnf", "-in", folder / "ca.csr", "-out", folder / "ca-cert.pem", "-notext",
        "-cert", CA_DIR / "root-cert.pem", "-keyfile", CA_DIR / "root-key.pem", "-extfile", folder / "ca.ext",
        "-startdate", "20200101000000Z", "-enddate", "20210101000000Z")
    root = (CA_DIR / "root-cert.pem").read_text()
    (folder / "root-cert.pem").write_text(root)
    (folder / "cert-chain.pem").write_text((folder / "ca-cert.pem").read_text() + root)
    (folder / "ca-key.pem").write_text((own / "ca-key.pem").read_text())
    put_certificates(hand, "east", folder, restart=False)


def key_of_another(hand: Hand) -> None:
    key = data_of((CA_DIR / "west-cluster" / "ca-key.pem").read_text())
    hand.patch("east", SYSTEM, "secret/cacerts", {"data": {"ca-key.pem": key}})


def no_cacerts(hand: Hand) -> None:
    hand.delete("east", SYSTEM, "secret/cacerts")


# ---- names ----------------------------------------------------------------------------------------------------------


def label(cluster: str, namespace: str, what: str, value: str | None) -> Callable[[Hand], None]:
    return lambda hand: hand.patch(cluster, namespace, what, {"metadata": {"labels": {NETWORK: value}}})


def pod_label(value: str | None) -> Callable[[Hand], None]:
    def make(hand: Hand) -> None:
        patch = {"spec": {"template": {"metadata": {"labels": {NETWORK: value}}}}}
        hand.patch("east", INGRESS, "deployment/istio-eastwest", patch)
        hand.rolled_out("east", INGRESS, "istio-eastwest")
    return make


def istiod_env(name: str, value: str) -> Callable[[Hand], None]:
    def make(hand: Hand) -> None:
        container = {"name": "discovery", "env": [{"name": name, "value": value}]}
        hand.patch("east", SYSTEM, "deployment/istiod", {"spec": {"template": {"spec": {"containers": [container]}}}}, "strategic")
        hand.rolled_out("east", SYSTEM, "istiod")
    return make


def in_config_map(name: str, key: str, was: str, now: str) -> Callable[[Hand], None]:
    """A piece of the text of one of istiod's ConfigMaps."""
    def make(hand: Hand) -> None:
        def change(item: dict) -> None:
            text = item["data"][key]
            assert was in text, f"{name} has no {was}"
            item["data"][key] = text.replace(was, now)
        hand.change("east", SYSTEM, f"configmap/{name}", change)
    return make


# ---- peers ----------------------------------------------------------------------------------------------------------


def config_in(secret: dict, key: str) -> dict:
    path = WORK / "link.kubeconfig"
    path.touch(0o600)
    path.write_text(text_of(secret["data"][key]))
    return json.loads(run("kubectl", f"--kubeconfig={path}", "config", "view", "--raw", "-o", "json"))


def link(change: Callable[[dict], object]) -> Callable[[Hand], None]:
    """The kubeconfig in west's remote secret as the function leaves it."""
    def make(hand: Hand) -> None:
        def of_secret(secret: dict) -> None:
            config = config_in(secret, "east-cluster")
            change(config)
            secret["data"]["east-cluster"] = data_of(json.dumps(config))
        hand.change("west", SYSTEM, WEST_LINK, of_secret)
    return make


def set_server(url: str) -> Callable[[dict], object]:
    return lambda config: config["clusters"][0]["cluster"].update(server=url)


def wrong_authority(config: dict) -> None:
    stranger = another_root("apiserver") / "root-cert.pem"
    config["clusters"][0]["cluster"]["certificate-authority-data"] = data_of(stranger.read_text())


def wrong_token(config: dict) -> None:
    config["users"][0]["user"]["token"] = "not-a-token-of-this-cluster"


def other_key(secret: dict) -> None:
    secret["data"]["eastern-cluster"] = secret["data"].pop("east-cluster")


def linked_again(hand: Hand) -> None:
    hand.back.append(lambda: meshctl("remote-secret", *members(), "--take-ownership", "--force-conflicts"))


def renew_token(hand: Hand) -> None:
    """The reader's account made anew, and its Secret: what west holds is a token of the former one. (A Secret made anew
    under the same account holds the same token.)"""
    linked_again(hand)
    items = [bare(get("east", "-n", SYSTEM, what)) for what in (READER, READER_TOKEN)]
    kubectl("east", "-n", SYSTEM, "delete", READER)
    kubectl("east", "-n", SYSTEM, "wait", "--for=delete", READER_TOKEN, "--timeout=30s")
    for item in items:
        item["metadata"].get("annotations", {}).pop("kubernetes.io/service-account.uid", None)
        item.pop("data", None)
        item.pop("secrets", None)
        kubectl("east", "create", "-f", "-", stdin=json.dumps(item))
    world.settle(lambda: get("east", "-n", SYSTEM, READER_TOKEN).get("data", {}).get("token"), 20)


def revoke_token(hand: Hand) -> None:
    linked_again(hand)
    kubectl("east", "-n", SYSTEM, "delete", READER_TOKEN)


# ---- gateways -------------------------------------------------------------------------------------------------------


def service_port(number: int, **change) -> Callable[[Hand], None]:
    """The port of the east-west gateway's Service with that number, changed."""
    def make(hand: Hand) -> None:
        def change_it(service: dict) -> None:
            next(p for p in service["spec"]["ports"] if p["port"] == number).update(change)
        hand.change("east", INGRESS, EASTWEST, change_it)
    return make


def cluster_ip(hand: Hand) -> None:
    hand.patch("east", INGRESS, EASTWEST, {"spec": {"type": "ClusterIP"}})
    world.settle(lambda: not get("east", "-n", INGRESS, EASTWEST)["status"]["loadBalancer"].get("ingress"), 30)


def server_of_gateway(change: Callable[[dict], object]) -> Callable[[Hand], None]:
    return lambda hand: hand.change("east", INGRESS, CROSS, lambda g: change(g["spec"]["servers"][0]))


def dead_duplicate(hand: Hand) -> None:
    """A second Service of the network, with an address that leads to nothing."""
    hand.create("east", {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "old-eastwest", "namespace": INGRESS, "labels": {NETWORK: "east-network"}},
        "spec": {"type": "LoadBalancer", "selector": {"app": "old-eastwest"}, "ports": [{"name": "tls", "port": 15443}]}})
    world.settle(lambda: get("east", "-n", INGRESS, "service/old-eastwest")["status"]["loadBalancer"].get("ingress"), 30)


def reader_without_rights(hand: Hand) -> None:
    """What istiod watches already it goes on to watch: it is told when it begins anew."""
    hand.delete("east", "", "clusterrolebinding/istio-reader-clusterrole-istio-system")
    hand.restart("west", SYSTEM, "istiod")


def second_link(hand: Hand) -> None:
    """Another Secret for the same cluster, which somebody made by hand."""
    item = bare(get("west", "-n", SYSTEM, WEST_LINK))
    item["metadata"] = {"name": "east-by-hand", "namespace": SYSTEM, "labels": {"istio/multiCluster": "true"}}
    hand.create("west", item)


def broken_link(secret: dict) -> None:
    secret["data"]["east-cluster"] = data_of("not a kubeconfig")


def itself(hand: Hand) -> None:
    """West's secret for east leads to west."""
    own = {k: get("east", "-n", SYSTEM, "secret/istio-remote-secret-west-cluster")["data"][k] for k in ("west-cluster",)}
    hand.patch("west", SYSTEM, WEST_LINK, {"data": {"east-cluster": own["west-cluster"]}})


# ---- the machines ---------------------------------------------------------------------------------------------------

A_FIREWALL = "what drops packets between the clusters is none of the mesh's"


def drop(cluster: str, port: int, *more: str) -> Callable[[Hand], None]:
    """What comes over the wire to a port of a cluster's node or of what it forwards to."""
    return lambda hand: hand.on_node(cluster, f"-I PREROUTING -i eth0 -p tcp --dport {port} {' '.join(more)} -j DROP".replace("  ", " "))


def drop_15443(hand: Hand) -> None:
    """All that comes to east's east-west gateway, connections that stand too."""
    drop("east", 15443)(hand)


def half_cut_off(hand: Hand) -> None:
    """Of two istiods in west the one that was there before reaches east's API server, the new one does not."""
    first = get("west", "-n", SYSTEM, "pods", "-l", ISTIOD_PODS)["items"][0]["status"]["podIP"]
    to_east = f"-d {LAB['LAB_EAST_NODE_IP']} -p tcp --dport 6443"
    hand.on_node("west", f"-I PREROUTING ! -i eth0 {to_east} -j DROP")
    hand.on_node("west", f"-I PREROUTING -s {first} {to_east} -j ACCEPT")
    hand.scale("west", SYSTEM, "istiod", 2, ISTIOD_PODS)
    kubectl("west", "-n", SYSTEM, "rollout", "status", "deployment/istiod", "--timeout=120s", seconds=130)


def no_dns(hand: Hand) -> None:
    hand.scale("east", "kube-system", "coredns", 0, "k8s-app=kube-dns")


def no_istiod(hand: Hand) -> None:
    hand.scale("east", SYSTEM, "istiod", 0, ISTIOD_PODS)


# ---- policy ---------------------------------------------------------------------------------------------------------


def istio(kind: str, group: str, namespace: str, name: str, spec: dict) -> dict:
    return {"apiVersion": f"{group}.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def policy(cluster: str, *words) -> Callable[[Hand], None]:
    return lambda hand: hand.create(cluster, istio(*words))


def in_template(cluster: str, namespace: str, name: str, where: str, value: dict) -> Callable[[Hand], None]:
    """Labels or annotations of a Deployment's pods, until the new ones are there alone."""
    def make(hand: Hand) -> None:
        hand.patch(cluster, namespace, f"deployment/{name}", {"spec": {"template": {"metadata": {where: value}}}})
        hand.rolled_out(cluster, namespace, name)
    return make


def no_injection(hand: Hand) -> None:
    """The namespace in east is out of the mesh, its pods started anew."""
    hand.patch("east", "", f"namespace/{SHOP}", {"metadata": {"labels": {"istio-injection": None}}})
    hand.restart("east", SHOP, "reviews-v3")


ALL_NAMES = "*.local"
DENY = {}  # an ALLOW policy without a rule lets nobody in
ONLY_SYSTEM = {"egress": [{"hosts": ["istio-system/*"]}]}
PLAIN = {"trafficPolicy": {"tls": {"mode": "DISABLE"}}}
EXPORT = "networking.istio.io/exportTo"


# ---- what was typed -------------------------------------------------------------------------------------------------

TYPED = "the command line is the operator's"


def nothing(_hand: Hand) -> None:
    """The fault is in the flags."""


def swapped() -> list:
    return ["--west", kubeconfig("east"), "--east", kubeconfig("west")]


def same_twice() -> list:
    return ["--west", kubeconfig("west"), "--east", kubeconfig("west")]


def no_server() -> list:
    """A kubeconfig whose server is not there."""
    def away(config: dict) -> None:
        config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    return ["--west", kubeconfig("west"), "--east", str(world.changed_kubeconfig("east", away))]


def other_mesh() -> list:
    return [*members(), "--mesh-id", "prod"]


NEW_ROOT = ("MC205", "MC208", "MC211", "MC212", "MC603")  # while it spreads

TABLE = [
    Fault("root of its own in east", "MC201", root_of_its_own, choose="east", remake=True),
    Fault("the same under STRICT mutual TLS", "MC201", root_of_its_own_under_strict, choose="east", remake=True),
    Fault("intermediate has ended", "MC216", expired),
    Fault("key does not fit the certificate", "MC216", key_of_another),
    Fault("Secret cacerts deleted", "MC206", no_cacerts),
    Fault("network label of gateway Service missing", "MC303", label("east", INGRESS, EASTWEST, None)),
    Fault("network label of gateway Service wrong", "MC303", label("east", INGRESS, EASTWEST, "other-network")),
    Fault("remote secret deleted", "MC402", lambda hand: hand.delete("west", SYSTEM, WEST_LINK)),
    Fault("remote secret with another key", "MC411", lambda hand: hand.change("west", SYSTEM, WEST_LINK, other_key)),
    Fault("remote secret without its label", "MC402",
          lambda hand: hand.patch("west", SYSTEM, WEST_LINK, {"metadata": {"labels": {"istio/multiCluster": None}}})),
    Fault("remote secret with a loopback address", "MC406", link(set_server("https://127.0.0.1:6443"))),
    Fault("reader's token revoked", "MC407", revoke_token),
    Fault("remote secret with a former token", "MC407", renew_token),
    Fault("Gateway deleted", "MC501", lambda hand: hand.delete("east", INGRESS, CROSS)),
    Fault("Gateway's TLS mode PASSTHROUGH", "MC501", server_of_gateway(lambda s: s["tls"].update(mode="PASSTHROUGH"))),
    Fault("Gateway's port", "MC501", server_of_gateway(lambda s: s["port"].update(number=15444))),
    Fault("gateway Service of type ClusterIP", "MC502", cluster_ip),
    Fault("gateway scaled to 0", "MC503", lambda hand: hand.scale("east", INGRESS, "istio-eastwest", 0, EASTWEST_PODS)),
    Fault("gateway Deployment deleted", "MC503", lambda hand: hand.delete("east", INGRESS, "deployment/istio-eastwest")),
    Fault("gateway Service selects no pod", "MC503",
          lambda hand: hand.patch("east", INGRESS, EASTWEST, {"spec": {"selector": {"istio": "eastwest"}}})),
    Fault("gateway Service deleted", "MC504", lambda hand: hand.delete("east", INGRESS, EASTWEST)),
    Fault("gateway Service's port", "MC505", service_port(15443, port=15444)),
    Fault("istiod scaled to 0", "MC604", no_istiod),
    Fault("istiod Deployment deleted", "MC604", lambda hand: hand.delete("east", SYSTEM, "deployment/istiod")),
    Fault("remote secret's address unreachable", "MC424", link(set_server("https://172.30.0.99:6443")), within=60, before=("MC601",),
          words=lambda: {"HOST:PORT": f"{LAB['LAB_EAST_NODE_IP']}:6443"}),
    Fault("remote secret with another authority", "MC422", link(wrong_authority), within=45),
    Fault("remote secret with no valid token", "MC421", link(wrong_token), within=45),
    Fault("remote secret leads to its own cluster", "MC407", itself),
    Fault("remote secret is no kubeconfig", "MC413", lambda hand: hand.change("west", SYSTEM, WEST_LINK, broken_link)),
    Fault("two remote secrets for a cluster", "MC412", second_link, level="warning"),
    Fault("reader's rights removed, istiod started since", "MC423", reader_without_rights, within=60),
    Fault("tcp 6443 of east dropped", "MC747", drop("east", 6443, "-s", LAB["LAB_WEST_NODE_IP"]), by="verify", undo=A_FIREWALL, within=60),
    Fault("one of two istiods does not reach east", "MC601", half_cut_off, undo=A_FIREWALL, within=60),
    Fault("tcp 15443 of east dropped", "MC748", drop_15443, by="verify", undo=A_FIREWALL, within=60),
    Fault("network label of the namespace missing", "MC309", label("east", "", f"namespace/{SYSTEM}", None), level="warning"),
    Fault("network label of the namespace wrong", "MC301", label("east", "", f"namespace/{SYSTEM}", "other-network")),
    Fault("network label of the gateway's pods wrong", "MC311", pod_label("other-network")),
    Fault("CLUSTER_ID of istiod changed", "MC312", istiod_env("CLUSTER_ID", "another-cluster")),
    Fault("network of the injector missing", "MC312", in_config_map("istio-sidecar-injector", "values", "east-network", "")),
    Fault("network of the injector changed", "MC312", in_config_map("istio-sidecar-injector", "values", "east-network", "other-network")),
    Fault("mesh id changed", "MC312", in_config_map("istio", "mesh", "meshId: mesh", "meshId: other")),
    Fault("trust domain changed", "MC310", in_config_map("istio", "mesh", "trustDomain: cluster.local", "trustDomain: other.domain"), remake=True),
    Fault("Gateway's hosts", "MC506", server_of_gateway(lambda s: s.update(hosts=["*.global"]))),
    Fault("Gateway's selector", "MC507", lambda hand: hand.patch(
        "east", INGRESS, CROSS, {"spec": {"selector": {"istio": "eastwest"}}})),
    Fault("second gateway Service, dead", "MC503", dead_duplicate),
    Fault("DestinationRule turns TLS off", "MC711", policy(
        "west", "DestinationRule", "networking", SHOP, "plain", {"host": "reviews"} | PLAIN)),
    Fault("DestinationRule of the mesh turns TLS off", "MC711", policy(
        "west", "DestinationRule", "networking", SYSTEM, "plain", {"host": ALL_NAMES} | PLAIN)),
    Fault("AuthorizationPolicy of the mesh denies all", "MC712", policy("east", "AuthorizationPolicy", "security", SYSTEM, "deny", DENY)),
    Fault("PeerAuthentication turns mutual TLS off", "MC713", policy(
        "east", "PeerAuthentication", "security", SYSTEM, "default", {"mtls": {"mode": "DISABLE"}})),
    Fault("Sidecar without the namespace's own Services", "MC714", policy("west", "Sidecar", "networking", SHOP, "default", ONLY_SYSTEM)),
    Fault("Service exported to its namespace only", "MC715", lambda hand: hand.patch(
        "east", SHOP, "service/reviews", {"metadata": {"annotations": {EXPORT: "."}}})),
    Fault("injection missing on one side", "MC716", no_injection),
    Fault("pods without sidecar", "MC717", in_template("east", SHOP, "reviews-v3", "labels", {"sidecar.istio.io/inject": "false"})),
    Fault("Service missing on one side", "MC718", lambda hand: hand.delete("east", SHOP, "service/reviews")),
    Fault("coredns scaled to 0", "MC117", no_dns, tidy=True),
    Fault("injector's webhook deleted", "MC630", lambda hand: hand.delete(
        "east", "", "mutatingwebhookconfiguration/istio-sidecar-injector")),
    Fault("CRD of Gateways deleted", "MC632", lambda hand: hand.delete(
        "east", "", "crd/gateways.networking.istio.io"), remake=True),
    Fault("no API server at the kubeconfig's address", "MC106", nothing, flags=no_server, undo=TYPED),
    Fault("mesh id of another mesh", "MC305", nothing, flags=other_mesh, undo=TYPED),
    Fault("kubeconfigs swapped", "MC102", nothing, flags=swapped, undo=TYPED),
    Fault("one cluster under two names", "MC101", nothing, flags=same_twice, undo=TYPED),
    Fault("sample root of Istio in both", "MC209", sample_root, before=NEW_ROOT, within=60,
          words=lambda: {"DIR": str(WORK / "new-ca")}, remake=True),
]
