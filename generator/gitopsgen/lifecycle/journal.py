"""What an update is about to do to a work tree, kept until it is done.

The result of an update exists as a commit, or as a tree with conflicts, before anything moves.
The journal says which, so that a run that was killed while it moved files can be finished.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gitopsgen.lifecycle.merging import Stage

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "gitopsgen-update.json"


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a work tree from the commit `head` to `tree`.

    `commit` is what HEAD becomes; "" where conflicts are left (`stages`): then HEAD stays, and
    `render` is what is being merged. `message` is that of the merge.
    """

    head: str
    tree: str
    commit: str
    render: str
    message: str
    stages: tuple[Stage, ...] = ()


def write_step(git_dir: Path, step: Step) -> None:
    """Keep `step`; it is there whole or not at all."""
    path = git_dir / _FILE
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(asdict(step), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_step(git_dir: Path) -> Step | None:
    """The step that was not finished, or None."""
    try:
        text = (git_dir / _FILE).read_text(encoding="utf-8", errors="surrogateescape")
        data = json.loads(text)
        stages = tuple(Stage(**stage) for stage in data.pop("stages"))
        return Step(**data, stages=stages)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def drop_step(git_dir: Path) -> None:
    """Forget the step: it is finished."""
    with contextlib.suppress(FileNotFoundError):
        (git_dir / _FILE).unlink()
