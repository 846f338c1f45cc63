"""What functions of helm's templates do with lists and with texts that templates say."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import (
    ANY,
    NOTHING,
    OTHER,
    Made,
    elements,
    listed,
    made,
    union,
    use_wholly,
    word,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitopsgen.charts.values_abstract import Notes, Possible

_VERB = re.compile(r"%[svdq%]")
_MOST_ITEMS = 40
_MOST_TOGETHER = 20


def wholly(values: Sequence[Possible], notes: Notes) -> Possible:
    """What a function of which nothing is known does: anything with everything.

    All that is in the values is used then, so what comes of it need not be followed; but a
    template may evaluate a text that it comes of.
    """
    found = OTHER
    for value in values:
        found |= use_wholly(value, notes)
    return found


def exact_items(value: Possible) -> list[Possible] | None:
    """The items of a list of which all are known, in their order."""
    if len(value) != 1:
        return None
    (one,) = value
    return [item for _, item in one.items] if isinstance(one, Made) and one.exact else None


def each_of(values: Sequence[Possible]) -> list[tuple[str, ...]] | None:
    """What several values may be together; None where not all are known, or that is too much."""
    words = [words_of(value) for value in values]
    known = [one for one in words if one is not None]
    if len(known) != len(words) or math.prod(len(one) for one in known) > _MOST_TOGETHER:
        return None
    return list(itertools.product(*known))


def one_by_one(value: Possible) -> list[Possible]:
    """A value, or several for a mapping in which a text is one of several."""
    if len(value) != 1:
        return [value]
    (one,) = value
    if not isinstance(one, Made):
        return [value]
    several = {name: item for name, item in one.items if len(words_of(item) or ()) > 1}
    together = each_of(list(several.values()))
    if not several or together is None:
        return [value]
    rest = dict(one.items)
    return [
        frozenset({Made(tuple({**rest, **_words(several, texts)}.items()), one.exact)})
        for texts in together
    ]


def _words(names: Iterable[str], texts: Iterable[str]) -> dict[str, Possible]:
    return dict(zip(names, map(word, texts), strict=True))


def _list(arguments: Sequence[Possible], _notes: Notes) -> Possible:
    return listed(arguments)


def _append(arguments: Sequence[Possible], notes: Notes) -> Possible:
    """A list with one more item."""
    items = exact_items(arguments[0])
    if items is not None and len(items) < _MOST_ITEMS:
        return listed([*items, *arguments[1:]])
    return made([(ANY, union([elements(arguments[0], notes), *arguments[1:]]))])


def _concat(arguments: Sequence[Possible], notes: Notes) -> Possible:
    return made([(ANY, union([elements(one, notes) for one in arguments]))])


def _first(arguments: Sequence[Possible], notes: Notes) -> Possible:
    items = exact_items(arguments[0])
    return elements(arguments[0], notes) if items is None else union(items[:1])


def _last(arguments: Sequence[Possible], notes: Notes) -> Possible:
    items = exact_items(arguments[0])
    return elements(arguments[0], notes) if items is None else union(items[-1:])


def _reverse(arguments: Sequence[Possible], notes: Notes) -> Possible:
    items = exact_items(arguments[0])
    return _concat(arguments, notes) if items is None else listed(reversed(items))


def _split(arguments: Sequence[Possible], notes: Notes) -> Possible:
    words = [words_of(one) for one in arguments]
    if len(words) != 2 or words[0] is None or words[1] is None or len(words[0]) != 1:
        return wholly(arguments, notes)
    lists = [text.split(words[0][0] or None) for text in words[1]]
    return union([listed([word(part) for part in parts]) for parts in lists])


def _printf(arguments: Sequence[Possible], notes: Notes) -> Possible:
    found: Possible = NOTHING
    for form, *rest in each_of(arguments) or ():
        if len(_VERB.findall(form)) != len(rest):
            return wholly(arguments, notes)
        pieces = itertools.zip_longest(_VERB.split(form), rest, fillvalue="")
        found |= word("".join(itertools.chain.from_iterable(pieces)))
    return found or wholly(arguments, notes)


def _print(arguments: Sequence[Possible], notes: Notes) -> Possible:
    texts = (word("".join(parts)) for parts in each_of(arguments) or ())
    return union(texts) or wholly(arguments, notes)


LISTS_AND_TEXTS: dict[str, Callable[[Sequence[Possible], Notes], Possible]] = {
    "append": _append,
    "concat": _concat,
    "first": _first,
    "last": _last,
    "list": _list,
    "mustAppend": _append,
    "print": _print,
    "printf": _printf,
    "reverse": _reverse,
    "split": _split,
    "splitList": _split,
    "tuple": _list,
}
