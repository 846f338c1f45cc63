"""The branch gitopsgen/render: one commit for every pristine render, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.base import render_refs
from gitopsgen.lifecycle.create import RENDER_BRANCH, RENDER_TRAILER
from gitopsgen.lifecycle.objects import tree_of, write_commit, write_tree
from gitopsgen.lifecycle.refs import update_refs
from gitopsgen.repository.layout import LOCK_FILE
from gitopsgen.tree import digest

if TYPE_CHECKING:
    from gitopsgen.lifecycle.git import Git
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.tree import Tree

_REF = f"refs/heads/{RENDER_BRANCH}"


def commit_render(workspace: Workspace, pristine: Git, tree: Tree, base: str, subject: str) -> str:
    """Make the commit of a render, on no branch yet, and return its name.

    It comes after the newest renders here and on the remotes, after both where they have gone
    apart, or after `base` where there are none. The newest one is taken itself where it holds
    the same files. `pristine` is the git that makes gitopsgen's own commits in the workspace.
    """
    git = workspace.git
    name = write_tree(pristine, tree)
    tips = _tips(git)
    if len(tips) == 1 and tree_of(git, tips[0]) == name:
        return tips[0]
    trailer = f"{RENDER_TRAILER}: {digest(tree, leave_out=[LOCK_FILE])}"
    message = f"{subject}\n\n{trailer}\n"
    return write_commit(pristine, name, tips or [base], message)


def _tips(git: Git) -> list[str]:
    """The newest renders, none of them in the history of another."""
    refs = render_refs(git)
    if not refs:
        return []
    commits = list(dict.fromkeys(git.run("rev-parse", *refs).split()))
    if len(commits) == 1:
        return commits
    return git.run("merge-base", "--independent", *commits).split()


def move_branch(workspace: Workspace, commit: str) -> None:
    """Let gitopsgen/render be at `commit`.

    Raises `UsageError` where it is checked out in a work tree, whose files would not follow.
    """
    git = workspace.git
    now = git.call("rev-parse", "--verify", "--quiet", _REF, check=False).stdout.decode().strip()
    if now == commit:
        return
    if place := _checked_out(git):
        raise UsageError(
            f"{RENDER_BRANCH} is checked out in {place}",
            "Check out another branch there: nobody works on that one.",
        )
    before = now or "0" * len(commit)
    update_refs(workspace, [_REF], "-m", "gitopsgen: render", _REF, commit, before)


def _checked_out(git: Git) -> str | None:
    place = ""
    for line in git.run("worktree", "list", "--porcelain").split("\n"):
        key, _, value = line.partition(" ")
        if key == "worktree":
            place = value
        elif key == "branch" and value == _REF:
            return place
    return None
