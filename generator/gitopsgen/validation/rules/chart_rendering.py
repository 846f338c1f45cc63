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
    place_of_default,
    place_of_values,
    subchart_paths,
)
from gitopsgen.validation.rules.chart_templates import (
    broken_template,
    conditions_around,
    line_rendered_to,
    no_yaml,
    place_in_chart,
    place_of_complaint,
    place_of_metadata,
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
        yield _wrong_version(use, *conflict, model)
    elif violations := schema_violations(use.error):
        paths = subchart_paths(use.facts)
        for violation in violations:
            yield _violated(use, violation, paths)
    elif not _is_a_syntax_error(use, model):
        yield _unrenderable(use, model)


def _unrenderable(use: ChartUse, model: Model) -> RuleProblem:
    place, exact, line = None, True, 0
    if broken := broken_template(use.error):
        place, line = place_in_chart(use, broken[0], model), broken[1]
    if place is None and not _path_of(use):
        place, exact = _place_of(use, model)
        line = 0
    if place is None and (unread := no_yaml(use.error)):
        place = place_in_chart(use, unread[0], model)
        line = _rendered_line(use, unread) if place is not None else 0
    return RuleProblem(
        "chart-render",
        _E,
        use.application.manifest,
        _path_of(use) or chart_path(use),
        f"helm cannot render chart {chart_name(use)}: {essence(use.error)}",
        "`helm template` with these values says the same.",
        key=place is not None and not exact,
        place=place,
        line=line,
    )


def _is_a_syntax_error(use: ChartUse, model: Model) -> bool:
    """Whether helm could not read a value file, which yaml-syntax says at the line."""
    if "failed to parse" not in use.error:
        return False
    files = [path for path in model.sources.files.paths if path in use.error]
    found = [model.sources.files.read(path) for path in files]
    return any(p.rule == "yaml-syntax" for file in found if file for p in file.contents.problems)


def _wrong_version(use: ChartUse, wants: str, has: str, model: Model) -> RuleProblem:
    message = f"chart {chart_name(use)} wants Kubernetes {wants}, the cluster has {has}"
    hint = "Take a version of the chart that is made for this Kubernetes."
    manifest = use.application.manifest
    path = (*use.source.location, "helm", "kubeVersion")
    if use.source.helm.get("kubeVersion"):
        return RuleProblem("chart-kube-version", _E, manifest, path, message, hint)
    place = place_of_metadata(use, "kubeVersion", model)
    return RuleProblem(
        "chart-kube-version", _E, manifest, chart_path(use), message, hint, place=place
    )


def _unrendered(use: ChartUse, model: Model) -> Iterator[RuleProblem]:
    """A chart that was had but not rendered may be known to be wrong for the cluster."""
    facts = use.facts
    if facts is None or not facts.kube_version or use.source.helm.get("kubeVersion"):
        return
    if model.minor and not permits_minor(facts.kube_version, model.minor):
        yield _wrong_version(use, facts.kube_version, model.minor, model)


def _at_chart(use: ChartUse, rule: str, severity: Severity, message: str, hint: str) -> RuleProblem:
    return RuleProblem(rule, severity, use.application.manifest, chart_path(use), message, hint)


def _violated(use: ChartUse, violation: Violation, subcharts: dict[str, Path]) -> RuleProblem:
    prefix = tuple(str(step) for step in subcharts.get(violation.chart, ()))
    steps = (*prefix, *violation.steps)
    dotted = ".".join(steps) or "the values"
    paths = [follow(part.data, steps) for part in reversed(use.values)] or [steps]
    found = [known for path in paths if (known := place_of_values(use, path)) is not None]
    place, exact = found[0] if found else (None, False)
    default = (
        None if exact else place_of_default(use, follow(use.facts and use.facts.values, steps))
    )
    if default is not None:
        place, exact = default, True
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


def _place_of(use: ChartUse, model: Model) -> tuple[Place | None, bool]:
    """The line that helm's message is about, and whether it is all of the path.

    What people give comes before what the chart's own values say.
    """
    candidates = [(*prefix, *names) for prefix, names in values_named(use.error)]
    for prefix, name, line in lines_named(use.error):
        template = _template_of(use.facts, prefix, name)
        for text in (_line_of(template, line), *conditions_around(template, line)):
            candidates += [(*prefix, *names) for names in values_in(text)]
    if unread := no_yaml(use.error):
        template = _template_of(use.facts, (), unread[0].rpartition("templates/")[2])
        text = _line_of(template, line_rendered_to(template, unread[1]))
        candidates += values_in(text)
    for path in candidates:
        found = place_of_values(use, path)
        if found is not None:
            return found
    for path in candidates:
        default = place_of_default(use, path)
        if default is not None:
            return default, True
    return place_of_complaint(use, model), True


def _rendered_line(use: ChartUse, unread: tuple[str, int]) -> int:
    name, number = unread
    return line_rendered_to(_template_of(use.facts, (), name.rpartition("templates/")[2]), number)


def _path_of(use: ChartUse) -> Path | None:
    """The setting of the source that helm cannot read, if that is its complaint."""
    helm = (*use.source.location, "helm")
    if "invalid release name" in use.error and use.source.helm.get("releaseName"):
        return (*helm, "releaseName")
    if _INLINE_VALUES.search(use.error) and use.source.helm.get("values"):
        return (*helm, "values")
    return None


def _template_of(facts: ChartFacts | None, subcharts: tuple[str, ...], name: str) -> str:
    for subchart in subcharts:
        facts = facts.subcharts.get(subchart) if facts is not None else None
    return facts.templates.get(name, "") if facts is not None else ""


def _line_of(template: str, number: int) -> str:
    lines = template.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""
