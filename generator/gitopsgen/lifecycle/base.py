"""The pristine render that a repository's content is based on: the base of every merge."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.errors import GitopsgenError, UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH, RENDER_TRAILER
from gitopsgen.lifecycle.git import IDENTITY
from gitopsgen.lifecycle.locked import parse_lock
from gitopsgen.lifecycle.objects import read_blobs, read_commit, write_commit, write_tree
from gitopsgen.lifecycle.refs import noted
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE
from gitopsgen.tree import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitopsgen.lifecycle.git import Git
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.tree import Tree

    # From a cluster.yaml's text to the render of it, None where it cannot be rendered.
    Render = Callable[[str], Tree | None]

# A lost base is looked for in this many commits that changed lock.yaml, the newest first.
_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Base:
    """The commit of the pristine render, and what a person should know about how it was found."""

    commit: str
    notes: tuple[str, ...] = ()


def find_base(workspace: Workspace, recorded: str, render: Render, *, lasting: bool) -> Base:
    """The commit whose files are the render with the digest `recorded`.

    It is looked for on gitopsgen/render here and on the remotes, then in all history, by the
    digest in its message and in its files: what was rebased or edited since is not taken for a
    render. Where it is lost it is rendered again, which is said in the notes.

    Raises `UsageError` where nothing can stand in for it.
    """
    git = workspace.git
    if found := _by_trailer(git, recorded, render_refs(git)):
        return Base(found)
    remote, fetched = _fetch(workspace, lasting=lasting)
    if fetched and (found := _by_trailer(git, recorded, [fetched])):
        return Base(found, (f"{RENDER_BRANCH} was fetched from {remote}",))
    if found := _by_trailer(git, recorded, ["--all", "HEAD"]) or _by_lock(git, recorded):
        return Base(found)
    return _rebuild(workspace, recorded, render)


def render_refs(git: Git) -> list[str]:
    """The full names of gitopsgen/render here and as last seen on the remotes."""
    listed = git.run(
        "for-each-ref",
        "--format=%(refname)",
        f"refs/heads/{RENDER_BRANCH}",
        f"refs/remotes/*/{RENDER_BRANCH}",
    )
    return listed.split("\n") if listed else []


def _fetch(workspace: Workspace, *, lasting: bool) -> tuple[str, str]:
    """Fetch gitopsgen/render; returns the remote and the commit, "" where it cannot be had."""
    git = workspace.mover.given({"GIT_TERMINAL_PROMPT": "0"})
    remote = _remote(workspace)
    if remote is None:
        return "", ""
    branch = f"refs/heads/{RENDER_BRANCH}"
    asked = git.call("ls-remote", remote, branch, check=False)
    commit = asked.stdout.decode(errors="replace").partition("\t")[0]
    if asked.status != 0 or not commit:
        return remote, ""
    target = f"refs/remotes/{remote}/{RENDER_BRANCH}"
    kept = f"+{branch}:{target}" if lasting else branch
    with noted(workspace, [target]) if lasting else contextlib.nullcontext():
        fetched = git.call(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", remote, kept),
            check=False,
        )
    return remote, commit if fetched.status == 0 else ""


def _remote(workspace: Workspace) -> str | None:
    git = workspace.git
    remotes = git.run("remote").split()
    if workspace.branch is not None:
        own = git.call("config", f"branch.{workspace.branch}.remote", check=False)
        if (name := own.stdout.decode(errors="replace").strip()) in remotes:
            return name
    if "origin" in remotes:
        return "origin"
    return remotes[0] if len(remotes) == 1 else None


def is_render(git: Git, commit: str, recorded: str) -> bool:
    """Whether a commit's files are the render with this digest."""
    tree = read_commit(git, commit)
    return tree is not None and digest(tree, leave_out=[LOCK_FILE]) == recorded


def _by_trailer(git: Git, recorded: str, refs: Sequence[str]) -> str | None:
    if not refs:
        return None
    listed = git.run(
        *("log", "--format=%H", "--fixed-strings", f"--grep={RENDER_TRAILER}: {recorded}"),
        *refs,
        "--",
    )
    return next((commit for commit in listed.split() if is_render(git, commit, recorded)), None)


def _by_lock(git: Git, recorded: str) -> str | None:
    """A commit that nobody marked as a render and that is one, as in a repository without one."""
    listed = git.run(
        "log", "--format=%H", f"--max-count={_CANDIDATES}", "--all", "HEAD", "--", LOCK_FILE
    )
    return next((commit for commit in listed.split() if is_render(git, commit, recorded)), None)


def _rebuild(workspace: Workspace, recorded: str, render: Render) -> Base:
    git = workspace.git
    renders = (render(text) for text in _clusters_at(workspace, recorded))
    tree = next((tree for tree in renders if tree is not None), None)
    if tree is None:
        raise UsageError(
            f"the render that {workspace.root} is based on is lost, and no cluster.yaml of its "
            "history can be rendered",
            f"Fetch the branch {RENDER_BRANCH}, and all of the history "
            "(`git fetch --unshallow`), then run this again.",
        )
    again = digest(tree, leave_out=[LOCK_FILE])
    message = f"Render the repository again, as it was\n\n{RENDER_TRAILER}: {again}\n"
    commit = write_commit(git.given(IDENTITY), write_tree(git, tree), [], message)
    if again == recorded:
        return Base(commit, ("the render that this repository is based on was lost: made again",))
    return Base(
        commit,
        (
            "the render that this repository is based on was lost, and this version of gitopsgen "
            "cannot make it again: what changed in the blueprints since then stays out. "
            "`gitopsgen diff` shows how the repository differs from today's blueprints",
        ),
    )


def _clusters_at(workspace: Workspace, recorded: str) -> Iterator[str]:
    """cluster.yaml as it was when lock.yaml came to have this digest, and as it is now."""
    git = workspace.git
    listed = git.run("log", "--format=%H", f"-S{recorded}", "HEAD", "--", LOCK_FILE)
    for commit in [*reversed(listed.split()), workspace.head]:
        try:
            lock, cluster = read_blobs(git, [f"{commit}:{LOCK_FILE}", f"{commit}:{CLUSTER_FILE}"])
            if parse_lock(lock.decode(errors="replace")).render == recorded:
                yield cluster.decode()
        except (GitopsgenError, UnicodeDecodeError):
            continue
