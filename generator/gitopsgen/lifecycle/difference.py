"""What was edited by hand: the work tree against the render that it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.lifecycle.state import Renderer, read_state
from gitopsgen.lifecycle.workspace import open_workspace, quarantine
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue


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
    stat: bool = False,
    color: bool = False,
) -> HandEdits:
    """Compare the work tree that `folder` lies in with its pristine render; nothing is touched.

    `load` gives the blueprints for the repository's root; `paths` narrow the answer down, as
    paths from that root. lock.yaml, which is nobody's hand, is left out.
    Raises `UsageError` where the repository was not made by gitopsgen.
    """
    with quarantine(open_workspace(folder)) as workspace:
        state = read_state(workspace)
        base = Renderer(state, load(workspace.root)).base(workspace, lasting=False)
        shown = workspace.git.call(
            *("--no-optional-locks", "diff", "--no-ext-diff", "-M"),
            f"--color={'always' if color else 'never'}",
            "--stat" if stat else "--patch",
            *(base.commit, "--"),
            *(paths or (".",)),
            f":(exclude,top){LOCK_FILE}",
        )
    return HandEdits(shown.stdout.decode(errors="surrogateescape"), base.notes)
