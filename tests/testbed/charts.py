"""Istio's charts as its release makes them of its tree, as folders and as a chart repository, in two
versions that differ in nothing else.

The release changes three things only: the version in Chart.yaml, and hub and tag in values.yaml.
Archives and index are written here as `helm package` and `helm repo index` write them: Helm is what
the tests compare with, the lab has no other use for it.
"""

import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from .files import write
from .layout import CHART_REPO, CHART_REPO_URL, CHARTS, CHARTS_NEXT
from .peers import istio_hub, istio_tree, istio_version, next_version

# Chart: its folder in the tree.
SOURCES = {
    "base": "base",
    "istiod": "istio-control/istio-discovery",
    "gateway": "gateway",
    "cni": "istio-cni",
    "ztunnel": "ztunnel",
}
CREATED = "2026-01-01T00:00:00Z"
TESTING_HUBS = re.compile(r"(gcr\.io/istio-testing|registry\.istio\.io/testing)")


def ensure() -> bool:
    """Makes folders and repository unless they were made of the same tree; true when they were
    made.
    """
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    origin = f"{istio_tree()} {CHART_REPO_URL} {code}\n"
    made = CHART_REPO / "origin"
    if made.exists() and made.read_text() == origin:
        return False
    for directory in (CHARTS, CHARTS_NEXT, CHART_REPO):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    index = "apiVersion: v1\nentries:\n"
    for name, source in SOURCES.items():
        index += f"  {name}:\n"
        for folder, version in ((CHARTS_NEXT, next_version()), (CHARTS, istio_version())):
            chart = folder / name
            shutil.copytree(istio_tree() / "manifests/charts" / source, chart)
            _release(chart, version)
            index += _entry(chart, _pack(chart, version))
    write(CHART_REPO / "index.yaml", f'{index}generated: "{CREATED}"\n')
    write(made, origin)
    return True


def _pack(chart: Path, version: str) -> Path:
    """An archive whose first file is Chart.yaml, as all of Helm's are; root's, and of one time."""
    archive = CHART_REPO / f"{chart.name}-{version}.tgz"

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = info.mtime = 0
        info.uname = info.gname = ""
        return info

    files = sorted(p for p in chart.rglob("*") if p.is_file())
    files.sort(key=lambda p: p != chart / "Chart.yaml")
    with tarfile.open(archive, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            tar.add(path, path.relative_to(chart.parent), filter=plain)
    return archive


def _entry(chart: Path, archive: Path) -> str:
    """The index's entry of one version of a chart: its metadata, and the archive's."""
    lines = (chart / "Chart.yaml").read_text().splitlines()
    lines += [
        f'created: "{CREATED}"',
        f"digest: {hashlib.sha256(archive.read_bytes()).hexdigest()}",
        "urls:",
        f"- {CHART_REPO_URL}/{archive.name}",
    ]
    metadata = "".join(f"    {line}\n" for line in lines if line and not line.startswith("#"))
    return f"  -{metadata[3:]}"


def _release(chart: Path, version: str) -> None:
    """Stamps version, hub and tag."""
    metadata = chart / "Chart.yaml"
    metadata.write_text(
        re.sub(r"(?m)^(version|appVersion):.*", rf"\1: {version}", metadata.read_text())
    )
    values = chart / "values.yaml"
    text = re.sub(r"(?m)^(\s*tag:) latest", rf"\1 {version}", values.read_text())
    values.write_text(TESTING_HUBS.sub(istio_hub(), text))
