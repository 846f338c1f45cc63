"""`gitopsgen new`: from cluster.yaml to a repository."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import (
    blueprints_option,
    exit_status,
    output_option,
    print_report,
)
from gitopsgen.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from gitopsgen.findings import Report
    from gitopsgen.lifecycle.scaffold import Scaffold


@click.command("new")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="The cluster.yaml to start from; - reads standard input.",
)
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set one value of cluster.yaml: network.gateway=192.168.1.1, nodes.0.name=k-m1. "
    "May be repeated.",
)
@blueprints_option
@click.option("--no-input", is_flag=True, help="Ask nothing, even on a terminal.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--no-git", is_flag=True, help="Write the files only: no git repository.")
@output_option
def command(
    directory: Path | None,
    config: Path | None,
    assignments: tuple[str, ...],
    blueprint_folders: tuple[Path, ...],
    no_input: bool,
    dry_run: bool,
    no_git: bool,
    output: str,
) -> ExitStatus:
    """Create a complete Argo CD repository in DIRECTORY (by default: the cluster's name).

    On a terminal and without --config it asks for what it cannot know, shows the plan, and
    writes nothing before a yes. Every manifest is checked before anything is written.
    """
    from gitopsgen.blueprints.catalogue import load_catalogue
    from gitopsgen.lifecycle import scaffold

    catalogue = load_catalogue([folder.resolve() for folder in blueprint_folders])
    interactive = not no_input and sys.stdin.isatty() and sys.stdout.isatty()
    if config is None and interactive:
        from gitopsgen.cluster.prompts import ask

        text = ask(catalogue.specs)
        file = scaffold.CLUSTER_FILE
    else:
        text, file = scaffold.read_config(config)
    text = scaffold.apply_assignments(text, assignments)
    source = scaffold.read_input(text, catalogue, file)
    cluster = source.result.cluster
    if cluster is None:
        report = scaffold.input_report(source)
        print_report(report, output, {file: text}.get)
        return ExitStatus.USAGE
    target = directory or Path(cluster.name)
    scaffold.check_target(target)
    with_git = not no_git and not dry_run
    with scaffold.planned(cluster, source, catalogue, with_git=with_git) as planned:
        if planned.report.errors or output == "json":
            print_report(planned.report, output, planned.read_text)
        if planned.report.errors:
            return exit_status(planned.report)
        if output == "text":
            _show_warnings(planned)
        if dry_run:
            _show_tree(planned, target, output)
            return ExitStatus.OK
        if interactive:
            from gitopsgen.cluster.prompts import plan_table

            click.echo(plan_table(cluster, catalogue.specs))
            if not click.confirm(f"Write {len(planned.tree)} files to {target}?"):
                raise UsageError("nothing was written")
        planned.publish(target)
    if output == "text":
        _show_result(planned, target)
    return ExitStatus.OK


def _show_warnings(planned: Scaffold) -> None:
    from gitopsgen.validation.reports.text import format_findings

    if planned.report.findings:
        click.echo(format_findings(planned.report.findings, planned.read_text) + "\n")


def _show_tree(planned: Scaffold, target: Path, output: str) -> None:
    if output != "text":
        return
    click.echo(f"{target}/")
    shown: tuple[str, ...] = ()
    for path, file in planned.tree.items():
        *folders, name = path.split("/")
        for depth, folder in enumerate(folders):
            if shown[: depth + 1] != tuple(folders[: depth + 1]):
                click.echo(f"{'  ' * (depth + 1)}{folder}/")
        shown = tuple(folders)
        note = ", executable" if file.executable else ""
        click.echo(f"{'  ' * (len(folders) + 1)}{name}  ({len(file.content)} bytes{note})")
    click.echo(f"\n{_checked(planned.report)}; nothing was written (--dry-run)")


def _show_result(planned: Scaffold, target: Path) -> None:
    counts = planned.report.counts
    click.echo(f"{target}: {len(planned.tree)} files, {counts.applications} Applications")
    click.echo(f"  {_checked(planned.report)}")
    if unchecked := len(planned.report.unchecked):
        click.echo(f"  {unchecked} charts were not rendered: `gitopsgen validate` lists them")
    click.echo(f"  next: read {target / 'README.md'}")


def _checked(report: Report) -> str:
    return f"{report.counts.documents} manifests checked by kubeconform -strict: no errors"
