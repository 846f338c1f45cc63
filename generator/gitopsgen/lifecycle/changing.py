"""Adding a component to a repository and removing one: the change of cluster.yaml, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.edit import add_component, remove_component, set_values
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError, did_you_mean
from gitopsgen.lifecycle.catalogues import load_for
from gitopsgen.lifecycle.components import installed_components, read_cluster_text
from gitopsgen.lifecycle.render import read_input
from gitopsgen.lifecycle.workspace import check_ready, open_workspace
from gitopsgen.repository.layout import CLUSTER_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.blueprints.metadata import Component
    from gitopsgen.cluster.model import Cluster
    from gitopsgen.findings import Finding


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository whose components are to change: ready for it, with all that is known of it."""

    root: Path
    catalogue: Catalogue
    text: str
    installed: Mapping[str, Any]

    @property
    def cluster(self) -> Cluster | None:
        """The cluster as cluster.yaml has it now; None where that is wrong."""
        return read_input(self.text, self.catalogue, CLUSTER_FILE).result.cluster


@dataclass(frozen=True, slots=True)
class Change:
    """A change of cluster.yaml: `edit` makes it, `text` is what it makes of the text now.

    `errors` are all findings where something is wrong with the plan then.
    """

    edit: Callable[[str], str]
    subject: str
    text: str
    errors: tuple[Finding, ...]


def open_repository(folder: Path, blueprint_folders: Sequence[Path]) -> Opened:
    """Open the repository that `folder` lies in.

    Raises `UsageError` where it is not ready for a change, or was not made by gitopsgen.
    """
    workspace = open_workspace(folder)
    check_ready(workspace)
    root = workspace.root
    text = read_cluster_text(root)
    if text is None:
        raise UsageError(
            f"{root} has no {CLUSTER_FILE}", "Run this in a repository made by `gitopsgen new`."
        )
    return Opened(root, load_for(root, blueprint_folders), text, installed_components(root))


def component_to_add(opened: Opened, name: str) -> Component:
    """The component of that name. Raises `UsageError` where there is none, or where it is there."""
    if name in opened.installed:
        raise UsageError(
            f"{name} is installed already",
            f"Change its options in {CLUSTER_FILE}, commit that and run `gitopsgen update`.",
        )
    return _known(opened, name)


def plan_addition(opened: Opened, component: Component, options: Mapping[str, Any]) -> Change:
    """The change that installs a component with these options."""
    return _change(
        opened, lambda text: add_component(text, component.name, options), f"Add {component.name}"
    )


def read_options(assignments: Sequence[str]) -> dict[str, Any]:
    """The options that `OPTION=VALUE` give, values being YAML and options dotted paths.

    Raises `UsageError` for those that cannot be read.
    """
    if wrong := [item for item in assignments if "=" not in item]:
        raise UsageError(
            f"--set {', '.join(wrong)}: not OPTION=VALUE",
            "Write, for example, --set address=192.168.1.31.",
        )
    pairs = [item.split("=", 1) for item in assignments]
    text = set_values("", [(key, value) for key, value in pairs])
    documents = read_documents(text).documents
    return dict(documents[0].data) if documents else {}


def missing_options(component: Component, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The options without a default that are not given."""
    options = component.spec.options
    properties = options.get("properties", {})
    return tuple(
        key
        for key in options.get("required", ())
        if key not in given and "default" not in properties.get(key, {})
    )


def plan_removal(opened: Opened, name: str) -> Change:
    """The change that removes a component.

    Raises `UsageError` where it is not installed, or is needed by what stays.
    """
    if name not in opened.installed:
        if any(component.name == name for component in opened.catalogue.components):
            raise UsageError(f"{name} is not installed", _installed(opened))
        raise UsageError(f"there is no component {name}", did_you_mean(name, opened.installed))
    if needing := needed_by(opened, name):
        raise UsageError(
            f"{name} is required by {', '.join(needing)}",
            f"Remove {'that' if len(needing) == 1 else 'those'} first: "
            f"gitopsgen remove {needing[-1]}",
        )
    return _change(opened, lambda text: remove_component(text, name), f"Remove {name}")


def needed_by(opened: Opened, name: str) -> list[str]:
    """The installed components that cannot do without one, those that need it indirectly last."""
    installed = opened.catalogue.select(opened.installed)
    gone = [name]
    for _ in installed:
        left = [component for component in installed if component.name not in gone]
        offered = {component.name for component in left} | {c.spec.role for c in left}
        lost = {component.name for component in installed} | {c.spec.role for c in installed}
        lost -= offered
        gone += [c.name for c in left if any(need in lost for need in c.spec.requires)]
    return gone[1:]


def _known(opened: Opened, name: str) -> Component:
    components = {component.name: component for component in opened.catalogue.components}
    if name not in components:
        available = components.keys() - opened.installed.keys()
        raise UsageError(
            f"there is no component {name}",
            did_you_mean(name, available)
            or "All components are installed. Name a folder of your own with --blueprints.",
        )
    return components[name]


def _installed(opened: Opened) -> str:
    return f"Installed: {', '.join(opened.installed)}." if opened.installed else ""


def _change(opened: Opened, edit: Callable[[str], str], subject: str) -> Change:
    text = edit(opened.text)
    result = read_input(text, opened.catalogue, CLUSTER_FILE).result
    return Change(edit, subject, text, () if result.cluster is not None else result.findings)
