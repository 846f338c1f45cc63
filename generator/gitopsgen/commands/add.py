"""`gitopsgen add`: a component into a repository, or an application of one's own."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitopsgen.commands.add_app import command as app_command
from gitopsgen.commands.common import blueprints_option, print_report
from gitopsgen.commands.outcome import show_notes, show_outcome, wait_notice
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from gitopsgen.blueprints.metadata import Component
    from gitopsgen.lifecycle.changing import Change, Opened

_COMPONENT = "component"


class _AddGroup(click.Group):
    """A group whose first argument is a subcommand, or else the name of a component."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [_COMPONENT, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "NAME [--set OPTION=VALUE]... | app NAME [OPTIONS]")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Forms"):
            formatter.write_dl(
                [
                    ("NAME", "A component: see `gitopsgen list`, and below."),
                    ("app NAME", "An application of your own: `gitopsgen add app --help`."),
                ]
            )
        component = self.commands[_COMPONENT]
        component.format_options(click.Context(component, info_name="NAME", parent=ctx), formatter)


@click.group("add", cls=_AddGroup, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Add a component to a repository made by gitopsgen, or an application of your own.

    A component goes into cluster.yaml, where all else stays as it is; then everything is rendered
    anew and merged, as `gitopsgen update` does it. On a terminal it asks for options without a
    safe default.
    """


command.add_command(app_command)


@command.command(_COMPONENT, hidden=True)
@click.argument("name")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="OPTION=VALUE",
    help="Set one option of the component: address=192.168.1.31. May be repeated.",
)
@click.option(
    "--repository",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; by default the folder that this runs in.",
)
@blueprints_option
@click.option("--no-input", is_flag=True, help="Ask nothing, even on a terminal.")
@click.option("--dry-run", is_flag=True, help="Show what would come in, as a diff; touch nothing.")
def component(
    name: str,
    assignments: tuple[str, ...],
    repository: Path,
    blueprint_folders: tuple[Path, ...],
    no_input: bool,
    dry_run: bool,
) -> ExitStatus:
    """Add the component NAME."""
    from gitopsgen.lifecycle.changing import (
        addition,
        component_to_add,
        missing_options,
        open_repository,
        plan_addition,
        read_options,
    )

    options = read_options(assignments)
    opened = open_repository(repository, blueprint_folders, dry_run=dry_run, waiting=wait_notice)
    status = show_finished(opened, addition(name))
    if status is not None:
        _show_needs(opened, name, status)
        return status
    added = component_to_add(opened, name)
    missing = missing_options(added, options)
    proposed = _proposed(opened, added) if missing else {}
    if missing and not no_input and on_terminal():
        from gitopsgen.cluster.prompts import ask_missing

        options |= ask_missing(added.spec, missing, proposed)
        missing = ()
    change = plan_addition(opened, added, options)
    if change.errors:
        show_errors(change)
        _suggest(added, missing, proposed)
        return ExitStatus.USAGE
    status = merge_in(opened, change, dry_run=dry_run)
    if not dry_run:
        _show_needs(opened, name, status)
    return status


def on_terminal() -> bool:
    """Whether there is a person to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def merge_in(opened: Opened, change: Change, *, dry_run: bool) -> ExitStatus:
    """Render the repository with the change, merge that, and print what came of it."""
    from gitopsgen.lifecycle.update import update_repository

    outcome = update_repository(
        opened.root,
        lambda _: opened.catalogue,
        edit=change.edit,
        subject=change.subject,
        dry_run=dry_run,
        waiting=wait_notice,
    )
    return show_outcome(outcome, dry_run=dry_run)


def show_finished(opened: Opened, subject: str) -> ExitStatus | None:
    """Say what came of an earlier run that was interrupted.

    Returned is a status where nothing is left to be done for this one, which is called `subject`,
    or where conflicts come first.
    """
    finished = opened.finished
    if finished is None:
        return None
    if opened.is_settled(subject):
        return show_outcome(finished, dry_run=False)
    show_notes(finished)
    return None


def show_errors(change: Change) -> None:
    """Print what is wrong with cluster.yaml after a change: positions are those in its new text.

    Warnings are in nothing's way, and `gitopsgen validate` shows them.
    """
    from gitopsgen.findings import Report, Severity
    from gitopsgen.repository.layout import CLUSTER_FILE

    errors = (finding for finding in change.errors if finding.severity is Severity.ERROR)
    findings = tuple(sorted(errors, key=lambda finding: finding.sort_key))
    print_report(Report(findings=findings), "text", {CLUSTER_FILE: change.text}.get)
    click.echo("nothing was changed: this is how cluster.yaml would read", err=True)


def _proposed(opened: Opened, added: Component) -> dict[str, Any]:
    from gitopsgen.cluster.proposals import propose_for

    cluster = opened.cluster
    return {} if cluster is None else propose_for(added.spec, cluster, opened.catalogue.specs)


def _suggest(added: Component, missing: tuple[str, ...], proposed: dict[str, Any]) -> None:
    """Show the call that has everything, as far as it can be known."""
    from gitopsgen.cluster.edit_values import inline

    if missing:
        values = {key: inline(proposed[key]) if key in proposed else "…" for key in missing}
        given = " ".join(f"--set {shlex.quote(f'{k}={v}')}" for k, v in values.items())
        click.echo(f"  gitopsgen add {added.name} {given}", err=True)


def _show_needs(opened: Opened, name: str, status: ExitStatus) -> None:
    if status not in (ExitStatus.OK, ExitStatus.FINDINGS):
        return
    added = next((item for item in opened.catalogue.components if item.name == name), None)
    for secret in added.secrets if added is not None else ():
        keys = ", ".join(secret.keys)
        click.echo(
            f"{name} needs the Secret {secret.namespace}/{secret.name} ({keys}): {secret.purpose}"
        )
