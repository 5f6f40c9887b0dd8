"""A run that dies anywhere is finished by the same command: `up` and `down` over two control planes are killed, cut
and interrupted at a request, of all that they send; the same command then ends well, and what is there is what a run
that nobody disturbed leaves: every object of both clusters, the releases' records, one root, no lock, no key lost.

Where and how is chosen by MESHCTL_SEED, so many times as MESHCTL_KILLS says; --long has every request once, each in
one of the five ways. A lock that a killed run leaves has half a minute to live: most rounds make that a second.
"""

import os
import random
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import planes
import world
from counting import Counter, Fault, Proxy
from lasting import records, what_lasts
from snapshot import MERGE, compare, paths_of
from world import LAB, WORK, Done

KILLS = int(os.environ.get("MESHCTL_KILLS", "0" if world.LONG else "12"))  # 0: all
CA_DIR = WORK / "planes-ca"
MADE = WORK / "planes-ca-made"  # by the run that nobody disturbed
KEYS_EVERY = 10  # rounds: this often without keys made before
PATIENCE_EVERY = 50  # rounds: this often a lock is waited for as long as it lasts
LEASES = "/apis/coordination.k8s.io/v1"
TIMEOUT, RUN_SECONDS = "4m", 300  # for machines with much else to do
INTERRUPTED = 130
AT_ONCE_SECONDS = 5  # after the second signal, looks at the end included
# 1 a step failed, 3 timed out, 4 unreachable: what a lost answer may be told as.
TOLD = (1, 3, 4)
LIVES = ("deployed", "failed", "superseded")


def writes(requests: list) -> bool:
    return any(r.method not in ("GET", "HEAD") and "dryRun" not in r.path and "reviews" not in r.path for r in requests)


def first_write(requests: list) -> int:
    return next(n for n in range(len(requests)) if writes(requests[: n + 1]))


def differences(wanted: dict, found: dict) -> list[str]:
    rows = []
    for key in sorted({*wanted, *found}):
        a, b = wanted.get(key), found.get(key)
        if a != b:
            rows.append(f"{'- ' if b is None else '+ ' if a is None else '~ '}{key}"
                        f"{'' if None in (a, b) else ': ' + ', '.join(paths_of(a, b)[:5])}")
    return rows


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(planes.down)
        cls.planes = planes.up()
        cls.counter = Counter()
        cls.dice = random.Random(f"{world.SEED} killed")
        proxies = {n: Proxy(n, (p.cluster.node_ip, 6443), p.cluster.pki, cls.counter) for n, p in cls.planes.items()}
        for proxy in proxies.values():
            cls.addClassCleanup(proxy.close)
        members = []
        for name, plane in cls.planes.items():
            members += [f"--{name}", plane.kubeconfig(proxies[name].url, WORK / f"plane-{name}.kubeconfig")]
            members += ["--server", f"{name}=https://{plane.cluster.node_ip}:6443"]
        cls.mesh = [*members, "--charts", LAB["LAB_CHARTS"], "--hub", LAB["LAB_HUB"], "--istio-version", LAB["LAB_TAG"],
                    "--ca-dir", CA_DIR, "--to", "expose"]
        cls.up = ["up", *cls.mesh]
        cls.down = ["down", *members, "--confirm", "mesh"]
        cls.undisturbed()

    @classmethod
    def undisturbed(cls):
        """What is there after each command, and what each sends. Istio's kinds stay from the first time on."""
        for wanted in (cls.up, cls.down):
            world.whole(cls.run_at(wanted))
        shutil.rmtree(CA_DIR)
        world.whole(cls.run_at(cls.up))
        cls.sent = {"up": list(cls.counter.seen)}
        cls.whole = cls.lasting()
        shutil.copytree(CA_DIR, MADE)
        world.whole(cls.run_at(cls.down))
        cls.sent["down"] = list(cls.counter.seen)
        cls.empty = cls.lasting()

    @classmethod
    def look(cls) -> dict:
        """How it stands; what disturbs nothing need not look again before it."""
        cls.seen = {name: plane.look() for name, plane in cls.planes.items()}
        return cls.seen

    @classmethod
    def lasting(cls) -> dict:
        return {name: what_lasts(s) for name, s in cls.look().items()}

    @classmethod
    def run_at(cls, words: list, fault: Fault | None = None, at: int = 0) -> Done:
        """One run; with a fault at its request of that number."""
        cls.counter.arm(fault, at)
        argv = [world.MESHCTL, *map(str, words), "--timeout", TIMEOUT]
        began = time.monotonic()
        run = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=world.ENV, cwd=WORK)
        cls.counter.aim(run.pid)
        try:
            out, err = run.communicate(timeout=RUN_SECONDS)
        finally:
            run.kill()
        cls.counter.quiet()
        world.outputs.extend((out, err))
        return Done(argv, run.returncode, out, err, time.monotonic() - began)

    # ---- one round

    def disturb(self, words: list, fault: Fault, at: int) -> bool:
        """Whether the run left a trace, so that something is to be finished."""
        before = self.seen
        done = self.run_at(words, fault, at)
        struck = self.counter.struck
        told = f"{fault.value}, request {at}, {struck}: {done}"
        if not struck:
            self.assertEqual(done.code, 0, told)
            return True
        if fault in (Fault.KILL_BEFORE, Fault.KILL_AFTER):
            self.assertEqual(done.code, -signal.SIGKILL, told)
        elif fault is Fault.INTERRUPT:
            self.assertIn(done.code, (0, INTERRUPTED), told)
            if done.code:
                self.assertRegex(done.err, "Interrupted after .*(same command|nothing was written)", told)
        elif fault is Fault.LEAVE:
            self.assertIn(done.code, (0, INTERRUPTED), told)
            self.assertLess(time.monotonic() - self.counter.struck_at, AT_ONCE_SECONDS, told)
        else:
            self.assertIn(done.code, (0, *TOLD), told)
            if done.code:
                self.assertRegex(done.err, "(?m)^ *(✗|x) ", told)
                self.assertNotIn("internal", done.err, told)
        self.ends[fault.name, done.code] = self.ends.get((fault.name, done.code), 0) + 1
        if done.code == 0 or writes(self.counter.seen):
            return True
        for name, now in self.look().items():
            found = compare(before[name], now)
            self.assertFalse(found, f"nothing was written, {told}: {found}")
        return False

    def let_locks_run_out(self):
        for plane in self.planes.values():
            for lease in plane.api.get(f"{LEASES}/leases")["items"]:
                if lease["metadata"]["name"] == "meshctl":
                    plane.api.call("PATCH", f"{LEASES}/namespaces/{lease['metadata']['namespace']}/leases/meshctl",
                                   {"spec": {"leaseDurationSeconds": 1}}, MERGE)

    def finish(self, words: list, told: str) -> None:
        """The same command; then all is as if nothing had been."""
        if self.round % PATIENCE_EVERY != 1:
            self.let_locks_run_out()
        done = self.run_at(words)
        now = self.look()
        self.assertEqual(done.code, 0, f"after {told}: {done}")
        wanted = self.whole if words is self.up else self.empty
        for name, s in now.items():
            self.assertEqual(differences(wanted[name], what_lasts(s)), [], f"after {told}, in {name}: {done}")
            for release, states in records(s).items():
                self.assertEqual((states[-1], set(states) - set(LIVES)), ("deployed", set()), f"after {told}: {release} of {name}: {states}")
        if words is self.up:
            again = world.meshctl("plan", *self.mesh)
            self.assertEqual(again.code, 0, f"after {told}: {again}")
            self.one_root(now, told)

    def one_root(self, now: dict, told: str) -> None:
        """What the clusters sign with is what is in the folder, all of one root; nothing half written is left there."""
        root = (CA_DIR / "root-cert.pem").read_text()
        for name, s in now.items():
            own = CA_DIR / f"{name}-cluster"
            held = next(s.objects[k] for k in s.objects if (k.resource, k.namespace, k.name) == ("secrets", "istio-system", "cacerts"))
            pair = {file: planes.base64.b64decode(data).decode() for file, data in held["data"].items()}
            self.assertEqual(pair["root-cert.pem"], root, told)
            self.assertEqual(pair["ca-key.pem"], (own / "ca-key.pem").read_text(), f"after {told}: the key of {name}")
            self.assertEqual(pair["ca-cert.pem"], (own / "ca-cert.pem").read_text(), f"after {told}")
            world.run("openssl", "verify", "-CAfile", CA_DIR / "root-cert.pem", own / "ca-cert.pem")
        self.assertEqual(self.files(CA_DIR), self.files(MADE), f"after {told}")
        if not self.keys:
            for file in self.files(MADE):
                self.assertEqual((CA_DIR / file).read_bytes(), (MADE / file).read_bytes(), f"after {told}: {file}")

    @staticmethod
    def files(folder: Path) -> dict[str, str]:
        return {str(p.relative_to(folder)): oct(p.stat().st_mode) for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}

    # ---- all rounds

    def choose(self, command: str) -> list[tuple[int, Fault]]:
        """Requests with what happens at them; where something is written more than where all is read."""
        sent = self.sent[command]
        faults = list(Fault)
        all_of_them = [(n, faults[(n + world.SEED) % len(faults)]) for n in range(1, len(sent) + 1)]
        if not KILLS:
            return all_of_them
        first = first_write(sent)
        count = KILLS // 2
        chosen = self.dice.sample(all_of_them[:first], count // 4) + self.dice.sample(all_of_them[first:], count - count // 4)
        return sorted(chosen, key=lambda row: row[0])

    def left(self) -> list[str]:
        """What was there at the last look and is not when all is off."""
        return [r for name, s in self.seen.items() for r in differences(self.empty[name], what_lasts(s))]

    def first_that_leaves_a_trace(self, words: list, rows: list) -> str | None:
        while rows:
            at, fault = rows.pop(0)
            self.done[words[0]] += 1
            if self.disturb(words, fault, at):
                return f"{words[0]} {fault.value} at request {at} of about {len(self.sent[words[0]])}, {self.counter.struck}"
        return None

    def half(self, words: list, rows: list) -> None:
        told = self.first_that_leaves_a_trace(words, rows)
        self.finish(words, told or "nothing")

    def test_up_and_down(self):
        self.ends: dict = {}
        self.done = {"up": 0, "down": 0}
        ups, downs = self.choose("up"), self.choose("down")
        self.round = 0
        while ups or downs:
            self.round += 1
            self.keys = self.round % KEYS_EVERY == 0
            shutil.rmtree(CA_DIR, ignore_errors=True)
            if not self.keys:
                shutil.copytree(MADE, CA_DIR)
            for words, rows in ((self.up, ups), (self.down, downs)):
                with self.subTest(command=words[0], round=self.round):
                    self.half(words, rows)
            if self.left() and (self.run_at(self.down).code or self.look() and self.left()):
                raise AssertionError(f"round {self.round} cannot be followed by another: {self.left()}")
        ends = ", ".join(f"{fault.lower()}: exit {code} {count} x" for (fault, code), count in sorted(self.ends.items()))
        print(f"\n{self.done['up']} of {len(self.sent['up'])} requests of up, {self.done['down']} of {len(self.sent['down'])} of down, "
              f"{self.round} meshes (MESHCTL_SEED={world.SEED}); {ends}", end=" ", flush=True)


if __name__ == "__main__":
    unittest.main()
