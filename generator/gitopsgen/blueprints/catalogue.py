"""Which blueprints there are: those shipped with gitopsgen and a user's own folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.blueprints.metadata import METADATA_FILE, Component, load_component
from gitopsgen.errors import GitopsgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.cluster.components import ComponentSpec


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The repository skeleton and every component, by name in alphabetical order."""

    skeleton: Path
    components: tuple[Component, ...]
    extra_folders: tuple[Path, ...] = ()

    @property
    def specs(self) -> tuple[ComponentSpec, ...]:
        """What cluster.yaml's schema and plan need to know of each component."""
        return tuple(component.spec for component in self.components)

    def select(self, names: Iterable[str]) -> tuple[Component, ...]:
        """The components of these names in the order of their sync waves, then by name."""
        wanted = set(names)
        chosen = [component for component in self.components if component.name in wanted]
        return tuple(sorted(chosen, key=lambda component: (component.wave, component.name)))


def shipped_blueprints() -> Path:
    """The folder of blueprints that belongs to this copy of gitopsgen.

    A wheel carries it beside this package; a checkout has it at its top level. Nothing else is
    searched: a stale copy in site-packages must not shadow the checkout's own.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_blueprints", package.parent.parent / "blueprints"):
        if (folder / "components").is_dir():
            return folder
    raise GitopsgenError(
        f"the blueprints are missing from this installation ({package})",
        "Install gitopsgen again.",
    )


def load_catalogue(extra_folders: Sequence[Path] = ()) -> Catalogue:
    """Read the shipped blueprints and those in `extra_folders` (folders of component folders).

    Raises `UsageError` with everything that is wrong in any of them: a folder that is missing or
    holds no component, metadata that does not read, a name that two components share.
    """
    shipped = shipped_blueprints()
    problems: list[str] = []
    components: dict[str, Component] = {}
    for parent in (shipped / "components", *extra_folders):
        folders = _component_folders(parent)
        if not folders:
            problems.append(
                f"{parent}: no component in it (a folder with a {METADATA_FILE} is one)"
            )
        for folder in folders:
            try:
                component = load_component(folder)
            except UsageError as error:
                problems.append(error.message)
                continue
            other = components.setdefault(component.name, component)
            if other is not component:
                problems.append(f"{folder}: {component.name!r} is also in {other.folder}")
    if problems:
        raise UsageError("\n".join(problems), "Mend these blueprints, then run this again.")
    return Catalogue(
        skeleton=shipped / "repository",
        components=tuple(components[name] for name in sorted(components)),
        extra_folders=tuple(extra_folders),
    )


def _component_folders(parent: Path) -> list[Path]:
    try:
        return sorted(path.parent for path in parent.glob(f"*/{METADATA_FILE}"))
    except OSError:
        return []
