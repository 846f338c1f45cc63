"""What was edited by hand: the work tree against the render that it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.state import Renderer, read_state
from gitopsgen.lifecycle.workspace import open_workspace, quarantine
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.lifecycle.workspace import Workspace


@dataclass(frozen=True, slots=True)
class HandEdits:
    """The differences as git shows them, "" where there are none, and what to know about them."""

    diff: str
    notes: tuple[str, ...]


def hand_edits(
    folder: Path,
    load: Callable[[Path], Catalogue],
    *,
    paths: Sequence[str] = (),
    within: Path | None = None,
    stat: bool = False,
    color: bool = False,
) -> HandEdits:
    """Compare the work tree that `folder` lies in with its pristine render; nothing is touched.

    `load` gives the blueprints for the repository's root; `paths` narrow the answer down, as
    paths from that root, and so does `within`, a file or folder as it is seen from here.
    lock.yaml, which is nobody's hand, is left out.
    Raises `UsageError` where the repository was not made by gitopsgen, or has no such path.
    """
    with quarantine(open_workspace(folder)) as workspace:
        state = read_state(workspace)
        wanted = [*([] if within is None else [_from_root(workspace.root, within)]), *paths]
        base = Renderer(state, load(workspace.root)).base(workspace, lasting=False)
        _check_paths(workspace, base.commit, wanted)
        shown = workspace.git.call(
            *("--no-optional-locks", "diff", "--no-ext-diff", "-M"),
            f"--color={'always' if color else 'never'}",
            "--stat" if stat else "--patch",
            *(base.commit, "--"),
            *(wanted or (".",)),
            f":(exclude,top){LOCK_FILE}",
        )
    return HandEdits(shown.stdout.decode(errors="surrogateescape"), base.notes)


def _from_root(root: Path, path: Path) -> str:
    """A path as it is seen from the root of the work tree that it lies in."""
    # The last step is not followed: it may be a link that is compared itself.
    return (path.parent.resolve() / path.name).relative_to(root.resolve()).as_posix()


def _check_paths(workspace: Workspace, base: str, paths: Sequence[str]) -> None:
    """Raise `UsageError` where a path has no file, neither now nor in the render."""
    git = workspace.git
    for path in paths:
        known = git.call("ls-files", "-z", "--", path, check=False)
        if known.status == 0 and known.stdout:
            continue
        gone = git.call("diff", "--name-only", "-z", base, "--", path, check=False)
        if gone.status != 0 or not gone.stdout:
            raise UsageError(
                f"{workspace.root} has no file {path} that git tracks",
                "Paths are those from the root of the repository.",
            )
