"""What `update`, `add` and `remove` say when they are done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import exit_status, print_report, reader, write_out
from gitopsgen.errors import ExitStatus
from gitopsgen.findings import Report

if TYPE_CHECKING:
    from gitopsgen.lifecycle.update import Outcome

_SHOWN_CHANGES = 20
_VERBS = {"A": "new", "M": "changed", "D": "removed", "T": "changed"}


def wait_notice() -> None:
    """Say that another run has to end first."""
    click.echo("another run of gitopsgen is at work in this repository: waiting", err=True)


def show_outcome(outcome: Outcome, *, dry_run: bool) -> ExitStatus:
    """Print what came of it, validate what the work tree holds now, and return the status."""
    if outcome.findings:
        print_report(Report(findings=outcome.findings), "text", reader(outcome.root))
        return ExitStatus.USAGE
    show_notes(outcome)
    if dry_run:
        return _show_plan(outcome)
    if not outcome.is_clean:
        return _show_conflicts(outcome)
    if not outcome.commit:
        click.echo("nothing to do: the repository is up to date with its cluster.yaml")
        return _validate(outcome) if outcome.notes else ExitStatus.OK
    click.echo(f"{outcome.subject}: merged as {outcome.commit[:10]}")
    _show_changes(outcome)
    return _validate(outcome)


def show_notes(outcome: Outcome) -> None:
    """Print what a person should know besides."""
    for note in outcome.notes:
        click.echo(f"note: {note}", err=True)


def _show_plan(outcome: Outcome) -> ExitStatus:
    if outcome.diff:
        text = outcome.diff
        if sys.stdout is not None and sys.stdout.isatty():
            text = _colored(text)
        write_out(text)
    else:
        click.echo("nothing would change")
    if not outcome.is_clean:
        what = ", ".join(outcome.conflicts) or "; ".join(outcome.messages)
        click.echo(f"these would be in conflict: {what}", err=True)
    return ExitStatus.OK


def _colored(diff: str) -> str:
    colors = {"+": "green", "-": "red", "@": "cyan"}
    return "".join(
        click.style(line, fg=colors.get(line[:1])) for line in diff.splitlines(keepends=True)
    )


def _show_changes(outcome: Outcome) -> None:
    for letter, path in outcome.changes[:_SHOWN_CHANGES]:
        click.echo(f"  {_VERBS.get(letter, letter):8} {path}")
    if (more := len(outcome.changes) - _SHOWN_CHANGES) > 0:
        click.echo(f"  and {more} more: git show --stat")


def _show_conflicts(outcome: Outcome) -> ExitStatus:
    click.echo(f"{outcome.subject}: these need you")
    for path in outcome.conflicts:
        click.echo(f"  conflict {path}")
    for message in outcome.messages:
        click.echo(f"    {message}")
    click.echo(
        "\nEdit them, then `git add` each and `git commit`: that finishes the update."
        "\nTo go back to where you were: git merge --abort"
    )
    return ExitStatus.CONFLICTS


def _validate(outcome: Outcome) -> ExitStatus:
    """Validate the work tree as it is now; charts are left to `gitopsgen validate`."""
    from gitopsgen.validation.service import Options, validate

    report = validate(outcome.root, Options(charts="skip"))
    if report.findings:
        from gitopsgen.validation.reports.text import format_findings

        write_out(format_findings(report.findings, reader(outcome.root)) + "\n")
    counts = f"{report.errors} errors, {report.warnings} warnings"
    click.echo(f"validated without charts: {counts}")
    return exit_status(report)
