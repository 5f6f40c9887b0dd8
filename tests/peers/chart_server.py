"""A chart repository and an OCI registry on loopback that can misbehave, and the charts they serve."""
import base64
import gzip
import hashlib
import io
import json
import ssl
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
HELM_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"


def pack(entries, form=tarfile.PAX_FORMAT, **more):
    """The bytes of a tar of (name, bytes, {TarInfo field: value})."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, **more) as tar:
        for name, data, fields in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for field, value in fields.items():
                setattr(info, field, value)
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return out.getvalue()


def chart(name, version):
    """A .tgz whose rendering tells which one it is."""
    metadata = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: a-{version}\n"
    template = 'kind: Shown\nname: {{ .Chart.Name }}\nversion: {{ .Chart.Version | quote }}\nfile: {{ .Files.Get "f" }}\n'
    return gzip.compress(pack([(f"{name}/Chart.yaml", metadata.encode(), {}), (f"{name}/values.yaml", b"a: 1\n", {}),
                               (f"{name}/f", f"file of {version}".encode(), {}),
                               (f"{name}/templates/shown.yaml", template.encode(), {})]), mtime=0)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def certificates(folder):
    """An authority and a server certificate of its for 127.0.0.1 and localhost: ca.pem, server.pem, server.key."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder, timeout=60)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
    openssl("req", "-x509", *key, "-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=test server",
            "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE")


class Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A peer that hangs up, as tests make it do, is no error here."""


class Server:
    """Answers from `pages` (path: (status, headers, body) or a function of the request that returns that), keeps what was asked.
    A body that ends with CUT is sent without it under a Content-Length that promises more."""
    CUT = b"\0cut here\0"

    def __init__(self, folder=None):
        self.pages, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20
            wbufsize = -1  # an answer is one packet
            disable_nagle_algorithm = True

            def do_GET(self):
                server.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.http = Listener(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if folder:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = "https"
        self.port = self.http.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{self.scheme}://{self.host}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(10)

    def answer(self, request):
        path = request.path
        if "://" in path:  # asked as a proxy
            url = urlsplit(path)
            path = url.path + ("?" + url.query if url.query else "")
        self.asked.append((path, dict(request.headers.items()), request.path))
        page = self.pages.get(path) or self.pages.get(urlsplit(path).path)
        status, headers, body = page(request) if callable(page) else page or (404, {}, b"nothing here")
        cut = body.endswith(self.CUT)
        body = body.removesuffix(self.CUT)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body) + (10 if cut else 0)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
        request.wfile.flush()
        request.close_connection = request.close_connection or cut

    def page(self, path, body, status=200, **headers):
        self.pages[path] = (status, {k.replace("_", "-"): v for k, v in headers.items()}, body)

    def paths(self):
        return [path for path, _, _ in self.asked]

    # --- a repository ---

    def repository(self, path, charts, **fields):
        """An index at `path` of [(name, version, {entry field: value})], each archive beside it unless it has urls."""
        entries = {}
        for name, version, more in charts:
            data = chart(name, version)
            entry = {"apiVersion": "v2", "name": name, "version": version, "digest": sha256(data).removeprefix("sha256:"),
                     "urls": [f"{name}-{version}.tgz"], "created": "2026-01-01T00:00:00Z"}
            entry.update(more)
            entries.setdefault(name, []).append(entry)
            self.page(f"{path}/{name}-{version}.tgz", data)
        self.page(f"{path}/index.yaml", json.dumps({"apiVersion": "v1", "entries": entries, **fields}).encode())
        return self.url + path

    # --- a registry ---

    def blob(self, repository, data):
        digest = sha256(data)
        self.page(f"/v2/{repository}/blobs/{digest}", data)
        return digest

    def manifest(self, repository, tag, value, media_type=OCI_MANIFEST, digest=None):
        data = json.dumps(value).encode()
        for reference in (tag, sha256(data)):
            self.page(f"/v2/{repository}/manifests/{reference}", data, Content_Type=media_type,
                      Docker_Content_Digest=digest or sha256(data))
        return {"mediaType": media_type, "digest": sha256(data), "size": len(data)}

    def push(self, repository, version, data=None, tag=None, config_type=HELM_CONFIG, layer_type=HELM_CHART):
        """What helm push makes; its manifest's descriptor."""
        name = repository.rsplit("/", 1)[-1]
        data = data or chart(name, version)
        config = json.dumps({"name": name, "version": version, "apiVersion": "v2"}).encode()
        value = {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
                 "config": {"mediaType": config_type, "digest": self.blob(repository, config), "size": len(config)},
                 "layers": [{"mediaType": layer_type, "digest": self.blob(repository, data), "size": len(data)}]}
        self.page("/v2/", b"{}")
        return self.manifest(repository, tag or version.replace("+", "_"), value)

    def tags(self, repository, tags, pages=1):
        """tags/list, cut into pages that are linked as the distribution-spec has it."""
        step = -(-len(tags) // pages)
        base = f"/v2/{repository}/tags/list"

        def list_tags(request):
            last = parse_qs(urlsplit(request.path).query).get("last", [None])[0]
            start = tags.index(last) + 1 if last else 0
            part = tags[start:start + step]
            more = start + step < len(tags)
            link = {"Link": f'<{base}?last={part[-1]}&n={step}>; rel="next"'} if more else {}
            return 200, {"Content-Type": "application/json", **link}, json.dumps({"name": repository, "tags": part}).encode()
        self.pages[base] = list_tags

    def guard(self, realm, token="secret-token", service="test registry", scheme="Bearer"):
        """Every page below /v2/ wants the token that REALM (a path of this server) hands out."""
        inner, challenge = dict(self.pages), f'{scheme} realm="{self.url}{realm}",service="{service}"'

        def wrap(page):
            def guarded(request):
                if request.headers.get("Authorization") != f"Bearer {token}":
                    scope = "" if request.path == "/v2/" else f',scope="repository:{request.path.split("/")[2]}:pull"'
                    body = b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'
                    return 401, {"WWW-Authenticate": challenge + scope}, body
                return page(request) if callable(page) else page
            return guarded
        self.pages = {path: wrap(page) if path.startswith("/v2/") else page for path, page in inner.items()}
        self.page(realm, json.dumps({"token": token}).encode())


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
