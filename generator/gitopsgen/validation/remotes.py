"""The git remotes of a folder: which URLs mean it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gitopsgen.errors import UnavailableError
from gitopsgen.tools.git import environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from pathlib import Path


class Remotes(NamedTuple):
    """The URLs of a work tree's remotes, or of the work tree that a folder is only a part of."""

    own: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


def remotes_of(root: Path) -> Remotes:
    """The remotes of the folder `root`, which is absolute."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            urls = tuple(_urls(folder))
            return Remotes(urls) if folder == root else Remotes(around=urls)
    return Remotes()


def remote_urls(root: Path) -> list[str]:
    """The URLs of the git remotes of the work tree in `root`."""
    return _urls(root) if (root / ".git").exists() else []


def _urls(root: Path) -> list[str]:
    try:
        completed = run(
            ["git", "config", "--get-regexp", r"^remote\..*\.url$"],
            cwd=root,
            env=environment(),
            check=False,
        )
    except UnavailableError:
        return []
    lines = completed.stdout.decode(errors="replace").splitlines()
    return [line.partition(" ")[2] for line in lines]
