"""Paths within a repository: relative to its root, with `/`; the root is the empty string."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def normal(path: str) -> str | None:
    """A path in its shortest form; None where it leaves the repository."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def folder_of(path: str) -> str:
    """The folder that a file lies in."""
    return path.rpartition("/")[0]


def folders_of(path: str) -> Iterator[str]:
    """The folders that a file lies in, from its own up to the root."""
    while path:
        path = path.rpartition("/")[0]
        yield path
