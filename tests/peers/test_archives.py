"""Chart archives and folders, good, odd and hostile: `meshctl render` against `helm template`. What renders is the same to the byte;
what Helm 3 refuses is refused with its words (Helm 4 says only "unable to load chart archive").

Environment: MESHCTL the program, HELM3 and HELM4 the peers.
"""
import gzip
import os
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from chart_server import pack

TIMEOUT_S = 120
METADATA = b"apiVersion: v2\nname: demo\nversion: 1.2.3\n"
TEMPLATE = b'kind: X\nv: {{ .Files.Get "f" | quote }}\n'
BASE = [("demo/Chart.yaml", METADATA, {}), ("demo/templates/a.yaml", TEMPLATE, {})]
MIB = 1024 * 1024


def zipped(entries, **more):
    return gzip.compress(pack(entries, **more), mtime=0)


def ustar(entries):
    return pack(entries, form=tarfile.USTAR_FORMAT)


def typed(kind, **more):
    return zipped(BASE + [("demo/f", b"", {"type": kind, **more})])


def lying(size, data=b"x" * 10):
    """An archive whose header of demo/f promises another size, under a good checksum."""
    raw = ustar(BASE + [("demo/f", data, {})])
    at = raw.index(b"demo/f\0")
    head = bytearray(raw[at:at + 512])
    head[124:136] = b"%011o\0" % size if size < 8 ** 11 else b"\x80" + size.to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(raw[:at] + bytes(head) + raw[at + 512:], mtime=0)


GOOD = zipped(BASE)
INNER = zipped([("sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 1.0.0\n", {}), ("sub/templates/s.yaml", b"kind: S\n", {})])


def inner(data):
    return zipped(BASE + [("demo/charts/sub-1.0.0.tgz", data, {})])


CASES = {
    "good": GOOD, "empty file": b"", "text": b"hello\n", "html": b"<html>" + b"x" * 600, "zip": b"PK\x03\x04", "pdf": b"%PDF-1.7\n",
    "long text": b"a: b\n" * 200, "xml": b"\n <?xml version='1'?>" + b" " * 600, "png": b"\x89PNG\r\n\x1a\n", "mp4": b"\0\0\0\x18ftypmp42",
    "elf": b"\x7fELF", "wasm": b"\0asm", "utf16": b"\xff\xfea\0", "html later": b" " * 511 + b"<", "comment": b"<!-- x",
    "rar": b"Rar!\x1a\x07\x01\0", "woff": b"wOF2", "tar": pack(BASE), "truetype": b"\0\1\0\0", "bom": b"\xef\xbb\xbfa" * 200,
    "half": GOOD[:len(GOOD) // 2], "followed by garbage": GOOD + b"garbage", "followed by zeros": GOOD + bytes(512),
    "two gzip members": gzip.compress(pack(BASE)[:1024]) + gzip.compress(pack(BASE)[1024:]),
    "no tar": gzip.compress(b"hello" * 300), "short no tar": gzip.compress(b"hello"), "gzip of nothing": gzip.compress(b""),
    "gzip magic only": b"\x1f\x8b\x08",
    "empty tar": zipped([]), "folder only": zipped([("demo/", b"", {"type": tarfile.DIRTYPE})]),
    "link out": typed(tarfile.SYMTYPE, linkname="/etc/passwd"), "link up": typed(tarfile.SYMTYPE, linkname="../../../etc/passwd"),
    "hard link": typed(tarfile.LNKTYPE, linkname="demo/Chart.yaml"), "device": typed(tarfile.CHRTYPE), "pipe": typed(tarfile.FIFOTYPE),
    "linked template": zipped(BASE + [("demo/templates/l.yaml", b"", {"type": tarfile.SYMTYPE, "linkname": "a.yaml"})]),
    "unknown type": typed(b"Z"), "contiguous": zipped(BASE + [("demo/f", b"abc", {"type": b"7"})]),
    "slip": zipped(BASE + [("demo/../../x", b"x", {})]), "slip in a subchart": inner(zipped([("sub/../../x", b"x", {})])),
    "absolute": zipped([("/demo/Chart.yaml", METADATA, {})]), "absolute inside": zipped(BASE + [("//etc/x", b"x", {})]),
    "dot first": zipped([("./demo/Chart.yaml", METADATA, {})]), "no folder": zipped([("Chart.yaml", METADATA, {})]),
    "backslashes": zipped([("demo\\Chart.yaml", METADATA, {}), ("demo\\templates\\a.yaml", TEMPLATE, {})]),
    "two folders": zipped([("a/Chart.yaml", METADATA, {}), ("b/templates/a.yaml", TEMPLATE, {})]),
    "control characters": zipped(BASE + [("demo/\n\x1b[31mf/..", b"x", {})]),
    "template twice": zipped(BASE + [("demo/templates/a.yaml", b"kind: Second\n", {})]),
    "metadata twice": zipped(BASE + [("demo/Chart.yaml", b"apiVersion: v2\nname: other\nversion: 9.9.9\n", {})]),
    "values twice": zipped(BASE + [("demo/values.yaml", b"a: 1\n", {}), ("demo/values.yaml", b"b: 2\n", {}),
                                   ("demo/templates/v.yaml", b"v: {{ .Values | toJson }}\n", {})]),
    "file twice": zipped(BASE + [("demo/f", b"one", {}), ("demo/f", b"two", {})]),
    "long pax name": zipped(BASE + [("demo/" + "d" * 150 + "/" + "e" * 90, b"x", {})]),
    "long gnu name": zipped(BASE + [("demo/templates/" + "d" * 150 + ".yaml", b"kind: G\n", {})], form=tarfile.GNU_FORMAT),
    "global pax header": zipped(BASE, pax_headers={"comment": "hi"}), "ustar": gzip.compress(ustar(BASE)),
    "header promises 8 GiB": lying(8 * 1024 * MIB), "header promises 4 EiB": lying(2 ** 62), "header promises 6 MiB": lying(6 * MIB),
    "header promises too much": lying(100000), "header promises too little": lying(10, b"x" * 1000),
    "wrong header checksum": gzip.compress(ustar(BASE).replace(b"demo/templates", b"demO/templates", 1)),
    "old tar": gzip.compress(ustar(BASE).replace(b"ustar\x0000", bytes(8))),
    "bomb": zipped(BASE + [(f"demo/f{i}", bytes(5 * MIB), {}) for i in range(21)]),
    "just over": zipped(BASE + [(f"demo/f{i}", bytes(5 * MIB), {}) for i in range(20)]),
    "subchart": inner(INNER), "subchart that is none": inner(b"nothing at all"), "short subchart": inner(b"nothing"),
    "empty subchart": inner(b""), "half a subchart": inner(INNER[:50]), "subchart without files": inner(zipped([])),
    "archive in archive in archive": inner(zipped([("sub/Chart.yaml", METADATA, {}), ("sub/charts/x.tgz", INNER, {})])),
    "file in charts": zipped(BASE + [("demo/charts/README.md", b"x", {})]),
    "folder named as an archive": zipped(BASE + [("demo/charts/sub.tgz/x", b"x", {})]),
}

# Helm does not read the gzip stream to its end, so it does not see these; they are damaged all the same.
DAMAGED = {
    "wrong checksum": (GOOD[:-8] + b"abcd" + GOOD[-4:], "gzip: invalid checksum"),
    "wrong length": (GOOD[:-4] + b"\1\2\3\4", "gzip: invalid checksum"),
    "no trailer": (GOOD[:-8], "unexpected EOF"),
}

FILES = ("README.md", "a.txt", "b.txt", "dir/a.txt", "dir/b.md", "dir/sub/a.txt", "docs/x", "docs/y/z.txt", "x y.txt", "#hash", "!bang",
         "templates/a.yaml", "templates/.hidden", "templates/sub/.b.yaml", "templates/sub/c.yaml", "[x]", ".git/config", "a", "*star")
RULES = ("", "*.txt", "a.txt", "/a.txt", "dir/", "dir", "dir/a.txt", "/dir/*.txt", "dir/*/a.txt", "docs/", "docs/*", "!a.txt", "!*.txt",
         "#hash", "\\#hash", "\\!bang", "*.txt\n!a.txt", "!docs/\n*.md", "[ab].txt", "[^a].txt", "[a-b]?txt", "x y.txt", " a.txt \t",
         "\r\na.txt\r\n", "\ufeffa.txt", "**", "a/**/b", "[", "[a", "[]a]", "\\", "/", "!", "!/", "//", "?", "*", "/*", "*/*", "*/*/*",
         "templates/", "templates/*", "templates/sub/", ".git", ".*", "\\[x\\]", "\\*star", "Chart.yaml", "README.md/", "a/", "./a.txt",
         "dir/sub", "sub", "sub/", "é", "x" * 70000, "#" + "x" * 65533 + "\na.txt", "#" + "x" * 65535 + "\na.txt")


def first_line(text):
    for line in text.splitlines():
        line = line.strip().removeprefix("Error: ").removeprefix("XX ")
        # Helm 4 writes warnings of its log there too.
        if line and not line.startswith(("level=", "time=", "WARNING", "20")):
            return line
    return ""


class Archives(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def run_program(self, *command):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C"}
        return subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, env=environment, check=False)

    def meshctl(self, path, major=3):
        """The one place that knows meshctl's command line."""
        return self.run_program(os.environ["MESHCTL"], "render", "r1", str(path), "--compat", str(major))

    def helm(self, path, major):
        return self.run_program(os.environ[f"HELM{major}"], "template", "r1", str(path))

    def compare(self, path):
        for major in (3, 4):
            helm, ours = self.helm(path, major), self.meshctl(path, major)
            self.assertEqual(helm.returncode == 0, ours.returncode == 0, (major, helm.stderr, ours.stderr))
            self.assertEqual(helm.stdout, ours.stdout, major)
            if major == 3 and helm.returncode:
                self.assertEqual(first_line(helm.stderr.decode()), first_line(ours.stderr.decode()))

    def test_archives(self):
        for name, data in CASES.items():
            with self.subTest(name):
                path = self.home / "demo.tgz"
                path.write_bytes(data)
                self.compare(path)

    def test_damaged_archives(self):
        for name, (data, text) in DAMAGED.items():
            with self.subTest(name):
                path = self.home / "demo.tgz"
                path.write_bytes(data)
                ours = self.meshctl(path)
                self.assertNotEqual(ours.returncode, 0)
                self.assertEqual(first_line(ours.stderr.decode()), text)
                self.assertEqual(self.helm(path, 3).returncode, 0)

    def test_helmignore(self):
        chart = self.home / "demo"
        for name in FILES:
            (chart / name).parent.mkdir(parents=True, exist_ok=True)
            (chart / name).write_text(f"kind: K\nname: {name!r}\n" if name.startswith("templates/") else name)
        (chart / "Chart.yaml").write_bytes(METADATA)
        (chart / "templates/files.yaml").write_text("files:\n{{ range $name, $_ := .Files }}- {{ $name | quote }}\n{{ end }}")
        for rules in RULES:
            with self.subTest(rules=rules[:40]):
                (chart / ".helmignore").write_bytes(rules.encode())
                self.compare(chart)

    def test_links_in_folders(self):
        chart = self.home / "demo"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_bytes(METADATA)
        (self.home / "outside").mkdir()
        (self.home / "outside/t.yaml").write_text("kind: Outside\n")
        (chart / "templates/linked").symlink_to(self.home / "outside")
        (chart / "templates/one.yaml").symlink_to("../../outside/t.yaml")
        self.compare(chart)
        (chart / "dead").symlink_to(self.home / "nowhere")
        self.assertNotEqual(self.helm(chart, 3).returncode, 0)
        ours = self.meshctl(chart)
        self.assertNotEqual(ours.returncode, 0)
        self.assertIn(f"error evaluating symlink {chart}/dead: ", ours.stderr.decode())


if __name__ == "__main__":
    unittest.main()
