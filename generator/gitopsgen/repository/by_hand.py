"""Charts and kustomizations of Applications that no Application names: applied by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.findings import Unchecked
from gitopsgen.repository.leftovers import is_example, is_for_tests, is_put_away
from gitopsgen.repository.manifests import Manifest
from gitopsgen.repository.paths import folder_of, normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.nodes import Node

# What a stand-in is called in findings.
_KINDS = {"helm": "v2/Chart", "kustomize": "kustomize.config.k8s.io/v1beta1/Kustomization"}
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?")


def charts_of_applications(files: RepositoryFiles) -> list[str]:
    """The Chart.yaml of each chart with templates of Applications, but for charts within charts."""
    return sorted({f"{folder}/Chart.yaml".removeprefix("/") for folder in _charts(files)})


def _charts(files: RepositoryFiles) -> Iterator[str]:
    for path in files.templates:
        folder = f"/{path}".partition("/templates/")[0].removeprefix("/")
        if "charts/" in folder.removeprefix("charts/") and _is_within_a_chart(folder, files):
            continue
        if is_for_tests(path) or is_put_away(path) or is_example(path):
            continue
        file = files.read(path)
        if file is not None and file.mentions_argo and "kind: Application" in file.text:
            yield folder


def _is_within_a_chart(folder: str, files: RepositoryFiles) -> bool:
    outer, _, _ = folder.rpartition("/charts/")
    return f"{outer}/Chart.yaml" in files


def stand_in(file: str, tool: str) -> Manifest:
    """An Application in the place of the person who applies the folder of a file with a tool.

    The file is the Chart.yaml or the kustomization, the tool `helm` or `kustomize`.
    """
    folder = folder_of(file)
    api_version, _, kind = _KINDS[tool].rpartition("/")
    data = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": folder.rpartition("/")[2] or "root"},
        "spec": {"source": {"path": folder, tool: {}}},
    }
    return Manifest(file, 0, (), data, "")


def _is_whole(node: Node) -> bool:
    """Whether an Application or a set has a name, and says from where and to where it is."""
    metadata = node.manifest.data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return False
    app = node.application
    if app is None:
        return True
    has_target = bool(app.destination.server or app.destination.name)
    return has_target and all(source.repo_url for source in app.sources)


def _manages_itself(node: Node, folder: str) -> bool:
    """Whether an Application of a chart is the one that takes the chart over."""
    sources = node.application.sources if node.application is not None else ()
    return any(source.path and normal(source.path) == folder for source in sources)


def brought(installed: Iterable[Node]) -> list[Node]:
    """What charts that somebody installs bring; what takes such a chart over brings the rest."""
    found: list[Node] = []
    for node in installed:
        folder = folder_of(node.manifest.file)
        if _is_a_chart(node) and not all(map(_is_whole, node.children)):
            node.children = []
        successors = [child for child in node.children if _manages_itself(child, folder)]
        node.children = successors or node.children
        found += node.children
    return found


def installers(installed: Iterable[Node]) -> frozenset[Application]:
    """The Applications in the place of persons who install charts."""
    return frozenset(
        node.application for node in installed if node.application and _is_a_chart(node)
    )


def _is_a_chart(node: Node) -> bool:
    return node.manifest.file.rpartition("/")[2] == "Chart.yaml"


def not_installed(installed: Iterable[Node]) -> Iterator[Unchecked]:
    """Charts of Applications that came to none: the values may be in nobody's git."""
    for node in installed:
        chart = f"chart {folder_of(node.manifest.file)}"
        reasons = [item.reason for item in node.unchecked]
        reason = reasons[0] if reasons else "its own values alone do not make its Applications"
        yield Unchecked(chart, reason)
