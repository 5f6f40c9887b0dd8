"""A mesh that is there, drawn and collected: the picture shows the calls that were made, and the archive for whoever
shall find a fault holds all that it says, and nothing that opens a door."""

import base64
import json
import re
import tarfile
import unittest
import xml.etree.ElementTree as ElementTree

from world import CA_DIR, CLUSTERS, WORK, get, kubectl, meshctl, members, run

SVG = "{http://www.w3.org/2000/svg}"


def page() -> None:
    services = get("west", "-n", "istio-ingress", "svc", "istio-ingress")
    address = services["status"]["loadBalancer"]["ingress"][0]["ip"]
    run("curl", "-sf", "-m", "10", f"http://{address}/api/v1/products/0/reviews")


def pieces(secret: bytes) -> list[bytes]:
    """What of a secret must stand nowhere: itself, its base64, and of a key each of its lines."""
    lines = [line for line in secret.split(b"\n") if len(line) >= 40 and b"-----" not in line]
    return [secret, base64.b64encode(secret), *lines]


def secrets() -> dict[str, list[bytes]]:
    """Every value of every Secret of both clusters that is no certificate and no release, and what their users log in
    with."""
    found = {"root key": pieces((CA_DIR / "root-key.pem").read_bytes())}
    for cluster in CLUSTERS:
        for secret in json.loads(kubectl(cluster, "get", "secrets", "-A", "-o", "json"))["items"]:
            for key, value in (secret.get("data") or {}).items():
                public = "cert" in key or key in ("ca.crt", "namespace", "release")
                if not public and len(value) >= 16:
                    # A kubeconfig's certificate is for all to see; its token is the reader's, which stands here too.
                    plain = base64.b64decode(value)
                    is_config = b"kind: Config" in plain
                    found[f"{cluster} {secret['metadata']['name']} {key}"] = (
                        [plain, value.encode()] if is_config else pieces(plain))
        user = json.loads(kubectl(cluster, "config", "view", "--raw", "-o", "json"))["users"][0]["user"]
        for key in ("client-key-data", "token", "password"):
            if user.get(key):
                found[f"{cluster} {key}"] = [user[key].encode()]
    return found


class Picture(unittest.TestCase):
    def test_1_the_calls_that_were_made_are_drawn(self):
        for _ in range(10):
            page()
        done = meshctl("graph", *members(), "-n", "bookinfo", "--window", "100ms", "-o", "svg", seconds=30)
        self.assertEqual((done.code, done.err), (0, ""), done)
        titles = "\n".join(title.text for title in ElementTree.fromstring(done.out).iter(SVG + "title"))
        for way in (r"istio-ingress\.istio-ingress in west calls productpage\.bookinfo in west: \S+, mTLS",
                    r"productpage-v1 of productpage\.bookinfo in west calls istio-eastwest\.istio-ingress in east: "
                    r"\S+, mTLS",
                    r"istio-eastwest\.istio-ingress in east calls reviews\.bookinfo in east: ",
                    r"reviews-v3 of reviews\.bookinfo in east calls istio-eastwest\.istio-ingress in west: "):
            self.assertRegex(titles, way)
        text = meshctl("graph", *members(), "-n", "bookinfo", "--window", "100ms", "--ascii", seconds=30)
        self.assertEqual(text.code, 0, text)
        self.assertRegex(text.out, r"-> reviews in east  \S+  mTLS  via istio-eastwest")

    def test_2_the_archive_holds_all_that_is_needed_and_no_secret(self):
        path = WORK / "report.tar.gz"
        done = meshctl("report", *members(), "-n", "bookinfo", "--window", "100ms", "--to", path, seconds=60)
        self.assertEqual((done.code, done.out), (0, f"{path}\n"), done)
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
        with tarfile.open(path) as archive:
            files = {m.name.split("/", 1)[1]: archive.extractfile(m).read() for m in archive.getmembers()}
        contents = json.loads(files["contents.json"])
        self.assertEqual(contents["missing"], [])
        for cluster in CLUSTERS:
            for wanted in (f"{cluster}/objects/istio-system/Deployment.yaml", f"{cluster}/objects/Gateway.yaml",
                           f"{cluster}/objects/bookinfo/Pod.yaml",
                           rf"{cluster}/logs/istio-system/istiod-\S+/discovery.log",
                           rf"{cluster}/istiod/istio-system/istiod-\S+/clusterz.json",
                           rf"{cluster}/proxies/istio-ingress/istio-eastwest-\S+/config_dump_summary.json"):
                self.assertTrue(any(re.fullmatch(wanted, name) for name in files), wanted)
        self.assertIn(b"name: cacerts", files["west/objects/istio-system/Secret.yaml"])
        self.assertEqual(json.loads(files["status.json"])["health"], "ok")
        everything = b"\n".join(files.values())
        hidden = secrets()
        self.assertGreater(len(hidden), 6)
        for name, parts in hidden.items():
            for part in parts:
                self.assertFalse(part in everything, name)
        self.assertNotIn(b"PRIVATE KEY-----", everything)
        self.assertLess(path.stat().st_size, 4 << 20)


if __name__ == "__main__":
    unittest.main()
