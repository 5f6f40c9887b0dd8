"""Is everything well? Asked of every component itself."""

from dataclasses import dataclass

from . import controlplane, dns, node, shape, surroundings
from .errors import LabError

OK = "ok"


@dataclass(frozen=True)
class Finding:
    component: str
    where: str
    pid: int | None
    state: str  # OK, or what is wrong

    def __str__(self) -> str:
        return f"{self.component} of {self.where} is {self.state}"


def findings() -> list[Finding]:
    """One for each process, then one for what the processes make together."""
    questions = surroundings.servers_healthy()
    for cluster in shape.clusters():
        if not (cluster.pki / "complete").exists():
            raise LabError("the lab is down")
        for part in (controlplane, node, surroundings):
            questions |= part.healthy(cluster)
    found = []
    for process, well in questions.items():
        pid = process.pid()
        state = "not running" if pid is None else OK if well() else "not healthy"
        found.append(Finding(process.component, process.where, pid, state))
    for cluster in shape.clusters():
        found.append(
            Finding("node", cluster.name, None, OK if node.ready(cluster) else "not ready")
        )
        found.append(
            Finding("dns", cluster.name, None, OK if dns.available(cluster) else "not available")
        )
    return found


def ailing() -> list[Finding]:
    return [finding for finding in findings() if finding.state != OK]
