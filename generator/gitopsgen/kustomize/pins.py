"""The versions of charts that kustomizations pin: where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.pins import Pin
from gitopsgen.kustomize.closure import kustomization_data
from gitopsgen.kustomize.inflation import chart_path, inflated_charts
from gitopsgen.repository.kustomizations import kustomization_file
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.kustomize.inflation import InflatedChart
    from gitopsgen.repository.files import RepositoryFiles

KIND = "Kustomization"


def pins_of_kustomizations(files: RepositoryFiles) -> list[Pin]:
    """Every chart with a version that kustomizations have helm pull, applied or not.

    In the order of files. Left out is what lies in the repository already: kustomize takes it
    from there, and another version would be pulled.
    """
    found = {
        chart.place: _pin(files, folder, chart)
        for folder in _folders(files)
        if (path := kustomization_file(files, folder)) is not None
        for chart in inflated_charts(files, path, kustomization_data(files, folder))
        if chart.reference is not None and chart.version and not _is_here(files, chart)
    }
    pins = (pin for pin in found.values() if pin is not None)
    return sorted(pins, key=lambda pin: (pin.file, pin.document, pin.line))


def _folders(files: RepositoryFiles) -> Iterator[str]:
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        if name in KUSTOMIZATIONS and path not in files.templates:
            yield folder


def _is_here(files: RepositoryFiles, chart: InflatedChart) -> bool:
    return chart.target is not None and chart.target in files.folders


def _pin(files: RepositoryFiles, folder: str, chart: InflatedChart) -> Pin | None:
    if chart.reference is None:
        return None
    name, document, place = chart.place
    at = chart_path(chart.place, "version")
    file = files.read(name)
    line = file.locator.value(document, at).line if file is not None else 1
    # A generator that stands as text within the kustomization has no place of its own there.
    key = str(at[-1]) if len(at) > len(place) else "version"
    return Pin(KIND, folder or ".", name, line, document, place, chart.reference, key=key)
