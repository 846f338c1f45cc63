"""Finishing what a run that was killed had begun, or leaving it where a person has gone on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.journal import read_step
from gitopsgen.lifecycle.moving import changed_blobs, forget, go_on
from gitopsgen.lifecycle.objects import list_commit, read_blobs
from gitopsgen.lifecycle.workspace import changed_files

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.lifecycle.journal import Step
    from gitopsgen.lifecycle.workspace import Workspace


def finish_interrupted(workspace: Workspace) -> Step | None:
    """Finish what a run that was killed had begun, and return it; None where there is nothing.

    Raises `UsageError` where a person has changed files since then.
    """
    step = read_step(workspace.git_dir)
    if step is None or not _has(workspace, step.tree):
        # Where git has cleaned up since, the result is gone, and there is nothing to go on to.
        forget(workspace)
        return None
    if workspace.head != step.head or (workspace.git_dir / "MERGE_HEAD").exists():
        # HEAD moves last: either all was done, or the person has gone on from where it stood.
        is_done = _is_done(workspace, step)
        if not is_done:
            _withdraw(workspace, step)
        forget(workspace)
        return step if is_done else None
    if touched := _touched(workspace, step):
        raise UsageError(
            "an update was interrupted, and since then files were changed: " + ", ".join(touched),
            "Put your changes away (`git stash`) and run this again, or commit them; to drop the "
            "update, `git reset --hard` takes all changes of tracked files back.",
        )
    go_on(workspace, step)
    return step


def _has(workspace: Workspace, tree: str) -> bool:
    return workspace.git.call("cat-file", "-e", tree, check=False).status == 0


def _is_done(workspace: Workspace, step: Step) -> bool:
    if step.commit:
        return workspace.head == step.commit
    merged = workspace.git_dir / "MERGE_HEAD"
    return (
        workspace.head == step.head
        and merged.exists()
        and merged.read_text(errors="replace").split() == [step.render]
    )


def _withdraw(workspace: Workspace, step: Step) -> None:
    """Remove the new files of a step that was given up, where they are as the step made them.

    `git reset --hard` leaves them behind, as git does not track them, and they would be in the
    way of the next update.
    """
    tracked = set(_tracked(workspace))
    for path, (before, after) in changed_blobs(workspace.git, step).items():
        file = workspace.root / path
        is_new = before is None and path not in tracked and (file.is_symlink() or file.is_file())
        if is_new and _is_of_step(workspace, file, path, step, None, after):
            file.unlink()


def _tracked(workspace: Workspace) -> list[str]:
    listed = workspace.git.call("ls-files", "-z", "--full-name").stdout
    return listed.decode(errors="surrogateescape").split("\0")


def _touched(workspace: Workspace, step: Step) -> list[str]:
    """The files that are neither as they were, nor as the step makes them, nor half written."""
    own = changed_blobs(workspace.git, step)
    # Conflicts may be in the index already, also those in which a file stays as it was.
    blobs = list_commit(workspace.git, step.tree)
    for path in {stage.path for stage in step.stages} - own.keys():
        blob = blobs[path].blob if path in blobs else None
        own[path] = (blob, blob)
    touched = [path for path in changed_files(workspace) if path not in own]
    for path, (before, after) in own.items():
        file = workspace.root / path
        if not file.is_symlink() and not file.is_file():
            continue
        if not _is_of_step(workspace, file, path, step, before, after):
            touched.append(path)
    return sorted(touched)


def _is_of_step(
    workspace: Workspace, file: Path, path: str, step: Step, before: str | None, after: str | None
) -> bool:
    git = workspace.git
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
