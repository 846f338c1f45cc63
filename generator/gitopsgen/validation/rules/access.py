"""Reading data of any shape: what has the wrong type counts as absent, the schemas report it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.documents.positions import Path


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def at(data: object, *steps: str | int) -> Any:
    """The value that steps lead to, None where there is none."""
    for step in steps:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def mappings(data: object, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The mappings in the list at `path`, each with its own path."""
    for index, item in enumerate(sequence(at(data, *path))):
        if isinstance(item, dict):
            yield (*path, index), item
