"""Exec plug-ins that ask a person: on a terminal, one at a time, and each answer goes to its own cluster.

The plug-ins ask for a code and give the real servers' credentials for it, so an answer that went to the other
one would end in a refusal. Who reads the terminal here is the person.
"""

import base64
import json
import os
import pty
import re
import select
import time
import unittest
from pathlib import Path

import world
from world import CA_DIR, CLUSTERS, WORK, changed_kubeconfig, charts, kubectl

LIMIT_SECONDS = 60
QUIET_SECONDS = 0.8  # longer than the rows go without being drawn
DIFFERS = 2

# Says who it is, on standard error and without ending the line; the answer is not shown, as for a password.
PLUGIN = """#!/bin/sh
[ -t 0 ] || { echo 'standard input is no terminal' >&2; exit 3; }
echo "begin $1" >>"$2"
stty -echo
printf 'code of %s: ' "$1" >&2
read -r code
stty echo
echo "end $1 $code" >>"$2"
[ "$code" = "open $1" ] || { echo "wrong code for $1" >&2; exit 4; }
cat "$3"
"""


class Person:
    """meshctl on a terminal of its own, and all that was shown on it."""

    def __init__(self, *words: object):
        self.seen = ""
        argv = [world.MESHCTL, *map(str, words)]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(WORK)
            os.execve(argv[0], argv, world.ENV | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"})

    def reads(self, seconds: float) -> bool:
        """What there is within that time; False at the end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            text = os.read(self.terminal, 65536).decode(errors="replace")
        except OSError:  # the other side is gone
            return False
        self.seen += text
        return bool(text)

    def waits_for(self, *prompts: str) -> str:
        """Which of them stands at the end of what is shown."""
        end = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < end:
            for prompt in prompts:
                if self.seen.endswith(prompt):
                    return prompt
            if not self.reads(0.1):
                break
        raise AssertionError(f"none of {prompts} was asked; on the terminal: {self.seen}")

    def sees_meanwhile(self) -> str:
        """What is shown while nothing is typed."""
        before, end = len(self.seen), time.monotonic() + QUIET_SECONDS
        while time.monotonic() < end:
            self.reads(end - time.monotonic())
        return self.seen[before:]

    def types(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def ends(self) -> int:
        end = time.monotonic() + LIMIT_SECONDS
        while self.reads(0.1) and time.monotonic() < end:
            pass
        world.outputs.append(self.seen)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.terminal)
        return code


def credential(**status: str) -> str:
    return json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status})


class Prompts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plugin = WORK / "plugin"
        cls.plugin.write_text(PLUGIN)
        cls.plugin.chmod(0o700)
        cls.users = {c: json.loads(kubectl(c, "config", "view", "--raw", "--flatten", "-o", "json"))["users"][0]["user"] for c in CLUSTERS}

    def setUp(self):
        self.journal = WORK / "plugin.journal"
        self.journal.unlink(missing_ok=True)

    def asks(self, cluster: str, name: str, answer: str, mode: str) -> Path:
        """The cluster's kubeconfig with a user of a plug-in that asks for the code of `name`."""
        file = WORK / f"{name}.credential"
        file.touch(0o600)
        file.write_text(answer)
        args = [name, str(self.journal), str(file)]
        plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(self.plugin), "args": args, "interactiveMode": mode}
        return changed_kubeconfig(cluster, lambda c: c["users"][0].update(user={"exec": plugin}))

    def of(self, cluster: str) -> str:
        user = self.users[cluster]
        pair = [base64.b64decode(user[f"client-{what}-data"]).decode() for what in ("certificate", "key")]
        return credential(clientCertificateData=pair[0], clientKeyData=pair[1])

    def plan(self, west: Path, east: Path) -> Person:
        return Person("plan", "--west", west, "--east", east, *charts(), "--ca-dir", CA_DIR, "--to", "ca")

    def test_two_are_asked_one_after_the_other(self):
        person = self.plan(self.asks("west", "west", self.of("west"), "Always"),
                           self.asks("east", "east", self.of("east"), "IfAvailable"))
        prompts = {f"code of {c}: ": c for c in CLUSTERS}
        order = []
        for left in (2, 1):
            prompt = person.waits_for(*prompts)
            self.assertEqual(person.sees_meanwhile(), "", "nothing is drawn over a prompt")
            order.append(prompts.pop(prompt))
            self.assertEqual(self.journal.read_text().count("begin"), 3 - left)
            person.types(f"open {order[-1]}\n")
        self.assertIn(person.ends(), (0, DIFFERS), person.seen)
        wanted = "".join(f"begin {c}\nend {c} open {c}\n" for c in order)
        self.assertEqual(self.journal.read_text(), wanted, person.seen)
        # Who asks is said above each prompt.
        for cluster in CLUSTERS:
            self.assertRegex(person.seen, rf"{cluster}: exec plug-in \S*plugin")

    def test_the_same_one_is_asked_once(self):
        """One answer for both clusters: a certificate that west takes and a token that east takes."""
        kubectl("east", "-n", "default", "create", "serviceaccount", "person")
        self.addCleanup(kubectl, "east", "-n", "default", "delete", "serviceaccount", "person")
        kubectl("east", "create", "clusterrolebinding", "person", "--clusterrole=cluster-admin", "--serviceaccount=default:person")
        self.addCleanup(kubectl, "east", "delete", "clusterrolebinding", "person")
        answer = json.loads(self.of("west"))
        answer["status"]["token"] = kubectl("east", "-n", "default", "create", "token", "person").strip()
        files = [self.asks(c, "both", json.dumps(answer), "Always") for c in CLUSTERS]
        person = self.plan(*files)
        person.waits_for("code of both: ")
        person.types("open both\n")
        self.assertIn(person.ends(), (0, DIFFERS), person.seen)
        self.assertEqual(self.journal.read_text(), "begin both\nend both open both\n", person.seen)

    def test_a_wrong_answer_is_told_with_the_plugins_own_words(self):
        person = self.plan(self.asks("west", "west", self.of("west"), "Always"), Path(world.kubeconfig("east")))
        person.waits_for("code of west: ")
        person.types("guessed\n")
        self.assertEqual(person.ends(), 4, person.seen)
        self.assertIn("wrong code for west", person.seen)
        self.assertNotIn("guessed", person.seen)
        command = re.search(r"run it by hand to see why: (.*)", person.seen)
        self.assertIsNotNone(command, person.seen)
        self.assertIn("west.credential", command[1])


if __name__ == "__main__":
    unittest.main()
