"""Moving refs so that a git which is killed leaves no lock for a person to remove.

git makes a lock file beside every ref that it changes, and one that is killed leaves it there: then
every git that comes later refuses that ref. So a note says beforehand which locks are about to be
made. The next run, which has the repository for itself, removes those that are left.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.tools.programs import Completed

_NOTE = "gitopsgen-refs.json"
# A git of a person holds a lock for a moment; one that is older, in seconds, nobody holds.
_AGE = 1.0


def update_refs(
    workspace: Workspace,
    refs: Sequence[str],
    *arguments: str,
    input: bytes | None = None,
    check: bool = True,
) -> Completed:
    """Run `git update-ref ARGUMENTS`, which changes `refs`.

    Raises `UnavailableError` where it fails, with `check`.
    """
    with noted(workspace, refs):
        return workspace.mover.call("update-ref", *arguments, input=input, check=check)


@contextlib.contextmanager
def noted(workspace: Workspace, refs: Sequence[str]) -> Iterator[None]:
    """Keep a note of the locks that git makes to change `refs`, until none is left of them.

    What changes them has to be run by `workspace.mover`: a git that outlives its run then keeps
    the repository to itself.
    """
    note = workspace.common_dir / _NOTE
    locks = _locks(workspace, refs)
    note.write_text(json.dumps([str(path) for path in locks]), encoding="ascii")
    try:
        yield
    finally:
        if not any(path.exists() for path in locks):
            note.unlink(missing_ok=True)


def clear_locks(workspace: Workspace) -> None:
    """Remove the locks that a killed run's git has left; this run holds the repository."""
    note = workspace.common_dir / _NOTE
    try:
        since = note.stat().st_mtime_ns
        locks = [Path(path) for path in json.loads(note.read_bytes())]
    except FileNotFoundError:
        return
    except (ValueError, TypeError):
        # The run was killed while it wrote the note, and has made no lock.
        locks = []
    for lock in locks:
        end = time.monotonic() + _AGE
        while (age := _age(lock, since)) is not None:
            if age > _AGE or time.monotonic() > end:
                lock.unlink(missing_ok=True)
                break
            time.sleep(0.05)
    note.unlink(missing_ok=True)


def _age(lock: Path, since: int) -> float | None:
    """The seconds for which a lock has been there; None without one, or where it is another's."""
    try:
        made = lock.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (time.time_ns() - made) / 1e9 if made >= since else None


def _locks(workspace: Workspace, refs: Sequence[str]) -> list[Path]:
    common, own = workspace.common_dir, workspace.git_dir
    names = [*refs, *([f"refs/heads/{workspace.branch}"] if "HEAD" in refs else ())]
    files = [(common if name.startswith("refs/") else own) / f"{name}.lock" for name in names]
    stores = [common / "packed-refs.lock", common / "shallow.lock"]
    tables = [folder / "reftable/tables.list.lock" for folder in (common, own)]
    return [Path(os.path.normpath(path)) for path in dict.fromkeys([*files, *stores, *tables])]
