"""The container images of the lab, made of the programs at hand under the names that charts and
manifests ask for.

Istio's images hold upstream Envoy, not Istio's own build, which has filters of its own. istiod
must not send those:
 - the pilot image's environment turns off metadata exchange and the ALPN filter;
 - the statistics filter is turned off by an object in the cluster (telemetry.py).
An installer needs to know nothing of this.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

from .errors import LabError
from .files import write
from .layout import COREDNS_IMAGE, IMAGES, PAUSE_IMAGE
from .oci import Image, Layer, Store
from .peers import istio_hub, istio_tree, istio_version, next_version, program
from .shell import run

PROXY_USER = 1337
APPLETS = (
    "sh ls cat wget nc nslookup ps ip sleep env grep netstat ping id mount head tail vi".split()
)
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
BOOKINFO_VERSION = "1.20.3"
BOOKINFO = "productpage-v1 details-v1 ratings-v1 reviews-v1 reviews-v2 reviews-v3".split()
BOOKINFO_HUBS = ("registry.istio.io/release", "docker.io/istio")
XTABLES = ("/usr/sbin/xtables-nft-multi", "/usr/sbin/xtables-legacy-multi")

INDEX = IMAGES / "index.json"


def references() -> dict[str, str]:
    """The names of all images, small ones first, with their manifests' digests."""
    return json.loads(INDEX.read_text())["references"]


def ensure() -> bool:
    """Makes the images unless they are there, made of the same files; true when they were made."""
    key = _key()
    if INDEX.exists() and json.loads(INDEX.read_text())["key"] == key:
        return False
    shutil.rmtree(IMAGES, ignore_errors=True)
    IMAGES.mkdir(parents=True)
    store = Store(IMAGES)
    for image in _images():
        store.add(image)
    write(INDEX, json.dumps({"key": key, "references": store.references}, indent=1))
    return True


def _images() -> list[Image]:
    base = _base()
    hub, tags = istio_hub(), (istio_version(), next_version())
    images = [
        Image((PAUSE_IMAGE,), (Layer().file("pause", program("pause")),), "/pause"),
        Image((COREDNS_IMAGE,), (base, Layer().file("coredns", program("coredns"))), "/coredns"),
        Image(
            ("docker.io/library/busybox:1.35",),
            (base, _with_libraries(Layer().file("bin/curl", "/usr/bin/curl"), "/usr/bin/curl")),
            "/bin/sh",
        ),
        Image(
            tuple(f"{hub}/pilot:{tag}" for tag in tags),
            (base, _pilot()),
            "/usr/local/bin/pilot-discovery",
            ("PILOT_ENABLE_METADATA_EXCHANGE=false", "PILOT_ENABLE_ALPN_FILTER=false"),
            f"{PROXY_USER}:{PROXY_USER}",
        ),
        Image(
            tuple(f"{hub}/proxyv2:{tag}" for tag in tags),
            (base, _proxy()),
            "/usr/local/bin/pilot-agent",
        ),
    ]
    bookinfo = Layer().file("bookinfo", program("bookinfo"))
    for name in BOOKINFO:
        role, version = name.split("-")
        names = tuple(f"{hub}/examples-bookinfo-{name}:{BOOKINFO_VERSION}" for hub in BOOKINFO_HUBS)
        images.append(
            Image(
                names, (base, bookinfo), "/bookinfo", (f"ROLE={role}", f"VERSION={version}"), "1000"
            )
        )
    return images


def _base() -> Layer:
    """What a small distribution has: users, certificates, a shell."""
    layer = Layer().directory("tmp", 0o1777).directory("run").directory("root")
    layer.text(
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
        f"istio-proxy:x:{PROXY_USER}:{PROXY_USER}::/home/istio-proxy:/bin/sh\n",
    )
    layer.text("etc/group", f"root:x:0:\nnogroup:x:65534:\nistio-proxy:x:{PROXY_USER}:\n")
    layer.text("etc/nsswitch.conf", "hosts: files dns\n")
    layer.file(TRUSTED[1:], TRUSTED, 0o644)
    layer.file("bin/busybox", shutil.which("busybox"))
    for applet in APPLETS:
        layer.link(f"bin/{applet}", "busybox")
    # A static glibc program still loads these to look a name up.
    libc = _libraries("/usr/bin/env")["libc.so.6"]
    for name in ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"):
        if (libc.parent / name).exists():
            layer.file(str(libc.parent / name)[1:], libc.parent / name, 0o644)
    return _with_libraries(layer, "/usr/bin/env")


def _pilot() -> Layer:
    layer = Layer().directory("home/istio-proxy", owner=PROXY_USER)
    return _with_libraries(
        layer.file("usr/local/bin/pilot-discovery", program("pilot-discovery")),
        program("pilot-discovery"),
    )


def _proxy() -> Layer:
    agent, envoy = program("pilot-agent"), program("envoy")
    layer = Layer()
    for directory in (
        "home/istio-proxy",
        "var/lib/istio",
        "var/lib/istio/envoy",
        "etc/istio",
        "etc/istio/proxy",
    ):
        layer.directory(directory, owner=PROXY_USER)
    layer.file("usr/local/bin/pilot-agent", agent).file("usr/local/bin/envoy", envoy)
    layer.file(
        "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
        istio_tree() / "tools/packaging/common/envoy_bootstrap.json",
        0o644,
    )
    # istio-init's iptables: both kinds, and their plug-ins where the programs look for them.
    tools = (*XTABLES, "/usr/sbin/nft", "/sbin/ip")
    for tool in tools:
        layer.file(f"usr/sbin/{Path(tool).name}", tool)
    for family in ("iptables", "ip6tables"):
        for suffix in ("", "-save", "-restore"):
            layer.link(f"usr/sbin/{family}{suffix}", "xtables-nft-multi")
            for kind in ("nft", "legacy"):
                layer.link(f"usr/sbin/{family}-{kind}{suffix}", f"xtables-{kind}-multi")
    for plugin in _xtables_plugins():
        layer.file(str(plugin)[1:], plugin, 0o644)
    if Path("/etc/protocols").exists():
        layer.file("etc/protocols", "/etc/protocols", 0o644)
    return _with_libraries(layer, agent, envoy, *tools)


def _xtables_plugins() -> list[Path]:
    return sorted(Path("/usr/lib").glob("*/xtables/*.so"))


def _with_libraries(layer: Layer, *programs: str) -> Layer:
    """Adds the shared libraries of programs, where the machine has them."""
    for path in _libraries(*programs).values():
        layer.file(str(path)[1:], path.resolve())
    return layer


def _libraries(*programs: str) -> dict[str, Path]:
    found = {}
    for name in programs:
        try:
            listed = run(["ldd", name])
        except LabError as error:
            if "not a dynamic executable" not in str(error):
                raise
            continue
        found |= {Path(p).name: Path(p) for p in re.findall(r"(/\S+\.so\S*) \(0x", listed)}
    return found


def _key() -> str:
    """A hash of all that the images are made of.

    The peers count by their places, which name their content; all else by size and time.
    """
    sources = [
        shutil.which("busybox"),
        "/usr/bin/curl",
        *XTABLES,
        "/usr/sbin/nft",
        "/sbin/ip",
        TRUSTED,
        *_xtables_plugins(),
        *_libraries(
            "/usr/bin/env", "/usr/bin/curl", *XTABLES, "/usr/sbin/nft", "/sbin/ip"
        ).values(),
    ]
    parts = [
        program(p)
        for p in ("pause", "coredns", "pilot-discovery", "pilot-agent", "envoy", "bookinfo")
    ]
    parts += [
        f"{path} {Path(path).stat().st_size} {Path(path).stat().st_mtime_ns}" for path in sources
    ]
    sha = hashlib.sha256("\n".join(parts).encode())
    for module in ("images.py", "oci.py"):
        sha.update(Path(__file__).with_name(module).read_bytes())
    return sha.hexdigest()
