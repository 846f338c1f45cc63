"""`gitopsgen validate`: the check that guards a repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import exit_status, output_option, print_report, reader

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
@click.option("--strict", is_flag=True, help="Warnings make the exit status 1, too.")
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
@output_option
def command(
    repository: Path,
    charts: str,
    strict: bool,
    repository_urls: tuple[str, ...],
    jobs: int | None,
    output: str,
) -> ExitStatus:
    """Check what Argo CD would apply from REPOSITORY, and its cluster.yaml if it has one.

    Exit status: 0 nothing wrong, 1 errors were found, 2 wrong usage or nothing to validate,
    3 something could not be checked.
    """
    from gitopsgen.validation.service import Options, validate

    options = Options(charts=charts, repository_urls=repository_urls, jobs=jobs)
    report = validate(repository, options)
    print_report(report, output, reader(repository))
    return exit_status(report, strict=strict)
