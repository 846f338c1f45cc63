"""Moving a work tree to a result that exists already, so that a kill at any moment is no harm.

The order is: the journal, the files, the index, HEAD. Until the index is replaced, git shows the
files that were written as changes; the next run goes on where this one ended.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.journal import drop_step, read_step, write_step
from gitopsgen.lifecycle.objects import read_blobs
from gitopsgen.lifecycle.workspace import changed_files

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
    _refuse_lock(git_dir)
    git = _with_index(workspace)
    # What git remembers of files (times, inodes) is another after a copy of the whole folder.
    git.call("update-index", "-q", "--refresh", check=False)
    tried = git.call("read-tree", "-n", "-m", "-u", workspace.head, step.tree, check=False)
    obstacles = tried.output.removeprefix("error: ") if tried.status != 0 else ""
    obstacles = obstacles or ", ".join(_ignored_obstacles(workspace, step))
    if obstacles:
        _remove(git_dir / _INDEX)
        raise UsageError(
            f"files in {workspace.root} are in the way: {obstacles}",
            "Move these files away, or commit them, then run this again.",
        )
    write_step(git_dir, step)
    git.run("read-tree", "-m", "-u", workspace.head, step.tree)
    _finish(workspace, git, step)


def finish_interrupted(workspace: Workspace) -> Step | None:
    """Finish what a run that was killed had begun, and return it; None where there is nothing.

    Raises `UsageError` where a person has changed files since then.
    """
    git_dir = workspace.git_dir
    step = read_step(git_dir)
    if step is None:
        _remove(git_dir / _INDEX)
        return None
    if workspace.head != step.head or (git_dir / "MERGE_HEAD").exists():
        # HEAD moves last: either all was done, or the person has gone on from where it stood.
        _forget(workspace)
        return step if workspace.head == step.commit else None
    own = _changes(workspace.git, step)
    if touched := _touched(workspace, step, own):
        raise UsageError(
            "an update was interrupted, and since then files were changed: " + ", ".join(touched),
            f"Put your changes away (`git stash`) and run this again; or drop the update: "
            f"`git reset --hard`, and remove {git_dir}/gitopsgen-update.json.",
        )
    _unlock(git_dir)
    _refuse_lock(git_dir)
    git = _with_index(workspace)
    git.run("read-tree", "--reset", "-u", step.tree)
    _finish(workspace, git, step)
    return step


def _ignored_obstacles(workspace: Workspace, step: Step) -> list[str]:
    """Files that git does not track where the step puts one or a folder.

    git itself overwrites those that it is told to ignore, a person's .env for example.
    """
    changes = _changes(workspace.git, step)
    tracked = {path for path, (before, _) in changes.items() if before.strip("0")}
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


def _with_index(workspace: Workspace) -> Git:
    """A git that works on a copy of the index."""
    copy = workspace.git_dir / _INDEX
    _remove(copy)
    _remove(workspace.git_dir / f"{_INDEX}.lock")
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(workspace.git_dir / "index", copy)
    return workspace.git.given({"GIT_INDEX_FILE": str(copy)})


def _finish(workspace: Workspace, git: Git, step: Step) -> None:
    git_dir = workspace.git_dir
    git.run("update-ref", "ORIG_HEAD", step.head)
    if not step.commit:
        _leave_conflicts(git, git_dir, step)
    _lock(git_dir)
    (git_dir / "index.lock").replace(git_dir / "index")
    if not step.commit:
        # This one makes it a merge under way: last, when all it needs is there.
        (git_dir / "MERGE_HEAD").write_text(f"{step.render}\n", encoding="utf-8")
    else:
        reason = "gitopsgen: " + step.message.partition("\n")[0]
        workspace.git.run("update-ref", "-m", reason, "HEAD", step.commit, step.head)
    _forget(workspace)


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


def _forget(workspace: Workspace) -> None:
    drop_step(workspace.git_dir)
    _remove(workspace.git_dir / _INDEX)
    _remove(workspace.git_dir / f"{_INDEX}.lock")


def _changes(git: Git, step: Step) -> dict[str, tuple[str, str]]:
    """The files that the step changes: path -> (blob before, blob after), zeros for none."""
    listed = git.call("diff-tree", "-r", "-z", "--no-renames", step.head, step.tree).stdout
    fields = iter(listed.decode(errors="surrogateescape").split("\0"))
    changes = {}
    for described in fields:
        if described:
            _, _, before, after, _ = described.split(" ")
            changes[next(fields)] = (before, after)
    return changes


def _touched(workspace: Workspace, step: Step, own: dict[str, tuple[str, str]]) -> list[str]:
    """The files that are neither as they were, nor as the step makes them, nor half written."""
    touched = [path for path in changed_files(workspace) if path not in own]
    for path, blobs in own.items():
        file = workspace.root / path
        if not file.is_symlink() and not file.is_file():
            continue
        after = blobs[1] if blobs[1].strip("0") else None
        before = blobs[0] if blobs[0].strip("0") else None
        if not _is_ours(workspace.git, file, path, step, before, after):
            touched.append(path)
    return sorted(touched)


def _is_ours(
    git: Git, file: Path, path: str, step: Step, before: str | None, after: str | None
) -> bool:
    known = [blob for blob in (before, after) if blob is not None]
    if file.is_symlink():
        return os.fsencode(file.readlink()) in read_blobs(git, known)
    if git.run("hash-object", "--path", path, "--", str(file)) in known:
        return True
    if after is None:
        return False
    # git writes a file from its start to its end; as it is checked out, not as it is stored.
    whole = git.call("cat-file", "--filters", f"{step.tree}:{path}").stdout
    return whole.startswith(file.read_bytes())


def _refuse_lock(git_dir: Path) -> None:
    lock = git_dir / "index.lock"
    if lock.exists():
        raise UnavailableError(
            f"another git process is at work: {lock} exists",
            "Wait for its end and run this again. If there is none, remove that file.",
        )


def _lock(git_dir: Path) -> None:
    """Take the index's lock as git does: the file is made, with the next index in it, or fails."""
    lock = git_dir / "index.lock"
    try:
        os.link(git_dir / _INDEX, lock)
    except FileExistsError:
        _refuse_lock(git_dir)
    except OSError:  # A file system without hard links.
        with lock.open("xb") as file:
            file.write((git_dir / _INDEX).read_bytes())


def _unlock(git_dir: Path) -> None:
    """Remove the index's lock where the run that was killed held it."""
    lock, own = git_dir / "index.lock", git_dir / _INDEX
    with contextlib.suppress(OSError):
        if lock.samefile(own) or lock.read_bytes() == own.read_bytes():
            lock.unlink()


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
