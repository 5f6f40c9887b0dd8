"""`meshctl render` against `helm template` of both majors: the same bytes, or the same error.

Thousands of cases (render_cases.py). Helm takes longer to start than to render, so helmrender3 and helmrender4
(tests/tools) run its own code for many cases in one process; a sample shows that they do what the programs do.

Environment: MESHCTL the program, HELM3 and HELM4 the peers, HELMRENDER3 and HELMRENDER4 the peers for many cases,
ISTIO_TREE the folder with Istio's manifests/.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import render_cases

CHUNK = 100  # cases of one process; Helm 4 gets slower with each
CHUNK_TIMEOUT_S = 300
TIMEOUT_S = 60
SAMPLE = 90  # every how manyth case also runs in the real program
MAX_SHOWN = 30
GENERATED = {"istiod": 260, "gateway": 200, "cni": 150, "ztunnel": 150, "base": 20, "default": 20, "istio-ingress": 60, "istio-egress": 40, "ambient": 20}

# Charts of the tree, by the names that they have elsewhere.
CHARTS = {"base": "manifests/charts/base", "istiod": "manifests/charts/istio-control/istio-discovery", "gateway": "manifests/charts/gateway",
          "cni": "manifests/charts/istio-cni", "ztunnel": "manifests/charts/ztunnel", "default": "manifests/charts/default",
          "istio-ingress": "manifests/charts/gateways/istio-ingress", "istio-egress": "manifests/charts/gateways/istio-egress"}
UMBRELLA = "manifests/sample-charts/ambient"  # of base, istiod, cni and ztunnel, which it names but does not hold


# Known differences of wording.
SAME = (
    # meshctl says what a document holds, but quotes nothing of it: it may be a Secret.
    (r"yaml: invalid map key: (?:\[\]|map\[).*", "yaml: invalid map key: a mapping or a sequence"),
    (r"yaml: cannot decode (?:a )?(!!\w+)(?: `.*`)? as a (!!\w+)", r"yaml: cannot decode a \1 as a \2"),
    (r"unsupported map key of type: %!s\(<nil>\).*", "unsupported map key of type: null"),
    # Helm 4 first looks which version of charts it is, and names its Go types anew.
    (r"unable to detect chart at \S+: open \S+/Chart.yaml: no such file or directory", "Chart.yaml file is missing"),
    (r"of type loader\.chartBase", "of type chart.Metadata"),
    (r"of type (\[\]\*|)v2\.", r"of type \1chart."),
    # The C library's words for what Go says in lower case.
    ("No such file or directory", "no such file or directory"),
)


def environment(home):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}


def same_list(line):
    """Helm lists some names in random order."""
    return re.sub(r"(?<=additional properties ).*(?= not allowed)", lambda m: ", ".join(sorted(m[0].split(", "))), line)


def same_addresses(outcome):
    """Go's pointers differ from run to run."""
    return outcome[0], re.sub(r"0x[0-9a-f]{9,12}", "ADDRESS", outcome[1])


def sorted_blocks(lines, indent=0):
    """Violations of a schema come in random order: each line with what stands deeper below it, sorted."""
    blocks = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if blocks and depth > indent:
            blocks[-1][1].append(line)
        else:
            blocks.append((line, []))
    return [line for head, inner in sorted(blocks) for line in (head, *sorted_blocks(inner, min((len(i) - len(i.lstrip()) for i in inner), default=0)))]


def message(text):
    """An error without the programs' own frame around it."""
    lines = [same_list(line.rstrip()) for line in text.strip().removesuffix("Use --debug flag to render out invalid YAML").strip().splitlines()]
    lines = [line for line in lines if line]
    if lines and lines[0].startswith("values don't meet the specifications"):
        lines = sorted_blocks(lines)
    text = "\n".join(lines)
    for pattern, common in SAME:
        text = re.sub(pattern, common, text)
    return text


def outcome_of_helm(code, stdout, stderr):
    if code == 0:
        return "printed", stdout
    return "refused", message(stderr[stderr.rfind("\nError: ") + 1 if "\nError: " in stderr else 0:].strip().removeprefix("Error: "))


def panic_of(stderr):
    panics = [line for line in stderr.splitlines() if line.startswith(("panic:", "fatal error:"))]
    assert panics, stderr
    return panics[0]


class Peers:
    """Both Helms and us, each in its own way, on the same cases."""

    def __init__(self, home):
        self.home = home

    def helm(self, major, cases):
        """The outcomes of the many-case program, in order, a chunk at a time: all of them together are a gigabyte."""
        lines = [json.dumps({"args": ["template", *c.args], "stdin": c.stdin}) for c in cases]
        at = 0
        while at < len(lines):
            done = subprocess.run([os.environ[f"HELMRENDER{major}"]], input="\n".join(lines[at:at + CHUNK]), capture_output=True, text=True,
                                  timeout=CHUNK_TIMEOUT_S, env=environment(self.home), cwd=self.home)
            outcomes = [outcome_of_helm(d["code"], d["stdout"], d["stderr"]) for d in map(json.loads, done.stdout.splitlines())]
            if done.returncode:
                outcomes.append(("panicked", panic_of(done.stderr)))
            at += len(outcomes)
            yield from outcomes

    def real_helm(self, major, case):
        done = subprocess.run([os.environ[f"HELM{major}"], "template", *case.args], input=case.stdin, capture_output=True, text=True,
                              timeout=TIMEOUT_S, env=environment(self.home), cwd=self.home)
        if done.returncode == 2:
            return "panicked", panic_of(done.stderr)
        return outcome_of_helm(done.returncode, done.stdout, done.stderr)

    def meshctl(self, major, case):
        """-o json gives the error as data; what is printed does not change."""
        done = subprocess.run([os.environ["MESHCTL"], "render", *case.args, "--compat", str(major), "-o", "json"], input=case.stdin.encode(), capture_output=True,
                              timeout=TIMEOUT_S, env=environment(self.home), cwd=self.home)
        text = done.stdout.decode(errors="replace")
        if done.returncode == 0:
            return "printed", text
        if done.returncode not in (64, 65):
            return "crashed", f"{done.returncode}: {done.stderr.decode(errors='replace')}"
        return "refused", message(json.loads(text)["errors"][0]["message"])


def first_difference(ours, helms):
    if ours[0] != helms[0]:
        return f"  ours: {ours[0]} {ours[1][:700]}\n  helm: {helms[0]} {helms[1][:700]}"
    ours, helms = ours[1].splitlines(), helms[1].splitlines()
    at = next((i for i, (a, b) in enumerate(zip(ours, helms)) if a != b), min(len(ours), len(helms)))
    return "\n".join(f"  {who} line {at + 1}: {lines[at:at + 3]}" for who, lines in (("ours", ours), ("helm", helms)))


class Render(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Path(tempfile.mkdtemp(prefix="render-"))
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.peers = Peers(cls.home)
        tree = Path(os.environ["ISTIO_TREE"])
        cls.charts = {name: tree / path for name, path in CHARTS.items()} | {"ambient": cls.umbrella(tree)}

    @classmethod
    def umbrella(cls, tree):
        chart = cls.home / "ambient"
        shutil.copytree(tree / UMBRELLA, chart)
        for name in ("base", "istiod", "cni", "ztunnel"):
            shutil.copytree(tree / CHARTS[name], chart / "charts" / name)
        return chart

    def defaults(self):
        """The charts' values.yaml, read by Helm."""
        reader = self.home / "reader"
        (reader / "templates").mkdir(parents=True, exist_ok=True)
        (reader / "Chart.yaml").write_text("apiVersion: v2\nname: reader\nversion: 0.1.0\n")
        (reader / "templates" / "v.yaml").write_text("v: {{ toJson .Values | b64enc }}\n")
        names = list(self.charts)
        cases = [render_cases.case(reader, "-f", str(self.charts[n] / "values.yaml")) for n in names]
        texts = subprocess.run(["base64", "-d"], capture_output=True, check=True,
                               input="".join(o[1].split("v: ")[1].strip() + "\n" for o in self.peers.helm(3, cases)).encode()).stdout.decode()
        decoder, found, at = json.JSONDecoder(), [], 0
        while at < len(texts):
            value, at = decoder.raw_decode(texts, at)
            found.append(value)
        return dict(zip(names, found))

    def all_cases(self):
        yield from render_cases.istio_known(self.charts)
        yield from render_cases.istio_matrix(self.charts)
        yield from render_cases.generated(self.charts, self.defaults(), self.home, GENERATED)
        yield from render_cases.fixtures(self.home)
        yield from render_cases.written(self.home)

    def compare(self, major, cases):
        counts, shown = Counter(), []
        for case, helm in zip(cases, self.peers.helm(major, cases), strict=True):
            own = self.peers.meshctl(major, case)
            if case.name.startswith("struct-"):
                own, helm = same_addresses(own), same_addresses(helm)
            counts[helm[0]] += 1
            if own != helm and not (helm[0] == "panicked" and own[0] == "refused"):
                shown.append(f"helm {major}: {case.name}\n{first_difference(own, helm)}")
        return counts, shown

    def test_same_bytes_or_same_error(self):
        cases = list(self.all_cases())
        self.assertGreater(len(cases), 2000)
        with ThreadPoolExecutor(2) as pool:
            (three, different), (four, more) = pool.map(self.compare, (3, 4), (cases, cases))
        counts, different = three + four, different + more
        print(f"{counts.total()} renders: {counts['printed']} printed, {counts['refused']} refused, "
              f"{counts['panicked']} in which Helm panics, {len(different)} different")
        if different:
            self.fail(f"{len(different)} differ:\n" + "\n".join(different[:MAX_SHOWN]))

    def written(self, command, flags, env):
        """What --output-dir leaves behind, and what is printed."""
        with tempfile.TemporaryDirectory(dir=self.home) as folder:
            done = subprocess.run([*command, *flags, "--output-dir", folder + "/out"], capture_output=True, text=True, timeout=TIMEOUT_S, env=env, cwd=self.home)
            files = {str(p.relative_to(folder)): p.read_text() for p in Path(folder).rglob("*") if p.is_file()}
            return done.returncode == 0, done.stdout.replace(folder, "DIR"), files

    def test_same_files(self):
        env = environment(self.home)
        for name, *flags in (("hooks",), ("hooks", "--skip-tests"), ("hooks", "--no-hooks", "--release-name"), ("crds", "--include-crds", "--release-name"),
                             ("umbrella",), ("split",), ("notes",), ("schema", "--set", "port=x")):
            for major in (3, 4):
                with self.subTest(chart=name, flags=flags, helm=major):
                    words = ["r1", str(render_cases.HERE / "charts" / name), "-n", "x", *flags]
                    helm = self.written([os.environ[f"HELM{major}"], "template"], words, env)
                    ours = self.written([os.environ["MESHCTL"], "render", "--compat", str(major)], words, env)
                    self.assertEqual(ours, helm)

    def test_the_peers_are_helm(self):
        """What runs many cases in one process says what the real program says."""
        cases = list(self.all_cases())[::SAMPLE]
        self.assertGreater(len(cases), 30)
        for major in (3, 4):
            for case, many in zip(cases, self.peers.helm(major, cases)):
                with self.subTest(case=case.name, helm=major):
                    self.assertEqual(many, self.peers.real_helm(major, case))


if __name__ == "__main__":
    unittest.main()
