"""What the lab changes on the machine itself, remembered before and put back after.

Some paths and settings cannot be chosen: libcni writes /var/lib/cni, the kubelet links
/var/log/containers and listens in /var/lib/kubelet/device-plugins, containerd's shims listen
below /run/containerd/s and put containers into the cgroups k8s.io/ID, and the kubelet sets a
few kernel settings for the whole machine.
"""

import contextlib
import json
import os
import re
import shutil
import time
from pathlib import Path

from .errors import LabError
from .files import write
from .layout import ALL, RUN, STATE
from .procs import end
from .shell import run, succeeds

REMEMBERED = RUN / "machine.json"

SETTINGS = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
# Deepest first, so that each is empty when its turn comes.
DIRECTORIES = (
    "/var/lib/cni/results",
    "/var/lib/cni",
    "/var/log/containers",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet",
    "/run/containerd/s",
    "/run/containerd/fifo",
    "/run/containerd",
    "/run/netns",
)
DEVICE_SOCKET = Path("/var/lib/kubelet/device-plugins/kubelet.sock")

COMMANDS = (
    "ip nsenter containerd containerd-shim-runc-v2 ctr runc iptables conntrack nft "
    "openssl busybox curl ldd"
).split()
MODULES = (
    "overlay veth bridge br_netfilter nf_conntrack nf_nat ip_tables iptable_nat xt_comment "
    "xt_conntrack xt_mark xt_MASQUERADE xt_REDIRECT xt_statistic"
).split()
SOCKET_PATH = 107
CNI_PLUGINS = Path("/usr/lib/cni")


def check() -> None:
    """Everything that the lab needs of the machine, before anything is changed."""
    if os.geteuid():
        raise LabError("the lab needs root: it makes network namespaces and runs containers")
    if lacking := [c for c in COMMANDS if not shutil.which(c)]:
        raise LabError(
            f"not installed: {', '.join(lacking)}; tests/setup --lab installs what the lab needs"
        )
    if lacking := [
        p for p in ("bridge", "host-local", "portmap", "loopback") if not (CNI_PLUGINS / p).exists()
    ]:
        raise LabError(f"no {', '.join(lacking)} in {CNI_PLUGINS}; tests/setup --lab installs them")
    if shutil.which("modprobe"):
        succeeds(["modprobe", "-qa", *MODULES])  # a kernel may have them built in
    if not Path("/proc/sys/net/bridge").exists():
        raise LabError("the kernel has no br_netfilter: Services cannot work on a bridge")
    for filesystem in ("overlay", "tmpfs"):
        if not re.search(rf"\b{filesystem}\n", Path("/proc/filesystems").read_text()):
            raise LabError(f"the kernel has no {filesystem} file system: containers cannot run")
    longest = max((f"{c.containerd_socket}.ttrpc" for c in ALL), key=len)
    if len(longest) > SOCKET_PATH:
        raise LabError(f"{longest} is too long for a socket; MESHCTL_LAB names a shorter place")
    free = shutil.disk_usage(STATE.parent if STATE.parent.exists() else "/").free
    if free < 4 << 30:
        raise LabError(f"{free >> 20} MiB free below {STATE.parent}: the lab needs 4 GiB")


def remember() -> None:
    """Once, before the first change: a second `up` must not take the lab's own settings for the
    machine's.
    """
    if REMEMBERED.exists():
        return
    before = {
        "settings": {
            s: Path("/proc/sys", s).read_text().strip()
            for s in SETTINGS
            if Path("/proc/sys", s).exists()
        },
        "absent": [d for d in DIRECTORIES if not Path(d).exists()],
    }
    write(REMEMBERED, json.dumps(before))


def restore() -> None:
    """Takes away what the lab left on the machine outside its own directory."""
    ids = _container_ids()
    for entry in _listed("/var/lib/cni/results"):
        if entry.name.startswith("meshlab-") or any(i in entry.name for i in ids):
            entry.unlink()
    for entry in _listed("/var/log/containers"):
        if entry.is_symlink() and os.readlink(entry).startswith(f"{RUN}/"):
            entry.unlink()
    for address in RUN.glob("*/containerd/state/io.containerd.runtime.v2.task/k8s.io/*/address"):
        Path(address.read_text().removeprefix("unix://")).unlink(missing_ok=True)
    try:
        before = json.loads(REMEMBERED.read_text())
    except FileNotFoundError:
        return
    for name, value in before["settings"].items():
        if Path("/proc/sys", name).read_text().strip() != value:
            Path("/proc/sys", name).write_text(value)
    if str(DEVICE_SOCKET.parent) in before["absent"]:
        DEVICE_SOCKET.unlink(missing_ok=True)
    for directory in before["absent"]:
        if Path(directory).is_dir() and not any(Path(directory).iterdir()):
            if directory in _mount_points():  # `ip netns` mounts its directory upon itself
                run(["umount", directory])
            Path(directory).rmdir()


def end_containers() -> None:
    """Ends whatever runs in the cgroups of the lab's containers, and takes these cgroups away.

    The containers are known by their directories on disk, so that they are found without
    containerd and without the shims.
    """
    groups = [group for i in _container_ids() for group in _cgroups(i)]
    for _ in range(20):  # a process may start another one meanwhile
        pids = {int(pid) for group in groups if group.exists() for pid in _members(group)}
        if not pids:
            break
        end(pids, grace=0)
    else:
        raise LabError(f"processes {sorted(pids)} come back in the lab's cgroups")
    for group in groups:
        _remove_cgroup(group)
    for parent in _cgroups(""):  # refused while another containerd has containers there
        with contextlib.suppress(OSError):
            parent.rmdir()


def unmount() -> None:
    """Everything mounted below the lab's own directory, innermost first."""
    for point in sorted((p for p in _mount_points() if p.startswith(f"{RUN}/")), reverse=True):
        run(["umount", "--lazy", point])


def _mount_points() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line.split()[4].encode().decode("unicode_escape") for line in lines]


def _listed(directory: str) -> list[Path]:
    return list(Path(directory).iterdir()) if Path(directory).is_dir() else []


def _container_ids() -> set[str]:
    """All containers that containerd has not removed, those of pods themselves among them."""
    return {p.name for p in RUN.glob("*/containerd/root/io.containerd.grpc.v1.cri/*/*")}


def _cgroups(container: str) -> list[Path]:
    """A container's cgroups, in the one hierarchy of version 2 or in each of version 1; children
    before parents.
    """
    root = Path("/sys/fs/cgroup")
    name = f"k8s.io/{container}".rstrip("/")
    tops = [
        path
        for path in (root / name, *root.glob(f"*/{name}"))
        if path.is_dir() and not path.is_symlink()
    ]
    if not container:
        return tops
    return sorted(
        (path for top in tops for path in (top, *top.rglob("*")) if path.is_dir()),
        key=lambda p: -len(p.parts),
    )


def _members(group: Path) -> list[str]:
    try:
        return (group / "cgroup.procs").read_text().split()
    except OSError:  # gone meanwhile, or a threaded group of version 2
        return []


def _remove_cgroup(group: Path) -> None:
    deadline = time.monotonic() + 5  # the kernel takes a moment after the last process
    while group.exists() and time.monotonic() < deadline:
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.02)
