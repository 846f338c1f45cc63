"""Mappings of which exactly one key of a few may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.api_server.problem import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem


def check_one_of(
    data: Mapping[str, Any],
    path: Path,
    keys: tuple[str, ...],
    what: str,
    *,
    may_lack: bool = False,
) -> Iterator[LocalProblem]:
    """Whether the mapping at a path has one of the keys, and no more; `what` they are in a word.

    A key that nobody knows here may be one of a newer Kubernetes: the schemas tell.
    """
    data = at(data, *path)
    if not isinstance(data, dict):
        return
    given = [key for key in data if key in keys and data[key] is not None]
    known = f"{', '.join(keys[:-1])} or {keys[-1]}"
    if not given and not may_lack:
        yield refused(path, f"there is no {what}", f"Add {known}.", key=True)
    elif len(given) > 1:
        message = f"there is more than one {what}: {' and '.join(given)}"
        yield refused((*path, given[1]), message, "Leave one alone.", key=True)
