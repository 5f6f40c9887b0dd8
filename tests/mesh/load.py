"""A steady load on the sample from outside, each request over a connection of its own, counted here."""

import collections
import http.client
import json
import threading
import time

import world

PATH = "/api/v1/products/0/reviews"
TIMEOUT = 20
MAX_SECONDS = 600


class Load:
    """As a context manager: `rate` requests a second at a cluster's ingress while its body runs."""

    def __init__(self, cluster: str, rate: int = 50):
        service = world.get(cluster, "-n", "istio-ingress", "svc", "istio-ingress")
        self.host = service["status"]["loadBalancer"]["ingress"][0]["ip"]
        self.rate = rate
        self.sent = 0
        self.answers = collections.Counter()  # by the version of reviews
        self.failed: list[str] = []
        self.lock = threading.Lock()
        self.ended = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._send)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(MAX_SECONDS + TIMEOUT)

    def _send(self) -> None:
        began, threads = time.monotonic(), []
        while not self.ended.is_set() and time.monotonic() - began < MAX_SECONDS:
            threads.append(threading.Thread(target=self._one))
            threads[-1].start()
            self.sent += 1
            time.sleep(max(0.0, began + self.sent / self.rate - time.monotonic()))
        for thread in threads:
            thread.join(TIMEOUT)

    def _one(self) -> None:
        now = time.strftime("%T")
        connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise http.client.HTTPException(f"{answer.status} {body[:100]!r}")
            name = json.loads(body)["podname"].rsplit("-", 2)[0]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            with self.lock:
                self.failed.append(f"{now} {error!r}")
            return
        finally:
            connection.close()
        with self.lock:
            self.answers[name] += 1
