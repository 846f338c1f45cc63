"""`gitopsgen diff`: what people have changed since the last render."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gitopsgen.commands.common import blueprints_option, write_out
from gitopsgen.errors import ExitStatus


@click.command("diff")
@click.argument("repository", default=".", type=click.Path(exists=True, path_type=Path))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@blueprints_option
@click.option("--stat", is_flag=True, help="Only count the changed lines of each file.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where there are differences.")
def command(
    repository: Path,
    paths: tuple[str, ...],
    blueprint_folders: tuple[Path, ...],
    stat: bool,
    exit_code: bool,
) -> ExitStatus:
    """Show what was edited by hand in REPOSITORY: its work tree against its pristine render.

    PATHs, relative to the repository's root, narrow it down; so does a file or a folder within
    the repository in the place of REPOSITORY. lock.yaml is left out; files that git does not
    track are not shown.
    """
    from gitopsgen.lifecycle.catalogues import load_for
    from gitopsgen.lifecycle.difference import hand_edits

    color = sys.stdout is not None and sys.stdout.isatty()
    within = repository != Path() and not (repository / ".git").exists()
    edits = hand_edits(
        repository if repository.is_dir() else repository.parent,
        lambda root: load_for(root, blueprint_folders),
        paths=paths,
        within=repository if within else None,
        stat=stat,
        color=color,
    )
    for note in edits.notes:
        click.echo(f"note: {note}", err=True)
    write_out(edits.diff)
    return ExitStatus.FINDINGS if exit_code and edits.diff else ExitStatus.OK
