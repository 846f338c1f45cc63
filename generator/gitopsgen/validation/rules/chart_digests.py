"""Charts against the digests that are locked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.model import ChartReference
from gitopsgen.findings import Rule, Severity
from gitopsgen.kustomize.inflation import chart_path
from gitopsgen.validation.rules.chart_places import chart_name
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.kustomize.renderer import KustomizeUse
    from gitopsgen.validation.model import Model

    Lock = Mapping[tuple[str, str, str], str]

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
        source = use.source
        if use.digest and source.chart:
            reference = ChartReference(source.repo_url, source.chart, source.target_revision)
            locked = _locked(reference, use.version, model.lock)
            if locked != use.digest:
                severity, message, hint = _difference(chart_name(use), use.digest, locked)
                path = (*source.location, "targetRevision")
                manifest = use.application.manifest
                yield RuleProblem("chart-digest", severity, manifest, path, message, hint)
    for built in model.kustomizations:
        yield from _inflated(built, model.lock)


def _inflated(use: KustomizeUse, lock: Lock) -> Iterator[RuleProblem]:
    """The charts that helm renders in a kustomization."""
    for chart, got in use.charts:
        locked = _locked(got.reference, got.version, lock)
        if got.digest and locked != got.digest:
            name = f"{got.reference.name} {got.version}"
            severity, message, hint = _difference(name, got.digest, locked)
            path = (*use.source.location, "path")
            manifest = use.application.manifest
            file, document, _ = chart.place
            place = (file, document, chart_path(chart.place, "version"))
            yield RuleProblem("chart-digest", severity, manifest, path, message, hint, place=place)


def _difference(chart: str, digest: str, locked: str) -> tuple[Severity, str, str]:
    """How bad it is that an archive is not the one that is locked, what to say, what to do."""
    if locked:
        return (
            Severity.ERROR,
            f"the archive of chart {chart} is {digest}, locked is {locked}",
            "Find out who changed it: a published version must not change.",
        )
    message = f"the digest of chart {chart} is not locked yet"
    return Severity.WARNING, message, "`gitopsgen charts lock` adds it."


def _locked(reference: ChartReference, version: str, lock: Lock) -> str:
    """The digest for the version that a person names, or for the one that it came to."""
    for candidate in (reference.version, version):
        digest = lock.get((reference.repository, reference.name, candidate))
        if digest:
            return digest
    return ""
