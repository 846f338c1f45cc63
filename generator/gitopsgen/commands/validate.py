"""`gitopsgen validate`: the check that guards a repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import (
    checkout_prefix,
    exit_status,
    print_report,
    reader,
    show_progress,
)
from gitopsgen.validation.reports.formats import FORMATS

if TYPE_CHECKING:
    from gitopsgen.errors import ExitStatus


@click.command("validate")
@click.argument(
    "repository",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--charts",
    type=click.Choice(["require", "auto", "skip"]),
    default="require",
    show_default=True,
    help="What to do about Helm charts: render every one or exit with 3, render those that can "
    "be had, or none. What was not rendered is listed as not checked.",
)
@click.option(
    "--charts-dir",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take charts from this folder, as NAME/ or NAME-VERSION.tgz.",
)
@click.option("--strict", is_flag=True, help="Warnings make the exit status 1, too.")
@click.option(
    "--only",
    multiple=True,
    metavar="RULE",
    help="Report only findings of these rules: ids, their first words (k8s, argo-project), or "
    "globs, with commas between them. May be repeated.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="RULE",
    help="Leave out findings of these rules, named like those of --only. May be repeated.",
)
@click.option(
    "--changed-since",
    metavar="REF",
    help="Report only what the git commit REF (a branch, a tag) did not have. Files that are not "
    "committed yet count.",
)
@click.option(
    "--repo-url",
    "repository_urls",
    multiple=True,
    metavar="URL",
    help="A URL that means this repository, beside those of its git remotes. May be repeated.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="How many processes may work at once.  [default: one for each CPU]",
)
@click.option(
    "--output",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Format of what is printed; github is annotations for a workflow's log.",
)
def command(
    repository: Path,
    charts: str,
    charts_dir: Path | None,
    strict: bool,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    changed_since: str | None,
    repository_urls: tuple[str, ...],
    jobs: int | None,
    output: str,
) -> ExitStatus:
    """Check what Argo CD would apply from REPOSITORY, and its cluster.yaml if it has one.

    Exit status: 0 nothing wrong, 1 errors were found, 2 wrong usage or nothing to validate,
    3 something could not be checked. `gitopsgen explain RULE` says what a finding means.
    """
    from gitopsgen.validation.selection import parse_selection
    from gitopsgen.validation.service import Options, validate

    options = Options(
        charts=charts,
        charts_dir=charts_dir,
        repository_urls=repository_urls,
        jobs=jobs,
        selection=parse_selection(only, skip),
    )
    if changed_since is None:
        report = validate(repository, options, show_progress)
    else:
        from gitopsgen.validation.changes import validate_changes

        report = validate_changes(repository, options, changed_since)
    print_report(
        report,
        output,
        reader(repository),
        strict=strict,
        prefix=checkout_prefix(repository),
    )
    return exit_status(report, strict=strict)
