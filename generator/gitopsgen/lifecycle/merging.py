"""The merge itself: git's own, of three trees, with the result as a tree and nothing moved."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.git import IDENTITY
from gitopsgen.lifecycle.objects import write_commit
from gitopsgen.lifecycle.refs import update_refs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.lifecycle.git import Git
    from gitopsgen.lifecycle.workspace import Workspace

_REPLACEMENTS = "refs/gitopsgen/replace/"
_CONFLICT_STATUS = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """An entry of the index for a path in conflict: stage 1 is the base, 2 ours, 3 the render."""

    mode: str
    blob: str
    stage: str
    path: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge comes to: `tree` holds git's conflict marks where there are `stages`.

    A few conflicts have no stages: a folder whose files were moved to several others, say.
    `stand_ins` are commits that the tree's marks name instead of the sides, with these' names.
    """

    tree: str
    is_clean: bool
    stages: tuple[Stage, ...] = ()
    messages: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The paths that a person has to look at, in order."""
        return tuple(sorted({self.named(stage.path) for stage in self.stages}))

    def named(self, text: str) -> str:
        """A text about the merge in which the sides have the names that people know."""
        for commit, name in self.stand_ins:
            # git puts a side's name behind that of a file which both sides would need.
            text = text.replace(f"~{commit}", f"~{name.replace('/', '_')}").replace(commit, name)
        return text


@dataclass(frozen=True, slots=True)
class Sides:
    """What is merged: commits, and the trees that stand for them in the merge.

    `head` and `render` give the sides their names; their trees may have been prepared.
    """

    base: str
    head: str
    head_tree: str
    render: str
    render_tree: str


def merge(workspace: Workspace, sides: Sides, *, lasting: bool = True) -> Merge:
    """Merge the render's tree into the head's, from the base.

    git finds its own base in the history of commits, which a squash or a rebase has changed, so
    both sides are shown to it as children of the base. With `lasting` false the repository is not
    touched at all, not even for a moment; conflict marks then name stand-ins.
    Raises `UnavailableError` where git is too old or fails.
    """
    # A stand-in for the base as well: HEAD itself is the base where nobody has committed since.
    git = workspace.git
    own = git.given(IDENTITY)
    base = write_commit(own, f"{sides.base}^{{tree}}", [], "The base\n")
    ours = write_commit(own, sides.head_tree, [base], "The work tree's side\n")
    theirs = write_commit(own, sides.render_tree, [base], "The render's side\n")
    if not lasting:
        # The names of commits made a moment ago stand in no file of anybody's.
        merged = _merge_tree(git, ours, theirs)
        merged = replace(merged, stand_ins=((ours, "HEAD"), (theirs, RENDER_BRANCH)))
        return replace(merged, messages=tuple(map(merged.named, merged.messages)))
    replaced = {sides.head: ours, sides.render: theirs}
    with _replaced(workspace, replaced) as shown:
        named = shown.call("rev-parse", "--verify", "--quiet", RENDER_BRANCH, check=False)
        is_there = named.stdout.decode().strip() == sides.render
        return _merge_tree(shown, "HEAD", RENDER_BRANCH if is_there else sides.render)


@contextlib.contextmanager
def _replaced(workspace: Workspace, commits: Mapping[str, str]) -> Iterator[Git]:
    """A git to which some commits look like others (gitreplace), for nobody else."""
    clean_up(workspace)
    refs = {f"{_REPLACEMENTS}{old}": new for old, new in commits.items()}
    lines = [f"create {ref} {new}\n" for ref, new in refs.items()]
    update_refs(workspace, [*refs], "--stdin", input="".join(lines).encode())
    git = workspace.git
    try:
        shown = replace(git, settings=(*git.settings, "-c", "core.useReplaceRefs=true"))
        # The edge of a shallow clone has no parents for git, whatever stands in for it: no edge.
        yield shown.given({"GIT_REPLACE_REF_BASE": _REPLACEMENTS, "GIT_SHALLOW_FILE": ""})
    finally:
        clean_up(workspace)


def clean_up(workspace: Workspace) -> None:
    """Remove what a merge that was killed has left behind."""
    left = workspace.git.run("for-each-ref", "--format=%(refname)", _REPLACEMENTS).split()
    if left:
        lines = "".join(f"delete {ref}\n" for ref in left)
        update_refs(workspace, left, "--stdin", input=lines.encode())


def _merge_tree(git: Git, ours: str, theirs: str) -> Merge:
    merged = git.call("merge-tree", "--write-tree", "-z", "--messages", ours, theirs, check=False)
    if merged.status not in (0, _CONFLICT_STATUS) or not merged.stdout:
        raise UnavailableError(
            f"git cannot merge: {merged.output}", "gitopsgen update needs git 2.38 or newer."
        )
    return _read(merged.stdout.decode(errors="surrogateescape"), is_clean=merged.status == 0)


def _read(output: str, *, is_clean: bool) -> Merge:
    """Read the answer of `git merge-tree -z` (its manual: OUTPUT)."""
    fields = iter(output.split("\0"))
    tree = next(fields)
    stages = []
    for entry in fields:
        if not entry:
            break
        described, path = entry.split("\t", 1)
        mode, blob, stage = described.split(" ")
        stages.append(Stage(mode, blob, stage, path))
    messages = []
    for count in fields:
        if not count.isdigit():
            break
        for _ in range(int(count)):
            next(fields)
        kind = next(fields)
        text = next(fields).strip()
        if kind.startswith("CONFLICT"):
            messages.append(text)
    return Merge(tree, is_clean, tuple(stages), tuple(messages))
