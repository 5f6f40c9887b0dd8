"""Chart archives made to hurt: gzip streams without end, tar headers that lie, too much of anything; `meshctl render` refuses each with
its reason, or renders it, within its limits. Which archives Helm takes, and in which words it refuses others, is for the peers to tell.
"""
import gzip
import io
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path

from harness import BAD_INPUT, GOOD, Hostile, Row, main

MIB = 1 << 20
TAR_BLOCK = 512
METADATA = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
EITHER = (GOOD, BAD_INPUT)
TOO_LARGE = "decompressed chart is larger than the maximum file size 104857600"
MEMORY = "this takes more than the limit of 512Mi of memory"
TERM_S = 0.25


def header(name, size=0, kind=b"0", link=b"", size_field=None):
    """A ustar header, with whatever is asked for."""
    name = name if isinstance(name, bytes) else name.encode()
    field = size_field if size_field is not None else b"%011o\0" % size if size < 8 ** 11 else b"\x80" + size.to_bytes(11, "big")
    head = bytearray(name[:100].ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field + b"00000000000\0" + b" " * 8 + kind +
                     link[:100].ljust(100, b"\0") + b"ustar\x0000").ljust(TAR_BLOCK, b"\0")
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def padded(data):
    return data + bytes(-len(data) % TAR_BLOCK)


def entry(name, data=b"", **more):
    return header(name, len(data), **more) + padded(data)


def tar(*entries):
    return b"".join((entry("c/Chart.yaml", METADATA), *entries, bytes(2 * TAR_BLOCK)))


def zipped(data):
    return gzip.compress(data, 1, mtime=0)


def pack(*entries):
    return zipped(tar(*entries))


def repeated(data, times):
    """The gzip of so many of the same: a member that is repeated, made at once."""
    return zipped(data) * times


def pax(records, kind=b"x"):
    """An extended header of records as they are."""
    return entry("pax", records, kind=kind)


def record(key, value):
    length = len(key) + len(value) + 3
    digits = len(str(length))
    digits = len(str(length + digits))
    return b"%d %s=%s\n" % (length + digits, key, value)


def gnu_long(name, kind=b"L"):
    return entry("././@LongLink", name + b"\0", kind=kind)


def with_tarfile(form, entries, **more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, **more) as archive:
        for name, data in [("c/Chart.yaml", METADATA), *entries]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return zipped(out.getvalue())


def gzip_header(flags, rest):
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + rest


def deflated(data):
    pressed = zlib.compressobj(9, zlib.DEFLATED, -15)
    return pressed.compress(data) + pressed.flush()


def trailer(data):
    return struct.pack("<II", zlib.crc32(data), len(data))


def inner(name, data):
    return entry(f"c/charts/{name}.tgz", data)


def nested(levels):
    data = pack()
    for _ in range(levels):
        data = pack(inner("c", data))
    return data


def sparse_old():
    """GNU's old form: a header with a map of its own, whose file is 4 EiB long."""
    head = bytearray(header("c/f", 512, kind=b"S"))
    head[257:265] = b"ustar  \0"
    head[386:410] = b"%011o\0%011o\0" % (0, 512)
    head[483:495] = b"\x80" + (2 ** 62).to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return pack(bytes(head) + bytes(512))


def sparse_new(holes):
    """GNU's form of pax, version 1.0: the map stands before the data."""
    table = b"%d\n" % holes + b"".join(b"%d\n1\n" % (2 * i) for i in range(holes))
    size = b"%d" % (2 ** 40)
    return pack(pax(record(b"GNU.sparse.major", b"1") + record(b"GNU.sparse.minor", b"0") + record(b"GNU.sparse.name", b"c/f") +
                    record(b"GNU.sparse.realsize", size)), entry("c/GNUSparseFile.0/f", padded(table) + bytes(512)))


STREAMS = {
    "zeros without end": (lambda: repeated(bytes(MIB), 4000), EITHER, ""),
    "a good chart, then zeros": (lambda: pack() + repeated(bytes(MIB), 4000), GOOD, ""),
    "a million empty members": (lambda: zipped(b"") * 1000000, BAD_INPUT, ""),
    "a good chart, then a million empty members": (lambda: pack() + zipped(b"") * 1000000, EITHER, ""),
    "a file of 4 GiB": (lambda: zipped(entry("c/Chart.yaml", METADATA) + header("c/f", 4 << 30)) + repeated(bytes(MIB), 4096), BAD_INPUT, TOO_LARGE),
    "a folder of 4 GiB": (lambda: zipped(entry("c/Chart.yaml", METADATA) + header("c/d/", 4 << 30, kind=b"5")) + repeated(bytes(MIB), 4096), EITHER, ""),
    "files of 5 MiB without end": (lambda: zipped(entry("c/Chart.yaml", METADATA)) + repeated(entry("c/f", bytes(5 * MIB)), 400), BAD_INPUT, TOO_LARGE),
    "a name of the stream without end": (lambda: gzip_header(8, b"n" * (20 * MIB)), BAD_INPUT, "unexpected EOF"),
    "a comment of the stream without end": (lambda: gzip_header(16, b"n" * (20 * MIB)), BAD_INPUT, "unexpected EOF"),
    "a name of the stream with escapes": (lambda: gzip_header(8, b"\x1b]0;x\x07\0" + deflated(tar()) + trailer(tar())), GOOD, ""),
    "a field of the stream that is too long": (lambda: gzip_header(4, b"\xff\xff" + b"x" * 10), BAD_INPUT, "unexpected EOF"),
    "a distance before the start": (lambda: gzip_header(0, bytes([0x63, 0, 0x02, 0, 0xFF, 0xFF]) * 100), BAD_INPUT, ""),
    "a block of no type": (lambda: gzip_header(0, b"\x07" + bytes(100)), BAD_INPUT, "corrupt input"),
    "half of everything": (lambda: pack(entry("c/f", bytes(MIB)))[:-600], BAD_INPUT, "unexpected EOF"),
    "sixty MiB of noise behind": (lambda: pack() + b"\xa5" * (60 * MIB), GOOD, ""),
}

HEADERS = {
    "a negative size": (lambda: pack(header("c/f", size_field=b"\xff" * 12)), EITHER, ""),
    "a size that is no number": (lambda: pack(header("c/f", size_field=b"99999999999\0")), EITHER, ""),
    "a size of all bits": (lambda: pack(header("c/f", size_field=b"\x80" + b"\xff" * 11)), EITHER, ""),
    "a size in an extended header": (lambda: pack(pax(record(b"size", b"99999999999999")), entry("c/f", b"x")), BAD_INPUT, ""),
    "a negative size in an extended header": (lambda: pack(pax(record(b"size", b"-1")), entry("c/f", b"x")), EITHER, ""),
    "an extended header of 64 MiB": (lambda: pack(pax(record(b"comment", b"x" * (64 * MIB))), entry("c/f", b"x")), EITHER, ""),
    "a path of 40 MiB": (lambda: pack(pax(record(b"path", b"c/" + b"x" * (40 * MIB))), entry("c/f", b"x")), EITHER, ""),
    "a link of 40 MiB": (lambda: pack(pax(record(b"linkpath", b"x" * (40 * MIB))), entry("c/f", kind=b"2")), EITHER, ""),
    "an attribute of 40 MiB": (lambda: pack(pax(record(b"SCHILY.xattr.user.x", b"x" * (40 * MIB))), entry("c/f", b"x")), EITHER, ""),
    "a million records": (lambda: pack(pax(b"".join(record(b"SCHILY.xattr.user.%d" % i, b"x") for i in range(300000))), entry("c/f", b"x")), EITHER, ""),
    "a hundred thousand extended headers": (lambda: pack(*[pax(record(b"comment", b"x"))] * 100000, entry("c/f", b"x")), EITHER, ""),
    "a hundred thousand global headers": (lambda: pack(*[pax(record(b"comment", b"x"), kind=b"g")] * 100000, entry("c/f", b"x")), EITHER, ""),
    "a record that is longer than it says": (lambda: pack(pax(b"5 path=c/f\n"), entry("c/f", b"x")), EITHER, ""),
    "a record of a length past all numbers": (lambda: pack(pax(b"99999999999999999999 path=c/f\n"), entry("c/f", b"x")), EITHER, ""),
    "an extended header alone": (lambda: pack(pax(record(b"path", b"c/f"))), EITHER, ""),
    "a long name of 40 MiB": (lambda: pack(gnu_long(b"c/" + b"x" * (40 * MIB)), entry("c/f", b"x")), EITHER, ""),
    "a long name of a long name": (lambda: pack(*[gnu_long(b"c/" + b"x" * 200)] * 50000, entry("c/f", b"x")), EITHER, ""),
    "a sparse file of 4 EiB": (sparse_old, EITHER, ""),
    "a sparse file of a million holes": (lambda: sparse_new(1000000), EITHER, ""),
    "a sparse file that has more holes than it has": (lambda: pack(pax(record(b"GNU.sparse.major", b"1") + record(b"GNU.sparse.minor", b"0")),
                                                              entry("c/f", padded(b"999999999999\n1\n1\n"))), EITHER, ""),
    "a volume, a dump, what is gone on": (lambda: pack(entry("v", kind=b"V"), entry("c/d", b"Yx\0\0", kind=b"D"), entry("c/m", b"x", kind=b"M")), EITHER, ""),
}

NAMES = {
    "escapes in a name": (lambda: pack(entry("c/\x1b]0;owned\x07f/../..", b"x")), EITHER, ""),
    "escapes in a template's name": (lambda: pack(entry("c/templates/\x1b[2J\u202e.yaml", b"{{ fail")), BAD_INPUT, ""),
    "a template's name that hides": (lambda: pack(entry("c/templates/\u2066a.yaml", b"a: [")), BAD_INPUT, ""),
    "bytes that are no text in a name": (lambda: pack(entry(b"c/templates/\xff\xfe\x80.yaml", b"{{ fail")), EITHER, ""),
    "a name of thirty thousand folders": (lambda: pack(gnu_long(b"c/" + b"d/" * 30000 + b"f"), entry("c/f", b"x")), EITHER, ""),
    "names that go back and forth": (lambda: pack(gnu_long(b"c/" + b"d/../" * 10000 + b"f"), entry("c/f", b"x")), EITHER, ""),
    "a drive": (lambda: pack(entry("c/C:/x", b"x")), BAD_INPUT, "illegally named files"),
    "a link to itself": (lambda: pack(entry("c/values.yaml", kind=b"2", link=b"values.yaml")), EITHER, ""),
    "a hard link to itself": (lambda: pack(entry("c/templates/a.yaml", kind=b"1", link=b"c/templates/a.yaml")), EITHER, ""),
    "a link to the machine's memory": (lambda: pack(entry("c/templates/a.yaml", kind=b"2", link=b"/dev/zero")), GOOD, ""),
    "a device as values": (lambda: pack(entry("c/values.yaml", kind=b"3")), GOOD, ""),
    "a block device as a template": (lambda: pack(entry("c/templates/a.yaml", kind=b"4")), GOOD, ""),
}

COUNTS = {
    "a million files": (lambda: zipped(entry("c/Chart.yaml", METADATA)) + repeated(entry("c/f") * 1000, 1000), BAD_INPUT, "more than 20000 files"),
    "a million folders": (lambda: zipped(entry("c/Chart.yaml", METADATA)) + repeated(entry("c/d/", kind=b"5") * 1000, 1000), EITHER, ""),
    "ten thousand charts": (lambda: pack(*[entry(f"c/charts/s{i}/Chart.yaml", METADATA) for i in range(10000)]), EITHER, ""),
    "charts in charts": (lambda: nested(18), BAD_INPUT, "nested more than 16 deep"),
    "twenty charts that are bombs": (lambda: pack(*[inner(f"s{i}", repeated(entry("c/d/", bytes(5 * MIB), kind=b"5"), 40)) for i in range(20)]), BAD_INPUT, ""),
    "all that a chart may be": (lambda: pack(*[entry(f"c/files/f{i}", bytes(5 * MIB)) for i in range(19)],
                                             entry("c/templates/a.yaml", b'x: {{ .Files.Get "files/f1" | len }}')), GOOD, "x: 5242880"),
    "all that a chart may be, as text": (lambda: pack(*[entry(f"c/files/f{i}", b"x" * (5 * MIB)) for i in range(19)],
                                                      entry("c/templates/a.yaml", b"x: {{ .Files.AsConfig | len }}")), EITHER, ""),
    "all that a chart may be, as secrets": (lambda: pack(*[entry(f"c/files/f{i}", bytes(5 * MIB)) for i in range(19)],
                                                         entry("c/templates/a.yaml", b"x: {{ .Files.AsSecrets | len }}")), EITHER, ""),
    "values of nothing": (lambda: pack(entry("c/values.yaml", b"a: [" + b"{}," * 1700000 + b"]")), BAD_INPUT, "too many values"),
    "metadata of nothing": (lambda: pack(entry("c/Chart.yaml", METADATA + b"annotations: {a: [" + b"{}," * 1700000 + b"]}")), BAD_INPUT, ""),
    "a hundred thousand dependencies": (lambda: pack(entry("c/Chart.yaml", METADATA + b"dependencies:\n" + b"- {name: s, version: '>0'}\n" * 100000)), BAD_INPUT, ""),
    "a lock of nothing": (lambda: pack(entry("c/Chart.lock", b"dependencies: [" + b"{}," * 1700000 + b"]")), BAD_INPUT, ""),
    "a schema of nothing": (lambda: pack(entry("c/values.schema.json", b'{"enum":[' + b"{}," * 1700000 + b"{}]}")), EITHER, ""),
    "templates of actions alone": (lambda: pack(*[entry(f"c/templates/{i}.yaml", b"{{1}}" * 1000000) for i in range(19)]), BAD_INPUT, MEMORY),
}


FORMS = {
    "tar of the first days": (lambda: pack(entry("c/f")).replace(b"ustar", b"xxxxx"), EITHER, ""),
    "pax by Python": (lambda: with_tarfile(tarfile.PAX_FORMAT, [("c/" + "x" * 300, b"x")]), GOOD, ""),
    "GNU by Python": (lambda: with_tarfile(tarfile.GNU_FORMAT, [("c/" + "x" * 300, b"x")]), GOOD, ""),
    "cpio": (lambda: zipped(b"07070100000000" + b"0" * 96 + b"TRAILER!!!\0" + bytes(512)), BAD_INPUT, ""),
    "a zip in gzip": (lambda: zipped(b"PK\x03\x04" + bytes(1000)), BAD_INPUT, ""),
}
ALL = {**STREAMS, **HEADERS, **NAMES, **COUNTS, **FORMS}


def make(name):
    def words(folder):
        # By another process: what this one once held would count as meshctl's.
        path = folder / "c.tgz"
        subprocess.run([sys.executable, "-B", __file__, "--make", name, path], check=True)
        return ["render", "r", path, "--max-time", "5s"]
    return words


class Archives(Hostile):
    def check(self, cases):
        self.check_rows([Row(name, make(name), code, said, term_s=TERM_S) for name, (_, code, said) in cases.items()])

    def test_streams(self):
        self.check(STREAMS)

    def test_headers(self):
        self.check(HEADERS)

    def test_names(self):
        self.check(NAMES)

    def test_counts(self):
        self.check(COUNTS)

    def test_other_forms(self):
        self.check(FORMS)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        Path(sys.argv[3]).write_bytes(ALL[sys.argv[2]][0]())
    else:
        main()
