#!/usr/bin/env python3
"""`meshctl render` and `charts` with repositories and registries made to hurt: the right exit code and words, within the limits."""
import json
import sys
from pathlib import Path

from api_server import Server, answer, drip
from harness import BAD_INPUT, FAILED, UNREACHABLE, Hostile, Row, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
from chart_server import HELM_CHART, HELM_CONFIG, OCI_INDEX, OCI_MANIFEST, chart, sha256  # noqa: E402

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\n\r\n"
ARCHIVE = chart("demo", "1.0.0")
DIGEST = sha256(ARCHIVE)
CONFIG = json.dumps({"name": "demo", "version": "1.0.0", "apiVersion": "v2"}).encode()
ESCAPES = "red\x1b[31m \u202e \u200b \u2028 \x9b1m"
PASSWORD = "hunter2secret"


# ---- a repository -------------------------------------------------------------------------------

def entry(**more):
    return {"apiVersion": "v2", "name": "demo", "version": "1.0.0", "digest": DIGEST[7:], "urls": ["demo-1.0.0.tgz"], **more}


def index(*entries, **more):
    return json.dumps({"apiVersion": "v1", "entries": {"demo": list(entries or [entry()])}, **more}).encode()


def repository(index_act=None, archive_act=None):
    def mode(request, conn):
        if request.path.endswith("/index.yaml"):
            act = index() if index_act is None else index_act
        elif request.path.endswith(".tgz"):
            act = ARCHIVE if archive_act is None else archive_act
        else:
            return answer(404, b"no")
        return act(request, conn) if callable(act) else answer(200, act)
    return mode


def stream(begin, part, count, end=b""):
    def act(_, conn):
        conn.send(HEAD + begin)
        big = part * max(1, 65536 // len(part))
        for _ in range(count * len(part) // len(big)):
            conn.send(big)
        conn.send(end)
        return True
    return act


def hold(_, conn):
    server.wait_gone(conn)
    return True


def says(code, body=b"", headers=""):
    return lambda request, conn: answer(code, body, headers)


LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 107))

INDEXES = {
    "nothing": (hold, UNREACHABLE, "", {"term_s": 0.5, "max_wall_s": 0}),
    "an index that drips": (lambda r, c: drip(c, HEAD + index(), 0.5) or True, UNREACHABLE, "", {"term_s": 0.5, "max_wall_s": 0}),
    "an empty index": (b"", BAD_INPUT, "", {}),
    "an index without end": (stream(b"", b"# comment\n", 1 << 40), FAILED, "larger than", {"term_s": 0.3}),
    "an index of 62 MiB of values": (stream(b'{"apiVersion":"v1","entries":{"demo":[', b"{},", 20 << 20, b"{}]}}"), BAD_INPUT, "too many values", {"term_s": 0.5}),
    "YAML of 60 MiB of values": (stream(b"apiVersion: v1\nentries:\n  demo:\n", b"  - {}\n", 8 << 20), BAD_INPUT, "too many values", {"term_s": 0.5}),
    "YAML of 60 MiB of anchors": (stream(b"apiVersion: v1\nentries:\n  demo:\n", b"  - &a b\n", 6 << 20), (BAD_INPUT, FAILED), "", {"term_s": 0.5}),
    "YAML of one long line": (stream(b"apiVersion: ", b"x", 60 << 20), BAD_INPUT, "", {}),
    "YAML of spaces": (stream(b"apiVersion: v1", b" ", 60 << 20), BAD_INPUT, "", {}),
    "YAML of open brackets": (stream(b"apiVersion: ", b"[", 1 << 20), BAD_INPUT, "", {}),
    "aliases of aliases": (b"apiVersion: v1\nentries: {}\n" + LAUGHS, BAD_INPUT, "excessive aliasing", {}),
    "deep JSON": (b'{"apiVersion":"v1","x":' + b"[" * 100000 + b"]" * 100000 + b"}", BAD_INPUT, "deep", {}),
    "entries a list": (b"apiVersion: v1\nentries: [1]\n", BAD_INPUT, "entries is no map", {}),
    "entries of other types": (b"apiVersion: v1\nentries: {demo: [1, null, [], {version: 7}, {version: 1.0.0, urls: 5, digest: {}}]}\n", (FAILED, BAD_INPUT, 0), "", {}),
    "no version": (b"entries: {}\n", BAD_INPUT, "no API version", {}),
    "HTML": (b"<html>\x1b[31mlog in</html>", BAD_INPUT, "no chart repository index", {}),
    "invalid UTF-8": (b"apiVersion: v1\nentries: \xff\xfe\n", BAD_INPUT, "", {}),
    "a million versions": (stream(b'{"apiVersion":"v1","entries":{"demo":[', b'{"version":"1.0.0"},', 300000, b"{}]}}"), (BAD_INPUT, FAILED, 0), "", {}),
    "escapes in names": (json.dumps({"apiVersion": "v1", "entries": {"demo" + ESCAPES: [entry()]}}).encode(), BAD_INPUT, "not found", {}),
    "a URL with a password over http": (index(entry(urls=[f"http://u:{PASSWORD}@example.invalid/demo.tgz"], digest="")), (0, BAD_INPUT), "", {"unsaid": (PASSWORD,)}),
    "a URL with a password that is none": (index(entry(urls=[f"https://u:{PASSWORD}@[x/demo.tgz", f"ftp://u:{PASSWORD}@x/y"])), (0, BAD_INPUT, UNREACHABLE), "", {"unsaid": (PASSWORD,)}),
    "a URL of a file": (index(entry(urls=["file:///etc/passwd"])), (0, BAD_INPUT), "", {"unsaid": ("root:",)}),
    "unauthorized, with words": (says(401, json.dumps({"errors": [{"code": "X" + ESCAPES, "message": "y" + ESCAPES}]}).encode()), UNREACHABLE, "401", {}),
    "a refusal of many values": (says(403, b"[" + b"{}," * 20000 + b"0]"), UNREACHABLE, "403", {}),
    "away for ever": (says(503, b"", "Retry-After: 1000000000\r\n"), FAILED, "503", {"term_s": 0.3}),
    "redirects in a circle": (lambda r, c: answer(302, b"", "Location: index.yaml\r\n"), FAILED, "redirects", {}),
    "a redirect to a file": (says(302, b"", "Location: file:///etc/passwd\r\n"), FAILED, "", {"unsaid": ("root:",)}),
    "a redirect with a password": (says(302, b"", f"Location: http://u:{PASSWORD}@127.0.0.1:1/x\r\n"), UNREACHABLE, "", {"unsaid": (PASSWORD,)}),
}

ARCHIVES = {
    "an archive without end": (stream(b"", b"x" * 1000, 1 << 40), FAILED, "larger than", {}),
    "an archive with another digest": (chart("demo", "2.0.0"), BAD_INPUT, "digest", {}),
    "an archive that is cut": (lambda r, c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + ARCHIVE[:50]) or True, UNREACHABLE, "", {}),
}


# ---- a registry ---------------------------------------------------------------------------------

def manifest(**more):
    value = {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
             "config": {"mediaType": HELM_CONFIG, "digest": sha256(CONFIG), "size": len(CONFIG)},
             "layers": [{"mediaType": HELM_CHART, "digest": DIGEST, "size": len(ARCHIVE)}], **more}
    return json.dumps(value).encode()


def registry(manifest_act=None, blob_act=None, tags_act=None):
    def mode(request, conn):
        if "/manifests/" in request.path:
            act = manifest() if manifest_act is None else manifest_act
        elif "/blobs/" in request.path:
            act = ARCHIVE if blob_act is None else blob_act
        elif request.path.endswith("/tags/list"):
            act = b'{"tags":["1.0.0"]}' if tags_act is None else tags_act
        elif request.path.startswith("/token"):
            return None
        else:
            return answer(404, b"no")
        return act(request, conn) if callable(act) else answer(200, act, f"Docker-Content-Digest: {sha256(act)}\r\n" if "/manifests/" in request.path else "")
    return mode


def challenge(text):
    return lambda request, conn: answer(401, b"{}", "WWW-Authenticate: " + text.replace("HERE", f"http://127.0.0.1:{server.port}/token") + "\r\n")


def endless_tags(same):
    count = [0]

    def act(request, _):
        count[0] += 1
        link = f"</v2/{request.cluster}{request.path}?last={0 if same else count[0]}>; rel=\"next\""
        return answer(200, b'{"tags":[]}', f"Link: {link}\r\n")
    return act


def index_of_itself(request, _):
    body = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [{"mediaType": OCI_INDEX, "digest": sha256(str(n).encode()), "size": 5} for n in range(200)]}).encode()
    return answer(200, body)


REGISTRIES = {
    "nothing from the registry": ({"manifest_act": hold}, UNREACHABLE, "", {"term_s": 0.5, "max_wall_s": 0}),
    "a manifest without end": ({"manifest_act": stream(b"", b" ", 1 << 40)}, FAILED, "larger than", {}),
    "a manifest of values": ({"manifest_act": b'{"x":[' + b"{}," * 1000000 + b"0]}"}, FAILED, "too many values", {}),
    "a manifest that is deep": ({"manifest_act": b"[" * 1000000}, FAILED, "deep", {}),
    "a manifest of other types": ({"manifest_act": json.dumps({"mediaType": OCI_MANIFEST, "config": [], "layers": {"a": 1}}).encode()}, FAILED, "not to be used", {}),
    "a size below zero": ({"manifest_act": manifest(layers=[{"mediaType": HELM_CHART, "digest": DIGEST, "size": -1}])}, FAILED, "size", {}),
    "a size past all": ({"manifest_act": manifest(layers=[{"mediaType": HELM_CHART, "digest": DIGEST, "size": 1 << 62}])}, BAD_INPUT, "larger than", {}),
    "a digest with a path": ({"manifest_act": manifest(layers=[{"mediaType": HELM_CHART, "digest": "sha256:../../../etc/passwd", "size": 5}])}, FAILED, "digest", {}),
    "a digest of another kind": ({"manifest_act": manifest(layers=[{"mediaType": HELM_CHART, "digest": "md5:abc", "size": 5}])}, FAILED, "digest", {}),
    "a thousand layers": ({"manifest_act": manifest(layers=[{"mediaType": HELM_CHART, "digest": DIGEST, "size": 5}] * 1000)}, FAILED, "too many parts", {}),
    "indexes of indexes": ({"manifest_act": index_of_itself}, (FAILED, BAD_INPUT), "", {}),
    "another type, with escapes": ({"manifest_act": manifest(mediaType="text/" + ESCAPES)}, FAILED, "of type", {}),
    "a blob without end": ({"blob_act": stream(b"", b"x" * 1000, 1 << 40)}, FAILED, "larger than", {}),
    "another blob": ({"blob_act": chart("demo", "3.0.0")[:len(ARCHIVE)]}, (FAILED, BAD_INPUT), "", {}),
    "the same tags for ever": ({"tags_act": endless_tags(True)}, FAILED, "does not end", {"tags": True, "term_s": 0.3}),
    "empty tags for ever": ({"tags_act": endless_tags(False)}, FAILED, "does not end", {"tags": True, "term_s": 0.3}),
    "tags of another server": ({"tags_act": says(200, b'{"tags":[]}', "Link: <https://example.invalid/v2/>; rel=\"next\"\r\n")}, FAILED, "another server", {"tags": True}),
    "tags of values": ({"tags_act": b'{"tags":[' + b"{}," * 1000000 + b"0]}"}, (FAILED, BAD_INPUT), "too many values", {"tags": True}),
    "no challenge": ({"manifest_act": says(401)}, UNREACHABLE, "does not say what it wants", {}),
    "a challenge of garbage": ({"manifest_act": challenge("Bearer realm=\"" + "\\\"" * 10000)}, FAILED, "no http:// or https:// address", {}),
    "a challenge of another scheme": ({"manifest_act": challenge("Digest x=1, y=2")}, UNREACHABLE, "wants a user and a password", {}),
    "a realm of a file": ({"manifest_act": challenge('Bearer realm="file:///etc/passwd"')}, FAILED, "no http:// or https:// address", {}),
    "a realm with a password": ({"manifest_act": challenge(f'Bearer realm="https://u:{PASSWORD}@example.invalid/t"')}, FAILED, "a user or a password in the address", {"unsaid": (PASSWORD,)}),
    "a realm with a scope": ({"manifest_act": challenge('Bearer realm="HERE?s%63ope=repository:x:push"')}, FAILED, "a scope of its own", {}),
    "a scope of more": ({"manifest_act": challenge('Bearer realm="HERE",scope="repository:x:push,pull,delete"')}, (FAILED, UNREACHABLE), "token", {}),
}


class Registries(Hostile):
    @classmethod
    def setUpClass(cls):
        global server
        cls.modes, cls.registries = {}, {}
        cls.server = server = Server(cls.modes)
        cls.addClassCleanup(server.stop)
        cls.modes["v2"] = lambda request, conn: (cls.registries.get(request.cluster) or (lambda *_: answer(200, b"{}")))(request, conn)
        cls.modes["token"] = lambda request, conn: answer(200, b'{"token":"a b"}')

    def row(self, name, words, code, said, options):
        options = {key: value for key, value in options.items() if key != "tags"}
        wait = options.pop("max_wall_s", 30)
        # Those that only wait are ended by SIGTERM: their limit is two minutes.
        return Row(name, words, code, said, raw_out=True, **options, **({"max_wall_s": wait} if wait else {}), only_term=not wait)

    def test_repositories(self):
        rows = []
        for table, make in ((INDEXES, lambda act: repository(act)), (ARCHIVES, lambda act: repository(None, act))):
            for name, (act, code, said, options) in table.items():
                key = name.replace(" ", "-").replace(",", "")
                self.modes[key] = make(act)
                rows.append(self.row(name, ["render", "r1", "demo", "--charts", server.url(key, "charts"), "--version", "1.0.0"], code, said, options))
        self.check_rows(rows)

    def test_registries(self):
        rows = []
        for name, (acts, code, said, options) in REGISTRIES.items():
            key = name.lower().replace(" ", "-").replace(",", "")
            self.registries[key] = registry(**acts)
            version = [] if options.get("tags") else ["--version", "1.0.0"]
            rows.append(self.row(name, ["render", "r1", "demo", "--charts", f"oci://127.0.0.1:{server.port}/{key}", "--plain-http", *version], code, said, options))
        self.check_rows(rows)
        asked = [request.query for mode, request in server.seen if mode == "token"]
        self.assertTrue(asked)
        self.assertEqual({query.split("scope=")[1] for query in asked}, {"repository:a-scope-of-more/demo:pull"})

    def test_addresses(self):
        """No password is shown or sent in the clear, and what is no address is not asked for."""
        rows = []
        for number, (url, code, said) in enumerate((
                (f"http://u:{PASSWORD}@example.invalid/charts", BAD_INPUT, "unencrypted"),
                (f"http://127.0.0.1:x:{PASSWORD}@example.invalid/charts", BAD_INPUT, "unencrypted"),
                (f"https://u:{PASSWORD}@127.0.0.1:1/charts", UNREACHABLE, "https://127.0.0.1:1/charts"),
                (f"oci://u:{PASSWORD}@127.0.0.1:1/charts", BAD_INPUT, "no user and password"),
                (f"ftp://u:{PASSWORD}@127.0.0.1:1/charts", BAD_INPUT, "cannot be fetched"),
                ("https://", BAD_INPUT, "names no host"), ("https:///charts", BAD_INPUT, "names no host"), ("http://?x", BAD_INPUT, "names no host"))):
            rows.append(self.row(f"address {number}", ["render", "r1", "demo", "--charts", url], code, said, {"unsaid": (PASSWORD,)}))
        self.check_rows(rows)


if __name__ == "__main__":
    main()
