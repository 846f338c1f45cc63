"""What the functions of helm's templates do with values; any that is not here uses all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import (
    ANY,
    OTHER,
    Context,
    Made,
    Value,
    combined,
    elements,
    made,
    member,
    union,
    use_wholly,
    words_of,
)
from gitopsgen.charts.values_lists import LISTS_AND_TEXTS, wholly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.charts.values_abstract import Notes, Possible

# These look at a value, or at whether it is there, but not at the keys in it.
_LOOKS = frozenset(
    (
        *("not", "empty", "eq", "ne", "lt", "le", "gt", "ge", "len", "fail"),
        *("kindIs", "kindOf", "typeIs", "typeOf", "typeIsLike"),
    )
)
_MERGES = frozenset(("merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"))
CHANGES = frozenset(("set", *_MERGES))
"""Functions that change their first argument."""
# These hand on one or several of their arguments.
_HANDS_ON = frozenset(
    (
        *("and", "or", "default", "coalesce", "deepCopy", "mustDeepCopy"),
        *_MERGES,
    )
)


def apply(name: str, arguments: Sequence[Possible], notes: Notes) -> Possible:
    """What a function may return; what it uses of its arguments is noted."""
    if name in _LOOKS:
        return OTHER
    if name in _HANDS_ON:
        return union(arguments)
    function = _FUNCTIONS.get(name)
    if function is not None and arguments:
        return function(arguments, notes)
    return wholly(arguments, notes)


def _steps(start: Possible, keys: Sequence[Possible], notes: Notes) -> Possible:
    for key in keys:
        use_wholly(key, notes)
        words = words_of(key)
        if words is None:
            start = elements(start, notes)
        else:
            start = union([member(start, word, notes) for word in words])
    return start


def _get(arguments: Sequence[Possible], notes: Notes) -> Possible:
    return _steps(arguments[0], arguments[1:], notes)


def _dig(arguments: Sequence[Possible], notes: Notes) -> Possible:
    if len(arguments) < 3:
        return wholly(arguments, notes)
    *keys, fallback, start = arguments
    return _steps(start, keys, notes) | fallback


def _has_key(arguments: Sequence[Possible], notes: Notes) -> Possible:
    _get(arguments, notes)
    return OTHER


def _pluck(arguments: Sequence[Possible], notes: Notes) -> Possible:
    found = (_steps(value, arguments[:1], notes) for value in arguments[1:])
    return made([(ANY, union(found))])


def _omit(arguments: Sequence[Possible], notes: Notes) -> Possible:
    for key in arguments[1:]:
        _steps(arguments[0], [key], notes)
    return arguments[0]


def _dict(arguments: Sequence[Possible], notes: Notes) -> Possible:
    items = []
    for key, value in zip(arguments[::2], arguments[1::2], strict=False):
        use_wholly(key, notes)
        items += [(word, value) for word in _names(key)]
    return made(items)


def _names(key: Possible) -> list[str]:
    words = words_of(key)
    return [ANY] if words is None else words


def _ternary(arguments: Sequence[Possible], _notes: Notes) -> Possible:
    return union(arguments[:2])


def _required(arguments: Sequence[Possible], _notes: Notes) -> Possible:
    return arguments[-1]


def _set(arguments: Sequence[Possible], notes: Notes) -> Possible:
    """What a mapping is after `set`."""
    if len(arguments) != 3:
        return wholly(arguments, notes)
    target, key, value = arguments
    if any(isinstance(one, Value) for one in target):
        # What is put into the chart's values is lost sight of.
        _steps(frozenset(one for one in target if isinstance(one, Value)), [key], notes)
        use_wholly(value, notes)
    for chart in [one.chart for one in target if isinstance(one, Context)]:
        for name in _names(key):
            notes.put_into(chart, name, value)
    return combined(target | made((name, value) for name in _names(key)))


def keep(name: str, arguments: Sequence[Possible], notes: Notes, *, is_new: bool) -> None:
    """Note what `set` or `merge` make of their first argument, which they change in place.

    It is something that no variable holds, or something new that nobody else has.
    """
    if name != "set" and not is_new:
        _merge_into(arguments[0], arguments[1:], notes)
    elif name == "set" and len(arguments) == 3 and any(isinstance(o, Made) for o in arguments[0]):
        for key in _names(arguments[1]):
            notes.put_into(None, key, arguments[2])


def _merge_into(target: Possible, sources: Sequence[Possible], notes: Notes) -> None:
    """What is put into the context of a chart is found there; else all of it counts as used."""
    charts = [one.chart for one in target if isinstance(one, Context)]
    for one in union(sources):
        if isinstance(one, Made) and len(charts) == len(target):
            for name, value in one.items:
                for chart in charts:
                    notes.put_into(chart, name, value)
        else:
            use_wholly(frozenset({one}), notes)


_FUNCTIONS: dict[str, Callable[[Sequence[Possible], Notes], Possible]] = {
    **LISTS_AND_TEXTS,
    "dict": _dict,
    "dig": _dig,
    "get": _get,
    "hasKey": _has_key,
    "index": _get,
    "omit": _omit,
    "pick": _omit,
    "pluck": _pluck,
    "required": _required,
    "set": _set,
    "ternary": _ternary,
    "unset": _omit,
}
