"""The node of a cluster: containerd, kubelet and kube-proxy, with all that they keep inside the
lab's own directory.
"""

import json

from .errors import LabError
from .files import write
from .images import references
from .kubeapi import KubeApi, http_ok
from .layout import DNS_IP, PAUSE_IMAGE, REGISTRY, Cluster
from .machine import CNI_PLUGINS
from .peers import program
from .procs import Process
from .progress import until
from .shell import run, succeeds

CONTAINERD = """\
version = 2
root = "{run}/containerd/root"
state = "{run}/containerd/state"
disabled_plugins = [{unused}]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{run}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{run}/registries"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{run}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{run}/containerd/runc"
"""
UNUSED = (
    "snapshotter.v1.btrfs snapshotter.v1.aufs snapshotter.v1.zfs snapshotter.v1.devmapper "
    "internal.v1.tracing"
).split()

# Every registry is the lab's: an image is pulled under its upstream name, from here, whoever asks.
REGISTRIES = """\
server = "http://{registry}"
[host."http://{registry}"]
  capabilities = ["pull", "resolve"]
"""


def containerd(cluster: Cluster) -> Process:
    return Process("containerd", cluster)


def kubelet(cluster: Cluster) -> Process:
    return Process("kubelet", cluster)


def proxy(cluster: Cluster) -> Process:
    return Process("kube-proxy", cluster)


def healthy(cluster: Cluster) -> dict[Process, object]:
    """Each process with the question whether it is well."""
    return {
        containerd(cluster): lambda: succeeds([*_ctr(cluster), "version"]),
        kubelet(cluster): lambda: http_ok(f"http://{cluster.node_ip}:10248/healthz"),
        proxy(cluster): lambda: http_ok(f"http://{cluster.node_ip}:10256/healthz"),
    }


def start_containerd(cluster: Cluster) -> None:
    _write_configuration(cluster)
    containerd(cluster).ensure(["containerd", "--config", cluster.run / "containerd.toml"])
    containerd(cluster).wait(lambda: succeeds([*_ctr(cluster), "version"]), 30)


def pull_images(cluster: Cluster) -> None:
    """Everything a mesh needs, before the first pod asks: a pull in the middle of a test would be
    measured with it.
    """
    listed = run([*_ctr(cluster), "images", "ls"])
    have = {(line.split()[0], line.split()[2]) for line in listed.splitlines()[1:]}
    for name, digest in references().items():
        if (name, digest) not in have:
            run(
                [*_ctr(cluster), "images", "pull", "--hosts-dir", cluster.run / "registries", name],
                180,
            )


def start_kubelet(cluster: Cluster) -> None:
    labels = (
        f"topology.kubernetes.io/region={cluster.region},topology.kubernetes.io/zone={cluster.zone}"
    )
    # The plug-in directories follow --root-dir.
    kubelet(cluster).ensure(
        [
            program("kubelet"),
            f"--config={cluster.run}/kubelet.json",
            f"--kubeconfig={cluster.pki}/kubelet.kubeconfig",
            f"--root-dir={cluster.run}/kubelet",
            f"--cert-dir={cluster.run}/kubelet/pki",
            f"--hostname-override={cluster.node}",
            f"--node-ip={cluster.node_ip}",
            f"--node-labels={labels}",
        ]
    )
    proxy(cluster).ensure([program("kube-proxy"), f"--config={cluster.run}/proxy.json"])


def wait_ready(cluster: Cluster) -> None:
    kubelet(cluster).wait(lambda: ready(cluster), 90)
    proxy(cluster).wait(healthy(cluster)[proxy(cluster)], 30)


def ready(cluster: Cluster) -> bool:
    """Whether the cluster's node is Ready."""
    try:
        node = KubeApi(cluster).get(f"/api/v1/nodes/{cluster.node}")
    except LabError:
        return False
    return any(
        c["type"] == "Ready" and c["status"] == "True"
        for c in node.get("status", {}).get("conditions", [])
    )


def wait_only_dns_runs(cluster: Cluster, seconds: float) -> None:
    """Until containers that nobody wants any more are gone: they would take part in what is
    measured next.
    """

    def done() -> bool:
        return len(run([*_ctr(cluster), "tasks", "ls", "-q"]).split()) <= 2  # CoreDNS and its pause

    until(
        done,
        seconds,
        lambda: LabError(
            f"containers of {cluster.name} still run after {seconds:.0f} s\n"
            + kubelet(cluster).tail()
        ),
    )


def _ctr(cluster: Cluster) -> list[object]:
    return ["ctr", "-a", cluster.containerd_socket, "-n", "k8s.io"]


def _write_configuration(cluster: Cluster) -> None:
    home = cluster.run
    containerd_toml = CONTAINERD.format(
        run=home,
        socket=cluster.containerd_socket,
        pause=PAUSE_IMAGE,
        plugins=CNI_PLUGINS,
        unused=", ".join(f'"io.containerd.{name}"' for name in UNUSED),
    )
    for name, text in (
        ("containerd.toml", containerd_toml),
        ("registries/_default/hosts.toml", REGISTRIES.format(registry=REGISTRY)),
        ("resolv.conf", "nameserver 127.0.0.1\n"),
        ("cni/10-bridge.conflist", json.dumps(_cni(cluster), indent=1)),
        ("kubelet.json", json.dumps(_kubelet(cluster), indent=1)),
        ("proxy.json", json.dumps(_proxy(cluster), indent=1)),
    ):
        write(home / name, text)


def _cni(cluster: Cluster) -> dict:
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": True,
        "hairpinMode": True,
        "mtu": 1500,
        "ipam": {
            "type": "host-local",
            "dataDir": f"{cluster.run}/ipam",
            "ranges": [[{"subnet": cluster.pod_network}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    # The name begins that of every file that libcni leaves in its own directory; machine.py finds
    # them by it.
    return {
        "cniVersion": "1.0.0",
        "name": f"{cluster.netns}-pods",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def _kubelet(cluster: Cluster) -> dict:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{cluster.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        # No systemd and no tree of quality-of-service groups, so that any machine's cgroups will
        # do, of version 1 or 2.
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,
        # Resizing reads the pod's cgroup, which is not there without that tree: kubelet 1.34 panics
        # (kuberuntime_manager.go doPodResizeAction) when a container of a gateway starts again.
        "featureGates": {"InPlacePodVerticalScaling": False},
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [DNS_IP],
        "clusterDomain": "cluster.local",
        "resolvConf": f"{cluster.run}/resolv.conf",
        "containerRuntimeEndpoint": f"unix://{cluster.containerd_socket}",
        "podLogsDir": f"{cluster.run}/pod-logs",
        "volumePluginDir": f"{cluster.run}/kubelet/volume-plugins",
        "healthzBindAddress": cluster.node_ip,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        # The machine's disk may be nearly full: that is not the lab's business until nothing is
        # left.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {
            "memory.available": "50Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
        "syncFrequency": "10s",
        "fileCheckFrequency": "20s",
        "shutdownGracePeriod": "0s",
        "logging": {"verbosity": 1},
    }


def _proxy(cluster: Cluster) -> dict:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clusterCIDR": cluster.pod_network,
        "detectLocalMode": "ClusterCIDR",
        "hostnameOverride": cluster.node,
        "clientConnection": {"kubeconfig": f"{cluster.pki}/proxy.kubeconfig"},
        # These are settings of the whole machine, which a network namespace may not change.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "iptables": {"minSyncPeriod": "100ms", "syncPeriod": "30s"},
    }
