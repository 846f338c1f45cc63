"""What an expression of a template may be, as far as a chart's values are concerned.

A value is the set of all that it may be. The empty set is what cannot be; what has nothing to do
with values is `OTHER`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.charts.values_tree import Keys, UsedKeys

_DEEPEST = 25
_MOST_WORDS = 40
_LONGEST_WORD = 2000


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
    """A mapping or list that a template makes; the key `*` stands for any key.

    `exact` says that it is a list with just these items, in this order.
    """

    items: tuple[tuple[str, Possible], ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file of a chart, `name` where it is known; without a chart, of any text."""

    chart: Keys | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A text that the template itself says, such as a key."""

    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """Anything that has nothing to do with values: what helm says of the release, a number."""


Possible = frozenset[Context | Subcharts | Value | Made | FileText | Word | Other]
NOTHING: Possible = frozenset()
OTHER: Possible = frozenset({Other()})
FILE_TEXT: Possible = frozenset({FileText()})
EMPTY_TEXT: Possible = frozenset({Word("")})
ANY = "*"


@dataclass(slots=True)
class Notes:
    """What is noted while templates are followed.

    `used` are the values that they use; `put` is what they put into the contexts of charts, by the
    chart's keys and the name, and by no keys into mappings of their own that no variable holds;
    `is_news` says that something was put there that was not before.
    """

    used: UsedKeys
    put: dict[tuple[Keys | None, str], Possible] = field(default_factory=dict)
    is_news: bool = False

    def put_into(self, chart: Keys | None, name: str, value: Possible) -> None:
        """Note that a template sets a field of a chart's context, or of some mapping."""
        before = self.put.get((chart, name), NOTHING)
        # A library that lays `.Values.common` under all values would do so in these again.
        value = frozenset(one for one in value if not _repeats_itself(one))
        if not value <= before:
            self.put[chart, name] = combined(before | value)
            self.is_news = True


def _repeats_itself(one: object) -> bool:
    return isinstance(one, Value) and len(one.keys) > 1 and one.keys[-1] == one.keys[-2]


def word(text: str) -> Possible:
    """A text that a template says; a long one is no key of anything."""
    return frozenset({Word(text)}) if len(text) <= _LONGEST_WORD else FILE_TEXT


def words_of(value: Possible) -> list[str] | None:
    """The texts of which a value is one; None where it may be something else."""
    found = [one.text for one in value if isinstance(one, Word)]
    return sorted(found) if len(found) == len(value) and len(found) <= _MOST_WORDS else None


def is_plain(value: Possible) -> bool:
    """Whether a value has nothing to do with values."""
    return all(isinstance(one, Word | Other) for one in value)


def member(value: Possible, name: str, notes: Notes) -> Possible:
    """What a field of a value may be; that it is used is noted."""
    found: Possible = NOTHING
    for one in value:
        if isinstance(one, Value):
            keys = (*one.keys, name)[:_DEEPEST]
            notes.used.use(keys)
            found |= {Value(keys)}
        elif isinstance(one, Made):
            items = dict(one.items)
            put = notes.put.get((None, name), NOTHING) | notes.put.get((None, ANY), NOTHING)
            found |= items.get(name, NOTHING) | items.get(ANY, NOTHING) | put or OTHER
        elif isinstance(one, Context):
            found |= _of_context(one.chart, name, notes)
        elif isinstance(one, Subcharts):
            found |= {Context((*one.chart, name))}
        elif not isinstance(one, Word):
            found |= {one}
    return found


def _of_context(chart: Keys, name: str, notes: Notes) -> Possible:
    found = notes.put.get((chart, name), NOTHING) | notes.put.get((chart, ANY), NOTHING)
    if name == "Values":
        return found | {Value(chart)}
    if name == "Files":
        return found | {FileText(chart)}
    if name == "Subcharts":
        return found | {Subcharts(chart)}
    return found | OTHER


def elements(value: Possible, notes: Notes) -> Possible:
    """What a loop over a value goes through: every key of a chart's value counts as used."""
    found: Possible = NOTHING
    for one in value:
        if isinstance(one, Made):
            found |= union(item for _, item in one.items)
        else:
            use_wholly(frozenset({one}), notes)
            found |= OTHER if isinstance(one, Word) else {one}
    return found


def use_wholly(value: Possible, notes: Notes) -> Possible:
    """Note that a value is used in a way that reaches everything in it; returns the texts in it."""
    texts: Possible = NOTHING
    # What a template makes may hold one mapping very many times over.
    waiting, seen = [value], {id(value)}
    while waiting:
        for one in waiting.pop():
            if isinstance(one, Value):
                notes.used.use_whole(one.keys)
            elif isinstance(one, Context | Subcharts):
                notes.used.use_whole(one.chart)
            elif isinstance(one, FileText):
                texts |= {one}
            elif isinstance(one, Made):
                for _, item in one.items:
                    if id(item) not in seen:
                        seen.add(id(item))
                        waiting.append(item)
    return texts


def made(items: Iterable[tuple[str, Possible]]) -> Possible:
    """A mapping that a template makes; of a key that comes twice both values are possible."""
    found: dict[str, Possible] = {}
    for key, value in items:
        found[key] = found.get(key, NOTHING) | value
    return frozenset({Made(tuple(sorted(found.items(), key=lambda item: item[0])))})


def listed(items: Iterable[Possible]) -> Possible:
    """A list that a template makes."""
    found = tuple((str(index), value) for index, value in enumerate(items))
    return frozenset({Made(found, exact=True)})


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
