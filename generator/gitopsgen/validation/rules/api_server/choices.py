"""Mappings of which exactly one key of a few may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.api_server.problem import lacking, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem


def check_one_of(
    holder: Mapping[str, Any],
    path: Path,
    keys: tuple[str, ...],
    what: str,
    *,
    may_lack: bool = False,
) -> Iterator[LocalProblem]:
    """Whether the mapping at a path has one of the keys, and no more; `what` they are in a word."""
    given = [key for key in keys if holder.get(key) is not None]
    if len(given) == 1:
        return
    if given:
        given.sort(key=list(holder).index)
        message = f"there is more than one {what}: {' and '.join(given)}"
        yield refused((*path, given[1]), message, "Leave one alone.", key=True)
    elif not may_lack:
        known = f"{', '.join(keys[:-1])} or {keys[-1]}"
        yield lacking(path, f"there is no {what}", f"Add {known}.")
