"""What an expression of a template may be, as far as a chart's values are concerned.

A value is the set of all that it may be; the empty set has nothing to do with values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.charts.values_tree import Keys, UsedKeys

_DEEPEST = 25


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a chart, with `.Values` and `.Files`; `chart` are the keys of its values."""

    chart: Keys


@dataclass(frozen=True, slots=True)
class Subcharts:
    """The contexts of a chart's subcharts, by their names; `chart` as in the chart's own."""

    chart: Keys


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the chart."""

    keys: Keys


@dataclass(frozen=True, slots=True)
class Made:
    """A mapping or list that a template makes; the key `*` stands for any key."""

    items: tuple[tuple[str, Possible], ...]


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file in the chart, which nobody here reads."""


Possible = frozenset[Context | Subcharts | Value | Made | FileText]
NOTHING: Possible = frozenset()
FILE_TEXT: Possible = frozenset({FileText()})
ANY = "*"


def member(value: Possible, name: str, used: UsedKeys) -> Possible:
    """What a field of a value may be; that it is used is noted."""
    found: Possible = NOTHING
    for one in value:
        if isinstance(one, Value):
            keys = (*one.keys, name)[:_DEEPEST]
            used.use(keys)
            found |= {Value(keys)}
        elif isinstance(one, Made):
            items = dict(one.items)
            found |= items.get(name, NOTHING) | items.get(ANY, NOTHING)
        elif isinstance(one, Context):
            if name == "Values":
                found |= {Value(one.chart)}
            elif name == "Files":
                found |= FILE_TEXT
            elif name == "Subcharts":
                found |= {Subcharts(one.chart)}
        elif isinstance(one, Subcharts):
            found |= {Context((*one.chart, name))}
        else:
            found |= {one}
    return found


def elements(value: Possible, used: UsedKeys) -> Possible:
    """What a loop over a value goes through: every key of a chart's value counts as used."""
    found: Possible = NOTHING
    for one in value:
        if isinstance(one, Made):
            for _, item in one.items:
                found |= item
        else:
            use_wholly(frozenset({one}), used)
            found |= {one}
    return found


def use_wholly(value: Possible, used: UsedKeys) -> None:
    """Note that a value is used in a way that reaches everything in it."""
    # What a template makes may hold one mapping very many times over.
    waiting, seen = [value], {id(value)}
    while waiting:
        for one in waiting.pop():
            if isinstance(one, Value):
                used.use_whole(one.keys)
            elif isinstance(one, Context | Subcharts):
                used.use_whole(one.chart)
            elif isinstance(one, Made):
                for _, item in one.items:
                    if id(item) not in seen:
                        seen.add(id(item))
                        waiting.append(item)


def made(items: Iterable[tuple[str, Possible]]) -> Possible:
    """A mapping that a template makes; of a key that comes twice both values are possible."""
    found: dict[str, Possible] = {}
    for key, value in items:
        found[key] = found.get(key, NOTHING) | value
    return frozenset({Made(tuple(sorted(found.items(), key=lambda item: item[0])))})


def union(values: Iterable[Possible]) -> Possible:
    """Whatever any of the values may be."""
    return frozenset().union(*values)


def combined(value: Possible) -> Possible:
    """The same with one mapping for all that templates make, however many that are."""
    several = [one for one in value if isinstance(one, Made)]
    if len(several) < 2:
        return value
    rest = frozenset(one for one in value if not isinstance(one, Made))
    return rest | made(item for one in several for item in one.items)
