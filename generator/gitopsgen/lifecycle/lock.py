""".gitopsgen/lock.yaml: what made the repository, so that it can be made again and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen import __version__
from gitopsgen.repository.layout import LOCK_FILE
from gitopsgen.tree import File, Tree, digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import yaml

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.blueprints.metadata import Component


_HEADER = """\
# Written by gitopsgen, read by `gitopsgen update`: which versions made this repository.
# `render` is the digest of all files as they were rendered, this one left out.
"""


def lock_file(tree: Tree, catalogue: Catalogue, components: Sequence[Component]) -> File:
    """The lock of a render: `tree` is everything else that was rendered."""
    import yaml

    lock: dict[str, Any] = {
        "generator": __version__,
        "render": digest(tree, leave_out=[LOCK_FILE]),
        "blueprints": {component.name: component.version for component in components},
        "charts": {
            component.chart.name: {
                "repository": component.chart.repository,
                "version": component.chart.version,
            }
            for component in components
            if component.chart
        },
    }
    if catalogue.extra_folders:
        lock["folders"] = [str(folder) for folder in catalogue.extra_folders]
    text = yaml.dump(lock, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=1000)
    return File((_HEADER + text).encode())


def _dumper() -> type[yaml.SafeDumper]:
    """A dumper that indents lists, as the repository's yamllint settings ask."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    return Dumper
