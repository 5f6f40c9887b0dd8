"""Which clusters the lab has, and which of them share a network: said once to `up`, kept until
`down`.
"""

import dataclasses
import json

from .errors import LabError
from .files import write
from .layout import ALL, RUN, Cluster

FILE = RUN / "shape.json"
FEWEST = 2


@dataclasses.dataclass(frozen=True)
class Shape:
    count: int = FEWEST
    flat: tuple[str, ...] = ()  # names of those whose pods reach each other, in the lab's order

    def clusters(self) -> tuple[Cluster, ...]:
        """Those on the flat network have pod ranges of their own, the first of them the range that
        all the others have.
        """
        return tuple(
            dataclasses.replace(c, pod_block=self.flat.index(c.name)) if c.name in self.flat else c
            for c in ALL[: self.count]
        )


def present() -> Shape | None:
    """That of the lab that is up, or was begun."""
    try:
        found = json.loads(FILE.read_text())
    except FileNotFoundError:
        return None
    return Shape(found["count"], tuple(found["flat"]))


def clusters() -> tuple[Cluster, ...]:
    """Those that the lab has, or would have by `up` alone."""
    return (present() or Shape()).clusters()


def flat() -> tuple[str, ...]:
    return (present() or Shape()).flat


def settle(count: int | None, flat: str | None) -> None:
    """Takes down what `up` was asked for. A lab may get clusters more; for any other change it has to
    be made anew.
    """
    before = present()
    wanted = Shape(
        count or (before or Shape()).count,
        (before or Shape()).flat if flat is None else _names(flat),
    )
    if unknown := set(wanted.flat) - {c.name for c in wanted.clusters()}:
        raise LabError(f"--flat: {', '.join(sorted(unknown))} is no cluster of this lab")
    if len(wanted.flat) == 1:
        raise LabError("--flat names the clusters that share a network: two or more")
    if before and (wanted.count < before.count or wanted.flat != before.flat):
        raise LabError(
            f"the lab that is up has {before.count} clusters, "
            f"{' and '.join(before.flat) or 'none'} of them on one network; tests/lab down first"
        )
    write(FILE, json.dumps(dataclasses.asdict(wanted)))


def _names(words: str) -> tuple[str, ...]:
    given = words.replace(",", " ").split()
    known = [c.name for c in ALL]
    if unknown := [name for name in given if name not in known]:
        raise LabError(f"--flat: no cluster is called {', '.join(unknown)}")
    return tuple(name for name in known if name in given)
