"""Options, output and exit statuses that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.findings import Report

blueprints_option = click.option(
    "--blueprints",
    "blueprint_folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of your own component blueprints, beside those shipped. May be repeated.",
)

output_option = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)


def print_report(report: Report, output: str, read_text: Callable[[str], str | None]) -> None:
    """Print `report` to standard output in the format `output`; `read_text` gives its sources."""
    if output == "json":
        from gitopsgen.validation.reports.json import format_report as format_json

        click.echo(format_json(report), nl=False)
        return
    from gitopsgen.validation.reports.text import format_report as format_text

    click.echo(format_text(report, read_text), nl=False)


def exit_status(report: Report, *, strict: bool = False) -> ExitStatus:
    """The exit status that a report stands for: findings win over what was left unchecked."""
    if report.errors or (strict and report.warnings):
        return ExitStatus.FINDINGS
    if any(item.required for item in report.unchecked):
        return ExitStatus.UNAVAILABLE
    return ExitStatus.OK


def reader(root: Path) -> Callable[[str], str | None]:
    """A function that gives the text of a file below `root`, or None where it has none."""

    def read(file: str) -> str | None:
        try:
            return (root / file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    return read
