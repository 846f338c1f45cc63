"""Adding a component to a repository and removing one: the change of cluster.yaml, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.edit import add_component, remove_component, set_values
from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.errors import UsageError, did_you_mean
from gitopsgen.lifecycle.catalogues import load_for
from gitopsgen.lifecycle.components import components_of, read_cluster_text
from gitopsgen.lifecycle.render import read_input
from gitopsgen.lifecycle.update import finish_first
from gitopsgen.lifecycle.workspace import check_ready, open_workspace
from gitopsgen.repository.layout import CLUSTER_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.blueprints.metadata import Component
    from gitopsgen.cluster.model import Cluster
    from gitopsgen.findings import Finding
    from gitopsgen.lifecycle.update import Outcome
    from gitopsgen.lifecycle.workspace import Workspace

# The role of what applies the repository.
_GITOPS = "gitops"


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository whose components are to change: ready for it, with all that is known of it.

    `finished` is what came of an earlier run that was interrupted, if one was, and
    `was_installed` are the components before that.
    """

    root: Path
    catalogue: Catalogue
    text: str
    installed: Mapping[str, Any]
    was_installed: Mapping[str, Any]
    finished: Outcome | None = None

    def is_settled(self, subject: str) -> bool:
        """Whether the interrupted run did just that, or has left conflicts to resolve first."""
        finished = self.finished
        return finished is not None and (not finished.is_clean or finished.subject == subject)

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


def open_repository(
    folder: Path,
    blueprint_folders: Sequence[Path],
    *,
    dry_run: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Opened:
    """Open the repository that `folder` lies in; what was interrupted there is finished first.

    With `dry_run` it is not. `waiting` is called where another run has to end first. Raises
    `UsageError` where the repository is not ready for a change, or was not made by gitopsgen.
    """
    finished = None if dry_run else finish_first(folder, waiting=waiting)
    workspace = open_workspace(folder)
    root = workspace.root
    before = None
    if finished is not None:
        before = _cluster_text(workspace, f"{finished.commit}^" if finished.commit else "HEAD")
    if finished is None or finished.is_clean:
        check_ready(workspace)
        text = read_cluster_text(root)
    else:
        text = before
    if text is None:
        raise UsageError(
            f"{root} has no {CLUSTER_FILE}", "Run this in a repository made by `gitopsgen new`."
        )
    installed = components_of(text, root)
    was_installed = installed if before is None else components_of(before, root)
    catalogue = load_for(root, blueprint_folders)
    return Opened(root, catalogue, text, installed, was_installed, finished)


def _cluster_text(workspace: Workspace, commit: str) -> str:
    """The text of cluster.yaml in a commit that a run of gitopsgen was able to read."""
    shown = workspace.git.call("cat-file", "blob", f"{commit}:{CLUSTER_FILE}")
    return decode(shown.stdout)[0]


def addition(name: str) -> str:
    """What the installation of a component is called."""
    return f"Add {name}"


def removal(name: str) -> str:
    """What the removal of a component is called."""
    return f"Remove {name}"


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
        opened, lambda text: add_component(text, component.name, options), addition(component.name)
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
    if any(c.name == name and c.spec.role == _GITOPS for c in opened.catalogue.components):
        raise UsageError(
            f"{name} stays: it is what applies this repository",
            "Without it nothing here would be in the cluster.",
        )
    if needing := needed_by(opened, name):
        raise UsageError(
            f"{name} is required by {', '.join(needing)}",
            f"Remove {'that' if len(needing) == 1 else 'those'} first: "
            f"gitopsgen remove {needing[-1]}",
        )
    return _change(opened, lambda text: remove_component(text, name), removal(name))


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
