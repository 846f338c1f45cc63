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


def lock_file(
    tree: Tree, catalogue: Catalogue, components: Sequence[Component], before: str = ""
) -> File:
    """The lock of a render: `tree` is everything else that was rendered.

    `before` is the text of the lock that it takes the place of: digests of charts, which
    `gitopsgen charts lock` and `bump` have written there, are kept.
    """
    import yaml

    lock: dict[str, Any] = {
        "generator": __version__,
        "render": digest(tree, leave_out=[LOCK_FILE]),
        "blueprints": {component.name: component.version for component in components},
        "charts": _charts(catalogue, components, before),
    }
    if catalogue.extra_folders:
        lock["folders"] = [str(folder) for folder in catalogue.extra_folders]
    text = yaml.dump(lock, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=1000)
    return File((_HEADER + text).encode())


def _charts(
    catalogue: Catalogue, components: Sequence[Component], before: str
) -> dict[str, dict[str, str]]:
    charts = {
        component.chart.name: {
            "repository": component.chart.repository,
            "version": component.chart.version,
        }
        for component in components
        if component.chart
    }
    if not before:
        return charts
    from gitopsgen.charts.lock import lock_entries

    # Charts of components that are not installed (any more) go; a person's own stay.
    gone = {component.chart.name for component in catalogue.components if component.chart}
    gone -= charts.keys()
    for entry in lock_entries(before):
        chart = charts.get(entry.key)
        if chart == {"repository": entry.repository, "version": entry.version}:
            if entry.digest:
                chart["digest"] = entry.digest
        elif chart is None and entry.digest and entry.name not in gone:
            named = {} if entry.key == entry.name else {"name": entry.name}
            charts[entry.key] = {
                **named,
                "repository": entry.repository,
                "version": entry.version,
                "digest": entry.digest,
            }
    return charts


def _dumper() -> type[yaml.SafeDumper]:
    """A dumper that indents lists, as the repository's yamllint settings ask."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    return Dumper
