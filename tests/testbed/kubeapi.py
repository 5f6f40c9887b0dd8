"""A small client of one cluster's API server, with the administrator's certificate."""

import contextlib
import http.client
import json
import ssl
import urllib.request
from collections.abc import Iterator

from .errors import LabError
from .layout import Cluster

CALL_SECONDS = 20
MERGE = "application/merge-patch+json"


class NotFound(LabError):
    """There is no such object, or no such kind of object."""


class KubeApi:
    """Each call is a connection of its own: that costs 3 ms, and any thread may call."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        self._tls = ssl.create_default_context(cafile=str(cluster.pki / "ca.crt"))
        self._tls.load_cert_chain(cluster.pki / "admin.crt", cluster.pki / "admin.key")

    def call(
        self, method: str, path: str, body: object = None, content: str = "application/json"
    ) -> dict:
        with self._open(method, path, body, content, CALL_SECONDS) as answer, self._cut(path):
            text = answer.read()
        return json.loads(text) if text[:1] in (b"{", b"[") else {}

    def get(self, path: str) -> dict:
        return self.call("GET", path)

    def watch(self, path: str, version: str, seconds: int) -> Iterator[dict]:
        """Events since version, for so many seconds."""
        query = f"watch=1&resourceVersion={version}&timeoutSeconds={seconds}"
        with (
            self._open("GET", f"{path}?{query}", None, "", seconds + 10) as answer,
            self._cut(path),
        ):
            while line := answer.readline():
                yield json.loads(line)

    def ready(self) -> bool:
        """Whether the API server says that it is."""
        try:
            self.get("/readyz")
        except LabError:
            return False
        return True

    @contextlib.contextmanager
    def _cut(self, path: str) -> Iterator[None]:
        """An answer that breaks off is an error like any other."""
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise LabError(f"{path} on {self.cluster.name}: cut off: {error}") from None

    def _open(self, method: str, path: str, body: object, content: str, timeout: float):
        connection = http.client.HTTPSConnection(
            self.cluster.node_ip, 6443, context=self._tls, timeout=timeout
        )
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": content} if content else {})
            answer = connection.getresponse()
            if answer.status >= 300:
                kind = NotFound if answer.status == 404 else LabError
                said = answer.read(500).decode(errors="replace")
                raise kind(f"{method} {path} on {self.cluster.name}: {answer.status} {said}")
            return answer
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"{method} {path} on {self.cluster.name}: {error}") from None
        except LabError:
            connection.close()
            raise


def http_ok(url: str) -> bool:
    """Whether a plain or self-signed health address answers 200."""
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=blind)
    )
    try:
        with opener.open(url, timeout=3) as answer:
            return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
