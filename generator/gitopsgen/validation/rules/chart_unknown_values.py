"""Values that no chart reads."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.chart_messages import schema_violations
from gitopsgen.validation.rules.chart_places import (
    chart_name,
    chart_path,
    parameter_place,
    parameters,
    place_in_part,
    subchart_paths,
)
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.charts.known_values import KnownValues, UnknownValue
    from gitopsgen.charts.model import ChartFacts, ChartUse
    from gitopsgen.charts.values_tree import Keys
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Place
    from gitopsgen.repository.values import ValuesPart
    from gitopsgen.validation.model import Model

    _PartPlace = tuple[str, int, Path]

RULES = (
    Rule(
        "chart-unknown-value",
        (Severity.WARNING,),
        "A key in the values that the chart does not know.",
        "helm ignores it without a word, and the chart's default runs.",
        "# the chart has replicaCount\nreplicaCuont: 2",
        "replicaCount: 2",
    ),
)
# Keys that people keep for themselves, to hang anchors on.
_OWN = ("x-", "_", ".")


def check(model: Model) -> Iterator[RuleProblem]:
    """Keys that nothing in a chart reads; of a value file that several charts share, in any."""
    if not model.charts:
        return
    # What reads Helm's templates is large, and of no use without a chart.
    from gitopsgen.charts.known_values import KnownValues

    known = {id(use.facts): KnownValues(use.facts) for use in model.charts if use.facts}
    shared: dict[_PartPlace, list[tuple[ChartUse, ValuesPart]]] = {}
    for use in model.charts:
        for part in use.values:
            shared.setdefault((part.file, part.document, part.path), []).append((use, part))
        if use.facts is not None:
            yield from _in_parameters(use, known[id(use.facts)])
    for uses in shared.values():
        yield from _in_part(uses, known, model)
    for use in {use.folder: use for use in model.charts if use.own is not None}.values():
        yield from _for_subcharts(use, model)


def _in_parameters(use: ChartUse, known: KnownValues) -> Iterator[RuleProblem]:
    for index, path in parameters(use):
        values: object = None
        # What is in lists nobody knows beforehand.
        for key in reversed(list(itertools.takewhile(lambda step: isinstance(step, str), path))):
            values = {key: values}
        for unknown in known.unknown_in(values if isinstance(values, dict) else {}):
            yield _problem(use, unknown, parameter_place(use, index, "name"), key=False)


def _in_part(
    uses: list[tuple[ChartUse, ValuesPart]], known: dict[int, KnownValues], model: Model
) -> Iterator[RuleProblem]:
    """What no chart that is given this part of the values knows."""
    found: dict[Keys, UnknownValue] | None = None
    for facts, part in _by_chart(uses):
        if facts is None:
            return
        unknown = {one.keys: one for one in known[id(facts)].unknown_in(part.data)}
        found = unknown if found is None else _in_both(found, unknown)
    use, part = uses[0]
    refused = {keys for one, _ in uses for keys in _refused(one)}
    for keys, one in (found or {}).items():
        if keys not in refused and not _is_own(keys[-1], part, model):
            yield _problem(use, one, place_in_part(part, keys), key=True)


def _for_subcharts(use: ChartUse, model: Model) -> Iterator[RuleProblem]:
    """What a chart in the repository gives to its subcharts, in its own values.yaml.

    All other values there are what the chart knows.
    """
    from gitopsgen.charts.known_values import KnownValues

    facts, own = use.facts, use.own
    if facts is None or own is None:
        return
    given = {name: facts.values[name] for name in facts.subcharts if name in facts.values}
    if not given:
        return
    rest = {name: value for name, value in facts.values.items() if name not in given}
    known = KnownValues(replace(facts, values=rest, values_text=""))
    for one in known.unknown_in(given):
        if not _is_own(one.keys[-1], own, model):
            yield _problem(use, one, place_in_part(own, one.keys), key=True)


def _by_chart(
    uses: Iterable[tuple[ChartUse, ValuesPart]],
) -> Iterator[tuple[ChartFacts | None, ValuesPart]]:
    """Each chart once: hundreds of Applications may share a chart and a value file."""
    yield from {id(use.facts): (use.facts, part) for use, part in uses}.values()


def _in_both(
    one: dict[Keys, UnknownValue], other: dict[Keys, UnknownValue]
) -> dict[Keys, UnknownValue]:
    """What neither chart knows: a key may be unknown to one, and what is below it to the other."""
    return {
        keys: unknown
        for first, second in ((one, other), (other, one))
        for keys, unknown in first.items()
        if any(keys[:length] in second for length in range(1, len(keys) + 1))
    }


def _refused(use: ChartUse) -> Iterator[Keys]:
    """Keys that the chart's schema forbids, which chart-schema says."""
    prefixes = subchart_paths(use.facts) if use.error else {}
    for violation in schema_violations(use.error):
        if violation.surplus:
            prefix = tuple(str(step) for step in prefixes.get(violation.chart, ()))
            yield (*prefix, *violation.steps)


def _is_own(key: str, part: ValuesPart, model: Model) -> bool:
    """Whether a key is there for the person alone: it holds an anchor, or says so by its name."""
    if key.startswith(_OWN):
        return True
    file = model.sources.files.read(part.file)
    anchored = re.compile(rf"^[\s\"']*{re.escape(key)}[\"']?\s*:\s*&", re.MULTILINE)
    return file is not None and anchored.search(file.text) is not None


def _problem(use: ChartUse, unknown: UnknownValue, place: Place, *, key: bool) -> RuleProblem:
    dotted = ".".join(unknown.keys)
    nearest = f'Did you mean "{unknown.nearest}"?' if unknown.nearest else ""
    return RuleProblem(
        "chart-unknown-value",
        Severity.WARNING,
        use.application.manifest,
        chart_path(use),
        f"chart {chart_name(use)} knows no value {dotted}",
        nearest or "Nothing in the chart reads it; what it is meant to change stays as it was.",
        key=key,
        place=place,
    )
