"""Bringing a new render into a repository that people edit: git's merge, then git's checkout."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.lifecycle.identity import committer, renderer_of, signs
from gitopsgen.lifecycle.interrupted import finish_interrupted
from gitopsgen.lifecycle.journal import Step
from gitopsgen.lifecycle.locked import parse_lock
from gitopsgen.lifecycle.merging import Sides, clean_up, merge
from gitopsgen.lifecycle.moving import move
from gitopsgen.lifecycle.objects import (
    is_ancestor,
    read_commit,
    read_files,
    write_commit,
    write_tree,
)
from gitopsgen.lifecycle.pins import settle
from gitopsgen.lifecycle.refs import clear_locks
from gitopsgen.lifecycle.renders import commit_render, move_branch
from gitopsgen.lifecycle.state import Renderer, read_state
from gitopsgen.lifecycle.summary import describe
from gitopsgen.lifecycle.workspace import WAIT, alone, check_ready, open_workspace, quarantine
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.findings import Finding
    from gitopsgen.lifecycle.base import Base
    from gitopsgen.lifecycle.git import Git
    from gitopsgen.lifecycle.merging import Merge
    from gitopsgen.lifecycle.state import State
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.tree import Tree


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update came to.

    `commit` is the merge commit, "" where nothing changed or conflicts are left, and in a dry run.
    Where the merge is not clean, `conflicts` are paths and `messages` git's words on them.
    `changes` are the changed files as git names them (`A`, `M`, `D` and so on, then the path).
    `diff` is what a dry run would bring. `findings` say what is wrong with cluster.yaml; then
    nothing was done. `notes` are what a person should know besides.
    """

    root: Path
    findings: tuple[Finding, ...] = ()
    commit: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    is_clean: bool = True
    conflicts: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    diff: str = ""
    subject: str = ""


def update_repository(
    folder: Path,
    load: Callable[[Path], Catalogue],
    *,
    edit: Callable[[str], str] | None = None,
    subject: str = "",
    dry_run: bool = False,
    waiting: Callable[[], None] = lambda: None,
    wait: float = WAIT,
) -> Outcome:
    """Render the repository that `folder` lies in anew and merge what changed into its branch.

    `load` gives the blueprints for the repository's root. `edit` changes the text of cluster.yaml
    first, which `subject` describes for the merge commit. With `dry_run` nothing is touched.
    `waiting` is called where another run has to end first, for which `wait` seconds are given.

    Raises `UsageError` where the repository is not ready for it (changes that are not committed,
    a merge under way, no lock.yaml) and `UnavailableError` where git fails.
    """
    with _no_harm(folder):
        return _run(folder, load, edit, subject, dry_run, waiting, wait)


@contextlib.contextmanager
def _no_harm(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A disk that is full, a git directory that is read-only.
        raise UnavailableError(
            f"{error.filename or folder}: {error.strerror or error}",
            "Nothing is lost: run this again when that is put right, and it goes on from there.",
        ) from error


def finish_first(
    folder: Path, *, waiting: Callable[[], None] = lambda: None, wait: float = WAIT
) -> Outcome | None:
    """Finish what a run that was killed has begun in the repository that `folder` lies in.

    None where there is nothing. A run that is at work is waited for: `waiting` and `wait` are
    those of `update_repository`, which does this as well. Raises `UsageError` where a person has
    changed files since then.
    """
    with _no_harm(folder), alone(open_workspace(folder), waiting, wait) as lock:
        workspace = replace(open_workspace(folder), lock=lock)
        clear_locks(workspace)
        return _finish(workspace)


def _finish(workspace: Workspace) -> Outcome | None:
    step = finish_interrupted(workspace)
    if step is None:
        return None
    title = step.message.partition("\n")[0]
    return Outcome(
        workspace.root,
        commit=step.commit,
        changes=_changes(workspace.git, step.head, step.tree),
        is_clean=bool(step.commit),
        conflicts=tuple(sorted({stage.path for stage in step.stages})),
        notes=(f"finished what was interrupted: {title}",),
        subject=title,
    )


def _run(
    folder: Path,
    load: Callable[[Path], Catalogue],
    edit: Callable[[str], str] | None,
    subject: str,
    dry_run: bool,
    waiting: Callable[[], None],
    wait: float,
) -> Outcome:
    workspace = open_workspace(folder)
    if dry_run:
        with quarantine(workspace) as apart:
            check_ready(apart)
            return _update(apart, load(apart.root), edit, subject, dry_run=True)
    with alone(workspace, waiting, wait) as lock:
        # What another run did while this one waited is what there is to change now.
        workspace = replace(open_workspace(folder), lock=lock)
        clear_locks(workspace)
        clean_up(workspace)
        finished = _finish(workspace)
        notes: tuple[str, ...] = ()
        if finished is not None:
            if not finished.is_clean:
                return finished
            notes = finished.notes
            workspace = replace(open_workspace(folder), lock=lock)
        check_ready(workspace)
        outcome = _update(workspace, load(workspace.root), edit, subject, dry_run=False)
        return replace(outcome, notes=notes + outcome.notes)


def _update(
    workspace: Workspace,
    catalogue: Catalogue,
    edit: Callable[[str], str] | None,
    subject: str,
    *,
    dry_run: bool,
) -> Outcome:
    git = workspace.git
    state = read_state(workspace)
    renderer = Renderer(state, catalogue)
    text = state.cluster_text if edit is None else edit(state.cluster_text)
    source = renderer.read(text)
    theirs = renderer.render(source)
    if theirs is None:
        findings = tuple(sorted(source.result.findings, key=lambda finding: finding.sort_key))
        return Outcome(workspace.root, findings=findings)
    base = renderer.base(workspace, lasting=not dry_run)
    pristine = renderer_of(workspace)
    description = describe(state.lock, parse_lock(theirs[LOCK_FILE].content.decode()), subject)
    render = commit_render(
        workspace,
        pristine,
        theirs,
        base.commit,
        description.render,
    )
    head_tree, render_tree = _prepare(
        workspace, state, base, theirs, render, edited=text != state.cluster_text
    )
    if not dry_run:
        move_branch(workspace, render)
    sides = Sides(base.commit, workspace.head, head_tree, render, render_tree)
    merged = merge(workspace, sides, lasting=not dry_run)
    outcome = Outcome(
        workspace.root,
        changes=_changes(git, workspace.head, merged.tree),
        is_clean=merged.is_clean,
        conflicts=merged.conflicts,
        messages=merged.messages,
        notes=base.notes,
        subject=description.title,
    )
    if not outcome.changes and merged.is_clean:
        return outcome
    if dry_run:
        diff = git.call("diff-tree", "-r", "-p", "-M", workspace.head, merged.tree).stdout
        return replace(outcome, diff=merged.named(diff.decode(errors="surrogateescape")))
    return _bring_in(workspace, render, merged, description.message, outcome)


def _prepare(
    workspace: Workspace, state: State, base: Base, theirs: Tree, render: str, *, edited: bool
) -> tuple[str, str]:
    """The trees that are merged for HEAD and for the render.

    What is nobody's handwriting is made the same on both sides, and so cannot conflict: the lock,
    an edit of cluster.yaml that was asked for, and pins that both sides have raised.
    """
    git = workspace.git
    pristine = read_commit(git, base.commit) or {}
    common = {
        path: entry
        for path, entry in state.listed.items()
        if entry.is_plain and path in pristine and path in theirs
    }
    ours, their_pins = settle(pristine, read_files(git, common), theirs)
    same = {LOCK_FILE: theirs[LOCK_FILE]}
    if edited:
        same[CLUSTER_FILE] = theirs[CLUSTER_FILE]
    return (
        write_tree(git, {**ours, **same}, onto=workspace.head),
        write_tree(git, {**their_pins, **same}, onto=render),
    )


def _bring_in(
    workspace: Workspace, render: str, merged: Merge, message: str, outcome: Outcome
) -> Outcome:
    git = workspace.git
    commit = ""
    if merged.is_clean:
        parents = [workspace.head]
        if not is_ancestor(git, render, workspace.head):
            parents.append(render)
        git, note = committer(workspace)
        commit = write_commit(git, merged.tree, parents, message, sign=signs(git))
        outcome = replace(outcome, notes=outcome.notes + note)
    move(
        workspace,
        Step(workspace.head, merged.tree, commit, render, message, merged.stages),
    )
    return replace(outcome, commit=commit)


def _changes(git: Git, before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The files in which two trees differ, as (git's letter, path)."""
    listed = git.call("diff-tree", "-r", "-z", "--no-renames", "--name-status", before, after)
    fields = iter(listed.stdout.decode(errors="surrogateescape").split("\0"))
    return tuple((letter, next(fields)) for letter in fields if letter)
