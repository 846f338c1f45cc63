"""`gitopsgen list`: the components that there are, and those that a repository has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitopsgen.commands.common import blueprints_option, output_option, table, write_out
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from gitopsgen.lifecycle.components import ComponentStatus


@click.command("list")
@click.argument(
    "repository",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@blueprints_option
@output_option
def command(repository: Path, blueprint_folders: tuple[Path, ...], output: str) -> ExitStatus:
    """List the components: those of REPOSITORY, and those that could be added to it.

    A component is installed, or has an update (its blueprint is newer than the one that the
    repository was made with), or is pending (cluster.yaml was edited: `gitopsgen update` brings
    it in), or is available.
    """
    from gitopsgen.lifecycle.catalogues import load_for
    from gitopsgen.lifecycle.components import read_cluster_text, survey

    found = survey(repository, load_for(repository, blueprint_folders))
    if output == "json":
        data = {"version": 1, "components": [_data(status) for status in found]}
        write_out(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
        return ExitStatus.OK
    if read_cluster_text(repository) is None:
        click.echo(f"{repository} has no cluster.yaml: this is what a new one can have", err=True)
    _show(found)
    return ExitStatus.OK


def _show(found: list[ComponentStatus]) -> None:
    rows = [("COMPONENT", "STATE", "ROLE", "BLUEPRINT", "CHART", "WHAT IT IS")]
    for status in found:
        spec = status.blueprint.spec if status.blueprint is not None else None
        rows.append(
            (
                status.name,
                _state(status),
                (spec.role if spec is not None else None) or "-",
                _blueprint(status),
                _chart(status),
                spec.summary if spec is not None else "no blueprint of that name is known",
            )
        )
    write_out(table(rows) + "\n")
    for status in found:
        if status.blueprint is not None and status.lifecycle != "active":
            spec = status.blueprint.spec
            instead = f"; use {spec.lifecycle_instead}" if spec.lifecycle_instead else ""
            click.echo(f"{status.name} is {status.lifecycle}: {spec.lifecycle_message}{instead}")
    states = {status.state for status in found}
    if states & {"update", "pending"}:
        click.echo("`gitopsgen update` brings in what is newer or pending.")
    if "available" in states and any(status.is_installed for status in found):
        click.echo("`gitopsgen add NAME` installs what is available.")


def _state(status: ComponentStatus) -> str:
    return status.state if status.lifecycle == "active" else f"{status.state}, {status.lifecycle}"


def _blueprint(status: ComponentStatus) -> str:
    known = str(status.blueprint.version) if status.blueprint is not None else ""
    here = "" if status.rendered is None else str(status.rendered)
    return f"{here} -> {known}" if here and known and here != known else here or known or "-"


def _chart(status: ComponentStatus) -> str:
    """The version of its chart here, and the blueprint's where that is another."""
    chart = status.blueprint.chart if status.blueprint is not None else None
    if chart is None:
        return "-"
    if not status.pinned:
        return f"{chart.name} {chart.version}"
    here = ", ".join(status.pinned)
    other = "" if chart.version in status.pinned else f" (blueprint: {chart.version})"
    return f"{chart.name} {here}{other}"


def _data(status: ComponentStatus) -> dict[str, Any]:
    blueprint = status.blueprint
    spec = blueprint.spec if blueprint is not None else None
    chart = blueprint.chart if blueprint is not None else None
    return {
        "name": status.name,
        "state": status.state,
        "installed": status.is_installed,
        "summary": spec.summary if spec is not None else None,
        "role": spec.role if spec is not None else None,
        "requires": list(spec.requires) if spec is not None else [],
        "namespace": blueprint.namespace if blueprint is not None else None,
        "wave": blueprint.wave if blueprint is not None else None,
        "lifecycle": {
            "state": status.lifecycle,
            "message": spec.lifecycle_message or None if spec is not None else None,
            "instead": spec.lifecycle_instead or None if spec is not None else None,
        },
        "blueprint": {
            "here": status.rendered,
            "known": blueprint.version if blueprint is not None else None,
        },
        "chart": None
        if chart is None
        else {
            "name": chart.name,
            "repository": chart.repository,
            "here": list(status.pinned),
            "blueprint": chart.version,
        },
    }
