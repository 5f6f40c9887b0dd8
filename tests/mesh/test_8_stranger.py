"""An address whose certificate another authority signed: the other clusters' istiod would refuse it, so it is tried
before anything is written; with that authority given it is what they are told."""

import asyncio
import base64
import json
import ssl
import threading
import unittest
import urllib.parse

import foreign
import snapshot
import world
from foreign import SYSTEM
from world import CLUSTERS, LAB, WORK, kubectl, run, up

HOST = urllib.parse.urlsplit(LAB["LAB_CHART_REPO"]).hostname  # an address of this machine that pods reach
FAILED = 1
CHUNK = 65536


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
    except OSError:  # either side went away
        pass
    finally:
        sink.close()


class Front:
    """Ends TLS in front of an API server with a certificate of its own authority, as a cloud's load balancer may."""

    def __init__(self, server: str):
        folder = WORK / "front"
        folder.mkdir(exist_ok=True)
        self.authority = folder / "cert.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=front", "-addext", f"subjectAltName=IP:{HOST}",
            "-keyout", folder / "key.pem", "-out", self.authority)
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(self.authority, folder / "key.pem")
        where = urllib.parse.urlsplit(server)
        self._where = (where.hostname, where.port or 443)
        self._loop = asyncio.new_event_loop()
        listener = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, 0, ssl=own))
        self.url = f"https://{HOST}:{listener.sockets[0].getsockname()[1]}"
        self.connections = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A client that trusts the certificate."""
        self.connections += 1
        theirs, ours = await asyncio.open_connection(*self._where, ssl=ssl._create_unverified_context())
        await asyncio.gather(_pump(reader, ours), _pump(theirs, writer))


class Stranger(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(up())
        config = json.loads(kubectl("east", "config", "view", "--raw", "-o", "json"))
        cls.front = Front(config["clusters"][0]["cluster"]["server"])

    @classmethod
    def tearDownClass(cls):
        done = up()
        cls.front.close()
        if done.code:
            raise AssertionError(done)

    def link(self) -> dict:
        """What west is told of east."""
        text = foreign.secret_of("west", SYSTEM, "istio-remote-secret-east-cluster")["east-cluster"]
        path = WORK / "link.kubeconfig"
        path.write_text(text)
        return json.loads(run("kubectl", f"--kubeconfig={path}", "config", "view", "--raw", "-o", "json"))["clusters"][0]["cluster"]

    def test_1_refused_before_anything_is_written(self):
        before = snapshot.look_at_rest()
        done = up("--server", f"east={self.front.url}")
        self.assertEqual(done.code, FAILED, done)
        for text in ("MC404", self.front.url, "certificate", "--server-ca east=FILE"):
            self.assertIn(text, done.err, done)
        now = snapshot.look()
        for cluster in CLUSTERS:
            if found := snapshot.compare(before[cluster], now[cluster]):
                self.fail(f"{found}\nafter {done}")

    def test_2_the_fix_that_was_told(self):
        done = up("--server", f"east={self.front.url}", "--server-ca", f"east={self.front.authority}")
        self.assertEqual(done.code, 0, done)
        link = self.link()
        self.assertEqual(link["server"], self.front.url)
        self.assertEqual(base64.b64decode(link["certificate-authority-data"]).decode(), self.front.authority.read_text())
        self.assertGreater(self.front.connections, 1)  # istiod of west reads east through it

    def test_3_back_to_the_kubeconfigs_own(self):
        done = up()
        self.assertEqual(done.code, 0, done)
        config = json.loads(kubectl("east", "config", "view", "--raw", "-o", "json"))
        self.assertEqual(self.link()["server"], config["clusters"][0]["cluster"]["server"])


if __name__ == "__main__":
    unittest.main()
