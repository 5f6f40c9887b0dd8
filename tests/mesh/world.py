"""What the mesh tests stand on: the running lab, the meshctl under test, the real tools to ask.

Everything that meshctl printed in a run of the tests is kept (`outputs`), so that one test can look
through all of it for secrets.
"""

import atexit
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
MESHCTL = os.environ.get("MESHCTL", str(ROOT / "build" / "gcc" / "meshctl"))
CLUSTERS = ("west", "east")
LONG = "MESHCTL_LONG" in os.environ  # tests/run --long
REVIEWS = "outbound|9080||reviews.bookinfo.svc.cluster.local"

outputs: list[str] = []
# By MESHCTL_SEED, what `tests/run --all` runs a part of: another part in each run.
SEED = int(os.environ.get("MESHCTL_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
only_long = unittest.skipUnless(LONG, "tests/run --long has it")


def some(count: int):
    """Of a class whose tests do not need each other, so many; all with --long."""
    def mark(cls: type) -> type:
        names = sorted(name for name in vars(cls) if name.startswith("test_"))
        chosen = random.Random(f"{SEED} {cls.__name__}").sample(names, min(count, len(names)))
        for name in names:
            if not LONG and name not in chosen:
                setattr(cls, name, unittest.skip(f"not by MESHCTL_SEED={SEED}; tests/run --long has it")(vars(cls)[name]))
        return cls
    return mark


def _lab_environment() -> dict[str, str]:
    text = subprocess.run([TESTS / "lab", "env"], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", text, re.M))


LAB = _lab_environment()
# All clusters that the lab has, and those of them whose pods reach each other.
FLEET, FLAT = tuple(LAB["LAB_CLUSTERS"].split()), tuple(LAB["LAB_FLAT"].split())
needs_fleet = unittest.skipUnless(len(FLEET) > 2, "for three clusters: tests/lab up --clusters 3")
needs_flat = unittest.skipUnless(FLAT == ("west", "north"), "for a flat network: tests/lab up --clusters 3 --flat west,north")
ENV = os.environ | {"PATH": LAB["PATH"]}
WORK = Path(tempfile.mkdtemp(prefix="meshctl-mesh-"))
CA_DIR = WORK / "ca"
# It holds keys.
atexit.register(shutil.rmtree, WORK, ignore_errors=True)


def kubeconfig(cluster: str) -> str:
    return LAB[f"LAB_{cluster.upper()}_KUBECONFIG"]


def changed_kubeconfig(cluster: str, change) -> Path:
    """A cluster's kubeconfig with something else in it, as JSON (which is YAML)."""
    config = json.loads(kubectl(cluster, "config", "view", "--raw", "-o", "json"))
    change(config)
    path = WORK / f"{cluster}-changed.kubeconfig"
    path.write_text(json.dumps(config))
    path.chmod(0o600)
    return path


def lab(*words: str, seconds: int = 240) -> str:
    done = subprocess.run([TESTS / "lab", *words], capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise RuntimeError(f"tests/lab {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def run(*argv: object, seconds: int = 120, check: bool = True, stdin: str | None = None) -> str:
    """A real tool; its standard output."""
    done = subprocess.run(
        [str(a) for a in argv], capture_output=True, text=True, timeout=seconds, env=ENV, input=stdin
    )
    if check and done.returncode:
        raise RuntimeError(f"{argv}: exit {done.returncode}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


def kubectl(cluster: str, *words: object, **options) -> str:
    return run("kubectl", f"--kubeconfig={kubeconfig(cluster)}", *words, **options)


def get(cluster: str, *words: object) -> dict:
    return json.loads(kubectl(cluster, "get", *words, "-o", "json"))


def istioctl(cluster: str, *words: object) -> str:
    return run("istioctl", f"--kubeconfig={kubeconfig(cluster)}", *words)


def members() -> list[str]:
    return [w for c in CLUSTERS for w in (f"--{c}", kubeconfig(c))]


def charts() -> list[str]:
    return ["--charts", LAB["LAB_CHART_REPO"], "--hub", LAB["LAB_HUB"], "--istio-version", LAB["LAB_TAG"]]


class Done:
    """A finished meshctl: exit code, both streams, seconds."""

    def __init__(self, argv, code, out, err, seconds):
        self.argv, self.code, self.out, self.err, self.seconds = argv, code, out, err, seconds

    def json(self) -> dict:
        return json.loads(self.out)

    def stays(self, cluster: str) -> list[dict]:
        """What the report of a `down` says would stay in a cluster."""
        return next(c["stays"] for c in self.json()["clusters"] if c["name"] == cluster)

    def __str__(self) -> str:
        return f"{' '.join(self.argv)}: exit {self.code}\n{self.out[-3000:]}\n{self.err[-5000:]}"


def meshctl(*words: object, seconds: int = 300, program: str = MESHCTL, env: dict | None = None, cwd=WORK) -> Done:
    argv = [program, *(str(w) for w in words)]
    began = time.monotonic()
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=seconds, env=ENV | (env or {}), stdin=subprocess.DEVNULL, cwd=cwd
    )
    outputs.append(done.stdout)
    outputs.append(done.stderr)
    return Done(argv, done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def findings(document: dict) -> list[dict]:
    """The rows of what check, or verify, found."""
    return document.get("checks") or document.get("verify", {}).get("checks") or []


def mesh_words(*words: object) -> list:
    """What `up` and `plan` are told of the mesh, with the sample unless its step is left out."""
    return [*members(), *charts(), "--ca-dir", CA_DIR, *([] if "--to" in words else ["--bookinfo"]), *words]


def up(*words: object, **options) -> Done:
    return meshctl("up", *mesh_words(*words), **options)


def whole(done: Done) -> None:
    """What a class stands on has to be there before its first test."""
    if done.code:
        raise AssertionError(done)


def verify(*words: object, **options) -> Done:
    """By the sample alone; test_8_proof has the traffic of verify's own."""
    return meshctl("verify", *members(), "--bookinfo", "--no-traffic", *words, **options)


def step(name: str, *words: object, **options) -> Done:
    """One step as its own command, with the flags that `up` would take."""
    extra = {"ca": ["--ca-dir", CA_DIR], "install": charts(), "gateway": charts()}.get(name, [])
    return meshctl(name, *members(), *extra, *words, **options)


OURS = (
    ("", "namespaces"),
    ("istio-system", "secrets"),
    ("istio-system", "configmaps"),
    ("istio-system", "serviceaccounts"),
    ("istio-system", "services"),
    ("istio-system", "deployments"),
    ("istio-ingress", "secrets"),
    ("istio-ingress", "services"),
    ("istio-ingress", "serviceaccounts"),
    ("istio-ingress", "deployments"),
    ("istio-ingress", "gateways.networking.istio.io"),
    ("bookinfo", "services"),
    ("bookinfo", "serviceaccounts"),
    ("bookinfo", "deployments"),
    ("bookinfo", "gateways.networking.istio.io"),
    ("bookinfo", "virtualservices.networking.istio.io"),
    ("", "customresourcedefinitions"),
    ("", "clusterroles"),
    ("", "clusterrolebindings"),
    ("", "mutatingwebhookconfigurations"),
    ("", "validatingwebhookconfigurations"),
)


def resource_versions(cluster: str, managers: tuple[str, ...] = ("helm", "meshctl", "Helm")) -> dict[str, str]:
    """Every object that meshctl (or Helm's name, for chart objects and records) has a hand in: its
    resourceVersion. What other controllers alone write is left out."""
    found = {}
    for namespace, kind in OURS:
        where = ["-n", namespace] if namespace else []
        text = kubectl(cluster, "get", kind, *where, "-o", "json", "--show-managed-fields", check=False)
        for item in json.loads(text or "{}").get("items", []):
            meta = item["metadata"]
            fields = meta.get("managedFields", [])
            if any(f["manager"] in managers or f["manager"].startswith("meshctl") for f in fields):
                found[f"{kind}/{namespace}/{meta['name']}"] = meta["resourceVersion"]
    return found


def settle(check, seconds: float = 30, every: float = 0.5):
    """Asks again until the check holds (it returns something true) or time is over; its last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = check()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(every)


def lab_process(component: str, cluster: str) -> int:
    """The pid that `tests/lab status` gives for a component of a cluster."""
    for line in lab("status").splitlines():
        words = line.split()
        if words[:2] == [component, cluster]:
            return int(words[2])
    raise LookupError(f"{component} of {cluster} is not running")
