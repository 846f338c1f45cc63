"""The charts that the Applications of a repository take from chart repositories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.charts.model import ChartReference
from gitopsgen.repository.applications import GROUP, read_application
from gitopsgen.repository.discovery import discover
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.manifests import objects_in
from gitopsgen.repository.rendering import NoRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources


@dataclass(frozen=True, slots=True, eq=False)
class UsedChart:
    """One source of an Application that names a chart."""

    application: Application
    source: Source
    reference: ChartReference

    @property
    def stands_in_a_file(self) -> bool:
        """Whether a person wrote it there, not an ApplicationSet."""
        return self.application.manifest.rendering is None


def applications_in(files: RepositoryFiles, sources: LocalSources) -> list[Application]:
    """Every Application that stands in a file, applied or not, and those that sets generate."""
    found = discover(files, sources, NoRenderer("nothing is rendered"))
    generated = [app for app in found.applications if app.manifest.rendering is not None]
    return [*map(read_application, declared(files, "Application")), *generated]


def used_charts(applications: list[Application]) -> list[UsedChart]:
    """The sources of Applications that name a chart, in order."""
    return [
        UsedChart(
            application,
            source,
            ChartReference(source.repo_url, source.chart, source.target_revision),
        )
        for application in applications
        for source in application.sources
        if source.chart
    ]


def declared(files: RepositoryFiles, kind: str) -> Iterator[Manifest]:
    """The objects of one of Argo CD's kinds that stand in files, applied or not."""
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates:
            continue
        file = files.read(path)
        # Most files have none: do not parse those that cannot have one.
        if file is None or f"{GROUP}/" not in file.text or file.is_a_template:
            continue
        for manifest in objects_in(files, path):
            if manifest.group == GROUP and manifest.kind == kind:
                yield manifest
