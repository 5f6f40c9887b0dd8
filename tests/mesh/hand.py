"""The hand that makes a fault: it changes a cluster as a person with kubectl would, and can put back what it changed."""

import base64
import copy
import json
from dataclasses import dataclass, field
from typing import Callable

import world
from world import get, kubectl

# What the server sets, or what ties an object to its former self.
SERVERS = ("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields", "ownerReferences")


def bare(item: dict) -> dict:
    """An object as it can be sent again."""
    metadata = {k: v for k, v in item["metadata"].items() if k not in SERVERS}
    return {k: v for k, v in item.items() if k != "status"} | {"metadata": metadata}


def text_of(data: str) -> str:
    return base64.b64decode(data).decode()


def data_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass
class Hand:
    """Remembers how to put back each thing, last first."""

    back: list[Callable] = field(default_factory=list)
    made: list[tuple[str, str]] = field(default_factory=list)  # clusters and what was created there

    def patch(self, cluster: str, namespace: str, what: str, patch: dict | list, kind: str = "merge") -> None:
        """`what` is KIND/NAME; a patch of kind merge, json or strategic."""
        self._remember(cluster, namespace, what)
        kubectl(cluster, *self._in(namespace), "patch", what, f"--type={kind}", "-p", json.dumps(patch))

    def change(self, cluster: str, namespace: str, what: str, change: Callable[[dict], object]) -> None:
        """The object as the function leaves it."""
        item = bare(self._remember(cluster, namespace, what))
        change(item)
        kubectl(cluster, "replace", "-f", "-", stdin=json.dumps(item))

    def delete(self, cluster: str, namespace: str, what: str, *words: str) -> None:
        self._remember(cluster, namespace, what)
        kubectl(cluster, *self._in(namespace), "delete", what, *words)

    def create(self, cluster: str, item: dict) -> None:
        text = json.dumps(item)
        kubectl(cluster, "create", "-f", "-", stdin=text)
        self.made.append((cluster, text))

    def scale(self, cluster: str, namespace: str, name: str, replicas: int, pods: str) -> None:
        """A Deployment, until so many pods with these labels are left or ready."""
        what = f"deployment/{name}"
        before = get(cluster, "-n", namespace, what)["spec"]["replicas"]
        self.back.append(lambda: self._scale(cluster, namespace, name, before, pods))
        self._scale(cluster, namespace, name, replicas, pods)

    @staticmethod
    def _scale(cluster: str, namespace: str, name: str, replicas: int, pods: str) -> None:
        kubectl(cluster, "-n", namespace, "scale", f"deployment/{name}", f"--replicas={replicas}")
        if not world.settle(lambda: len(get(cluster, "-n", namespace, "pods", "-l", pods)["items"]) == replicas, 60):
            raise RuntimeError(f"{cluster}: {namespace}/{name} does not get {replicas} pods")

    def restart(self, cluster: str, namespace: str, *names: str) -> None:
        """Deployments, until they are there again and their former pods are gone."""
        for name in names:
            kubectl(cluster, "-n", namespace, "rollout", "restart", f"deployment/{name}")
        for name in names:
            self.rolled_out(cluster, namespace, name)

    @staticmethod
    def rolled_out(cluster: str, namespace: str, name: str) -> None:
        kubectl(cluster, "-n", namespace, "rollout", "status", f"deployment/{name}", "--timeout=90s", seconds=100)
        selector = get(cluster, "-n", namespace, f"deployment/{name}")["spec"]["selector"]["matchLabels"]
        labels = ",".join(f"{k}={v}" for k, v in selector.items())
        ending = lambda: [p for p in get(cluster, "-n", namespace, "pods", "-l", labels)["items"]
                          if "deletionTimestamp" in p["metadata"]]
        world.settle(lambda: not ending(), 60)

    def on_node(self, cluster: str, rule: str) -> None:
        """An iptables rule in the network namespace of that cluster's node alone: "-A FORWARD ..."."""
        table, words = ("-t", "raw"), rule.split()
        world.lab("exec", cluster, "iptables", *table, *words)
        gone = ["-D" if w in ("-A", "-I") else w for w in words]
        self.back.append(lambda: world.lab("exec", cluster, "iptables", *table, *gone))

    @staticmethod
    def clear_nodes() -> None:
        """Rules that a run which was cut off has left: nobody else has any in that table."""
        for cluster in world.CLUSTERS:
            world.lab("exec", cluster, "iptables", "-t", "raw", "-F", "PREROUTING")

    def put_back(self) -> None:
        self.take_away()
        while self.back:
            self.back.pop()()

    def take_away(self) -> None:
        """What it made: a mended fault leaves, say, a rule that is right now, and that the next fault would meet."""
        while self.made:
            cluster, text = self.made.pop()
            kubectl(cluster, "delete", "--ignore-not-found", "-f", "-", stdin=text)

    def _remember(self, cluster: str, namespace: str, what: str) -> dict:
        item = get(cluster, *self._in(namespace), what)
        was = bare(copy.deepcopy(item))
        self.back.append(lambda: self._restore(cluster, namespace, what, was))
        return item

    def _restore(self, cluster: str, namespace: str, what: str, item: dict) -> None:
        found = kubectl(cluster, *self._in(namespace), "get", what, "--ignore-not-found", "-o", "name")
        kubectl(cluster, "replace" if found.strip() else "create", "-f", "-", stdin=json.dumps(item))

    @staticmethod
    def _in(namespace: str) -> list[str]:
        return ["-n", namespace] if namespace else []
