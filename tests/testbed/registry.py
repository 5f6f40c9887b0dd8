"""A read-only container registry: python3 -m testbed.registry DIRECTORY ADDRESS PORT.

containerd asks a mirror for /v2/NAME/manifests/TAG?ns=HOST; HOST/NAME:TAG is then the image's
whole name in the index.
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .oci import MANIFEST

DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Handler(BaseHTTPRequestHandler):
    """Answers from files; a file is sent by the kernel without a copy through this process."""

    protocol_version = "HTTP/1.1"
    home: Path

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.rstrip("/") == "/v2":
            self._answer(200, b"{}")
        elif match := re.fullmatch(r"/v2/(.+)/(manifests|blobs)/([^/]+)", url.path):
            name, kind, reference = match.groups()
            if not DIGEST.fullmatch(reference):
                host = parse_qs(url.query).get("ns", [""])[0]
                index = json.loads((self.home / "index.json").read_text())
                reference = index["references"].get(f"{host}/{name}:{reference}", "")
            self._blob(reference, MANIFEST if kind == "manifests" else "application/octet-stream")
        else:
            self._unknown()

    do_HEAD = do_GET

    def _blob(self, reference: str, content: str) -> None:
        digest = DIGEST.fullmatch(reference)
        path = self.home / "blobs" / "sha256" / digest[1] if digest else None
        if path is None or not path.exists():
            self._unknown()
            return
        with path.open("rb") as blob:
            self._head(200, path.stat().st_size, content, reference)
            if self.command == "GET":
                self.connection.sendfile(blob)

    def _unknown(self) -> None:
        self._answer(
            404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"the lab has no such image"}]}'
        )

    def _answer(self, code: int, body: bytes) -> None:
        self._head(code, len(body), "application/json")
        if self.command == "GET":
            self.wfile.write(body)

    def _head(self, code: int, size: int, content: str, digest: str | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(size))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        self.wfile.flush()


if __name__ == "__main__":
    Handler.home = Path(sys.argv[1])
    ThreadingHTTPServer((sys.argv[2], int(sys.argv[3])), Handler).serve_forever()
