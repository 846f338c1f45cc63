"""Putting charts into a repository, with Applications that take them from there.

A source that names a chart becomes one that names a folder of the repository: `repoURL`, `chart`
and `targetRevision` change, everything else stays as it is written. Argo CD renders both alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitopsgen.charts.folder import missing_dependencies
from gitopsgen.charts.splice import SpliceError, Splicer, write_text
from gitopsgen.charts.store import Chart
from gitopsgen.charts.vendor_places import Placer, own_place, unfit_project
from gitopsgen.charts.vendored import write_folder
from gitopsgen.charts.versions import is_development, is_same
from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import ChartMissing
    from gitopsgen.charts.uses import UsedChart
    from gitopsgen.charts.vendor_places import OwnPlace
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.sources import LocalSources


@dataclass(frozen=True, slots=True)
class Vendored:
    """A source that is to take its chart from a folder of the repository."""

    use: UsedChart
    version: str
    folder: str


@dataclass(frozen=True, slots=True)
class VendorPlan:
    """What vendoring would write: `folders` by path with their files, `texts` of files by path.

    `left` are the sources that stay as they are, each with the reason.
    """

    vendored: tuple[Vendored, ...]
    left: tuple[tuple[UsedChart, str], ...]
    folders: Mapping[str, Mapping[str, bytes]]
    texts: Mapping[str, str]


@dataclass
class _Planner:
    sources: LocalSources
    applications: Sequence[Application]
    placer: Placer
    splicers: dict[str, Splicer] = field(default_factory=dict)
    vendored: list[Vendored] = field(default_factory=list)
    left: list[tuple[UsedChart, str]] = field(default_factory=list)

    def take(self, use: UsedChart, answer: Chart | ChartMissing) -> None:
        """Plan one source, or leave it."""
        reason = self._obstacle(use)
        if not reason and not isinstance(answer, Chart):
            reason = answer.reason
        place = own_place(use.application, self.applications, self.sources)
        if not reason and place is None:
            reason = "which URL this repository has is not known: give it by --repo-url"
        if reason or place is None or not isinstance(answer, Chart):
            self.left.append((use, reason))
            return
        reason = self._unfit(use, answer, place) or self._edit(use, answer, place)
        if reason:
            self.left.append((use, reason))

    def _obstacle(self, use: UsedChart) -> str:
        if not use.stands_in_a_file:
            what = use.application.manifest.rendering
            return f"it is generated ({what.what if what else ''}): edit what it is made from"
        if "path" in use.source.data:
            return "it names a path beside the chart"
        if not use.source.repo_url or "targetRevision" not in use.source.data:
            return "it has no repoURL or no targetRevision"
        return ""

    def _unfit(self, use: UsedChart, chart: Chart, place: OwnPlace) -> str:
        if is_development(chart.version) and not is_same(chart.version, use.reference.version):
            return f"what is there is not the release but its sources (version {chart.version})"
        lacking = missing_dependencies(chart.folder)
        if lacking:
            names = ", ".join(item.name for item in lacking)
            return f"the chart lacks its dependencies ({names}), which Argo CD would fetch"
        return unfit_project(use.application, place, self.sources)

    def _edit(self, use: UsedChart, chart: Chart, place: OwnPlace) -> str:
        """Plan the folder of the chart and the edit of the source; why that is not possible."""
        manifest = use.application.manifest
        folder = self.placer.folder_for(chart)
        if folder is None:
            return self.placer.obstacle
        changes = {
            "repoURL": ("repoURL", place.url),
            "chart": ("path", folder),
            "targetRevision": ("targetRevision", place.revision),
        }
        spot = (*manifest.path, *use.source.location)
        try:
            if manifest.file not in self.splicers:
                self.splicers[manifest.file] = Splicer(_text_of(self.sources, manifest.file))
            self.splicers[manifest.file].edit(manifest.document, spot, changes)
        except SpliceError as error:
            return f"{manifest.file} cannot be edited there: {error}"
        self.vendored.append(Vendored(use, chart.version, folder))
        return ""


def plan_vendoring(
    uses: Sequence[UsedChart],
    applications: Sequence[Application],
    answers: Mapping[ChartReference, Chart | ChartMissing],
    sources: LocalSources,
    parent: str = "charts",
) -> VendorPlan:
    """Plan to put charts below the folder `parent`; nothing is written.

    Raises `UsageError` where nothing may be put there, `UnavailableError` where what is there
    cannot be read.
    """
    placer = Placer(sources, parent)
    planner = _Planner(sources, applications, placer)
    for use in uses:
        planner.take(use, answers[use.reference])
    texts = {}
    for path, splicer in planner.splicers.items():
        try:
            texts[path] = splicer.text()
        except SpliceError as error:
            mine = [item for item in planner.vendored if item.use.application.manifest.file == path]
            planner.vendored = [item for item in planner.vendored if item not in mine]
            planner.left += [(item.use, f"{path} cannot be edited: {error}") for item in mine]
    used = Counter(item.folder for item in planner.vendored)
    folders = {path: files for path, files in placer.new.items() if used[path]}
    changed = {path: text for path, text in texts.items() if path in _files_of(planner.vendored)}
    return VendorPlan(tuple(planner.vendored), tuple(planner.left), folders, changed)


def carry_out(plan: VendorPlan, sources: LocalSources) -> None:
    """Write what was planned, the charts first: an Application never lacks its chart.

    Raises `UnavailableError`; what was written by then does no harm, and is kept by the next run.
    """
    root = sources.files.root
    try:
        for folder, files in plan.folders.items():
            write_folder(root / folder, files)
        for path, text in plan.texts.items():
            write_text(root / path, text)
    except OSError as error:
        where = error.filename or root
        raise UnavailableError(f"{where} cannot be written: {error.strerror}") from error


def _files_of(vendored: Sequence[Vendored]) -> set[str]:
    return {item.use.application.manifest.file for item in vendored}


def _text_of(sources: LocalSources, path: str) -> str:
    """A file as it stands, line ends and all."""
    try:
        return (sources.files.root / path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpliceError("it cannot be read as UTF-8") from error
