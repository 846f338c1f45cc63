"""`gitopsgen remove`: a component out of a repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.add import merge_in, show_errors, show_finished
from gitopsgen.commands.common import blueprints_option
from gitopsgen.commands.outcome import wait_notice
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from gitopsgen.lifecycle.changing import Opened


@click.command("remove")
@click.argument("name")
@click.option(
    "--repository",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; by default the folder that this runs in.",
)
@blueprints_option
@click.option("--dry-run", is_flag=True, help="Show what would go, as a diff; touch nothing.")
def command(
    name: str, repository: Path, blueprint_folders: tuple[Path, ...], dry_run: bool
) -> ExitStatus:
    """Remove the component NAME from a repository made by gitopsgen.

    Its key goes from cluster.yaml, where all else stays as it is; then everything is rendered anew
    and merged, as `gitopsgen update` does it. Files of it that you have edited are left to you as
    conflicts. What stays in the cluster, and how to get rid of it, is said at the end.
    """
    from gitopsgen.lifecycle.changing import open_repository, plan_removal, removal

    opened = open_repository(repository, blueprint_folders, dry_run=dry_run, waiting=wait_notice)
    status = show_finished(opened, removal(name))
    if status is not None:
        if opened.finished is not None and opened.finished.subject == removal(name):
            _show_leftovers(opened, name)
        return status
    change = plan_removal(opened, name)
    if change.errors:
        show_errors(change)
        return ExitStatus.USAGE
    status = merge_in(opened, change, dry_run=dry_run)
    _show_leftovers(opened, name)
    return status


def _show_leftovers(opened: Opened, name: str) -> None:
    from gitopsgen.lifecycle.leftovers import describe, leftovers

    installed = opened.catalogue.select(opened.was_installed)
    removed = next((component for component in installed if component.name == name), None)
    if removed is None:
        return
    others = [component for component in installed if component is not removed]
    # The diff of a dry run may be piped into something: these lines are for a person.
    for line in ["", *describe(leftovers(removed, others))]:
        click.echo(line, err=True)
