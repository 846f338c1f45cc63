"""`gitopsgen charts`: the charts that a repository's Applications use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import counted, open_repository, show_progress
from gitopsgen.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import ChartStore
    from gitopsgen.charts.uses import UsedChart
    from gitopsgen.kustomize.inflation import InflatedChart
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.sources import LocalSources


@click.group("charts", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Lock the charts that a repository's Applications use, or put them into it."""


def _shared(function: Callable[..., ExitStatus]) -> Callable[..., ExitStatus]:
    """The argument and the options that every subcommand has."""
    decorators = (
        click.argument(
            "repository",
            default=".",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
        ),
        click.option(
            "--charts-dir",
            metavar="DIR",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="Take charts from this folder first: NAME-VERSION.tgz, NAME/ or NAME-VERSION/.",
        ),
        click.option(
            "--repo-url",
            "repository_urls",
            multiple=True,
            metavar="URL",
            help="A URL that means this repository, beside those of its git remotes. May be "
            "repeated.",
        ),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            default=4,
            show_default=True,
            help="How many charts may be fetched at once.",
        ),
    )
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


@command.command("lock")
@_shared
def lock(
    repository: Path, charts_dir: Path | None, repository_urls: tuple[str, ...], jobs: int
) -> ExitStatus:
    """Write the digest of every chart into .gitopsgen/lock.yaml.

    `gitopsgen validate` then reports a chart whose archive has changed. A digest that is there is
    never replaced; entries of versions that nothing uses any more make room for newer ones.

    Exit status: 0 all charts that come as archives are locked, 1 an archive is not the one that
    was locked, 3 a chart could not be had.
    """
    from gitopsgen.charts.locking import lock_repository
    from gitopsgen.charts.uses import used_charts
    from gitopsgen.kustomize.vendor import pulled_charts

    files, sources = open_repository(repository, repository_urls)
    applications = _applications(files, sources)
    references = _references(used_charts(applications), pulled_charts(applications, sources))
    outcome = lock_repository(repository, references, _store(charts_dir, jobs))
    for chart in outcome.written:
        click.echo(f"locked {_named(chart.reference)}: {chart.digest}")
    for chart in outcome.differing:
        click.echo(
            f"error: {_named(chart.reference)} from {chart.reference.repository} is not the "
            f"archive that was locked: it has {chart.digest}\n"
            "  If that is right, remove its digest from .gitopsgen/lock.yaml and lock it again.",
            err=True,
        )
    for reference, reason in outcome.left:
        click.echo(f"not locked: {_named(reference)}: {reason}")
    for missing in outcome.missing:
        click.echo(f"not locked: {missing.reason}", err=True)
    click.echo(
        f"{counted(len(outcome.written), 'chart')} locked, {len(outcome.unchanged)} locked already"
    )
    if outcome.differing:
        return ExitStatus.FINDINGS
    return ExitStatus.UNAVAILABLE if outcome.missing else ExitStatus.OK


@command.command("vendor")
@_shared
@click.option(
    "--into",
    default="charts",
    show_default=True,
    metavar="FOLDER",
    help="The folder of the repository that the charts go into.",
)
def vendor(
    repository: Path,
    charts_dir: Path | None,
    repository_urls: tuple[str, ...],
    jobs: int,
    into: str,
) -> ExitStatus:
    """Put the charts into the repository, and let its Applications take them from there.

    Argo CD then needs no chart repository. Of an Application only repoURL, chart (now path) and
    targetRevision change; the charts of a kustomization go where kustomize looks for them, and
    nothing changes. Nothing is committed, and a second run changes nothing.

    Exit status: 0 no Application needs a chart repository any more, 3 some were left.
    """
    from gitopsgen.charts.uses import used_charts
    from gitopsgen.charts.vendor import carry_out, plan_vendoring
    from gitopsgen.kustomize.vendor import carry_out_inflation, plan_inflation, pulled_charts

    files, sources = open_repository(repository, repository_urls)
    applications = _applications(files, sources)
    uses, pulled = used_charts(applications), pulled_charts(applications, sources)
    answers = _store(charts_dir, jobs).get(_references(uses, pulled))
    plan = plan_vendoring(uses, applications, answers, sources, into)
    inflation = plan_inflation(pulled, answers, sources)
    carry_out(plan, sources)
    carry_out_inflation(inflation, sources)
    for item in plan.vendored:
        where = item.use.application.manifest.file
        click.echo(f"{where}: {item.use.reference.name} {item.version} is now {item.folder}")
    for chart, version in inflation.vendored:
        click.echo(f"{chart.place[0]}: {chart.name} {version} is now in {chart.target}")
    for chart, reason in inflation.left:
        name = f"{chart.name} {chart.version}".strip()
        click.echo(f"{chart.place[0]}: {name} was left: {reason}", err=True)
    lines = (
        f"{use.application.manifest.file}: {_named(use.reference)} was left: {reason}"
        for use, reason in plan.left
    )
    # An ApplicationSet generates many that have one reason.
    for line in dict.fromkeys(lines):
        click.echo(line, err=True)
    written = len(plan.folders) + len(inflation.folders)
    left = len(plan.left) + len(inflation.left)
    click.echo(
        f"{counted(len(plan.vendored), 'source')} changed, {counted(written, 'chart')} written, "
        f"{left} left"
    )
    return ExitStatus.UNAVAILABLE if left else ExitStatus.OK


def _applications(files: RepositoryFiles, sources: LocalSources) -> list[Application]:
    from gitopsgen.charts.uses import applications_in

    applications = applications_in(files, sources)
    if not applications:
        raise UsageError(
            f"{files.root}: there is no Application",
            "Name the folder of a repository that Argo CD reads.",
        )
    return applications


def _references(uses: Sequence[UsedChart], pulled: Sequence[InflatedChart]) -> list[ChartReference]:
    found = [*(use.reference for use in uses), *(chart.reference for chart in pulled)]
    return list(dict.fromkeys(reference for reference in found if reference is not None))


def _store(charts_dir: Path | None, jobs: int) -> ChartStore:
    from gitopsgen.charts.store import ChartStore
    from gitopsgen.tools.pins import HELM
    from gitopsgen.tools.resolver import ensure_tool

    return ChartStore(
        helm=lambda: ensure_tool(HELM), charts_dir=charts_dir, jobs=jobs, progress=show_progress
    )


def _named(reference: ChartReference) -> str:
    return f"{reference.name} {reference.version}"
