"""Reading fields of a mapping whose path is known; a path is only made for what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path

_NOTHING: Mapping[str, Any] = {}


def below(holder: Mapping[str, Any], *fields: str) -> Mapping[str, Any]:
    """The mapping that fields lead to, an empty one where there is none."""
    for field in fields:
        value = holder.get(field)
        if not isinstance(value, dict):
            return _NOTHING
        holder = value
    return holder


def entries(
    holder: Mapping[str, Any], path: Path, field: str
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The mappings in the list that a field of the mapping at `path` holds, each with its path."""
    items = holder.get(field)
    if items and isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield (*path, field, index), item


def texts(holder: Mapping[str, Any], path: Path, field: str) -> Iterator[tuple[Path, str]]:
    """The texts in the list that a field of the mapping at `path` holds, each with its path."""
    items = holder.get(field)
    if items and isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, str):
                yield (*path, field, index), item
