"""Writing a new repository: all of it or nothing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import GitopsgenError, UsageError
from gitopsgen.lifecycle.git import Git
from gitopsgen.tree import write_tree

if TYPE_CHECKING:
    from gitopsgen.cluster.model import Repository
    from gitopsgen.tree import Tree

RENDER_BRANCH = "gitopsgen/render"
RENDER_TRAILER = "Gitopsgen-Render"


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


def create_repository(
    target: Path, tree: Tree, render_digest: str, repository: Repository, *, with_git: bool
) -> None:
    """Write `tree` to `target` and, `with_git`, make a git repository of it with two branches.

    The repository's own branch and gitopsgen/render start at one commit. Everything is prepared
    in a folder beside the target and moved there at the end: where anything fails, the target is
    as it was. Raises `UsageError` where the target is not free, `GitopsgenError` where writing
    fails.
    """
    check_target(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise GitopsgenError(f"cannot write to {target.parent}: {error.strerror}") from error
    try:
        content = staging / "content"
        content.mkdir()
        content.chmod(0o755)
        write_tree(content, tree)
        if with_git:
            _commit(Git(content), render_digest, repository)
        _move(content, target)
    except OSError as error:
        raise GitopsgenError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _commit(git: Git, render_digest: str, repository: Repository) -> None:
    # An empty template: a person's own template folder may bring hooks.
    git.run("init", "--quiet", "--template=", f"--initial-branch={repository.branch}")
    git.run("add", "--all", "--force")
    message = f"Render the repository with gitopsgen\n\n{RENDER_TRAILER}: {render_digest}\n"
    git.run("commit", "--quiet", "--no-verify", "--file=-", input=message.encode())
    git.run("branch", RENDER_BRANCH)
    git.run("remote", "add", "origin", repository.url)


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
