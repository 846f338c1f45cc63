"""Fields of values: `.name`."""

from __future__ import annotations

from typing import Any

from gitopsgen.repository.applicationsets.gotemplate.errors import MissingKeyError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import MISSING, StringMap, type_name


def member(value: Any, name: str, shown: str, missing_key: str) -> Any:
    """What a map has under a name; where it has nothing, `missing_key` says what follows.

    `shown` is the whole chain as the template writes it. Raises `MissingKeyError` under `error`,
    and `TemplateError` for what is no map.
    """
    if value is None:
        raise TemplateError(f"nil pointer evaluating interface {{}}.{name} in {shown}")
    if isinstance(value, dict):
        if name in value:
            return value[name]
    elif value is not MISSING:
        raise TemplateError(f"{shown}: no field {name} in a {type_name(value)}")
    if missing_key == "error":
        raise MissingKeyError(shown)
    if missing_key == "zero" and value is not MISSING:
        return "" if isinstance(value, StringMap) else None
    return MISSING
