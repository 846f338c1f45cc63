"""One finding for one fault, however often it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.findings import Finding

# What errors of one rule break as well, at their own place.
_BROKEN_BY = {
    "placeholder": frozenset(
        {"k8s-enum", "k8s-invalid", "k8s-name", "k8s-quantity", "schema-invalid"}
    ),
    "argo-wave-invalid": frozenset({"schema-invalid"}),
}


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say one thing of one place are one, that says of how many objects it is.

    A template of an ApplicationSet or the base of kustomizations is there once, and what comes out
    of it often.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in sorted(set(findings), key=_order):
        said, origin, _ = finding.message.partition(_of(finding))
        place = (finding.file, str(finding.line), str(finding.column))
        key = (finding.rule, finding.severity, *place, said, origin and "of", finding.hint)
        groups.setdefault(key, []).append(finding)
    found = [_one(group) for group in groups.values()]
    causes = {
        (rule, finding.file, finding.line, finding.column)
        for finding in found
        if finding.severity is Severity.ERROR
        for rule in _BROKEN_BY.get(finding.rule, ())
    }
    return [
        finding
        for finding in found
        if (finding.rule, finding.file, finding.line, finding.column) not in causes
    ]


def _order(finding: Finding) -> tuple[object, ...]:
    return (*finding.sort_key, finding.resource, finding.application)


def _of(finding: Finding) -> str:
    """How a message begins to say which object of several it is about."""
    return f" (in {finding.resource}, from "


def _one(group: list[Finding]) -> Finding:
    first = group[0]
    others = len({finding.resource for finding in group}) - 1
    if not others or not first.message.endswith(")"):
        return first
    return replace(first, message=f"{first.message[:-1]}, and {others} more)")
