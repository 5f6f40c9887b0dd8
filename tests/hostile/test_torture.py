"""A whole `up` on fake clusters, and `ca init`, in which one system call fails: nothing crashes, no half-written file stays, and the
same command finishes afterwards.

Environment, beside the harness's: CLUSTERS serve_clusters, FAILING the library of failing.c. Which calls fail is drawn by
TORTURE_SEED, TORTURE_EACH of each kind; with MESHCTL_LONG all of them do.
"""
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import KUBECONFIG, MESHCTL, SANITIZED

CALLS = ("read", "write", "open", "fsync", "rename", "connect")
CHARTS = Path(__file__).resolve().parent.parent / "api/charts"
EACH = int(os.environ.get("TORTURE_EACH", "5"))
RANDOM = random.Random(int(os.environ.get("TORTURE_SEED", "12")))
MEMBERS = ("west-cluster", "east-cluster")
FILES = ("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem")
# Another failure than those that the contract names would be a crash, or a wrong name of one.
ENDS = (0, 1, 3, 4, 65)


def run(words, folder, **env):
    return subprocess.run([MESHCTL, *words], cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "LD_PRELOAD": os.environ["FAILING"], **env})


def failing(call, number, count):
    return {"FAILING_CALL": call, "FAILING_NUMBER": str(number), "FAILING_COUNT": str(count)}


class Clusters:
    """Two of them, bare."""

    def __enter__(self):
        self.process = subprocess.Popen([os.environ["CLUSTERS"], "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = Path(self.process.stdout.readline().strip())
        self.words = self.process.stdout.readline().split()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
class Torture(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        """A CA folder whose root is made, and whose keys wait to be signed: making keys takes most of the time."""
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.base = Path(temporary.name)
        cls.config = cls.base / "config"
        cls.config.write_text(KUBECONFIG)
        cls.config.chmod(0o600)
        cls.init = ["ca", "init", "--west", cls.config, "--east", cls.config, "--ca-dir", "ca"]
        made = run(cls.init, cls.base)
        assert made.returncode == 0, made.stderr
        cls.seed = cls.base / "ca"
        for member in MEMBERS:
            for name in FILES:
                if name != "ca-key.pem":
                    (cls.seed / member / name).unlink()

    def folder_is_whole(self, ca):
        """What is there was written to its end, and nothing else is there."""
        for path in ca.rglob("*"):
            if path.is_file() and path.name != ".lock":
                self.assertIn(path.name, (*FILES, "root-key.pem", "root-key.pem.new"))
                text = path.read_text()
                self.assertTrue(text.startswith("-----BEGIN ") and text.endswith("-----\n"), path)
                self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)

    def set_is_good(self, ca):
        for member in MEMBERS:
            self.assertEqual((ca / member / "root-cert.pem").read_text(), (ca / "root-cert.pem").read_text())
            subprocess.run(["openssl", "verify", "-CAfile", ca / "root-cert.pem", ca / member / "ca-cert.pem"], check=True,
                           capture_output=True)

    def count_calls(self, call):
        self.try_up(call, 0)
        return int((self.base / f"{call}-count").read_text())

    def try_up(self, call, number):
        with Clusters() as clusters:
            count = self.base / f"{call}-count" if number == 0 else clusters.folder / "count"
            ca = clusters.folder / "ca"
            shutil.copytree(self.seed, ca)
            words = ["up", *clusters.words, "--charts", CHARTS, "--ca-dir", "ca", "--to", "expose", "--timeout", "30s"]
            done = run(words, clusters.folder, **failing(call, number, count))
            what = f"{call} {number}: exit code {done.returncode}: {done.stderr[-1500:]}"
            self.assertIn(done.returncode, ENDS, what)
            self.folder_is_whole(ca)
            again = run(words, clusters.folder)
            self.assertEqual(again.returncode, 0, f"{what}\n\nand then: {again.stderr[-1500:]}")
            self.folder_is_whole(ca)
            self.set_is_good(ca)
            return done.returncode

    def try_plan(self, call, number):
        """--out is a whole plan or none."""
        with Clusters() as clusters:
            out = clusters.folder / "gitops"
            ca = clusters.folder / "ca"
            shutil.copytree(self.seed, ca)
            words = ["plan", *clusters.words, "--charts", CHARTS, "--ca-dir", "ca", "--out", "gitops", "--timeout", "30s"]
            done = run(words, clusters.folder, **failing(call, number, clusters.folder / "count"))
            what = f"{call} {number}: exit code {done.returncode}: {done.stderr[-1500:]}"
            self.assertIn(done.returncode, (2, *ENDS), what)
            if done.returncode not in (0, 2):
                self.assertEqual([str(path) for path in out.rglob("*")], [], what)
                again = run(words, clusters.folder)
                self.assertEqual(again.returncode, 2, f"{what}\n\nand then: {again.stderr[-1500:]}")
            for member in ("west", "east"):
                files = list((out / member).iterdir())
                self.assertGreater(len(files), 10, what)
                self.assertTrue(all(path.read_text().endswith("\n") and path.suffix == ".yaml" for path in files), what)
            self.assertEqual(sorted(path.name for path in out.iterdir()), ["east", "west"])
            return done.returncode

    def test_plan(self):
        """Each file is synced and renamed once; the last two renames are those of the folders."""
        trials = [("fsync", 1), ("fsync", 14), ("fsync", 25), ("rename", 1), ("rename", 15), *(("rename", n) for n in range(24, 34)),
                  ("write", 9), ("write", 30), ("open", 60)]
        self.all_of(trials if os.environ.get("MESHCTL_LONG") else RANDOM.sample(trials, 6), self.try_plan)

    def draw(self, count):
        numbers = range(1, count + 1)
        return numbers if os.environ.get("MESHCTL_LONG") else sorted(RANDOM.sample(numbers, min(EACH, count)))

    def all_of(self, trials, one):
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(lambda trial: one(*trial), trials))
        print(f"{len(trials)} calls failed: {' '.join(f'{call} {number}: {code},' for (call, number), code in zip(trials, codes))}")
        # Some are made good by trying again, or are not needed; a library that does nothing would make them all so.
        self.assertTrue(any(codes))

    def test_up(self):
        with ThreadPoolExecutor(2) as pool:
            counts = dict(zip(CALLS, pool.map(self.count_calls, CALLS)))
        for call, count in counts.items():
            self.assertGreater(count, 1, f"{call} is not seen")
        self.all_of([(call, number) for call in CALLS for number in self.draw(counts[call])], self.try_up)

    def try_root(self, call, number):
        folder = self.base / f"{call}-{number}"
        folder.mkdir()
        shutil.copytree(self.seed, folder / "ca")
        (folder / "ca/root-cert.pem").unlink()
        (folder / "ca/root-key.pem").unlink()
        done = run(self.init, folder, **failing(call, number, folder / "count"))
        self.assertIn(done.returncode, ENDS, done.stderr)
        self.folder_is_whole(folder / "ca")
        again = run(self.init, folder)
        self.assertEqual(again.returncode, 0, f"{call} {number}: {done.stderr}\n\nand then: {again.stderr}")
        self.set_is_good(folder / "ca")
        return done.returncode

    def test_new_root(self):
        """The key is written, then the certificate, then the key gets its name: each of the three cut short."""
        trials = [("fsync", 1), ("rename", 2), ("rename", 3), ("write", 2), ("fsync", 4)]
        self.all_of(trials if os.environ.get("MESHCTL_LONG") else RANDOM.sample(trials, 3), self.try_root)


if __name__ == "__main__":
    unittest.main()
