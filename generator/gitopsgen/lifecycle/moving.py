"""Moving a work tree to a result that exists already, so that a kill at any moment is no harm.

The order is: the journal, the files, the index, HEAD. Until the index is replaced, git shows the
files that were written as changes; the next run goes on where this one ended
(`gitopsgen.lifecycle.interrupted`). lock.yaml is the last of the files: what a person commits of
an update that was killed is still based on the old render, and the next run merges the rest.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.journal import drop_step, write_step
from gitopsgen.lifecycle.objects import list_commit, write_entries
from gitopsgen.lifecycle.refs import update_refs
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from gitopsgen.lifecycle.git import Git
    from gitopsgen.lifecycle.journal import Step
    from gitopsgen.lifecycle.workspace import Workspace

# The index to be; it lies in the git directory, where a split index finds its other half.
_INDEX = "gitopsgen-index"


def move(workspace: Workspace, step: Step) -> None:
    """Bring files, index and HEAD to the result in `step`, from a clean work tree.

    Raises `UsageError` where a file that git does not track is in the way, and
    `UnavailableError` where another git process is at work or the disk is full.
    """
    git_dir = workspace.git_dir
    _check_head(workspace)
    _refuse_lock(git_dir)
    git, copied = _with_index(workspace)
    # What git remembers of files (times, inodes) is another after a copy of the whole folder.
    git.call("update-index", "-q", "--refresh", check=False)
    tried = git.call("read-tree", "-n", "-m", "-u", workspace.head, step.tree, check=False)
    obstacles = tried.output.removeprefix("error: ") if tried.status != 0 else ""
    obstacles = obstacles or ", ".join(_ignored_obstacles(workspace, step))
    if obstacles:
        remove(git_dir / _INDEX)
        raise UsageError(
            f"files in {workspace.root} are in the way: {obstacles}",
            "Move these files away, or commit them, then run this again.",
        )
    almost = _without_lock(workspace, step)
    write_step(git_dir, step)
    git.run("read-tree", "-m", "-u", workspace.head, almost)
    git.run("read-tree", "-m", "-u", almost, step.tree)
    _finish(workspace, git, copied, step)


def go_on(workspace: Workspace, step: Step) -> None:
    """Bring to its end a `move` that was killed; what it has written so far is written again.

    Raises `UnavailableError` as `move` does.
    """
    _refuse_lock(workspace.git_dir)
    git, copied = _with_index(workspace)
    almost = _without_lock(workspace, step)
    git.run("read-tree", "--reset", "-u", almost)
    git.run("read-tree", "-m", "-u", almost, step.tree)
    _finish(workspace, git, copied, step)


def _without_lock(workspace: Workspace, step: Step) -> str:
    """The tree that the step comes to, but for lock.yaml."""
    before = list_commit(workspace.git, workspace.head).get(LOCK_FILE)
    after = list_commit(workspace.git, step.tree).get(LOCK_FILE)
    if before is None or before == after:
        return step.tree
    return write_entries(workspace.git, {LOCK_FILE: before}, onto=step.tree)


def _check_head(workspace: Workspace) -> None:
    """Raise `UnavailableError` where somebody has committed since the work tree was opened."""
    if workspace.git.run("rev-parse", "--verify", "HEAD") != workspace.head:
        raise UnavailableError(
            f"HEAD of {workspace.root} was moved meanwhile", "Nothing was changed. Run this again."
        )


def _ignored_obstacles(workspace: Workspace, step: Step) -> list[str]:
    """Files that git does not track where the step puts one or a folder.

    git itself overwrites those that it is told to ignore, a person's .env for example.
    """
    changes = changed_blobs(workspace.git, step)
    tracked = {path for path, (before, _) in changes.items() if before is not None}
    found = set()
    for path in changes.keys() - tracked:
        place = workspace.root / path
        for folder in PurePosixPath(path).parents:
            above = workspace.root / folder
            if (above.is_symlink() or above.is_file()) and str(folder) not in tracked:
                found.add(str(folder))
        if place.is_dir() and not place.is_symlink():
            inside = (Path(at, name) for at, _, names in os.walk(place) for name in names)
            found |= {str(file.relative_to(workspace.root)) for file in inside} - tracked
        elif place.is_symlink() or place.exists():
            found.add(path)
    return sorted(found)


def _with_index(workspace: Workspace) -> tuple[Git, _Stamp]:
    """A git that works on a copy of the index, and which index that is a copy of."""
    copy = workspace.git_dir / _INDEX
    remove(copy)
    remove(workspace.git_dir / f"{_INDEX}.lock")
    copied = _stamp(workspace.git_dir / "index")
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(workspace.git_dir / "index", copy)
    return workspace.mover.given({"GIT_INDEX_FILE": str(copy)}), copied


def _finish(workspace: Workspace, git: Git, copied: _Stamp, step: Step) -> None:
    git_dir = workspace.git_dir
    _record_orig_head(workspace, step)
    if not step.commit:
        _leave_conflicts(git, git_dir, step)
    _check_head(workspace)
    _replace_index(workspace, copied)
    if not step.commit:
        # This one makes it a merge under way: last, when all it needs is there.
        _write_whole(git_dir / "MERGE_HEAD", f"{step.render}\n".encode())
    else:
        _move_head(workspace, step)
    forget(workspace)


def _record_orig_head(workspace: Workspace, step: Step) -> None:
    """Say where HEAD was, as `git merge` does; without a lock that a kill would leave behind."""
    if (workspace.common_dir / "reftable").is_dir():
        update_refs(workspace, ["ORIG_HEAD"], "ORIG_HEAD", step.head, check=False)
    else:
        _write_whole(workspace.git_dir / "ORIG_HEAD", f"{step.head}\n".encode())


def _move_head(workspace: Workspace, step: Step) -> None:
    reason = "gitopsgen: " + step.message.partition("\n")[0]
    moved = update_refs(
        workspace, ["HEAD"], "-m", reason, "HEAD", step.commit, step.head, check=False
    )
    if moved.status != 0:
        raise UnavailableError(
            f"git cannot move HEAD of {workspace.root}: {moved.output}",
            "The update's files are there, as changes. Run this again, which finishes it; where "
            "you have committed meanwhile, go back to your commit first: git reset --hard",
        )


def _leave_conflicts(git: Git, git_dir: Path, step: Step) -> None:
    """Leave a merge as `git merge` does that stopped at conflicts."""
    paths = sorted({stage.path for stage in step.stages})
    nothing = "0" * len(step.head)
    entries = [f"0 {nothing}\t{path}\0" for path in paths]
    entries += [f"{s.mode} {s.blob} {s.stage}\t{s.path}\0" for s in step.stages]
    listing = "".join(entries).encode(errors="surrogateescape")
    git.run("update-index", "-z", "--index-info", input=listing)
    listed = "".join(f"#\t{path}\n" for path in paths)
    message = f"{step.message}\n# Conflicts:\n{listed}".encode(errors="surrogateescape")
    (git_dir / "MERGE_MSG").write_bytes(message)
    (git_dir / "MERGE_MODE").write_bytes(b"no-ff")


def forget(workspace: Workspace) -> None:
    """Drop the journal and what else a run keeps while it is at work."""
    drop_step(workspace.git_dir)
    remove(workspace.git_dir / _INDEX)
    remove(workspace.git_dir / f"{_INDEX}.lock")


def changed_blobs(git: Git, step: Step) -> dict[str, tuple[str | None, str | None]]:
    """The files that the step changes: path -> (blob before, blob after)."""
    listed = git.call("diff-tree", "-r", "-z", "--no-renames", step.head, step.tree).stdout
    fields = iter(listed.decode(errors="surrogateescape").split("\0"))
    changes = {}
    for described in fields:
        if described:
            _, _, before, after, _ = described.split(" ")
            changes[next(fields)] = (_blob(before), _blob(after))
    return changes


def _blob(name: str) -> str | None:
    """A blob as diff-tree names it: zeros stand for none."""
    return name if name.strip("0") else None


def _refuse_lock(git_dir: Path) -> None:
    lock = git_dir / "index.lock"
    if lock.exists():
        raise UnavailableError(
            f"another git process is at work: {lock} exists",
            "Wait for its end and run this again. If there is none, remove that file.",
        )


def _replace_index(workspace: Workspace, copied: _Stamp) -> None:
    """Let the copy of the index become the index.

    git's own way is to make index.lock first, which a process that is killed leaves behind for a
    person to remove. Here the lock of others is respected, none is made, and it is looked after
    whether any came in between.
    """
    git_dir = workspace.git_dir
    _refuse_lock(git_dir)
    if _stamp(git_dir / "index") != copied and not _holds_head(workspace):
        raise _meddled(workspace)
    ours = _stamp(git_dir / _INDEX)
    (git_dir / _INDEX).replace(git_dir / "index")
    if (git_dir / "index.lock").exists() or _stamp(git_dir / "index") != ours:
        raise _meddled(workspace)


def _holds_head(workspace: Workspace) -> bool:
    """Whether the index holds just what HEAD does: git status rewrites it without a change."""
    compared = workspace.git.call("diff-index", "--cached", "--quiet", "HEAD", check=False)
    return compared.status == 0


def _meddled(workspace: Workspace) -> UnavailableError:
    return UnavailableError(
        f"another git process has changed the index of {workspace.root} meanwhile",
        "Nothing was committed. Look at `git status`, then run this again: it goes on from here.",
    )


_Stamp = tuple[int, int, int]


def _stamp(file: Path) -> _Stamp:
    """What is another for every file that takes the place of this one."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _write_whole(file: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    temporary = file.with_name(f"gitopsgen-{file.name}")
    temporary.write_bytes(content)
    temporary.replace(file)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
