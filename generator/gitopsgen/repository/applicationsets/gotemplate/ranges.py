"""What `range` goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import MISSING, type_name

if TYPE_CHECKING:
    from collections.abc import Iterator


def pairs(value: Any, variables: int) -> Iterator[tuple[Any, Any]]:
    """Keys and items, the keys of a map in order; `variables` is how many the range declares.

    Raises `TemplateError` for what is no collection.
    """
    if value is MISSING or value is None:
        return
    if isinstance(value, dict):
        yield from ((key, value[key]) for key in sorted(value))
    elif isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        if variables > 1:
            raise TemplateError("range over a number has one variable, not two")
        yield from ((number, number) for number in range(value))
    else:
        raise TemplateError(f"range can't iterate over a {type_name(value)}")
