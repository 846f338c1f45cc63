"""Which values a chart knows, so that a key that nothing reads can be told.

A key is known where values.yaml has it (as a comment, too), values.schema.json names it, a
template uses it, or a subchart has that name. Where a chart takes any keys (a default of `{}`, a
template that prints a whole mapping), everything is known.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.values_schema import SchemaAt
from gitopsgen.charts.values_tree import charts_in, values_named_in
from gitopsgen.charts.values_usage import used_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.charts.model import ChartFacts
    from gitopsgen.charts.values_tree import Keys, UsedKeys

# `# key:`, `# a.key -- says what` (helm-docs), `## @param a.key says what` (bitnami).
_COMMENTED_KEY = re.compile(
    r"^\s*#[#\s-]*(?:[\"']?([\w./-]+)[\"']?(?::|\s+--\s)|@param\s+([\w.-]+))", re.MULTILINE
)
# Known in every chart: helm hands `global` to all subcharts, and reads the others itself.
_HELMS_OWN = frozenset({"global", "tags", "exports"})
_LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A key that a chart does not know, and the nearest that it does know there, if any is near."""

    keys: Keys
    nearest: str


@dataclass(frozen=True)
class _Place:
    """What is known of the values at some keys; `known` says that everything below is known."""

    defaults: tuple[Any, ...] = ()
    used: UsedKeys | None = None
    schemas: tuple[SchemaAt, ...] = ()
    charts: tuple[ChartFacts, ...] = ()
    known: bool = False


class KnownValues:
    """The values that a chart knows; its templates are followed when that is first needed."""

    def __init__(self, chart: ChartFacts) -> None:
        self._chart = chart

    def unknown_in(self, values: Mapping[str, Any]) -> list[UnknownValue]:
        """The keys in values that the chart does not know; not what is below them."""
        if not any(True for _ in _strangers(values, self._shallow, frozenset())):
            return []
        if self._deep.known or self._is_empty:
            return []
        named = {keys[0] for text in _texts(values) for keys in values_named_in(text)}
        return list(_strangers(values, self._deep, self._commented | named))

    def knows(self, keys: Keys) -> bool:
        """Whether the chart knows the value at these keys."""
        values: Any = None
        for key in reversed(keys):
            values = {key: values}
        return not self.unknown_in(values or {})

    @cached_property
    def _shallow(self) -> _Place:
        """What is known without looking into templates: never less than all that is known."""
        return _root(self._chart, None)

    @property
    def _is_empty(self) -> bool:
        """Whether the chart has no values whatsoever: a stand-in for one that is elsewhere."""
        chart, used = self._chart, self._deep.used
        rest = chart.values_text or chart.schema is not None or chart.subcharts
        return not rest and used is not None and not used.below

    @cached_property
    def _deep(self) -> _Place:
        used = used_values(self._chart)
        for keys, chart in charts_in(self._chart):
            for item in chart.dependencies:
                for path in _texts_of(item.get("condition")):
                    for one in path.split(","):
                        used.use((*keys, *one.strip().split(".")))
                imports = item.get("import-values")
                for imported in imports if isinstance(imports, list) else ():
                    if isinstance(imported, dict) and isinstance(imported.get("parent"), str):
                        used.use_whole((*keys, *imported["parent"].split(".")))
        return _root(self._chart, used)

    @cached_property
    def _commented(self) -> frozenset[str]:
        """Keys that comments of values.yaml speak of, at whatever level."""
        return frozenset(
            name
            for _, chart in charts_in(self._chart)
            for found in _COMMENTED_KEY.finditer(chart.values_text)
            for name in (found[1] or found[2]).split(".")
        )


def _root(chart: ChartFacts, used: UsedKeys | None) -> _Place:
    schemas = (SchemaAt(chart.schema, chart.schema),) if chart.schema is not None else ()
    return _Place((chart.values,), used, schemas, (chart,), used is not None and used.whole)


def _strangers(
    values: Mapping[str, Any], root: _Place, elsewhere: frozenset[str]
) -> Iterator[UnknownValue]:
    waiting: list[tuple[Keys, Mapping[str, Any], _Place]] = [((), values, root)]
    while waiting:
        keys, data, place = waiting.pop()
        below = []
        for key, value in data.items():
            if not isinstance(key, str) or key in _HELMS_OWN:
                continue
            found = _step(place, key)
            if found is None:
                if key not in elsewhere:
                    yield UnknownValue((*keys, key), _nearest(key, place))
            elif isinstance(value, dict) and not _takes_anything(found):
                below.append(((*keys, key), value, found))
        waiting += reversed(below)


def _step(place: _Place, key: str) -> _Place | None:
    """What is known below a key; None where the key itself is not known."""
    defaults = tuple(d[key] for d in place.defaults if isinstance(d, dict) and key in d)
    schemas = tuple(found for schema in place.schemas for found in schema.at(key))
    used = place.used.below.get(key) if place.used is not None else None
    charts = tuple(c.subcharts[key] for c in place.charts if key in c.subcharts)
    absent = any(_is_dependency(chart, key) for chart in place.charts) and not charts
    if not (defaults or schemas or used or charts or absent):
        return None
    found = _Place(defaults, used, schemas, known=absent or (used is not None and used.whole))
    for chart in charts:
        own = _root(chart, None)
        found = replace(
            found,
            defaults=found.defaults + own.defaults,
            schemas=found.schemas + own.schemas,
            charts=found.charts + own.charts,
        )
    return found


def _is_dependency(chart: ChartFacts, key: str) -> bool:
    return any(key in (item.get("alias"), item.get("name")) for item in chart.dependencies)


def _takes_anything(place: _Place) -> bool:
    """Whether a place may have any keys: an empty default, or nothing that says which ones."""
    if place.known or any(schema.is_free() for schema in place.schemas):
        return True
    if place.charts:
        return False
    if any(not isinstance(default, dict) or not default for default in place.defaults):
        return True
    named = place.defaults or (place.used is not None and place.used.below)
    return not (named or any(True for schema in place.schemas for _ in schema.names()))


def _nearest(key: str, place: _Place) -> str:
    known = {k for d in place.defaults if isinstance(d, dict) for k in d if isinstance(k, str)}
    known.update(k for schema in place.schemas for k in schema.names() if isinstance(k, str))
    known.update(place.used.below if place.used is not None else ())
    known.update(k for chart in place.charts for k in chart.subcharts)
    return next(iter(difflib.get_close_matches(key, sorted(known), n=1)), "")


def _texts(values: Any) -> Iterator[str]:
    """The texts in values that a template may evaluate."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and "{{" in value:
            yield value[:_LONGEST_TEXT]


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
