"""sprig's functions for lists and dictionaries. Source: sprig's list.go and dict.go."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.number_functions import FUNCTIONS as NUMBERS
from gitopsgen.repository.applicationsets.gotemplate.values import (
    NilMap,
    StringList,
    StringMap,
    is_true,
    show,
    type_name,
)
from gitopsgen.repository.applicationsets.merging import fill, override

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST: Final = 1_000_000


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError(f"a list is wanted, got a {type_name(value)}")
    return value


def _same(one: Any, other: Any) -> bool:
    """reflect.DeepEqual: values of two types are never equal."""
    if type_name(one) != type_name(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _has(needle: Any, value: Any) -> bool:
    return value is not None and any(_same(needle, item) for item in _list(value))


def _without(value: Any, *others: Any) -> list[Any]:
    return [item for item in _list(value) if not any(_same(item, other) for other in others)]


def _unique(value: Any) -> list[Any]:
    items = _list(value)
    if len(items) > 1000:
        raise NotSupportedError("uniq of a long list is not evaluated here")
    found: list[Any] = []
    for item in items:
        if not any(_same(item, known) for known in found):
            found.append(item)
    return found


def _concatenated(*values: Any) -> list[Any]:
    if sum(len(_list(value)) for value in values) > _LONGEST:
        raise NotSupportedError("its templates make lists that are too long")
    return [item for value in values for item in value]


def _sliced(value: Any, *bounds: Any) -> Any:
    items = _list(value)
    if not items:
        return None
    whole = NUMBERS["int"][1]
    start = whole(bounds[0]) if bounds else 0
    end = whole(bounds[1]) if len(bounds) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise TemplateError("slice: out of range")
    return StringList(items[start:end]) if isinstance(items, StringList) else items[start:end]


def _chunks(size: int, value: Any) -> list[list[Any]]:
    if size < 1:
        raise TemplateError("chunk: a size below 1")
    items = _list(value)
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _dictionary(*values: Any) -> dict[str, Any]:
    pairs = [*values, ""] if len(values) % 2 else values
    return {show(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


def _set(target: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if isinstance(target, NilMap):
        raise TemplateError("assignment to entry in nil map")
    target[key] = value
    return target


def _unset(target: dict[str, Any], key: str) -> dict[str, Any]:
    target.pop(key, None)
    return target


def _keys(*maps: dict[str, Any]) -> StringList:
    """Go's order is another one in every run: more than one key has no certain order."""
    found = [key for each in maps for key in each]
    return StringList(sorted(found))


def _dig(*values: Any) -> Any:
    *keys, default, place = values
    if not keys:
        raise TemplateError("dig needs at least three arguments")
    for key in keys:
        if not isinstance(place, dict) or isinstance(place, StringMap) or not isinstance(key, str):
            raise TemplateError(f"dig: a map is wanted, got a {type_name(place)}")
        if key not in place:
            return default
        place = place[key]
    return place


def _merged(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        fill(target, source)
    return target


def _overridden(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        override(target, source)
    return target


def _default(default: Any, *given: Any) -> Any:
    return given[0] if given and is_true(given[0]) else default


_PLAIN: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "default": ("a*a", _default),
    "empty": ("a", lambda value: not is_true(value)),
    "coalesce": ("*a", lambda *values: next(filter(is_true, values), None)),
    "all": ("*a", lambda *values: all(map(is_true, values))),
    "any": ("*a", lambda *values: any(map(is_true, values))),
    "ternary": ("aab", lambda yes, no, which: yes if which else no),
    "list": ("*a", lambda *values: list(values)),
    "tuple": ("*a", lambda *values: list(values)),
    "concat": ("*a", _concatenated),
    "dict": ("*a", _dictionary),
    "get": ("ms", lambda place, key: place.get(key, "")),
    "set": ("msa", _set),
    "unset": ("ms", _unset),
    "hasKey": ("ms", lambda place, key: key in place),
    "pluck": ("s*m", lambda key, *maps: [each[key] for each in maps if key in each]),
    "keys": ("*m", _keys),
    "values": ("m", lambda place: [place[key] for key in sorted(place)]),
    "pick": ("m*s", lambda place, *keys: {key: place[key] for key in keys if key in place}),
    "omit": ("m*s", lambda place, *keys: {k: v for k, v in place.items() if k not in keys}),
    "dig": ("*a", _dig),
}

# Each of these also exists with a `must` in front, which differs only in what a failure says.
_MUST: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "append": ("aa", lambda items, item: [*_list(items), item]),
    "push": ("aa", lambda items, item: [*_list(items), item]),
    "prepend": ("aa", lambda items, item: [item, *_list(items)]),
    "first": ("a", lambda items: next(iter(_list(items)), None)),
    "last": ("a", lambda items: next(reversed(_list(items)), None)),
    "rest": ("a", lambda items: list(_list(items)[1:])),
    "initial": ("a", lambda items: list(_list(items)[:-1])),
    "reverse": ("a", lambda items: list(_list(items)[::-1])),
    "uniq": ("a", _unique),
    "compact": ("a", lambda items: [item for item in _list(items) if is_true(item)]),
    "without": ("a*a", _without),
    "has": ("aa", _has),
    "slice": ("a*a", _sliced),
    "chunk": ("ia", _chunks),
    "merge": ("m*m", _merged),
    "mergeOverwrite": ("m*m", _overridden),
    "deepCopy": ("a", copy.deepcopy),
}

FUNCTIONS: Final = {
    **_PLAIN,
    **_MUST,
    **{f"must{name[0].upper()}{name[1:]}": function for name, function in _MUST.items()},
}
