"""Who makes commits: the person, or gitopsgen for its renders and where git knows no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.lifecycle.git import IDENTITY, Git

if TYPE_CHECKING:
    from gitopsgen.lifecycle.workspace import Workspace


def committer(workspace: Workspace) -> tuple[Git, tuple[str, ...]]:
    """git with an identity: the person's, else gitopsgen's own, which is worth a word."""
    git = workspace.git
    for role in ("AUTHOR", "COMMITTER"):
        if git.call("var", f"GIT_{role}_IDENT", check=False).status != 0:
            note = "git knows no name for you (user.name, user.email): gitopsgen is the author"
            return git.given(IDENTITY), (note,)
    return git, ()


def signs(git: Git) -> bool:
    """Whether the person signs commits."""
    asked = git.call("config", "--type=bool", "commit.gpgSign", check=False)
    return asked.stdout.strip() == b"true"


def renderer_of(workspace: Workspace) -> Git:
    """The git that makes renders: gitopsgen's commits, in the person's repository."""
    kept = {k: v for k, v in workspace.git.variables.items() if not k.startswith("GIT_AUTHOR_")}
    return Git(workspace.root, variables={**kept, **IDENTITY})
