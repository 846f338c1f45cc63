"""What the functions of helm's templates do with values; any that is not here uses all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import (
    ANY,
    NOTHING,
    Context,
    Value,
    combined,
    elements,
    made,
    member,
    union,
    use_wholly,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.charts.values_abstract import Possible
    from gitopsgen.charts.values_tree import UsedKeys

    # An argument with its text, where it is a constant string or number.
    Argument = tuple[Possible, str | None]

# These look at a value, or at whether it is there, but not at the keys in it.
_LOOKS = frozenset(
    (
        *("not", "empty", "eq", "ne", "lt", "le", "gt", "ge", "len", "fail"),
        *("kindIs", "kindOf", "typeIs", "typeOf", "typeIsLike"),
    )
)
MERGES = frozenset(("merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"))
# These hand on one or several of their arguments.
_HANDS_ON = frozenset(
    (
        *("and", "or", "default", "coalesce", "ternary", "required", "deepCopy", "mustDeepCopy"),
        *MERGES,
    )
)


def apply(name: str, arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    """What a function may return; what it uses of its arguments is noted."""
    values = [value for value, _ in arguments]
    if name in _LOOKS:
        return NOTHING
    if name in _HANDS_ON:
        return union(values)
    function = _FUNCTIONS.get(name)
    if function is not None and arguments:
        return function(arguments, used)
    return wholly(values, used)


def wholly(values: Sequence[Possible], used: UsedKeys) -> Possible:
    """What a function of which nothing is known does: anything with everything."""
    for value in values:
        use_wholly(value, used)
    return union(values)


def _steps(start: Possible, keys: Sequence[Argument], used: UsedKeys) -> Possible:
    for value, key in keys:
        use_wholly(value, used)
        start = elements(start, used) if key is None else member(start, key, used)
    return start


def _get(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    return _steps(arguments[0][0], arguments[1:], used)


def _dig(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    if len(arguments) < 3:
        return wholly([value for value, _ in arguments], used)
    *keys, (fallback, _), (start, _) = arguments
    return _steps(start, keys, used) | fallback


def _has_key(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    _get(arguments, used)
    return NOTHING


def _pluck(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    found = (_steps(value, arguments[:1], used) for value, _ in arguments[1:])
    return made([(ANY, union(found))])


def _omit(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    for key in arguments[1:]:
        _steps(arguments[0][0], [key], used)
    return arguments[0][0]


def _dict(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    items = []
    for key, value in zip(arguments[::2], arguments[1::2], strict=False):
        use_wholly(key[0], used)
        items.append((ANY if key[1] is None else key[1], value[0]))
    return made(items)


def _list(arguments: Sequence[Argument], _used: UsedKeys) -> Possible:
    return made((str(index), value) for index, (value, _) in enumerate(arguments))


def _set(arguments: Sequence[Argument], used: UsedKeys) -> Possible:
    """What a mapping is after `set`; what is put into the chart's values is lost sight of."""
    if len(arguments) != 3:
        return wholly([value for value, _ in arguments], used)
    target, (_, key), (value, _) = arguments[0][0], *arguments[1:]
    if any(isinstance(one, Value | Context) for one in target):
        _steps(target, arguments[1:2], used)
        use_wholly(value, used)
    return combined(target | made([(ANY if key is None else key, value)]))


_FUNCTIONS: dict[str, Callable[[Sequence[Argument], UsedKeys], Possible]] = {
    "get": _get,
    "index": _get,
    "dig": _dig,
    "hasKey": _has_key,
    "pluck": _pluck,
    "omit": _omit,
    "pick": _omit,
    "dict": _dict,
    "list": _list,
    "tuple": _list,
    "set": _set,
    "unset": _omit,
}
