"""Charts against the digests that are locked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.chart_places import chart_name
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.charts.model import ChartUse
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "chart-digest",
        (Severity.ERROR, Severity.WARNING),
        "The archive of the chart is not the one that is locked, or none is locked.",
        "A published version never changes: another archive is a mistake, or an attack.",
        "# apps/web.yaml, after .gitopsgen/lock.yaml was written\n"
        "{chart: web, targetRevision: 1.3.0}",
        "# .gitopsgen/lock.yaml, as `gitopsgen charts lock` writes it\n"
        "web: {repository: …, version: 1.3.0, digest: 'sha256:…'}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Archives that differ from the lock, or are not in it; silent where no digest is locked."""
    if model.lock is None or not any(model.lock.values()):
        return
    for use in model.charts:
        if use.digest and use.source.chart:
            yield from _compared(use, model.lock)


def _compared(use: ChartUse, lock: Mapping[tuple[str, str, str], str]) -> Iterator[RuleProblem]:
    locked = _locked(use, lock)
    if locked == use.digest:
        return
    if locked:
        severity = Severity.ERROR
        message = f"the archive of chart {chart_name(use)} is {use.digest}, locked is {locked}"
        hint = "Find out who changed it: a published version must not change."
    else:
        severity = Severity.WARNING
        message = f"the digest of chart {chart_name(use)} is not locked yet"
        hint = "`gitopsgen charts lock` adds it."
    path = (*use.source.location, "targetRevision")
    yield RuleProblem("chart-digest", severity, use.application.manifest, path, message, hint)


def _locked(use: ChartUse, lock: Mapping[tuple[str, str, str], str]) -> str:
    """The digest for the version that the Application names, or for the one that it came to."""
    source = use.source
    for version in (source.target_revision, use.version):
        digest = lock.get((source.repo_url, source.chart or "", version))
        if digest:
            return digest
    return ""
