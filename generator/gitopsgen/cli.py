"""The `gitopsgen` command: finds the subcommand, prints errors, picks the exit status.

A subcommand lives in `gitopsgen.commands.<name>` as the click command `command` and is imported
only when it is called, so that `gitopsgen --version` stays quick.
"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import TYPE_CHECKING

import click

from gitopsgen import __version__
from gitopsgen.errors import ExitStatus, GitopsgenError
from gitopsgen.printable import some_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

# name -> one line of help, in the order in which a person meets them.
COMMANDS = {
    "new": "Create a repository from a cluster.yaml.",
    "validate": "Check what Argo CD would apply from a repository.",
    "update": "Bring a repository up to date, and keep what was edited by hand.",
    "diff": "Show what was edited by hand since the last render.",
    "add": "Add a component, or an application of your own.",
    "remove": "Remove a component.",
    "list": "List the components: installed, available, newer.",
    "outdated": "Show newer versions of the charts that a repository pins.",
    "bump": "Write newer versions of charts where they are pinned.",
    "push": "Check a repository, and publish it.",
    "rules": "List the rules of `validate`.",
    "explain": "Say what a rule means, with examples.",
    "charts": "Lock the charts of a repository, or put them into it.",
    "schema": "Print the JSON Schema of cluster.yaml.",
    "doctor": "Show, or install, the programs that gitopsgen uses.",
}


class _LazyGroup(click.Group):
    """A group that imports a subcommand when it is asked for, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gitopsgen.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gitopsgen", message="%(prog)s %(version)s")
def group() -> None:
    """From one small cluster.yaml to a complete, checked Argo CD app-of-apps repository."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status (`ExitStatus`).

    Commands return their exit status; `GitopsgenError` is printed as `error: …` with its hint.
    """
    # Looking for cycles while modules load costs a short run some percent, and finds none.
    gc.disable()
    try:
        status = group.main(
            args=None if arguments is None else list(arguments),
            prog_name="gitopsgen",
            standalone_mode=False,
        )
    except GitopsgenError as error:
        click.echo(f"error: {some_lines(error.message)}", err=True)
        if error.hint:
            click.echo(f"  {some_lines(error.hint)}", err=True)
        status = error.exit_status
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        status = ExitStatus.INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = ExitStatus.USAGE
    except BrokenPipeError:
        # The reader went away (`gitopsgen … | head`): nothing is wrong, and nothing can be said.
        sys.stderr.close()
        status = ExitStatus.OK
    sys.exit(int(status or 0))
