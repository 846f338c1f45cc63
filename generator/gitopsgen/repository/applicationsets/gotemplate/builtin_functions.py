"""Functions that text/template brings itself. Source: Go's text/template/funcs.go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.quoting import quoted
from gitopsgen.repository.applicationsets.gotemplate.values import (
    StringMap,
    is_true,
    show,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIRECTIVE: Final = re.compile(
    r"%(?P<flags>[-+0 ]*)(?P<width>\d{0,3})(?:\.(?P<digits>\d{1,2}))?(?P<verb>.)", re.DOTALL
)


def _kind(value: Any) -> str:
    """The kind that decides what values can be compared."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else ""


def _equal(value: Any, *others: Any) -> bool:
    if not others:
        raise TemplateError("missing argument for comparison")
    return any(_same(value, other) for other in others)


def _same(one: Any, other: Any) -> bool:
    if _kind(one) != _kind(other):
        if one is None or other is None:
            return False
        raise TemplateError(
            f"incompatible types for comparison: {type_name(one)} and {type_name(other)}"
        )
    if one is None or other is None:
        return one is other
    if not _kind(one):
        raise TemplateError(f"values of type {type_name(one)} cannot be compared")
    return bool(one == other)


def _less(one: Any, other: Any) -> bool:
    kind = _kind(one)
    if kind in {"", "bool"} or not _kind(other):
        raise TemplateError("invalid type for comparison")
    if kind != _kind(other):
        raise TemplateError(
            f"incompatible types for comparison: {type_name(one)} and {type_name(other)}"
        )
    if kind == "string":
        return one.encode(errors="surrogatepass") < other.encode(errors="surrogatepass")  # type: ignore[no-any-return]
    return bool(one < other)


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="surrogatepass"))
    if isinstance(value, dict | list):
        return len(value)
    raise TemplateError(f"len of type {type_name(value)}")


def _index(value: Any, *keys: Any) -> Any:
    if value is None:
        raise TemplateError("index of untyped nil")
    for key in keys:
        value = _item(value, key)
    return value


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise TemplateError(f"a map is indexed with a {type_name(key)}")
        return value.get(key, "" if isinstance(value, StringMap) else None)
    if isinstance(value, list):
        if not isinstance(key, int) or isinstance(key, bool):
            raise TemplateError(f"a list is indexed with a {type_name(key)}")
        if not 0 <= key < len(value):
            raise TemplateError(f"index out of range: {key}")
        return value[key]
    if isinstance(value, str):
        raise NotSupportedError("indexing a string is not evaluated here")
    if value is None:
        raise TemplateError("index of nil pointer")
    raise TemplateError(f"can't index item of type {type_name(value)}")


def _printf(template: str, *values: Any) -> str:
    waiting = list(values)

    def put(found: re.Match[str]) -> str:
        if found["verb"] == "%":
            return "%"
        if not waiting:
            raise NotSupportedError("printf with too few values is not evaluated here")
        return _formatted(found, waiting.pop(0))

    text = _DIRECTIVE.sub(put, template)
    if waiting:
        raise NotSupportedError("printf with too many values is not evaluated here")
    return text


def _formatted(found: re.Match[str], value: Any) -> str:
    flags, digits, verb = found["flags"], found["digits"], found["verb"]
    whole = isinstance(value, int) and not isinstance(value, bool)
    plain = digits is None
    if verb == "d" and whole and plain:
        text = str(value)
    elif verb == "s" and isinstance(value, str):
        text = value if plain else value[: int(digits)]
    elif verb == "q" and isinstance(value, str) and plain:
        text = quoted(value)
    elif (verb == "v" and plain) or (verb == "t" and isinstance(value, bool) and plain):
        text = show(value)
    elif verb in {"x", "X"} and whole and value >= 0 and plain:
        text = format(value, verb)
    elif verb == "f" and isinstance(value, float):
        text = f"{value:.{int(digits or 6)}f}"
    elif verb == "T" and plain:
        text = type_name(value)
    elif found[0] in {"%s", "%d", "%t"} and isinstance(value, str | int | float | None):
        # fmt's way to say that verb and type do not fit.
        what = "<nil>" if value is None else f"{type_name(value)}={show(value)}"
        text = f"%!{verb}({what})"
    else:
        raise NotSupportedError(f"printf of {found[0]} with a {type_name(value)} is not evaluated")
    if flags.strip("-0"):
        raise NotSupportedError(f"printf of {found[0]} is not evaluated here")
    width = int(found["width"] or 0)
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and not whole:
        raise NotSupportedError(f"printf of {found[0]} is not evaluated here")
    return text.zfill(width) if "0" in flags else text.rjust(width)


def _print(*values: Any) -> str:
    """Go's Sprint: spaces only between two operands of which neither is a string."""
    text = ""
    for position, value in enumerate(values):
        before = values[position - 1] if position else ""
        if position and not isinstance(value, str) and not isinstance(before, str):
            text += " "
        text += show(value)
    return text


FUNCTIONS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    # Both are evaluated where arguments are, since they stop at the first that decides.
    "and": ("*a", lambda *values: values[-1]),
    "or": ("*a", lambda *values: values[-1]),
    "not": ("a", lambda value: not is_true(value)),
    "eq": ("a*a", _equal),
    "ne": ("aa", lambda one, other: not _same(one, other)),
    "lt": ("aa", _less),
    "le": ("aa", lambda one, other: _less(one, other) or _same(one, other)),
    "gt": ("aa", lambda one, other: not (_less(one, other) or _same(one, other))),
    "ge": ("aa", lambda one, other: not _less(one, other)),
    "len": ("a", _length),
    "index": ("a*a", _index),
    "print": ("*a", _print),
    "printf": ("s*a", _printf),
    "println": ("*a", lambda *values: " ".join(map(show, values)) + "\n"),
}
