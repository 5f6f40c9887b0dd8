"""Every command in every form that it has, on fake clusters and where nobody answers: one document that can be read, and the exit code
that the other forms have. The commands and forms are those that --help tells.

Environment, beside the harness's: CLUSTERS serve_clusters, FAILING the library of failing.c, which knows their name.
"""
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.dom.minidom
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import KUBECONFIG, MESHCTL, SANITIZED

CHARTS = Path(__file__).resolve().parent.parent / "api/charts"
CODES = (0, 1, 2, 3, 4, 5, 64, 65)
DOCUMENTS = ("json", "jsonl", "yaml")
# What more a command needs; those that are not here need clusters alone.
MORE = {
    "up": ["--charts", CHARTS, "--ca-dir", "ca"], "plan": ["--charts", CHARTS, "--ca-dir", "ca"],
    "install": ["--charts", CHARTS], "gateway": ["--charts", CHARTS], "remove": ["east", "--confirm", "mesh"], "down": ["--confirm", "mesh"],
    "ca": ["--ca-dir", "ca"], "ca init": ["--ca-dir", "ca"], "ca show": ["--ca-dir", "ca"],
    "render": [CHARTS / "base"], "charts list": ["--charts", CHARTS], "charts pull": ["--charts", CHARTS, "--to", "pulled"],
    "config schema": [], "explain": ["MC303"], "version": [],
}
FILES_ONLY = ("ca init", "ca show", "config view", "config init")  # these have no time limit
ALONE = ("render", "charts list", "charts pull", "config schema", "explain", "version")


def run(words, folder, **env):
    return subprocess.run([MESHCTL, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL,
                          env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", **env})


def commands(folder):
    """"ca init" -> ["text", "json", ...]"""
    found = {}
    overview = run(["help"], folder).stdout
    for name in re.findall(r"^  ([a-z-]+)  +", overview.split("Commands:")[1], re.M):
        text = run([name, "--help"], folder).stdout
        forms = re.search(r"--output ([a-z|]+)", text).group(1).split("|")
        usage = text.split("Usage: ")[1].split("\n\n")[0]
        for verb in re.findall(rf"meshctl ({name}(?: [a-z]+)?) \[flags\]", usage):
            found[verb] = forms
    return found


def read_yaml(text, folder):
    """As one mapping, in the way that charts are read."""
    chart = Path(tempfile.mkdtemp(dir=folder))
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "document").write_text(text)
    (chart / "templates/t.yaml").write_text('{{ .Files.Get "document" | fromYaml | toJson }}\n')
    done = run(["render", "x", chart], folder)
    return json.loads(done.stdout.split("\n", 2)[2])


class Forms(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "config").write_text(KUBECONFIG)
        (self.folder / "config").chmod(0o600)

    def check_document(self, form, done, what):
        if form == "jsonl":
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            documents = [line for line in lines if line.get("kind") != "Event"]
            self.assertEqual(len(documents), 1, what)
            document = documents[0]
        elif form == "json":
            document = json.loads(done.stdout)
        else:
            self.assertNotIn("\n---", done.stdout, what)
            document = read_yaml(done.stdout, self.folder)
            self.assertNotIn("Error", document, what)
        if isinstance(document, dict) and "$schema" not in document:
            self.assertTrue(document["apiVersion"], what)
            self.assertEqual(document.get("exitCode", done.returncode), done.returncode, what)

    def check_one(self, name, form, words, folder, env):
        """Returns the exit code."""
        extra = ["--to", f"{form}.tar.gz"] if name == "report" else []
        done = run([*name.split(), *words, *MORE.get(name, []), *extra, "-o", form], folder, **env)
        what = f"{name} -o {form}: exit code {done.returncode}: {done.stdout[-500:]}\n{done.stderr[-1500:]}"
        self.assertIn(done.returncode, CODES, what)
        try:
            # What render gives is a document itself, and the same in each form; errors alone are data.
            if form in DOCUMENTS and not (name == "render" and done.returncode == 0):
                self.check_document(form, done, what)
            elif form in ("svg", "html") and done.returncode in (0, 4):
                self.assertTrue(done.stdout.startswith("<"), what)
                if form == "svg":
                    xml.dom.minidom.parseString(done.stdout)
        except ValueError as why:
            self.fail(f"{what}: {why}")
        return done.returncode

    def check_all(self, words, folder, known, **env):
        for name, forms in known.items():
            given = () if name in ALONE else words[:-2] if name in FILES_ONLY else words
            codes = {form: self.check_one(name, form, given, folder, env) for form in forms}
            self.assertEqual(len(set(codes.values())), 1, f"{name}: {codes}")
            print(f"{name:14} {codes[forms[0]]:3} {' '.join(forms)}")

    @unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
    def test_on_clusters(self):
        env = {"LD_PRELOAD": os.environ["FAILING"]}
        known = commands(self.folder)
        self.assertGreater(len(known), 18)
        with subprocess.Popen([os.environ["CLUSTERS"], "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clusters:
            folder = Path(clusters.stdout.readline().strip())
            words = [*clusters.stdout.readline().split(), "--timeout", "20s"]
            # What takes down comes last.
            last = ("remove", "down")
            order = {name: known[name] for name in [*(n for n in known if n not in last), *last]}
            made = run(["up", *words, "--charts", CHARTS, "--ca-dir", "ca", "--to", "expose"], folder, **env)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.check_all(words, folder, order, **env)
            clusters.stdin.close()

    def test_where_nobody_answers(self):
        words = ["--west", "config", "--east", "config", "--timeout", "3s"]
        known = {name: forms for name, forms in commands(self.folder).items() if name not in (*ALONE, *FILES_ONLY)}
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda pair: self.check_all(words, self.folder, dict([pair])), known.items()))


if __name__ == "__main__":
    unittest.main()
