"""Where charts come from: `meshctl render` and `meshctl charts` against `helm template` of both majors, all on the same servers on
loopback: a chart repository and an OCI registry with TLS, redirects, tokens, and every way to be wrong.

Environment: MESHCTL the program, HELM3 and HELM4 the peers (without them only meshctl is looked at).
"""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chart_server import HELM_CHART, OCI_INDEX, OCI_MANIFEST, Server, basic, certificates, chart, sha256

TIMEOUT_S = 120
EXIT_FAILED, EXIT_UNREACHABLE, EXIT_INPUT = 1, 4, 65


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.cache = self.home / "cache/istio-meshctl/charts"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}

    def server(self, tls=False):
        if tls and not (self.home / "ca.pem").exists():
            certificates(self.home)
        server = Server(self.home if tls else None)
        self.addCleanup(server.stop)
        return server

    def run_program(self, *command):
        return Result(subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, env=self.environment, check=False))

    def meshctl(self, *words):
        return self.run_program(os.environ["MESHCTL"], *words)

    def render(self, *words):
        """The one place that knows meshctl's command line for a rendering."""
        return self.meshctl("render", "r1", *words)

    def helm(self, major, *words):
        return self.run_program(os.environ[f"HELM{major}"], "template", "r1", *words)

    def peers(self):
        return [major for major in (3, 4) if os.environ.get(f"HELM{major}")]

    def assert_same(self, ours, theirs):
        """Both render the same with these words."""
        mine = self.render(*ours)
        self.assertEqual(mine.code, 0, mine.err)
        self.assertIn("kind: Shown", mine.out)
        for major in self.peers():
            helm = self.helm(major, *theirs)
            self.assertEqual(helm.code, 0, helm.err)
            self.assertEqual(mine.out, helm.out, f"helm {major}")
        return mine

    def assert_fails(self, result, code, *texts):
        self.assertEqual(result.code, code, result.err)
        self.assertEqual(result.out, "")
        for text in texts:
            self.assertIn(text, result.err)

    def assert_both_fail(self, ours, theirs, code, *texts):
        self.assert_fails(self.render(*ours), code, *texts)
        for major in self.peers():
            self.assertNotEqual(self.helm(major, *theirs).code, 0, f"helm {major}")


DEMO = [("demo", version, {}) for version in ("1.0.0", "1.1.0", "1.1.3", "1.2.0-rc.1", "2.0.0-beta.1", "1.1.4+build.7")]


class Values(Case):
    """-f and --set-file with URLs."""

    def setUp(self):
        super().setUp()
        self.chart = self.home / "c"
        (self.chart / "templates").mkdir(parents=True)
        (self.chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        (self.chart / "templates/a.yaml").write_text("kind: Shown\nvalues: {{ toJson .Values }}\n")

    def same(self, *words, tls=()):
        return self.assert_same([str(self.chart), *words, *tls], [str(self.chart), *words, *tls])

    def test_urls(self):
        server, other = self.server(), self.server()
        server.page("/v.yaml", b"a: 1\nm: {x: 1}\n")
        server.page("/w.yaml", b"m: {x: null, y: 2.5}\n")
        server.page("/moved.yaml", b"", status=302, Location=f"{other.url}/there.yaml")
        other.page("/there.yaml", b"far: true\n")
        (self.home / "local.yaml").write_text("a: 2\n")
        self.same("-f", f"{server.url}/v.yaml")
        self.same("-f", f"{server.url}/v.yaml,{server.url}/w.yaml", "-f", str(self.home / "local.yaml"))
        self.same("-f", f"{server.url}/moved.yaml?x=y")
        self.same("--set-file", f"t={server.url}/w.yaml")

    def test_tls(self):
        server = self.server(tls=True)
        server.page("/v.yaml", b"a: 1\n")
        mine = self.render(str(self.chart), "-f", f"{server.url}/v.yaml", "--ca-file", str(self.home / "ca.pem"))
        self.assertEqual(mine.code, 0, mine.err)
        self.assertIn('{"a":1}', mine.out)
        self.assert_fails(self.render(str(self.chart), "-f", f"{server.url}/v.yaml"), EXIT_UNREACHABLE, "signed by an unknown authority")

    def test_refused(self):
        server = self.server()
        server.page("/bad.yaml", b"a: b: c\n")
        server.page("/huge.yaml", b"a: " + b"x" * (17 << 20))
        server.page("/secret.yaml", b"", status=403)
        for url, code, text in ((f"{server.url}/absent.yaml", EXIT_INPUT, "the server answered 404"), (f"{server.url}/secret.yaml", EXIT_UNREACHABLE, "the server answered 403"),
                                (f"{server.url}/bad.yaml", EXIT_INPUT, "failed to parse"), ("http://127.0.0.1:1/v.yaml", EXIT_UNREACHABLE, "127.0.0.1:1")):
            with self.subTest(url=url):
                self.assert_both_fail([str(self.chart), "-f", url], [str(self.chart), "-f", url], code, text)
        huge = self.render(str(self.chart), "-f", f"{server.url}/huge.yaml")
        self.assertNotEqual(huge.code, 0)
        self.assertEqual(huge.out, "")
        self.assertNotIn("pass", self.render(str(self.chart), "-f", f"http://user:pass@{server.host}/absent.yaml").err)


class Repository(Case):
    def same(self, url, *words):
        return self.assert_same(["demo", "--charts", url, *words], ["demo", "--repo", url, *words])

    def test_versions(self):
        url = self.server().repository("/charts", DEMO)
        for words in ([], ["--version", "1.0.0"], ["--version", "~1.1"], ["--version", "1.1.x"], ["--version", ">0.0.0-0"],
                      ["--version", "^1.2.0-0"], ["--version", "1.1.4+build.7"], ["--version", "1.2.0-rc.1"], ["--version", "< 1.1"]):
            with self.subTest(words=words):
                self.same(url, *words)
        self.assert_both_fail(["demo", "--charts", url, "--version", "3.0.0"], ["demo", "--repo", url, "--version", "3.0.0"],
                              EXIT_INPUT, 'chart "demo" version "3.0.0" not found in')
        self.assert_both_fail(["dema", "--charts", url], ["dema", "--repo", url], EXIT_INPUT, 'did you mean "demo"?')

    def test_places(self):
        server, other = self.server(), self.server()
        other.page("/far/demo.tgz", chart("demo", "1.0.0"))
        for place in ("demo-1.0.0.tgz", "/far/demo.tgz", "../far/demo.tgz", "demo-1.0.0.tgz?x=y", f"{other.url}/far/demo.tgz",
                      f"//{other.host}/far/demo.tgz"):
            with self.subTest(place=place):
                url = server.repository("/charts", [("demo", "1.0.0", {"urls": [place]})])
                server.page("/far/demo.tgz", chart("demo", "1.0.0"))
                self.same(url)
                self.same(url + "/")
                for file in self.cache.iterdir():
                    file.unlink()

    def test_the_query_of_the_repository_goes_along(self):
        server = self.server()
        url = server.repository("/charts", DEMO) + "?token=abc"
        self.same(url)
        self.assertTrue(all(path.endswith("?token=abc") for path in server.paths()), server.paths())
        self.assertNotIn("abc", self.render("absent", "--charts", url, "-vv").err)

    def test_redirects(self):
        server, other = self.server(), self.server()
        other.repository("/there", DEMO)
        for name in ("index.yaml", "demo-1.1.3.tgz"):
            server.page(f"/charts/{name}", b"", status=302, Location=f"{other.url}/there/{name}")
        self.same(server.url + "/charts", "--version", "1.1.3")
        server.page("/round/index.yaml", b"", status=301, Location=f"{server.url}/round/index.yaml")
        self.assert_both_fail(["demo", "--charts", server.url + "/round"], ["demo", "--repo", server.url + "/round"],
                              EXIT_FAILED, "more than 10 redirects")

    def test_no_way_back_from_https_to_http(self):
        secure, plain = self.server(tls=True), self.server()
        plain.repository("/charts", DEMO)
        secure.page("/charts/index.yaml", b"", status=302, Location=f"{plain.url}/charts/index.yaml")
        result = self.render("demo", "--charts", secure.url + "/charts", "--ca-file", str(self.home / "ca.pem"))
        self.assert_fails(result, EXIT_FAILED, "redirects from https to http")
        self.assertEqual(plain.asked, [])

    def test_private_authority(self):
        url = self.server(tls=True).repository("/charts", DEMO)
        ca = str(self.home / "ca.pem")
        self.same(url, "--ca-file", ca)
        self.same(url, "--insecure-skip-tls-verify")
        self.assert_both_fail(["demo", "--charts", url], ["demo", "--repo", url], EXIT_UNREACHABLE, "unknown authority", "--ca-file")
        self.assert_fails(self.render("demo", "--charts", url, "--ca-file", str(self.home / "none.pem")), EXIT_INPUT, "--ca-file")

    def test_credentials_stay_with_their_host(self):
        server, other = self.server(), self.server()
        other.repository("/charts", DEMO)
        away = f"{other.url}/charts/demo-1.1.3.tgz"
        server.repository("/charts", [("demo", "1.0.0", {}), ("demo", "1.1.0", {"urls": ["moved.tgz"]}),
                                      ("demo", "1.1.3", {"urls": [away]})])
        pages = dict(server.pages)
        for path, page in pages.items():
            server.pages[path] = lambda request, page=page: (
                page if request.headers.get("Authorization") == basic("user", "p@ss") else (401, {}, b""))
        server.page("/charts/moved.tgz", b"", status=302, Location=f"{other.url}/charts/demo-1.1.0.tgz")
        url = server.url.replace("://", "://user:p%40ss@") + "/charts"
        self.same(url, "--version", "1.0.0")
        self.same(url, "--version", "1.1.0")
        self.same(url, "--version", "1.1.3")
        self.assertEqual(sorted(set(other.paths())), ["/charts/demo-1.1.0.tgz", "/charts/demo-1.1.3.tgz"])
        for path, headers, _ in other.asked:
            self.assertNotIn("Authorization", headers, path)
        wrong = server.url.replace("://", "://user:wr0ng@") + "/charts"
        result = self.render("demo", "--charts", wrong, "-vv")
        self.assert_fails(result, EXIT_UNREACHABLE, "answered 401")
        self.assertNotIn("wr0ng", result.err)

    def test_a_wrong_digest_is_refused(self):
        wrong = "0" * 64
        url = self.server().repository("/charts", [("demo", "1.0.0", {"digest": wrong})])
        self.assert_fails(self.render("demo", "--charts", url), EXIT_INPUT, wrong, sha256(chart("demo", "1.0.0")))
        self.assertFalse(list(self.cache.glob("*")) if self.cache.exists() else [])

    def test_a_dead_url_falls_back_to_the_index(self):
        server, dead = self.server(), self.server()
        url = server.repository("/charts", [("demo", "1.0.0", {"urls": [f"{dead.url}/old/demo-1.0.0.tgz"]})])
        self.assertIn('version: "1.0.0"', self.render("demo", "--charts", url).out)
        url = server.repository("/more", [("demo", "1.0.0", {"urls": [f"{dead.url}/old/demo-1.0.0.tgz"], "digest": "1" * 64})])
        self.assert_fails(self.render("demo", "--charts", url), EXIT_INPUT, "1" * 64)

    def test_cut_bodies(self):
        server = self.server()
        url = server.repository("/charts", DEMO)
        body = server.pages["/charts/demo-1.0.0.tgz"][2]
        server.page("/charts/demo-1.0.0.tgz", body[:200] + Server.CUT)
        words = ["--version", "1.0.0"]
        self.assert_both_fail(["demo", "--charts", url, *words], ["demo", "--repo", url, *words], EXIT_UNREACHABLE, "connection lost")
        server.page("/charts/index.yaml", server.pages["/charts/index.yaml"][2][:100] + Server.CUT)
        self.assert_both_fail(["demo", "--charts", url], ["demo", "--repo", url], EXIT_UNREACHABLE, "connection lost")

    def test_what_is_no_index(self):
        server = self.server()
        for body, text in ((b"<html>hello</html>", "is no chart repository index"), (b"entries: {}\n", "no API version specified"),
                           (b"", "is no chart repository index"), (b"[1]", "is no chart repository index"),
                           (b"apiVersion: v1\nentries: 3\n", "is no chart repository index")):
            with self.subTest(body=body):
                server.page("/charts/index.yaml", body)
                self.assert_both_fail(["demo", "--charts", server.url + "/charts"], ["demo", "--repo", server.url + "/charts"],
                                      EXIT_INPUT, text)

    def test_odd_entries_are_passed_over(self):
        server = self.server()
        server.repository("/charts", DEMO)
        index = json.loads(server.pages["/charts/index.yaml"][2])
        index["entries"]["demo"] += [None, {"name": "demo", "version": "no version", "urls": ["x"]},
                                     {"name": "demo", "urls": ["x"]}]
        index["entries"]["empty"] = []
        server.page("/charts/index.yaml", json.dumps(index).encode())
        self.same(server.url + "/charts")

    def test_a_huge_index(self):
        many = [("demo", f"0.{i // 100}.{i % 100}", {"description": "x" * 1000}) for i in range(5000)]
        server = self.server()
        entries = [{"name": n, "version": v, "apiVersion": "v2", "urls": [f"{n}-{v}.tgz"], **more} for n, v, more in many]
        index = {"apiVersion": "v1", "entries": {"demo": entries, **{f"other-{i}": entries[:20] for i in range(300)}}}
        server.page("/charts/index.yaml", json.dumps(index).encode())
        server.page("/charts/demo-0.49.99.tgz", chart("demo", "0.49.99"))
        self.same(server.url + "/charts")

    def test_proxy(self):
        proxy = self.server()
        proxy.repository("/charts", DEMO)
        self.environment["http_proxy"] = proxy.url
        self.same("http://charts.example.test/charts")
        self.assertTrue(all(whole.startswith("http://charts.example.test/") for _, _, whole in proxy.asked))
        self.environment["no_proxy"] = "example.test"
        self.assert_both_fail(["demo", "--charts", "http://charts.example.test/charts"],
                              ["demo", "--repo", "http://charts.example.test/charts"], EXIT_UNREACHABLE, "charts.example.test")

    def test_a_url(self):
        server = self.server()
        server.repository("/charts", DEMO)
        url = f"{server.url}/charts/demo-1.1.0.tgz"
        self.assert_same([url], [url])
        self.assert_same([url, "--version", "9.9.9"], [url, "--version", "9.9.9"])
        for path, text in (("/charts/none.tgz", "answered 404"), ("/charts/index.yaml", "seems to be a YAML file")):
            self.assert_both_fail([server.url + path], [server.url + path], EXIT_INPUT, text)

    def test_an_index_that_leads_to_a_registry(self):
        server = self.server(tls=True)
        server.push("charts/demo", "1.0.0")
        url = server.repository("/charts", [("demo", "1.0.0", {"urls": [f"oci://{server.host}/charts/demo:1.0.0"]})])
        self.same(url, "--ca-file", str(self.home / "ca.pem"))
        self.assertIn("/v2/charts/demo/manifests/1.0.0", server.paths())
        server.push("charts/demo", "2.0.0")
        server.tags("charts/demo", ["1.0.0", "2.0.0"])
        url = server.repository("/more", [("demo", "1.0.0", {"urls": [f"oci://{server.host}/charts/demo"], "digest": ""})])
        ours = self.render("demo", "--charts", url, "--ca-file", str(self.home / "ca.pem"))
        self.assertIn('version: "1.0.0"', ours.out, ours.err)
        url = server.repository("/gone", [("demo", "1.0.0", {"urls": ["file:///etc/passwd", "oci://h:1/Bad", "ftp://h/x"]})])
        self.assertEqual(self.render("demo", "--charts", url, "--ca-file", str(self.home / "ca.pem")).code, 0)


class Registry(Case):
    def same(self, server, *words, name="demo", by_ref=True):
        """By reference as Helm has it, and as a chart of a source."""
        ref = f"oci://{server.host}/charts/{name}"
        plain = [] if server.scheme == "https" else ["--plain-http"]
        self.assert_same([name, "--charts", f"oci://{server.host}/charts", *words], [ref, *plain, *words])
        return self.assert_same([ref, *words], [ref, *plain, *words])

    def fails(self, server, words, code, *texts, ref="charts/demo"):
        whole = f"oci://{server.host}/{ref}"
        plain = [] if server.scheme == "https" else ["--plain-http"]
        self.assert_both_fail([whole, *words], [whole, *plain, *words], code, *texts)

    def filled(self, tls=False):
        server = self.server(tls)
        versions = [version for _, version, _ in DEMO]
        for version in versions:
            server.push("charts/demo", version)
        server.tags("charts/demo", [v.replace("+", "_") for v in versions] + ["latest", "v9.9.9", "10.0"])
        return server

    def test_versions(self):
        server = self.filled()
        for words in ([], ["--version", "1.0.0"], ["--version", "~1.1"], ["--version", ">0.0.0-0"], ["--version", "1.1.4+build.7"],
                      ["--version", "1.1.x"], ["--version", "^1.2.0-0"]):
            with self.subTest(words=words):
                self.same(server, *words)
        self.fails(server, ["--version", "3.0.0"], EXIT_INPUT, 'chart "demo" version "3.0.0" not found in')
        self.fails(server, ["--version", "~5"], EXIT_INPUT, 'chart "demo" version "~5" not found in')
        self.fails(server, [], EXIT_INPUT, 'chart "nothing" not found', ref="charts/nothing")

    @unittest.skipUnless(os.environ.get("CHARTS") and os.environ.get("HELM3"), "CHARTS names no folder, or there is no helm")
    def test_istio(self):
        server = self.server()
        for name in ("base", "istiod", "gateway"):
            packed = self.run_program(os.environ["HELM3"], "package", f"{os.environ['CHARTS']}/{name}", "-d", str(self.home))
            self.assertEqual(packed.code, 0, packed.err)
            archive, = self.home.glob(f"{name}-*.tgz")
            version = archive.stem.removeprefix(f"{name}-")
            server.push(f"istio/{name}", version, archive.read_bytes())
            server.tags(f"istio/{name}", [version])
            ref = f"oci://{server.host}/istio/{name}"
            ours = self.render(ref)
            self.assertEqual(ours.code, 0, ours.err)
            for major in self.peers():
                self.assertEqual(self.render(ref, "--compat", str(major)).out, self.helm(major, ref, "--plain-http").out)

    def test_an_exact_version_needs_no_list(self):
        server = self.filled()
        del server.pages["/v2/charts/demo/tags/list"]
        self.same(server, "--version", "1.1.4+build.7")

    def test_pages_of_tags(self):
        server = self.filled()
        tags = [f"0.{i}.0" for i in range(300)] + ["1.0.0", "1.1.0"] + [f"0.0.{i}-x" for i in range(1, 300)]
        server.tags("charts/demo", tags, pages=7)
        self.same(server)
        self.assertGreaterEqual(sum("last=" in path for path in server.paths()), 12)

    def test_a_list_that_leads_away_or_never_ends(self):
        server, other = self.filled(), self.server()
        server.page("/v2/charts/demo/tags/list", b'{"tags":["1.0.0"]}', Link=f'<{other.url}/v2/charts/demo/tags/list?n=2>; rel="next"')
        self.assert_fails(self.render(f"oci://{server.host}/charts/demo"), EXIT_FAILED, "goes on at another server")
        self.assertEqual(other.asked, [])
        server.page("/v2/charts/demo/tags/list", b'{"tags":["1.0.0"]}', Link='</v2/charts/demo/tags/list?n=2>; rel="next"')
        self.assert_fails(self.render(f"oci://{server.host}/charts/demo"), EXIT_FAILED, "does not end")

    def test_references(self):
        server = self.filled()
        digest = server.push("charts/demo", "1.0.0")["digest"]
        plain = ["--plain-http"]
        for ref, words in (("demo:1.0.0", []), ("demo:1.0.0", ["--version", "1.0.0"]), (f"demo@{digest}", []),
                           (f"demo:1.0.0@{digest}", []), (f"demo@{digest}", ["--version", "1.0.0"]),
                           (f"demo@{digest}", ["--version", "7.7.7"])):
            with self.subTest(ref=ref, words=words):
                whole = f"oci://{server.host}/charts/{ref}"
                self.assert_same([whole, *words], [whole, *plain, *words])
        self.fails(server, ["--version", "1.1.0"], EXIT_INPUT, "chart reference and version mismatch: 1.1.0 is not 1.0.0",
                   ref="charts/demo:1.0.0")
        self.fails(server, ["--version", "1.1.0"], EXIT_INPUT, f"is not {digest}", ref=f"charts/demo@{digest}")
        self.fails(server, [], EXIT_INPUT, 'invalid repository "charts/Demo"', ref="charts/Demo")
        self.fails(server, [], EXIT_INPUT, "invalid digest", ref="charts/demo@sha256:12")

    def test_tokens(self):
        server = self.filled(tls=True)
        server.guard("/token")
        ca = ["--ca-file", str(self.home / "ca.pem")]
        self.same(server, *ca)
        asked = [path for path in server.paths() if path.startswith("/token")]
        self.assertTrue(all("service=test" in path and "scope=repository%3Acharts" in path for path in asked), asked)
        result = self.render(f"oci://{server.host}/charts/demo", "-vv", *ca)
        self.assertNotIn("secret-token", result.err)

    def test_what_else_a_registry_may_ask_for(self):
        for scheme, text in (("Basic", "wants a user and a password (Basic)"), ("Negotiate", "(Negotiate)")):
            server = self.filled()
            server.guard("/token", scheme=scheme)
            self.fails(server, [], EXIT_UNREACHABLE, text, "helm registry login")
        server = self.filled()
        server.guard("/token")
        server.page("/token", b'{"errors":[]}', status=403)
        self.fails(server, [], EXIT_UNREACHABLE, "gives no anonymous token for charts/demo: it answered 403")
        server.page("/token", b'{"token":"a\\r\\nX-Evil: 1"}')
        self.assert_fails(self.render(f"oci://{server.host}/charts/demo"), EXIT_FAILED, "gave no token")
        server.page("/token", b'{"token":"not the right one"}'.replace(b" ", b"-"))
        self.fails(server, [], EXIT_UNREACHABLE, "answered 401", "UNAUTHORIZED: authentication required")

    def log_in(self, host, user="user", password="p@ss", **more):
        """As helm registry login leaves it."""
        file = self.home / ".config/helm/registry/config.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"auths": {host: {"auth": basic(user, password).removeprefix("Basic ")} | more}}))
        file.chmod(0o600)
        return file

    def test_a_login_for_the_token(self):
        server = self.filled()
        server.guard("/token")
        token = server.pages["/token"]
        server.pages["/token"] = lambda request: (
            token if request.headers.get("Authorization") == basic("user", "p@ss") else (401, {}, b""))
        url = f"oci://{server.host}/charts/demo"
        self.assert_fails(self.render(url), EXIT_UNREACHABLE, "gives no anonymous token", "helm registry login")
        self.log_in(server.host)
        result = self.render(url, "-vv")
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("kind: Shown", result.out)
        for secret in ("p@ss", "secret-token", basic("user", "p@ss").removeprefix("Basic ")):
            self.assertNotIn(secret, result.err)
        self.log_in(server.host, password="wrong")
        result = self.render(url, "--version", "1.1.0")
        self.assert_fails(result, EXIT_UNREACHABLE, f"to the user that logged in to {server.host}: it answered 401")
        self.assertNotIn("wrong", result.err)

    def test_a_login_without_tokens(self):
        """What the registry itself wants; both Helms read the same file."""
        server = self.filled()
        inner = dict(server.pages)

        def wrap(page):
            def guarded(request):
                if request.headers.get("Authorization") != basic("user", "p@ss"):
                    return 401, {"WWW-Authenticate": 'Basic realm="r"'}, b""
                return page(request) if callable(page) else page
            return guarded
        server.pages = {path: wrap(page) for path, page in inner.items()}
        self.fails(server, [], EXIT_UNREACHABLE, "wants a user and a password (Basic)")
        self.log_in(server.host)
        self.same(server)
        self.environment["HELM_REGISTRY_CONFIG"] = str(self.log_in("https://elsewhere.example.test"))
        self.fails(server, [], EXIT_UNREACHABLE, "wants a user and a password (Basic)")
        docker = self.home / ".docker/config.json"
        docker.parent.mkdir()
        self.log_in(f"http://{server.host}/v1/").rename(docker)
        self.assertEqual(self.render(f"oci://{server.host}/charts/demo").code, 0)

    def test_logins_that_cannot_be_used(self):
        server = self.filled()
        server.guard("/token", scheme="Basic")
        url = f"oci://{server.host}/charts/demo"
        file = self.log_in(server.host, auth="!")
        self.assert_fails(self.render(url), EXIT_UNREACHABLE, f"{file}: the login for {server.host} has no user and password")
        file.write_text(json.dumps({"auths": {server.host: {}}, "credsStore": "desktop"}))
        self.assert_fails(self.render(url), EXIT_UNREACHABLE, "kept by a credential helper")
        file.write_text('{"auths": {"x": "p@ss",}')
        result = self.render(url)
        self.assertEqual(result.code, EXIT_INPUT, result.err)
        self.assertIn(f"{file}:1:", result.err)
        self.assertNotIn("p@ss", result.err)

    def test_a_token_is_not_fetched_over_http_for_https(self):
        server = self.filled(tls=True)
        for path in [path for path in server.pages if path.startswith("/v2/")]:
            server.pages[path] = (401, {"WWW-Authenticate": 'Bearer realm="http://tokens.example.test/token"'}, b"")
        result = self.render(f"oci://{server.host}/charts/demo", "--ca-file", str(self.home / "ca.pem"))
        self.assert_fails(result, EXIT_FAILED, "http://tokens.example.test/token, which is no https:// address")

    def test_blobs_from_another_host_without_the_token(self):
        server, store = self.filled(), self.server()
        data = chart("demo", "1.0.0")
        store.page("/store/blob", data)
        server.page(f"/v2/charts/demo/blobs/{sha256(data)}", b"", status=307, Location=f"{store.url}/store/blob?signature=s3cret")
        server.guard("/token")
        self.same(server, "--version", "1.0.0")
        self.assertTrue(store.asked)
        for _, headers, _ in store.asked:
            self.assertNotIn("Authorization", headers)

    def test_what_is_changed_on_its_way(self):
        server = self.filled()
        data = chart("demo", "1.0.0")
        path = f"/v2/charts/demo/blobs/{sha256(data)}"
        words = ["--version", "1.0.0"]
        server.page(path, data[:-1] + b"!")
        self.fails(server, words, EXIT_INPUT, "it is not used", sha256(data))
        server.page(path, data + b"more")
        self.fails(server, words, EXIT_FAILED, "larger than")
        server.page(path, data[:100] + Server.CUT)
        self.fails(server, words, EXIT_UNREACHABLE, "connection lost")
        server.page(path, data[:100])
        self.fails(server, words, EXIT_INPUT, sha256(data))
        server.page(path, b"", status=500)
        self.fails(server, words, EXIT_FAILED, "answered 500")
        server.page(path, data)
        body = server.pages["/v2/charts/demo/manifests/1.0.0"][2]
        server.page("/v2/charts/demo/manifests/1.0.0", body + b" ", Content_Type=OCI_MANIFEST, Docker_Content_Digest=sha256(body))
        self.fails(server, words, EXIT_INPUT, sha256(body), sha256(body + b" "))
        self.assertFalse(list(self.cache.glob("*")) if self.cache.exists() else [])

    def test_what_is_no_chart(self):
        server = self.filled()
        image = "application/vnd.oci.image.config.v1+json"
        cases = (({"config_type": image, "layer_type": "application/vnd.oci.image.layer.v1.tar+gzip"},
                  "manifest does not contain minimum number of descriptors (2), descriptors found: 1"),
                 ({"config_type": image}, "could not load config with mediatype application/vnd.cncf.helm.config.v1+json"),
                 ({"layer_type": "text/plain"},
                  "manifest does not contain a layer with mediatype application/vnd.cncf.helm.chart.content.v1.tar+gzip"))
        for fields, text in cases:
            with self.subTest(text=text):
                server.push("charts/demo", "7.0.0", **fields)
                self.fails(server, ["--version", "7.0.0"], EXIT_INPUT, text)
                for major in self.peers():
                    helm = self.helm(major, f"oci://{server.host}/charts/demo", "--plain-http", "--version", "7.0.0")
                    self.assertIn(text, helm.err)
        server.push("charts/demo", "7.0.0", layer_type="application/tar+gzip")
        self.same(server, "--version", "7.0.0")
        server.page("/v2/charts/demo/manifests/8.0.0", b"[]", Content_Type=OCI_MANIFEST)
        self.fails(server, ["--version", "8.0.0"], EXIT_FAILED, "it is no JSON object")
        server.page("/v2/charts/demo/manifests/8.0.0", b"{}", Content_Type="text/html")
        self.fails(server, ["--version", "8.0.0"], EXIT_FAILED, 'of type "text/html"')

    def test_an_index(self):
        server = self.filled()
        demo = server.push("charts/demo", "1.0.0", tag="x")
        image = server.push("charts/demo", "7.0.0", tag="y", config_type="application/vnd.oci.image.config.v1+json", layer_type="a/b")
        for parts in ([demo], [image, demo], [demo, image]):
            with self.subTest(parts=len(parts)):
                server.manifest("charts/demo", "5.0.0", {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": parts}, OCI_INDEX)
                self.same(server, "--version", "5.0.0")
        server.manifest("charts/demo", "5.0.0", {"schemaVersion": 2, "manifests": [image]}, OCI_INDEX)
        self.assert_fails(self.render(f"oci://{server.host}/charts/demo:5.0.0"), EXIT_INPUT, "minimum number of descriptors")
        self_made = [{**demo, "digest": sha256(str(i).encode())} for i in range(40)]
        for part in self_made:
            body = json.dumps({"schemaVersion": 2, "manifests": self_made}).encode()
            server.page(f"/v2/charts/demo/manifests/{part['digest']}", body, Content_Type=OCI_INDEX)
        server.manifest("charts/demo", "5.0.0", {"schemaVersion": 2, "manifests": self_made}, OCI_INDEX)
        self.assertNotEqual(self.render(f"oci://{server.host}/charts/demo:5.0.0").code, 0)

    def test_http_only_on_this_machine_or_when_asked_for(self):
        proxy = self.server()
        proxy.push("charts/demo", "1.0.0")
        self.environment["http_proxy"] = proxy.url
        ref = "oci://registry.example.test/charts/demo"
        self.assert_fails(self.render(ref, "--version", "1.0.0"), EXIT_UNREACHABLE, "registry.example.test")
        self.assertEqual(proxy.asked, [])
        self.assert_same([ref, "--version", "1.0.0", "--plain-http"], [ref, "--version", "1.0.0", "--plain-http"])

    def test_names_with_credentials_are_refused_without_telling_them(self):
        result = self.render("oci://user:p4ss@127.0.0.1:1/charts/demo", "-vv")
        self.assert_fails(result, EXIT_INPUT, "takes no user and password")
        self.assertNotIn("p4ss", result.err)


class Cache(Case):
    def test_many_at_once(self):
        server = self.server()
        url = server.repository("/charts", DEMO)
        command = [os.environ["MESHCTL"], "render", "r1", "demo", "--charts", url]
        for _ in range(3):
            runs = [subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(12)]
            said = [run.communicate(timeout=TIMEOUT_S) for run in runs]
            self.assertEqual({run.returncode for run in runs}, {0}, said)
            self.assertEqual(len({out for out, _ in said}), 1)
            files = list(self.cache.iterdir())
            self.assertEqual(len(files), 1, files)
            self.assertEqual(files[0].stem, sha256(files[0].read_bytes()).removeprefix("sha256:"))
            files[0].write_bytes(files[0].read_bytes()[:100])  # the next round begins with a damaged one

    def test_bounded(self):
        self.cache.mkdir(parents=True)
        for i in range(600):
            old = self.cache / f"{i:064x}.tgz"
            old.write_bytes(b"x")
            os.utime(old, (1000 + i, 1000 + i))
        keep = self.cache / "somebody else's"
        keep.write_bytes(b"x")
        left = self.cache / f"{1:064x}.tgz.abcdef"
        left.write_bytes(b"x")
        os.utime(left, (1000, 1000))
        server = self.server()
        url = server.repository("/charts", DEMO)
        self.assertEqual(self.render("demo", "--charts", url).code, 0)
        names = {path.name for path in self.cache.iterdir()}
        self.assertEqual(len(names), 512 + 1)
        self.assertTrue(keep.exists() and not left.exists())
        self.assertIn(f"{599:064x}.tgz", names)
        self.assertNotIn(f"{0:064x}.tgz", names)


class Charts(Case):
    def filled(self):
        server = self.server()
        url = server.repository("/charts", [(name, version, {}) for name in ("base", "istiod", "gateway", "cni")
                                            for version in ("1.30.0", "1.31.0", "1.32.0-rc.1")])
        for name in ("base", "istiod", "gateway"):
            server.push(f"charts/{name}", "1.31.0")
            server.tags(f"charts/{name}", ["1.30.0", "1.31.0"])
        return server, url

    def test_pull_and_then_no_network(self):
        for oci in (False, True):
            server, url = self.filled()
            to = self.home / f"pulled-{oci}/charts"
            source = f"oci://{server.host}/charts" if oci else url
            words = ["charts", "pull", "--charts", source, "--istio-version", "1.31.0", "--to", str(to), "-o", "json"]
            first, second = self.meshctl(*words), self.meshctl(*words)
            self.assertEqual((first.code, second.code), (0, 0), first.err)
            one, two = json.loads(first.out), json.loads(second.out)
            self.assertEqual([c["name"] for c in one["charts"]], ["base", "istiod", "gateway"])
            self.assertEqual({c["written"] for c in one["charts"]}, {True})
            self.assertEqual({c["written"] for c in two["charts"]}, {False})
            for c in one["charts"]:
                self.assertEqual(sha256(Path(c["file"]).read_bytes()), c["digest"])
            self.assertEqual(sorted(path.name for path in to.iterdir()),
                             ["base-1.31.0.tgz", "gateway-1.31.0.tgz", "istiod-1.31.0.tgz"])
            server.stop()
            for name in ("base", "istiod", "gateway"):
                self.assert_same([name, "--charts", str(to), "--version", "1.31.0"], [str(to / f"{name}-1.31.0.tgz")])

    def test_pull_at_once(self):
        _, url = self.filled()
        to = self.home / "together"
        command = [os.environ["MESHCTL"], "charts", "pull", "base", "cni", "--charts", url, "--to", str(to)]
        runs = [subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
        said = [run.communicate(timeout=TIMEOUT_S) for run in runs]
        self.assertEqual({run.returncode for run in runs}, {0}, said)
        self.assertEqual(sorted(path.name for path in to.iterdir()), ["base-1.31.0.tgz", "cni-1.31.0.tgz"])

    def test_pull_says_what_is_missing(self):
        _, url = self.filled()
        result = self.meshctl("charts", "pull", "--charts", url, "--istio-version", "1.99.0", "--to", str(self.home / "x"))
        self.assert_fails(result, EXIT_INPUT, 'chart "base" version "1.99.0" not found', "there is")

    def test_list(self):
        server, url = self.filled()
        result = self.meshctl("charts", "list", "--charts", url)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([line.split() for line in result.out.splitlines()][:4],
                         [["NAME", "VERSION"], ["base", "1.32.0-rc.1"], ["base", "1.31.0"], ["base", "1.30.0"]])
        result = self.meshctl("charts", "list", "istiod", "--charts", url, "--limit", "1", "-o", "json")
        self.assertEqual(json.loads(result.out)["charts"], [{"name": "istiod", "total": 3, "versions": ["1.32.0-rc.1"]}])
        result = self.meshctl("charts", "list", "--charts", f"oci://{server.host}/charts", "-o", "json")
        self.assertEqual({c["name"]: c["versions"] for c in json.loads(result.out)["charts"]},
                         dict.fromkeys(("base", "istiod", "gateway"), ["1.31.0", "1.30.0"]))
        folder = self.home / "folder"
        folder.mkdir()
        for name, version in (("app-2-web", "1.0.0"), ("demo", "2.0.0"), ("demo", "1.0.0")):
            (folder / f"{name}-{version}.tgz").write_bytes(chart(name, version))
        result = self.meshctl("charts", "list", "--charts", str(folder), "-o", "json")
        self.assertEqual({c["name"]: c["versions"] for c in json.loads(result.out)["charts"]},
                         {"app-2-web": ["1.0.0"], "demo": ["2.0.0", "1.0.0"]})


if __name__ == "__main__":
    unittest.main()
