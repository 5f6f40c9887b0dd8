"""Each cluster's own certificates and kubeconfigs. Elliptic-curve keys: they cost nothing to
make.
"""

import base64
from pathlib import Path

from .files import write
from .layout import KUBERNETES_IP, Cluster
from .shell import run

DAYS = "3650"
USAGE = "keyUsage=critical,digitalSignature,keyEncipherment"
BOTH_ENDS = "extendedKeyUsage=serverAuth,clientAuth"

# Those with a kubeconfig of their own, and who they are to the API server.
COMPONENTS = {
    "controller-manager": "/CN=system:kube-controller-manager",
    "scheduler": "/CN=system:kube-scheduler",
    "proxy": "/CN=system:kube-proxy",
}

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: {name}
contexts:
- name: {name}
  context:
    cluster: {name}
    user: {name}
clusters:
- name: {name}
  cluster:
    server: {server}
    certificate-authority-data: {ca}
users:
- name: {name}
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
"""


def ensure(cluster: Cluster) -> None:
    """Makes them unless they are all there; they stay the same as long as the cluster is up."""
    done = cluster.pki / "complete"
    if not done.exists():
        cluster.pki.mkdir(parents=True, exist_ok=True)
        cluster.pki.chmod(0o700)
        _make(cluster)
        done.touch()
    for component in ("kubelet", *COMPONENTS):
        _kubeconfig(
            cluster, component, "https://127.0.0.1:6443", cluster.pki / f"{component}.kubeconfig"
        )
    _kubeconfig(cluster, "admin", f"https://{cluster.node_ip}:6443", cluster.kubeconfig)


def _make(cluster: Cluster) -> None:
    pki = cluster.pki
    run(
        [
            "openssl",
            "req",
            "-x509",
            "-new",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-days",
            DAYS,
            "-keyout",
            pki / "ca.key",
            "-out",
            pki / "ca.crt",
            "-subj",
            f"/CN={cluster.name}-kubernetes-ca",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
        ]
    )
    run(
        [
            "openssl",
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
            pki / "service-accounts.key",
        ]
    )
    names = [
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ]
    addresses = [cluster.node_ip, "127.0.0.1", KUBERNETES_IP]
    alt = ",".join([*(f"IP:{a}" for a in addresses), *(f"DNS:{n}" for n in names)])
    _issue(pki, "apiserver", "/CN=kube-apiserver", f"subjectAltName={alt}")
    _issue(pki, "apiserver-kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client")
    _issue(pki, "admin", "/O=system:masters/CN=admin")
    _issue(pki, "kubelet", f"/O=system:nodes/CN=system:node:{cluster.node}")
    for component, subject in COMPONENTS.items():
        _issue(pki, component, subject)


def _issue(pki: Path, name: str, subject: str, *extensions: str) -> None:
    run(
        [
            "openssl",
            "req",
            "-x509",
            "-new",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-days",
            DAYS,
            "-CA",
            pki / "ca.crt",
            "-CAkey",
            pki / "ca.key",
            "-keyout",
            pki / f"{name}.key",
            "-out",
            pki / f"{name}.crt",
            "-subj",
            subject,
            *(
                f
                for e in ("basicConstraints=critical,CA:false", USAGE, BOTH_ENDS, *extensions)
                for f in ("-addext", e)
            ),
        ]
    )


def _kubeconfig(cluster: Cluster, user: str, server: str, path: Path) -> None:
    def data(file: str) -> str:
        return base64.b64encode((cluster.pki / file).read_bytes()).decode()

    text = KUBECONFIG.format(
        name=cluster.name,
        server=server,
        ca=data("ca.crt"),
        certificate=data(f"{user}.crt"),
        key=data(f"{user}.key"),
    )
    write(path, text, 0o600)
