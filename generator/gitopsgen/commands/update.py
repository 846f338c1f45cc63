"""`gitopsgen update`: a new render, merged into what people have made of the last one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import blueprints_option
from gitopsgen.commands.outcome import show_outcome, wait_notice

if TYPE_CHECKING:
    from gitopsgen.errors import ExitStatus


@click.command("update")
@click.argument(
    "repository",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@blueprints_option
@click.option("--dry-run", is_flag=True, help="Show what would come in, as a diff; touch nothing.")
def command(repository: Path, blueprint_folders: tuple[Path, ...], dry_run: bool) -> ExitStatus:
    """Bring REPOSITORY up to date with its cluster.yaml, the blueprints and this gitopsgen.

    Everything is rendered anew and merged by git with what was edited by hand since. Where both
    changed the same lines the conflict is left as `git merge` leaves one, and the exit status is
    4. `git reset --hard ORIG_HEAD` takes a merge back, `git merge --abort` one with conflicts.
    """
    from gitopsgen.lifecycle.catalogues import load_for
    from gitopsgen.lifecycle.update import update_repository

    outcome = update_repository(
        repository,
        lambda root: load_for(root, blueprint_folders),
        dry_run=dry_run,
        waiting=wait_notice,
    )
    return show_outcome(outcome, dry_run=dry_run)
