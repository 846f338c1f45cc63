"""`gitopsgen doctor`: the programs that gitopsgen uses."""

from __future__ import annotations

import json

import click

from gitopsgen.commands.common import output_option
from gitopsgen.errors import ExitStatus


@click.command("doctor")
@click.option("--install", is_flag=True, help="Install what is missing into gitopsgen's cache.")
@output_option
def command(install: bool, output: str) -> ExitStatus:
    """Show which programs are found, where, and in which version.

    Exit status: 0 when the required ones are there, 3 otherwise.
    """
    from gitopsgen.schemas.kubernetes import available_versions
    from gitopsgen.tools.cache import cache_dir
    from gitopsgen.tools.doctor import diagnose

    found = diagnose(install=install)
    versions = available_versions()
    if output == "json":
        document = {
            "version": 1,
            "programs": [
                {
                    "name": item.name,
                    "required": item.required,
                    "path": str(item.path) if item.path else None,
                    "version": item.version,
                    "problem": item.problem,
                }
                for item in found
            ],
            "cache": str(cache_dir()),
            "kubernetes": list(versions),
        }
        click.echo(json.dumps(document, indent=2))
    else:
        for item in found:
            need = "required" if item.required else "optional"
            click.echo(f"{item.name} ({need}): {item.purpose}")
            click.echo(f"  {item.version}, {item.path}" if item.path else f"  {item.problem}")
        click.echo(f"cache: {cache_dir()}")
        click.echo(f"Kubernetes schemas: {versions[0]} to {versions[-1]}")
    missing = any(item.required and item.path is None for item in found)
    return ExitStatus.UNAVAILABLE if missing else ExitStatus.OK
