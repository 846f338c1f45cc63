"""The components of a repository: what is installed, what there is, and what is newer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.pins import pins_in
from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.locked import read_lock
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.layout import CLUSTER_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.blueprints.metadata import Component


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """A component as a repository stands to it.

    `blueprint` is None for one that is installed and that no blueprint is known of. `rendered` is
    the version of the blueprint that the repository was made with, None where that is not known
    or where it has not been rendered yet; `pinned` are the versions of its chart in the repository.
    """

    name: str
    is_installed: bool
    blueprint: Component | None
    rendered: int | None = None
    pinned: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """What a person has to know first: unknown, pending, update, installed or available.

        `pending` is in cluster.yaml and not in the repository, or the other way round.
        """
        if self.is_installed and self.blueprint is None:
            return "unknown"
        if self.is_installed != (self.rendered is not None):
            return "pending"
        if not self.is_installed:
            return "available"
        return "update" if self.has_newer_blueprint else "installed"

    @property
    def has_newer_blueprint(self) -> bool:
        """Whether the blueprint is newer than the one that the repository was made with."""
        return (
            self.blueprint is not None
            and self.rendered is not None
            and self.blueprint.version > self.rendered
        )

    @property
    def lifecycle(self) -> str:
        """active, retired or unreleased."""
        return "active" if self.blueprint is None else self.blueprint.spec.lifecycle_state


def survey(root: Path, catalogue: Catalogue) -> list[ComponentStatus]:
    """Every component that a repository has or could have, in the order of their waves.

    Installed ones come first. Raises `UsageError` where cluster.yaml or lock.yaml cannot be read
    for what they are.
    """
    installed = installed_components(root)
    lock = read_lock(root)
    if lock is None or lock.blueprints is None:
        # Nobody knows what it was made with: then it is taken for what cluster.yaml says.
        rendered = {c.name: c.version for c in catalogue.components if c.name in installed}
    else:
        rendered = dict(lock.blueprints)
    known = {component.name: component for component in catalogue.components}
    pinned = _pinned(root, known.values())
    found = [
        ComponentStatus(
            name,
            name in installed,
            known.get(name),
            rendered.get(name),
            pinned.get(name, ()),
        )
        for name in known.keys() | installed | rendered.keys()
    ]
    return sorted(found, key=_order)


def _order(status: ComponentStatus) -> tuple[bool, int, str]:
    wave = status.blueprint.wave if status.blueprint is not None else 0
    return (not status.is_installed, wave, status.name)


def installed_components(root: Path) -> dict[str, Any]:
    """The components in a repository's cluster.yaml with their options; empty where it has none.

    Raises `UsageError` where the file is no cluster.yaml.
    """
    return components_of(read_cluster_text(root) or "", root)


def components_of(text: str, root: Path) -> dict[str, Any]:
    """The components in the text of the cluster.yaml of the repository in `root`.

    Raises `UsageError` as `installed_components` does.
    """
    contents = read_documents(text)
    for problem in contents.problems:
        if problem.rule == "yaml-syntax":
            where = f"{root / CLUSTER_FILE}:{problem.line}:{problem.column}"
            raise UsageError(f"{where}: {problem.message}", problem.hint)
    data = contents.documents[0].data if contents.documents else None
    components = data.get("components") if isinstance(data, dict) else None
    if components is None:
        return {}
    if not isinstance(components, dict):
        raise UsageError(f"{root / CLUSTER_FILE}: components is not a mapping")
    return components


def read_cluster_text(root: Path) -> str | None:
    """The text of a repository's cluster.yaml, None where it has none.

    Raises `UsageError` where it is no text, `UnavailableError` where it cannot be read.
    """
    path = root / CLUSTER_FILE
    try:
        text, problem = decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    if problem is not None:
        raise UsageError(f"{path}:{problem.line}:{problem.column}: {problem.message}", problem.hint)
    return text


def _pinned(root: Path, components: Iterable[Component]) -> Mapping[str, tuple[str, ...]]:
    """The versions in which the charts of components are pinned in a repository."""
    versions: dict[tuple[str, str], dict[str, None]] = {}
    for pin in pins_in(RepositoryFiles(root)):
        chart = (pin.reference.repository.rstrip("/"), pin.reference.name)
        versions.setdefault(chart, {})[pin.reference.version] = None
    return {
        component.name: tuple(
            versions.get((component.chart.repository.rstrip("/"), component.chart.name), ())
        )
        for component in components
        if component.chart is not None
    }
