"""What others keep in the mesh's namespaces is not downloaded: a run takes no more memory beside a lot of it."""

import base64
import os
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

import snapshot
import world
from foreign import INGRESS, SYSTEM
from world import CA_DIR, CLUSTERS, charts, members

COUNT, BYTES = 40 if world.LONG else 12, 700_000  # of each namespace; a Secret's limit is 1 MiB
NAMES = [f"large-{n}" for n in range(COUNT)]
MORE_KB = 4_000  # less than the half of a namespace's
RUNS = 3


# What a child took counts what its parent had when it was begun: so it is begun by one that has little.
MEASURE = """import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def peak_kb(words: list) -> int:
    """The most memory that such a run takes at the least: of some, since threads meet as they like."""
    return min(_peak_kb(words) for _ in range(RUNS))


def _peak_kb(words: list) -> int:
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, world.MESHCTL, *map(str, words)], capture_output=True, text=True,
                          timeout=120, env=world.ENV, cwd=world.WORK)
    if done.returncode not in (0, 2):
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return int(done.stdout)


class LargeNeighbours(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.whole(world.up())

    def each(self, work) -> None:
        places = [(c, namespace, name) for c in CLUSTERS for namespace in (SYSTEM, INGRESS) for name in NAMES]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda place: work(*place), places))

    def make(self, cluster: str, namespace: str, name: str) -> None:
        kind = ("Opaque", "kubernetes.io/tls")[int(name[-1]) % 2]
        data = {"tls.crt": base64.b64encode(os.urandom(BYTES)).decode(), "tls.key": ""}
        snapshot.api(cluster).call("POST", f"/api/v1/namespaces/{namespace}/secrets",
                                   {"metadata": {"name": name}, "type": kind, "data": data})

    def remove(self, cluster: str, namespace: str, name: str) -> None:
        snapshot.api(cluster).call("DELETE", f"/api/v1/namespaces/{namespace}/secrets/{name}")

    def test_secrets_of_others(self):
        plan = ["plan", *members(), *charts(), "--ca-dir", CA_DIR]
        look = ["verify", *members()]
        before = [peak_kb(plan), peak_kb(look)]
        self.each(self.make)
        self.addCleanup(self.each, self.remove)
        after = [peak_kb(plan), peak_kb(look)]
        print(f"\nplan {before[0]} kB, beside {2 * COUNT * BYTES // 1000} kB of others' in each cluster {after[0]} kB; "
              f"verify {before[1]} kB, {after[1]} kB", end=" ", flush=True)
        for less, more in zip(before, after):
            self.assertLess(more - less, MORE_KB)


if __name__ == "__main__":
    unittest.main()
