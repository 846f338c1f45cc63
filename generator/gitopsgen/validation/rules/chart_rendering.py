"""Rules on what helm makes of charts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.chart_constraints import permits_minor
from gitopsgen.validation.rules.chart_messages import (
    essence,
    kube_version_conflict,
    lines_named,
    schema_violations,
    values_in,
    values_named,
)
from gitopsgen.validation.rules.chart_places import (
    chart_name,
    chart_path,
    follow,
    place_of_values,
    subchart_paths,
)
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.charts.model import ChartFacts, ChartUse
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Place
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.chart_messages import Violation

# The name that values of the Application itself have when helm reads them.
_INLINE_VALUES = re.compile(r"failed to parse values-\d+\.yaml:")
_E, _W = Severity.ERROR, Severity.WARNING
RULES = (
    Rule(
        "chart-render",
        (_E,),
        "helm cannot render the chart with these values.",
        "Argo CD applies nothing of it, and still calls the Application healthy.",
        "# the chart says: {{ required \"host is missing\" .Values.host }}\nhost: ''",
        "host: web.example.net",
    ),
    Rule(
        "chart-schema",
        (_E,),
        "The values break the chart's values.schema.json.",
        "helm refuses them: Argo CD applies nothing of the chart.",
        "replicas: two",
        "replicas: 2",
    ),
    Rule(
        "chart-kube-version",
        (_E,),
        "The chart's kubeVersion excludes the cluster's Kubernetes version.",
        "helm refuses to render it: Argo CD applies nothing of the chart.",
        '# Chart.yaml, and the cluster has Kubernetes 1.35\nkubeVersion: "<1.30.0-0"',
        '# Chart.yaml\nkubeVersion: ">=1.25.0-0"',
    ),
    Rule(
        "chart-empty",
        (_W,),
        "The chart renders to nothing.",
        "Nothing is applied, and Argo CD calls it synced: often one value turns everything off.",
        "# the only template of the chart is within {{ if .Values.enabled }}\nenabled: false",
        "enabled: true",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """What helm refuses, and charts of which nothing comes."""
    for use in model.charts:
        if use.error:
            yield from _failure(use, model)
        elif use.rendered == 0:
            message = f"chart {chart_name(use)} renders to nothing with these values"
            yield _at_chart(use, "chart-empty", _W, message, "`helm template` prints nothing.")
        elif use.rendered is None and use.facts is not None:
            yield from _unrendered(use, model)


def _failure(use: ChartUse, model: Model) -> Iterator[RuleProblem]:
    if conflict := kube_version_conflict(use.error):
        yield _wrong_version(use, *conflict)
    elif violations := schema_violations(use.error):
        paths = subchart_paths(use.facts)
        for violation in violations:
            yield _violated(use, violation, paths)
    elif not _is_a_syntax_error(use, model):
        place, exact = _place_of(use)
        yield RuleProblem(
            "chart-render",
            _E,
            use.application.manifest,
            _path_of(use) or chart_path(use),
            f"helm cannot render chart {chart_name(use)}: {essence(use.error)}",
            "`helm template` with these values says the same.",
            key=place is not None and not exact,
            place=place,
        )


def _is_a_syntax_error(use: ChartUse, model: Model) -> bool:
    """Whether helm could not read a value file, which yaml-syntax says at the line."""
    if "failed to parse" not in use.error:
        return False
    files = [path for path in model.sources.files.paths if path in use.error]
    found = [model.sources.files.read(path) for path in files]
    return any(p.rule == "yaml-syntax" for file in found if file for p in file.contents.problems)


def _wrong_version(use: ChartUse, wants: str, has: str) -> RuleProblem:
    message = f"chart {chart_name(use)} wants Kubernetes {wants}, the cluster has {has}"
    hint = "Take a version of the chart that is made for this Kubernetes."
    return _at_chart(use, "chart-kube-version", _E, message, hint)


def _unrendered(use: ChartUse, model: Model) -> Iterator[RuleProblem]:
    """A chart that was had but not rendered may be known to be wrong for the cluster."""
    facts = use.facts
    if facts is None or not facts.kube_version or use.source.helm.get("kubeVersion"):
        return
    if model.minor and not permits_minor(facts.kube_version, model.minor):
        yield _wrong_version(use, facts.kube_version, model.minor)


def _at_chart(use: ChartUse, rule: str, severity: Severity, message: str, hint: str) -> RuleProblem:
    return RuleProblem(rule, severity, use.application.manifest, chart_path(use), message, hint)


def _violated(use: ChartUse, violation: Violation, subcharts: dict[str, Path]) -> RuleProblem:
    prefix = tuple(str(step) for step in subcharts.get(violation.chart, ()))
    steps = (*prefix, *violation.steps)
    dotted = ".".join(steps) or "the values"
    paths = [follow(part.data, steps) for part in reversed(use.values)] or [steps]
    found = [known for path in paths if (known := place_of_values(use, path)) is not None]
    place, exact = found[0] if found else (None, False)
    missing = "missing propert" in violation.says
    return RuleProblem(
        "chart-schema",
        _E,
        use.application.manifest,
        chart_path(use),
        f"{dotted}: {violation.says} (schema of chart {violation.chart or chart_name(use)})",
        "" if place else "Nobody gives it a value here, and the chart has no default.",
        key=place is not None and (violation.surplus or missing or not exact),
        place=place,
    )


def _place_of(use: ChartUse) -> tuple[Place | None, bool]:
    """The line of the values that helm's message is about, and whether it is all of the path."""
    candidates = [(*prefix, *names) for prefix, names in values_named(use.error)]
    for prefix, template, line in lines_named(use.error):
        text = _line_of(use.facts, prefix, template, line)
        candidates += [(*prefix, *names) for names in values_in(text)]
    for path in candidates:
        found = place_of_values(use, path)
        if found is not None:
            return found
    return None, True


def _path_of(use: ChartUse) -> Path | None:
    """The setting of the source that helm cannot read, if that is its complaint."""
    helm = (*use.source.location, "helm")
    if "invalid release name" in use.error and use.source.helm.get("releaseName"):
        return (*helm, "releaseName")
    if _INLINE_VALUES.search(use.error) and use.source.helm.get("values"):
        return (*helm, "values")
    return None


def _line_of(facts: ChartFacts | None, subcharts: tuple[str, ...], name: str, line: int) -> str:
    for subchart in subcharts:
        facts = facts.subcharts.get(subchart) if facts is not None else None
    lines = facts.templates.get(name, "").split("\n") if facts is not None else []
    return lines[line - 1] if 0 < line <= len(lines) else ""
