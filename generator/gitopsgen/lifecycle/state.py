"""What a commit says about the render that it is based on, and how to render it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen import __version__
from gitopsgen.charts.semver import is_newer
from gitopsgen.documents.reader import decode
from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.base import find_base
from gitopsgen.lifecycle.locked import parse_lock
from gitopsgen.lifecycle.objects import list_commit, read_files
from gitopsgen.lifecycle.pins import keep_newer_charts
from gitopsgen.lifecycle.render import read_input, render_repository
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.lifecycle.base import Base
    from gitopsgen.lifecycle.locked import Lock
    from gitopsgen.lifecycle.objects import Listed
    from gitopsgen.lifecycle.render import ClusterInput
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.tree import File, Tree

# Where the manifests that pin charts lie, in a repository made by gitopsgen.
_APPS = "apps/"


@dataclass(frozen=True, slots=True)
class State:
    """The commit that is checked out: what it holds, and the two files that gitopsgen reads."""

    listed: Mapping[str, Listed]
    cluster_text: str
    lock_text: str
    lock: Lock
    manifests: Mapping[str, bytes]


def read_state(workspace: Workspace) -> State:
    """Read the commit that is checked out.

    Raises `UsageError` where it was not made by gitopsgen, or by a newer one than this.
    """
    listed = list_commit(workspace.git, workspace.head)
    for path in (LOCK_FILE, CLUSTER_FILE):
        if path not in listed or not listed[path].is_plain:
            raise UsageError(
                f"{workspace.root} has no {path}",
                "Run this in a repository made by `gitopsgen new`, or restore the file from git.",
            )
    wanted = {
        path: entry
        for path, entry in listed.items()
        if entry.is_plain and (path.startswith(_APPS) or path in (LOCK_FILE, CLUSTER_FILE))
    }
    files = read_files(workspace.git, wanted)
    lock_text = _text(files[LOCK_FILE], LOCK_FILE)
    lock = parse_lock(lock_text)
    _check_lock(lock, workspace.root)
    return State(
        listed=listed,
        cluster_text=_text(files[CLUSTER_FILE], CLUSTER_FILE),
        lock_text=lock_text,
        lock=lock,
        manifests={path: file.content for path, file in files.items() if path.startswith(_APPS)},
    )


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders a repository as its state asks: newer versions of charts in it are kept."""

    state: State
    catalogue: Catalogue

    def read(self, text: str) -> ClusterInput:
        """Read a cluster.yaml against the blueprints."""
        return read_input(text, self._catalogue(), CLUSTER_FILE)

    def render(self, source: ClusterInput) -> Tree | None:
        """The render of a cluster.yaml; None where that is wrong."""
        if source.result.cluster is None:
            return None
        return render_repository(
            source.result.cluster, source, self._catalogue(), self.state.lock_text
        )

    def base(self, workspace: Workspace, *, lasting: bool) -> Base:
        """The render that the state is based on (`find_base`)."""
        return find_base(
            workspace,
            self.state.lock.render,
            lambda text: self.render(self.read(text)),
            lasting=lasting,
        )

    def _catalogue(self) -> Catalogue:
        components = keep_newer_charts(self.catalogue.components, self.state.manifests)
        return replace(self.catalogue, components=components)


def _check_lock(lock: Lock, root: Path) -> None:
    if not lock.render:
        raise UsageError(
            f"{root / LOCK_FILE} does not say which render the repository is based on",
            "Restore it from git: `git log -- .gitopsgen/lock.yaml` shows its last versions.",
        )
    if is_newer(lock.generator, __version__):
        raise UsageError(
            f"{root} was made by gitopsgen {lock.generator}; this is {__version__}",
            "Install that version, or a newer one: pip install --upgrade gitopsgen.",
        )


def _text(file: File, path: str) -> str:
    text, problem = decode(file.content)
    if problem is not None:
        raise UsageError(f"{path}:{problem.line}:{problem.column}: {problem.message}", problem.hint)
    return text
