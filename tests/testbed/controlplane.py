"""etcd, API server, controller manager and scheduler of a cluster."""

from .kubeapi import KubeApi, http_ok
from .layout import SERVICE_NETWORK, Cluster
from .peers import program
from .procs import Process

START_SECONDS = 90


def etcd(cluster: Cluster) -> Process:
    return Process("etcd", cluster)


def apiserver(cluster: Cluster) -> Process:
    return Process("kube-apiserver", cluster)


def controller_manager(cluster: Cluster) -> Process:
    return Process("kube-controller-manager", cluster)


def scheduler(cluster: Cluster) -> Process:
    return Process("kube-scheduler", cluster)


def healthy(cluster: Cluster) -> dict[Process, object]:
    """Each process with the question whether it is well."""
    ip = cluster.node_ip
    return {
        etcd(cluster): lambda: http_ok(f"http://{ip}:2381/health"),
        apiserver(cluster): KubeApi(cluster).ready,
        controller_manager(cluster): lambda: http_ok(f"https://{ip}:10257/healthz"),
        scheduler(cluster): lambda: http_ok(f"https://{ip}:10259/healthz"),
    }


def start_apiserver(cluster: Cluster) -> None:
    """etcd and the API server; returns when that is ready."""
    pki, ip = cluster.pki, cluster.node_ip
    # The lab's data need not survive a power cut: without fsync every write of the API server is
    # faster.
    etcd(cluster).ensure(
        [
            program("etcd"),
            f"--name={cluster.name}",
            f"--data-dir={cluster.run}/etcd",
            "--unsafe-no-fsync",
            "--log-level=warn",
            "--listen-client-urls=http://127.0.0.1:2379",
            "--advertise-client-urls=http://127.0.0.1:2379",
            "--listen-peer-urls=http://127.0.0.1:2380",
            "--initial-advertise-peer-urls=http://127.0.0.1:2380",
            f"--initial-cluster={cluster.name}=http://127.0.0.1:2380",
            f"--listen-metrics-urls=http://{ip}:2381",
        ]
    )
    apiserver(cluster).ensure(
        [
            program("kube-apiserver"),
            "--etcd-servers=http://127.0.0.1:2379",
            "--bind-address=0.0.0.0",
            "--secure-port=6443",
            f"--advertise-address={ip}",
            f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key",
            f"--client-ca-file={pki}/ca.crt",
            f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={pki}/apiserver-kubelet-client.key",
            "--kubelet-preferred-address-types=InternalIP",
            f"--service-account-key-file={pki}/service-accounts.key",
            f"--service-account-signing-key-file={pki}/service-accounts.key",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            "--profiling=false",
        ]
    )
    etcd(cluster).wait(lambda: http_ok(f"http://{ip}:2381/health"), START_SECONDS)
    apiserver(cluster).wait(KubeApi(cluster).ready, START_SECONDS)


def start_controllers(cluster: Cluster) -> None:
    start_controller_manager(cluster)
    _start_client(scheduler(cluster), cluster)


def start_controller_manager(cluster: Cluster, controllers: str = "*") -> None:
    """controllers: as its option has them, "*,-some-controller"."""
    pki = cluster.pki
    _start_client(
        controller_manager(cluster),
        cluster,
        f"--service-account-private-key-file={pki}/service-accounts.key",
        f"--root-ca-file={pki}/ca.crt",
        "--use-service-account-credentials",
        # Said of the node, as clusters do; the CNI plug-in has the range from its own file.
        "--allocate-node-cidrs",
        f"--cluster-cidr={cluster.pod_network}",
        f"--node-cidr-mask-size={cluster.pod_network.rpartition('/')[2]}",
        f"--flex-volume-plugin-dir={cluster.run}/volume-plugins",
        f"--controllers={controllers}",
    )


def _start_client(process: Process, cluster: Cluster, *extra: str) -> None:
    config = cluster.pki / f"{process.component.removeprefix('kube-')}.kubeconfig"
    process.ensure(
        [
            program(process.component),
            f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            # So that `status` can ask for its health from outside the node.
            "--bind-address=0.0.0.0",
            "--leader-elect=false",
            f"--cert-dir={cluster.run}/{process.component}",
            "--profiling=false",
            *extra,
        ]
    )
