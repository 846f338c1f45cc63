"""The charts that kustomizations have helm render.

Source: kustomize's api/types/helmchartargs.go and the built-in HelmChartInflationGenerator (5.8).
A chart that is below `chartHome` is taken from there, any other is pulled into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.model import ChartReference
from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Place

GENERATOR = "HelmChartInflationGenerator"
_HOME = "charts"
_ANY_VERSION = "*"
_ANY_VERSION_AT_ALL = ">0.0.0-0"
# What the entries of the field are called that came before helmCharts.
_OLD_NAMES = {"name": "chartName", "version": "chartVersion", "repo": "chartRepoUrl"}


@dataclass(frozen=True, slots=True)
class InflatedChart:
    """A chart that a kustomization has helm render, and where it says so.

    `target` is the folder in which kustomize looks for the chart first; None for one outside of
    the repository. `reference` is the chart to pull where it is not there, None where nothing says
    from where. `version` is as it was written, "" where there is none.
    """

    place: Place
    name: str
    version: str
    target: str | None
    reference: ChartReference | None


def inflated_charts(
    files: RepositoryFiles, path: str, data: Mapping[str, Any]
) -> Iterator[InflatedChart]:
    """The charts of one kustomization, which stands in the file `path`."""
    folder = path.rpartition("/")[0]
    settings = data.get("helmGlobals")
    home = _text(settings.get("chartHome")) if isinstance(settings, dict) else ""
    for index, entry in _entries(data, "helmCharts"):
        yield _chart(folder, (path, 0, ("helmCharts", index)), entry, home)
    old_field = f"{GENERATOR[0].lower()}{GENERATOR[1:]}"
    old = list(_entries(data, old_field))
    home = next((h for _, entry in reversed(old) if (h := _text(entry.get("chartHome")))), "")
    for index, entry in old:
        renamed = {new: entry.get(name) for new, name in _OLD_NAMES.items()}
        yield _chart(folder, (path, 0, (old_field, index)), renamed, home)
    for place, generator in _generators(files, path, data):
        yield _chart(folder, place, generator, _text(generator.get("chartHome")))


def _generators(
    files: RepositoryFiles, path: str, data: Mapping[str, Any]
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The generators of charts: written in the kustomization, or in files that it names."""
    folder = path.rpartition("/")[0]
    entries = data.get("generators")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, str):
            continue
        if "\n" in entry:
            for document in read_documents(entry).documents:
                if _is_generator(document.data):
                    yield (path, 0, ("generators", index)), document.data
            continue
        named = normal(f"{folder}/{entry}")
        file = files.read(named) if named is not None and named in files else None
        for document in file.contents.documents if file is not None else ():
            if named is not None and _is_generator(document.data):
                yield (named, document.index, ()), document.data


def _chart(folder: str, place: Place, entry: Mapping[str, Any], home: str) -> InflatedChart:
    name, version = _text(entry.get("name")), _text(entry.get("version"))
    repository = _text(entry.get("repo"))
    within = f"{name}-{version}/{name}" if version and repository else name
    home = home or _HOME
    target = None if home.startswith("/") or not name else normal(f"{folder}/{home}/{within}")
    reference = None
    if name and repository:
        devel = entry.get("devel") is True
        newest = _ANY_VERSION_AT_ALL if devel else _ANY_VERSION
        reference = ChartReference(repository.rstrip("/"), name, version or newest)
    return InflatedChart(place, name, version, target or None, reference)


def _is_generator(data: object) -> bool:
    return (
        isinstance(data, dict)
        and data.get("kind") == GENERATOR
        and data.get("apiVersion") == "builtin"
    )


def _entries(data: Mapping[str, Any], field: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    entries = data.get(field)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def chart_path(place: Place, field: str) -> Path:
    """The path of a field of a chart that stands at a place, whatever the field is called."""
    path = place[2]
    if path[:1] == (f"{GENERATOR[0].lower()}{GENERATOR[1:]}",):
        field = _OLD_NAMES.get(field, field)
    return path if path[:1] == ("generators",) else (*path, field)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
