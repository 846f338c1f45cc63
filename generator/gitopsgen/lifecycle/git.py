"""git, run for gitopsgen's own commits and for a person's work tree."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitopsgen.tools.git import environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.tools.programs import Completed

# Renders are gitopsgen's own commits: a person needs no identity for them.
IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "gitopsgen"), ("EMAIL", "gitopsgen@users.noreply.github.com"))
}

# Nothing that a repository brings is run, and nothing works on after git has ended.
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "maintenance.auto=false")

# What a person's configuration could change about the bytes or the success of a commit.
_PRISTINE = (
    *_QUIET,
    *("-c", "commit.gpgSign=false"),
    *("-c", "core.autocrlf=false"),
    *("-c", "core.safecrlf=false"),
    *("-c", "core.fileMode=true"),
)


@dataclass(frozen=True, slots=True)
class Git:
    """The git repository whose work tree is `root`; `git_dir` where it is not `root`/.git.

    By default it makes gitopsgen's own commits: no configuration of the caller's changes them.
    `variables` are added to the environment of every call; `inherited` are open files that git
    keeps open while it runs.
    """

    root: Path
    git_dir: Path | None = None
    settings: tuple[str, ...] = _PRISTINE
    variables: Mapping[str, str] = field(default_factory=lambda: IDENTITY)
    inherited: tuple[int, ...] = ()

    def run(self, *arguments: str, input: bytes | None = None) -> str:
        """Run `git ARGUMENTS` there and return its standard output without the last newline.

        Raises `UnavailableError` with git's own message where it fails.
        """
        stdout = self.call(*arguments, input=input).stdout
        return stdout.decode(errors="replace").rstrip("\n")

    def call(
        self,
        *arguments: str,
        input: bytes | None = None,
        check: bool = True,
        timeout: float = 60,
    ) -> Completed:
        """Run `git ARGUMENTS` there and return all it said; `timeout` is in seconds.

        Variables such as GIT_DIR, which point git at another repository, are not passed on.
        Raises `UnavailableError` where it cannot be run or, with `check`, fails.
        """
        where = [f"--git-dir={self.git_dir}", f"--work-tree={self.root}"] if self.git_dir else []
        return run(
            ("git", *self.settings, *where, *arguments),
            cwd=self.root,
            input=input,
            env={**environment(), **self.variables},
            check=check,
            timeout=timeout,
            inherited=self.inherited,
        )

    def given(self, variables: Mapping[str, str]) -> Git:
        """The same with further variables in the environment."""
        return replace(self, variables={**self.variables, **variables})


def git_of_person(root: Path) -> Git:
    """git as the person in front of the work tree `root` has set it up, hooks left out.

    Line endings, filters, attributes, signing and the person's identity are theirs.
    """
    identity = {
        key: value
        for key, value in os.environ.items()
        if key.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))
    }
    return Git(root, settings=_QUIET, variables=identity)


def git_with_hooks(root: Path) -> Git:
    """git as the person has set it up, hooks and all: for what a hook may be needed for.

    Git LFS, for one, uploads its files in a hook that runs before a push.
    """
    return Git(root, settings=("-c", "maintenance.auto=false"), variables={})
