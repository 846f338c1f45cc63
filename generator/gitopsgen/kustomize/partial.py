"""What is left of kustomizations without the things that they take from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.kustomize.closure import is_remote
from gitopsgen.repository.kustomizations import PATCHES, RESOURCES
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.repository.files import RepositoryFiles

_CHARTS = ("helmCharts", "helmChartInflationGenerator")


def without_distant(
    files: RepositoryFiles, paths: Iterable[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those of the files that are kustomizations with something from elsewhere, without it."""
    for path in paths:
        file = files.read(path) if path.rpartition("/")[2] in KUSTOMIZATIONS else None
        documents = file.contents.documents if file is not None else ()
        data = documents[0].data if documents else None
        if isinstance(data, dict):
            less = dict(_less(data))
            if less != data:
                # kustomize refuses a kustomization that says nothing at all.
                yield path, {"generatorOptions": {}, **less}


def _less(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if key in (*RESOURCES, *PATCHES) and isinstance(value, list):
            yield key, [entry for entry in value if not _is_distant(entry)]
        elif key not in _CHARTS:
            yield key, value


def _is_distant(entry: object) -> bool:
    path = entry.get("path") if isinstance(entry, dict) else entry
    return isinstance(path, str) and is_remote(path)
