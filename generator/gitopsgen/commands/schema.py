"""`gitopsgen schema`: the JSON Schema of cluster.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import blueprints_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("schema")
@blueprints_option
def command(blueprint_folders: tuple[Path, ...]) -> None:
    """Print the JSON Schema of cluster.yaml, with the options of every component.

    Editors complete and check cluster.yaml with it; a generated repository has its own copy in
    .gitopsgen/cluster.schema.json.
    """
    from gitopsgen.blueprints.catalogue import load_catalogue
    from gitopsgen.cluster.schema import compose
    from gitopsgen.lifecycle.render import schema_text

    click.echo(schema_text(compose(load_catalogue(blueprint_folders).specs)), nl=False)
