"""Which values a chart uses, as a tree of keys; and where the values of its subcharts are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.charts.model import ChartFacts

_NAMED = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")

Keys = tuple[str, ...]
"""Keys that lead to a value."""


@dataclass(slots=True)
class UsedKeys:
    """A key that is used, and those below it; `whole` where everything below it is used."""

    below: dict[str, UsedKeys] = field(default_factory=dict)
    whole: bool = False

    def use(self, keys: Keys) -> UsedKeys:
        """Note that a value is used, in whatever way."""
        node = self
        for key in keys:
            found = node.below.get(key)
            if found is None:
                found = node.below[key] = UsedKeys()
            node = found
        return node

    def use_whole(self, keys: Keys) -> None:
        """Note that a value is used with all that is below it."""
        self.use(keys).whole = True


def values_named_in(text: str) -> Iterator[Keys]:
    """The values that a text names which a template may evaluate: `{{ .Values.a.b }}`."""
    for found in _NAMED.finditer(text):
        yield tuple(found[1][1:].split("."))


def charts_in(chart: ChartFacts, keys: Keys = ()) -> Iterator[tuple[Keys, ChartFacts]]:
    """A chart and all charts in it, each with the keys that lead to its values."""
    yield keys, chart
    for name, subchart in chart.subcharts.items():
        yield from charts_in(subchart, (*keys, name))
