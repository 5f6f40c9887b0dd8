"""CA folders that others can change or read, and kubeconfigs; and two runs on one CA folder at once.

What is refused is refused with a command, and the command mends it: each is run.
"""
import os
import random
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness import BAD_INPUT, GOOD, KUBECONFIG, SANITIZED, Hostile, Row, main, run

WORDS = ("--west", "config", "--east", "config", "--ca-dir", "parent/ca")
MEMBERS = ("west-cluster", "east-cluster")
FILES = ("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem")
OTHER = 4242

def prepare(folder, seed):
    (folder / "config").write_text(KUBECONFIG)
    (folder / "config").chmod(0o600)
    (folder / "parent").mkdir(0o700)
    ca = folder / "parent/ca"
    if seed:
        shutil.copytree(seed, ca)
    return ca


class FolderCase(Hostile):
    @classmethod
    def setUpClass(cls):
        """A whole CA folder, which each row gets a copy of: making keys takes most of the time."""
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.seed = prepare(Path(temporary.name), None)
        done = run(Row("seed", ["ca", "init", *WORDS], GOOD), Path(temporary.name))
        assert done.code == GOOD, done.err


class Folders(FolderCase):
    def spoiled(self, name, spoil, said, verb=("ca", "show"), mended=True, **more):
        def words(folder):
            spoil(prepare(folder, self.seed))
            return [*verb, *WORDS]

        def mend(done):
            fix = next(line.split("fix", 1)[1].strip() for line in done.err.splitlines() if line.startswith("    fix"))
            subprocess.run(fix, shell=True, check=True, cwd=done.folder)
            again = run(Row(name, [*verb, *WORDS], GOOD), done.folder)
            self.assertEqual(again.code, GOOD, f"{fix}: {again.err}")

        return Row(name, words, BAD_INPUT, said, again=mend if mended else None, **more)

    def test_modes(self):
        def mode(path, bits):
            return lambda ca: (ca / path).chmod(bits)
        rows = []
        for verb in (("ca", "show"), ("ca", "init")):
            rows += [self.spoiled(f"{' '.join(verb)}: folder {bits:04o}", mode(".", bits), "can be written by other users", verb)
                     for bits in (0o777, 0o775, 0o702, 0o1777)]
            rows += [self.spoiled(f"{' '.join(verb)}: {path} {bits:04o}", mode(path, bits), words, verb)
                     for path, bits, words in (
                         ("root-key.pem", 0o644, "is a key, and other users can read it"),
                         ("root-key.pem", 0o640, "is a key, and other users can read it"),
                         ("root-key.pem", 0o620, "can be written by other users"),
                         ("root-cert.pem", 0o666, "can be written by other users"),
                         ("west-cluster", 0o777, "can be written by other users"),
                         ("west-cluster/ca-key.pem", 0o604, "is a key, and other users can read it"),
                         ("west-cluster/ca-cert.pem", 0o664, "can be written by other users"),
                         ("east-cluster/cert-chain.pem", 0o622, "can be written by other users"),
                         ("east-cluster/root-cert.pem", 0o646, "can be written by other users"))]
        rows.append(self.spoiled("folder above 0777", mode("..", 0o777), "which every user can write (mode 0777)"))
        self.check_rows(rows)

    def test_what_is_fine(self):
        def words(spoil):
            def begin(folder):
                spoil(prepare(folder, self.seed))
                return ["ca", "show", *WORDS]
            return begin
        self.check_rows([
            Row("certificates that all can read", words(lambda ca: [p.chmod(0o644) for p in ca.rglob("*cert*.pem")]), GOOD),
            Row("folder 0755", words(lambda ca: ca.chmod(0o755)), GOOD),
            Row("folder above like /tmp", words(lambda ca: ca.parent.chmod(0o1777)), GOOD),
            Row("key 0400", words(lambda ca: (ca / "root-key.pem").chmod(0o400)), GOOD),
            Row("key behind a link of ours", words(lambda ca: ((ca / "root-key.pem").rename(ca.parent / "k"),
                                                              (ca / "root-key.pem").symlink_to("../k"))), GOOD),
        ])

    @unittest.skipUnless(os.geteuid() == 0, "gives files away")
    def test_owners(self):
        def give(path):
            return lambda ca: os.chown(ca / path, OTHER, OTHER)
        self.check_rows([self.spoiled(f"{path} of another", give(path), f"belongs to another user (uid {OTHER}", mended=False)
                         for path in (".", "root-key.pem", "root-cert.pem", "west-cluster", "west-cluster/ca-key.pem",
                                      "east-cluster/ca-cert.pem")])

    def test_what_is_no_file(self):
        def replace(path, make):
            def spoil(ca):
                target = ca / path
                shutil.rmtree(target) if target.is_dir() else target.unlink()
                make(target)
            return spoil
        rows = []
        for path in ("root-key.pem", "root-cert.pem", "west-cluster/ca-key.pem"):
            rows += [
                self.spoiled(f"{path} a folder", replace(path, os.mkdir), "Is a directory", mended=False),
                self.spoiled(f"{path} without end", replace(path, lambda p: p.symlink_to("/dev/zero")), path, mended=False),
                self.spoiled(f"{path} a link to itself", replace(path, lambda p: p.symlink_to(p.name)), "symbolic links",
                             mended=False),
                self.spoiled(f"{path} empty", replace(path, lambda p: (p.touch(0o600))), path.split("/")[-1], mended=False),
                self.spoiled(f"{path} large", replace(path, lambda p: (p.touch(0o600), os.truncate(p, 1 << 40))), "larger than the limit",
                             mended=False),
            ]
        rows.append(self.spoiled("a file for a cluster's folder", replace("west-cluster", lambda p: p.touch(0o600)), "", mended=False))
        rows[-1].code = GOOD  # a folder without that cluster
        rows[-1].said = ()
        self.check_rows(rows)

    def test_pipes_hear_the_signal(self):
        def words(folder):
            ca = prepare(folder, self.seed)
            (ca / "root-key.pem").unlink()
            os.mkfifo(ca / "root-key.pem", 0o600)
            return ["ca", "show", *WORDS]
        folder = self.folder / "pipe"
        folder.mkdir()
        done = run(Row("root-key.pem a pipe", words, 130), folder, term_s=0.5)
        self.assertEqual(done.code, 130, done.err)
        self.assertLess(done.after_term_s, 2)

    def test_kubeconfigs_that_others_read(self):
        rows = []
        for bits, words in ((0o644, "can be read by other users (mode 0644): chmod go= config"),
                            (0o666, "can be written by other users (mode 0666)")):
            def begin(folder, bits=bits):
                prepare(folder, self.seed)
                (folder / "config").chmod(bits)
                return ["check", "--west", "config", "--east", "config", "--timeout", "5s"]
            rows.append(Row(f"kubeconfig {bits:04o}", begin, (1, 4), words))
        self.check_rows(rows)


class TwoAtOnce(FolderCase):
    """50 times two runs on one folder, from what a run may find: nothing; a root's key that has not got its name yet; a root with
    keys that wait for their certificates."""

    def start_empty(self, ca):
        shutil.rmtree(ca)

    def start_unnamed(self, ca):
        (ca / "root-key.pem").rename(ca / "root-key.pem.new")
        self.start_waiting(ca)

    def start_waiting(self, ca):
        for member in MEMBERS:
            for name in FILES:
                if name != "ca-key.pem":
                    (ca / member / name).unlink()

    def one(self, number, start):
        folder = self.folder / str(number)
        folder.mkdir()
        ca = prepare(folder, self.seed)
        start(ca)
        done = {}

        def go(who):
            (folder / who).mkdir()
            for name in ("config", "parent"):
                (folder / who / name).symlink_to(folder / name)
            done[who] = run(Row(who, ["ca", "init", *WORDS], GOOD), folder / who)
        threads = [threading.Thread(target=go, args=(who,)) for who in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        codes = sorted(d.code for d in done.values())
        self.assertIn(codes, ([0, 0], [0, 1]), [d.err for d in done.values()])
        if codes == [0, 1]:
            self.assertIn("is in use by", "".join(d.err for d in done.values()))
        again = run(Row("again", ["ca", "init", *WORDS], GOOD), folder)
        self.assertEqual(again.code, 0, again.err)
        root = (ca / "root-cert.pem").read_bytes()
        self.assertEqual(root.count(b"BEGIN CERTIFICATE"), 1)
        for member in MEMBERS:
            self.assertEqual((ca / member / "root-cert.pem").read_bytes(), root)
            subprocess.run(["openssl", "verify", "-CAfile", ca / "root-cert.pem", ca / member / "ca-cert.pem"], check=True,
                           capture_output=True)
        return codes

    def test_two(self):
        starts = [self.start_empty] * 4 + [self.start_unnamed] * 23 + [self.start_waiting] * 23
        random.Random(50).shuffle(starts)
        if SANITIZED:
            del starts[10:]
        seen = [self.one(number, start) for number, start in enumerate(starts)]
        print(f"{len(seen)} pairs; both made it in {seen.count([0, 0])}, one found the folder in use in {seen.count([0, 1])}")


if __name__ == "__main__":
    main()
