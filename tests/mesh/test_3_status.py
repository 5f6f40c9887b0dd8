"""A mesh that is there, as status shows it: what was sent is what grows, and watching ends as it should."""

import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
import unittest

import world
from world import CLUSTERS, get, meshctl, members, run

SENT = 30


def status(*words: object):
    return meshctl("status", *members(), *words, seconds=30)


def reviews() -> str:
    """Who answered one request for reviews."""
    services = get("west", "-n", "istio-ingress", "svc", "istio-ingress")
    address = services["status"]["loadBalancer"]["ingress"][0]["ip"]
    answer = json.loads(run("curl", "-sf", "-m", "10", f"http://{address}/api/v1/products/0/reviews"))
    return re.sub("-.*", "", answer["podname"].removeprefix("reviews-"))


def requests(document: dict) -> dict[tuple[str, str], int]:
    return {(link["from"], link["to"]): link["requests"] for link in document["links"]}


def watched(*words: object, **options) -> subprocess.Popen:
    argv = [world.MESHCTL, "status", *members(), "--watch", "--interval", "1s", "--window", "200ms", *words]
    return subprocess.Popen([str(w) for w in argv], env=world.ENV | {"TERM": "xterm"}, **options)


def nobody_is_going() -> bool:
    pods = [pod for cluster in CLUSTERS for pod in get(cluster, "pods", "-A")["items"]]
    return not any("deletionTimestamp" in pod["metadata"] for pod in pods)


class Status(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """What was changed before may have pods on their way out, which answer no more."""
        assert world.settle(nobody_is_going, 60)

    def test_1_what_was_sent_is_what_grows(self):
        before = status("-n", "bookinfo", "--window", "100ms", "-o", "json")
        self.assertEqual(before.code, 0, before)
        answers = [reviews() for _ in range(SENT)]
        after = status("-n", "bookinfo", "--window", "100ms", "-o", "json")
        self.assertEqual(after.code, 0, after)
        was, now = requests(before.json()), requests(after.json())
        grown = {way: now[way] - was[way] for way in now}
        away = answers.count("v3")
        self.assertGreater(away, 0, answers)
        # Each answer from east asks west for its stars, so that both directions carry it.
        self.assertEqual(grown, {("west", "east"): away, ("east", "west"): away}, answers)
        ways = {(c["from"]["workload"], c["to"]["service"], c["to"]["cluster"], c["mtls"]) for c in after.json()["calls"]}
        for way in (("productpage-v1", "reviews", "west", True), ("productpage-v1", "reviews", "east", True),
                    ("reviews-v3", "ratings", "west", True)):
            self.assertIn(way, ways)
        through = {c["via"] for c in after.json()["calls"] if c["to"]["cluster"] != c["from"]["cluster"]}
        self.assertEqual(through, {g for link in after.json()["links"] for g in link["gateway"]})

    def test_2_every_part_of_a_good_mesh_is_well(self):
        over = threading.Event()
        load = threading.Thread(target=lambda: [reviews() for _ in iter(over.is_set, True)])
        load.start()
        try:
            done = status("-o", "json")
        finally:
            over.set()
            load.join()
        document = done.json()
        self.assertEqual((done.code, document["health"], document["truncated"]), (0, "ok", []), done)
        for link in document["links"]:
            self.assertEqual((link["api"], link["synced"], link["health"]), ("ok", True, "ok"), done)
            self.assertEqual(link["servicesSeen"], link["services"])
            self.assertGreater(link["requestsPerSecond"], 0, done)
        for cluster in document["clusters"]:
            self.assertEqual(cluster["findings"], [])
            self.assertEqual({g["role"] for g in cluster["gateways"]}, {"eastwest", "ingress"})
            self.assertGreater(cluster["istiods"][0]["proxies"], 2)
        short = status("-o", "short", "--window", "50ms")
        self.assertTrue(short.out.startswith("mesh ok clusters=2/2 links=2/2 "), short)

    def test_3_watching_ends_well_with_ctrl_c(self):
        with watched("-o", "jsonl", stdout=subprocess.PIPE, text=True) as process:
            kinds = [json.loads(process.stdout.readline())["kind"] for _ in range(2)]
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 0)
        self.assertEqual(kinds, ["MeshStatus", "MeshStatus"])

    def test_4_a_terminal_is_drawn_over(self):
        ours, theirs = pty.openpty()
        screen = b""
        with watched(stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            end = time.monotonic() + 20
            while screen.count(b"\033[H") < 2 and time.monotonic() < end:
                screen += os.read(ours, 65536)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 0)
        os.close(ours)
        self.assertEqual(screen.count(b"\033[2J"), 1)
        for cluster in CLUSTERS:
            self.assertGreaterEqual(screen.count(cluster.encode()), 2)


if __name__ == "__main__":
    unittest.main()
