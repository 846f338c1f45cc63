"""A person's work tree: where its parts lie, and whether it is ready to be changed."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.git import git_of_person
from gitopsgen.lifecycle.journal import read_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.lifecycle.git import Git

# What git leaves behind in the git directory while something is under way -> (its name, its end).
_UNDER_WAY = {
    "MERGE_HEAD": (
        "a merge",
        "Resolve what is left and run `git commit`, or go back with `git merge --abort`.",
    ),
    "rebase-merge": (
        "a rebase",
        "Finish it with `git rebase --continue`, or go back with `git rebase --abort`.",
    ),
    "rebase-apply": (
        "a rebase",
        "Finish it with `git rebase --continue` (`git am --continue`), or go back with --abort.",
    ),
    "CHERRY_PICK_HEAD": (
        "a cherry-pick",
        "Finish it with `git cherry-pick --continue`, or go back with `git cherry-pick --abort`.",
    ),
    "REVERT_HEAD": (
        "a revert",
        "Finish it with `git revert --continue`, or go back with `git revert --abort`.",
    ),
}

_PLACES = ("--show-toplevel", "--absolute-git-dir", "--git-common-dir")
_BRANCHES = "refs/heads/"
_LOCK = "gitopsgen.lock"
_SHOWN_FILES = 8
# How long a run waits for another one to end, in seconds.
WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """A work tree of a git repository.

    `git_dir` is the work tree's own git directory, `common_dir` the one that all work trees of
    the repository share. `head` is the commit that is checked out, `branch` the branch, None
    where HEAD is detached. `lock` is the open file of the lock that this run holds, if any.
    """

    root: Path
    git: Git
    git_dir: Path
    common_dir: Path
    head: str
    branch: str | None
    lock: int | None = None

    @property
    def mover(self) -> Git:
        """git for what changes the work tree: it holds the lock as well, and outlives nobody.

        A git that goes on for a moment after this process was killed keeps other runs waiting.
        The monitor of files would go on for days; it is not started.
        """
        return replace(
            self.git,
            settings=(*self.git.settings, "-c", "core.fsmonitor=false"),
            inherited=() if self.lock is None else (self.lock,),
        )


def open_workspace(folder: Path) -> Workspace:
    """The work tree that `folder` lies in.

    Raises `UsageError` where there is none, or no commit in it, `UnavailableError` where git
    cannot be run.
    """
    git = git_of_person(folder)
    asked = ("rev-parse", "--path-format=absolute", *_PLACES)
    # Nearly always one call says it all; otherwise several say what is missing.
    found = git.call(*asked, "HEAD^{commit}", "--symbolic-full-name", "HEAD", check=False)
    lines = _lines(found.stdout)
    if found.status == 0 and len(lines) == len(_PLACES) + 2:
        *places, head, ref = lines
        branch = ref.removeprefix(_BRANCHES) if ref.startswith(_BRANCHES) else None
    else:
        places, head, branch = _ask_one_by_one(git, folder)
    root, git_dir, common_dir = map(Path, places)
    return Workspace(root, git_of_person(root), git_dir, common_dir, head, branch)


def _ask_one_by_one(git: Git, folder: Path) -> tuple[list[str], str, str | None]:
    """The places, the commit and the branch. Raises `UsageError` where there is none."""
    found = git.call("rev-parse", "--path-format=absolute", *_PLACES, check=False)
    if found.status != 0:
        message = found.output.removeprefix("fatal: ")
        raise UsageError(
            f"{folder} is not in a git work tree ({message})",
            "Run this in a repository made by `gitopsgen new`.",
        )
    places = _lines(found.stdout)
    if len(places) != len(_PLACES):  # A folder's name may have newlines in it.
        answers = [git.call("rev-parse", "--path-format=absolute", place) for place in _PLACES]
        places = [answer.stdout.decode(errors="surrogateescape")[:-1] for answer in answers]
    head = git.call("rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False)
    if head.status != 0:
        raise UsageError(
            f"{places[0]} has no commit yet",
            'Commit what `gitopsgen new` wrote: git add --all && git commit -m "Start".',
        )
    branch = git.call("symbolic-ref", "--quiet", "--short", "HEAD", check=False)
    name = branch.stdout.decode(errors="surrogateescape").strip() or None
    return places, head.stdout.decode().strip(), name


def _lines(output: bytes) -> list[str]:
    return output.decode(errors="surrogateescape").removesuffix("\n").split("\n")


def check_ready(workspace: Workspace) -> None:
    """Raise `UsageError` where a merge could mix with something that is not committed.

    Files that git does not track are no obstacle, as for `git merge`.
    """
    check_nothing_under_way(workspace)
    if workspace.branch == RENDER_BRANCH:
        raise UsageError(
            f"{RENDER_BRANCH} is checked out, which holds renders and nothing else",
            "Check out the branch that you work on: git switch main.",
        )
    if dirty := changed_files(workspace):
        step = read_step(workspace.git_dir)
        if step is not None and step.head == workspace.head:
            title = step.message.partition("\n")[0]
            raise UsageError(
                f"a run of gitopsgen was interrupted in {workspace.root}: {title}",
                "Run `gitopsgen update`, which finishes it.",
            )
        shown = ", ".join(dirty[:_SHOWN_FILES])
        more = f" and {len(dirty) - _SHOWN_FILES} more" if len(dirty) > _SHOWN_FILES else ""
        raise UsageError(
            f"{workspace.root} has changes that are not committed: {shown}{more}",
            "Commit them, or put them away with `git stash`, then run this again.",
        )


def check_nothing_under_way(workspace: Workspace) -> None:
    """Raise `UsageError` while a merge, a rebase or the like is unfinished."""
    for name, (what, end) in _UNDER_WAY.items():
        if (workspace.git_dir / name).exists():
            raise UsageError(f"{what} is under way in {workspace.root}", end)


def changed_files(workspace: Workspace) -> list[str]:
    """The tracked files that differ between HEAD, index and work tree."""
    status = workspace.git.call(
        "--no-optional-locks",
        *("status", "--porcelain=v1", "-z", "--no-renames"),
        *("--untracked-files=no", "--ignore-submodules=dirty"),
    )
    entries = status.stdout.decode(errors="surrogateescape").split("\0")
    return sorted(entry[3:] for entry in entries if entry)


@contextlib.contextmanager
def alone(workspace: Workspace, waiting: Callable[[], None], wait: float = WAIT) -> Iterator[int]:
    """Hold the repository for this run: another run of gitopsgen waits, in whatever work tree.

    `waiting` is called once when it has to wait. The lock goes with the process, however that
    ends; given is the descriptor of its file. Raises `UnavailableError` after `wait` seconds.
    """
    import fcntl

    path = workspace.common_dir / _LOCK
    try:
        file = path.open("a+b")
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error
    with file:
        end = time.monotonic() + wait
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                pass
            if not told:
                waiting()
                told = True
            if time.monotonic() > end:
                raise UnavailableError(
                    f"another run of gitopsgen is at work in {workspace.root}",
                    "Wait for its end, then run this again. Where there is none, a program that it "
                    f"has started is left: `fuser {path}` names it.",
                )
            time.sleep(0.1)
        yield file.fileno()


@contextlib.contextmanager
def quarantine(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace whose new objects go to a folder of their own, which is thrown away."""
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as objects:
        own = workspace.git.run("rev-parse", "--path-format=absolute", "--git-path", "objects")
        others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
        apart = {
            "GIT_OBJECT_DIRECTORY": objects,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(filter(None, (own, others))),
        }
        yield replace(workspace, git=workspace.git.given(apart))
