"""What an update brings, in words: for commit messages and for the person who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.lifecycle.locked import Lock


@dataclass(frozen=True, slots=True)
class Description:
    """`render` is the title of the render's commit, `title` and `message` are the merge's."""

    render: str
    title: str
    message: str


def describe(before: Lock, after: Lock, subject: str = "") -> Description:
    """Describe the step between two locks; `subject` says what a person asked for, if anything."""
    lines = list(_differences(before, after))
    if before.generator != after.generator:
        title = f"Update to gitopsgen {after.generator}"
    else:
        title = "Update from cluster.yaml and the blueprints"
    title = subject or title
    body = "".join(f"\n- {line}" for line in lines)
    message = f"{title}\n{body}\n" if body else f"{title}\n"
    return Description(f"Render the repository with gitopsgen {after.generator}", title, message)


def _differences(before: Lock, after: Lock) -> Iterator[str]:
    if before.generator != after.generator:
        yield f"gitopsgen {before.generator or 'unknown'} -> {after.generator}"
    old, new = before.blueprints or {}, after.blueprints or {}
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield f"{name} is added"
        elif name not in new:
            yield f"{name} is removed"
        elif old[name] != new[name]:
            yield f"{name}: blueprint {old[name]} -> {new[name]}"
