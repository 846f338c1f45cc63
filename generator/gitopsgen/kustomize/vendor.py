"""Putting charts where kustomize looks for them before it pulls any: nothing has to be edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.charts.folder import missing_dependencies
from gitopsgen.charts.store import Chart
from gitopsgen.charts.vendor_places import ignored_by_git, made_into_application
from gitopsgen.charts.vendored import vendored_files, write_folder
from gitopsgen.charts.versions import is_same
from gitopsgen.errors import UnavailableError
from gitopsgen.kustomize.closure import closure
from gitopsgen.kustomize.helm import lacking
from gitopsgen.repository.paths import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import ChartMissing
    from gitopsgen.kustomize.inflation import InflatedChart
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.sources import LocalSources


@dataclass(frozen=True, slots=True)
class InflationPlan:
    """The folders to write, by path with their files, and the charts that are left with reasons."""

    vendored: tuple[tuple[InflatedChart, str], ...]
    left: tuple[tuple[InflatedChart, str], ...]
    folders: Mapping[str, Mapping[str, bytes]]


def pulled_charts(
    applications: Iterable[Application], sources: LocalSources
) -> list[InflatedChart]:
    """The charts that kustomizations of Applications have helm pull, each place once."""
    found = {
        chart.place: chart
        for application in applications
        for source in application.sources
        if sources.tool(source) == "Kustomize"
        if (folder := sources.folder(source)) is not None
        for chart in lacking(sources.files, closure(sources.files, folder, source.kustomize))
    }
    return [found[place] for place in sorted(found, key=lambda place: (place[0], str(place[1:])))]


def plan_inflation(
    charts: Sequence[InflatedChart],
    answers: Mapping[ChartReference, Chart | ChartMissing],
    sources: LocalSources,
) -> InflationPlan:
    """Plan to put charts into the folders of their kustomizations; nothing is written.

    Raises `UnavailableError` where a chart that was had cannot be read.
    """
    vendored, left = [], []
    folders: dict[str, Mapping[str, bytes]] = {}
    for chart in charts:
        if chart.reference is None or chart.target is None:
            continue
        answer = answers[chart.reference]
        if not isinstance(answer, Chart):
            left.append((chart, answer.reason))
            continue
        try:
            files = vendored_files(answer)
        except OSError as error:
            raise UnavailableError(f"{error.filename} cannot be read: {error.strerror}") from error
        reason = _unfit(chart, answer) or _misplaced(chart.target, files, sources)
        if reason:
            left.append((chart, reason))
        else:
            folders[chart.target] = files
            vendored.append((chart, answer.version))
    return InflationPlan(tuple(vendored), tuple(left), folders)


def carry_out_inflation(plan: InflationPlan, sources: LocalSources) -> None:
    """Write what was planned. Raises `UnavailableError`; what was written by then is kept."""
    root = sources.files.root
    try:
        for folder, files in plan.folders.items():
            write_folder(root / folder, files)
    except OSError as error:
        raise UnavailableError(
            f"{error.filename or root} cannot be written: {error.strerror}"
        ) from error


def _unfit(chart: InflatedChart, got: Chart) -> str:
    if not chart.version:
        return "it has no version, and kustomize takes the newest: pin one"
    if not is_same(got.version, chart.version):
        return f"{chart.version} is a range (now {got.version}): pin a version"
    missing = missing_dependencies(got.folder)
    if missing:
        return f"the chart lacks its dependencies ({', '.join(item.name for item in missing)})"
    return ""


def _misplaced(target: str, files: Mapping[str, bytes], sources: LocalSources) -> str:
    root = sources.files.root
    if any((root / folder).is_symlink() for folder in (target, *folders_of(target)) if folder):
        return f"{target} leads through a symbolic link"
    if (root / target).exists():
        return f"{target} is there, and git does not have it"
    ignored = ignored_by_git(root, (f"{target}/{path}" for path in files))
    if ignored:
        return f"git ignores {ignored}: change .gitignore"
    new = {folder for path in files for folder in folders_of(f"{target}/{path}")}
    return made_into_application(new - sources.files.folders, sources)
