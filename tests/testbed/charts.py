"""Istio's charts as its release makes them of its tree, as folders and as a chart repository.

The release changes three things only: the version in Chart.yaml, and hub and tag in values.yaml.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from .files import write
from .layout import CHART_REPO, CHART_REPO_URL, CHARTS
from .peers import istio_hub, istio_tree, istio_version, program
from .shell import run

# Chart: its folder in the tree.
SOURCES = {
    "base": "base",
    "istiod": "istio-control/istio-discovery",
    "gateway": "gateway",
    "cni": "istio-cni",
    "ztunnel": "ztunnel",
}
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
    for directory in (CHARTS, CHART_REPO):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as home:
        # Helm's own settings of whoever runs this are left alone.
        env = {
            "HOME": home,
            "HELM_CONFIG_HOME": home,
            "HELM_CACHE_HOME": home,
            "HELM_DATA_HOME": home,
        }
        for name, source in SOURCES.items():
            chart = CHARTS / name
            shutil.copytree(istio_tree() / "manifests/charts" / source, chart)
            _release(chart)
            run([program("helm3"), "package", chart, "--destination", CHART_REPO], env=env)
        run([program("helm3"), "repo", "index", CHART_REPO, "--url", CHART_REPO_URL], env=env)
    write(made, origin)
    return True


def _release(chart: Path) -> None:
    """Stamps version, hub and tag."""
    metadata = chart / "Chart.yaml"
    metadata.write_text(
        re.sub(r"(?m)^(version|appVersion):.*", rf"\1: {istio_version()}", metadata.read_text())
    )
    values = chart / "values.yaml"
    text = re.sub(r"(?m)^(\s*tag:) latest", rf"\1 {istio_version()}", values.read_text())
    values.write_text(TESTING_HUBS.sub(istio_hub(), text))
