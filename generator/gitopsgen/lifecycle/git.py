"""git, run hermetically: no hooks, no signing, no identity or configuration of the caller's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.tools.git import environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from pathlib import Path

# Renders are gitopsgen's own commits: a person needs no identity for them.
IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "gitopsgen"), ("EMAIL", "gitopsgen@users.noreply.github.com"))
}

# What a person's configuration could change about the bytes or the success of a commit.
_SETTINGS = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "commit.gpgSign=false"),
    *("-c", "core.autocrlf=false"),
    *("-c", "core.safecrlf=false"),
    *("-c", "core.fileMode=true"),
    *("-c", "maintenance.auto=false"),
)


@dataclass(frozen=True, slots=True)
class Git:
    """The git repository whose work tree is `root`; `git_dir` where it is not `root`/.git."""

    root: Path
    git_dir: Path | None = None

    def run(self, *arguments: str, input: bytes | None = None) -> str:
        """Run `git ARGUMENTS` there and return its standard output without the last newline.

        Variables such as GIT_DIR, which point git at another repository, are not passed on.
        Raises `UnavailableError` with git's own message where it fails.
        """
        where = [f"--git-dir={self.git_dir}", f"--work-tree={self.root}"] if self.git_dir else []
        completed = run(
            ("git", *_SETTINGS, *where, *arguments),
            cwd=self.root,
            input=input,
            env={**environment(), **IDENTITY},
        )
        return completed.stdout.decode(errors="replace").rstrip("\n")
