"""Writing a new repository: all of it or nothing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import GitopsgenError, UsageError
from gitopsgen.lifecycle.git import Git

if TYPE_CHECKING:
    from gitopsgen.cluster.model import Repository

RENDER_BRANCH = "gitopsgen/render"
RENDER_TRAILER = "Gitopsgen-Render"
# The URL needs no quoting: its pattern in cluster.yaml's schema leaves out what git would read.
_REMOTE = """\
[remote "origin"]
\turl = {url}
\tfetch = +refs/heads/*:refs/remotes/origin/*
"""


def check_target(target: Path) -> None:
    """Raise `UsageError` unless `target` is missing or an empty folder."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise UsageError(f"{target} exists and is not a folder", "Name a new folder.")
    try:
        occupied = next(target.iterdir(), None)
    except OSError as error:
        raise UsageError(f"{target} cannot be read: {error.strerror}", "Name another.") from error
    if occupied is not None:
        raise UsageError(
            f"{target} is not empty ({occupied.name} is in it), and nothing is overwritten",
            "Name a new folder.",
        )


def commit_tree(content: Path, git_home: Path, render_digest: str, repository: Repository) -> None:
    """Commit all files in `content` to a new git repository, whose .git lies in `git_home`.

    The repository's own branch and gitopsgen/render start at that commit, which carries the
    digest. The folder of files itself is only read. Raises `UnavailableError` where git fails.
    """
    # A template of ours: a person's own may bring hooks, and it saves adding the remote afterwards.
    template = git_home / "template"
    template.mkdir()
    (template / "config").write_text(_REMOTE.format(url=repository.url), encoding="utf-8")
    Git(git_home).run(
        "init", "--quiet", f"--template={template}", f"--initial-branch={repository.branch}"
    )
    git = Git(content, git_home / ".git")
    git.run("add", "--all", "--force")
    message = f"Render the repository with gitopsgen\n\n{RENDER_TRAILER}: {render_digest}\n"
    git.run("commit", "--quiet", "--no-verify", "--file=-", input=message.encode())
    git.run("branch", RENDER_BRANCH)


def publish(content: Path, target: Path) -> None:
    """Move the folder `content` to `target` in one step: where that fails, nothing has changed.

    Raises `UsageError` where the target is not free, `GitopsgenError` where it cannot be written.
    """
    check_target(target)
    try:
        made = _make_parents(target.parent)
        try:
            with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as near:
                if content.stat().st_dev != target.parent.stat().st_dev:
                    # A rename does not cross file systems: copy first, beside the target.
                    content = Path(shutil.copytree(content, Path(near) / "content"))
                _move(content, target)
        except BaseException:
            for folder in made:
                folder.rmdir()
            raise
    except OSError as error:
        raise GitopsgenError(f"cannot write {target}: {error.strerror or error}") from error


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and those above it; returns the new ones, innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _move(content: Path, target: Path) -> None:
    if not target.exists():
        content.rename(target)
        return
    # The target is an empty folder, perhaps the one the caller stands in: fill it, and empty it
    # again if that fails half-way.
    moved: list[Path] = []
    try:
        for entry in sorted(content.iterdir()):
            moved.append(entry.rename(target / entry.name))
    except BaseException:
        for path in moved:
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
