"""Findings on what a person changes, in a way that nobody here can follow, before applying it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Unchecked
from gitopsgen.repository.graph import is_declaring
from gitopsgen.repository.overlaid import Overlays, imported_by_jsonnet
from gitopsgen.repository.paths import folder_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.repository.discovery import Discovered
    from gitopsgen.repository.files import RepositoryFiles


def without_changed(
    findings: Sequence[Finding], found: Discovered, files: RepositoryFiles
) -> tuple[list[Finding], list[Unchecked]]:
    """The findings that stand whatever a person changes, and what the others leave unchecked.

    Who applies an overlay applies what comes out of it, and it may be one that could not be built;
    who installs a chart may have values of one's own. Broken YAML and what is secret stays so.
    """
    by_hand = [
        item.manifest
        for item in found.applied
        if item.application is None and item.manifest.rendering is None
    ]
    declaring = {manifest.file for manifest in by_hand if is_declaring(manifest)}
    identities = {manifest.identity: manifest.file for manifest in by_hand}
    reasons: dict[str, str] = {}
    if any(item.file in declaring or item.resource in identities for item in findings):
        reasons |= dict.fromkeys(
            Overlays(files).changed() & declaring,
            "a kustomization that was not built changes it before it is applied",
        )
        reasons |= dict.fromkeys(
            imported_by_jsonnet(files) & declaring,
            "a Jsonnet program changes it before it is applied",
        )
    for app in found.stand_ins:
        values = f"{folder_of(app.manifest.file)}/values.yaml".removeprefix("/")
        reasons[values] = "who installs the chart may give other values"
    kept: list[Finding] = []
    dropped: Counter[str] = Counter()
    for item in findings:
        doubtful = _doubtful(item, identities, reasons)
        if doubtful is None:
            kept.append(item)
        else:
            dropped[doubtful] += 1
    return kept, [
        Unchecked(file, f"{reasons[file]}: {_count(number)}")
        for file, number in sorted(dropped.items())
    ]


def _doubtful(item: Finding, identities: dict[str, str], reasons: dict[str, str]) -> str | None:
    """The file that has to be as it stands for a finding to be true, if nobody knows that."""
    if item.rule.startswith(("yaml", "secret")):
        return None
    if item.file in reasons:
        return item.file
    declared = identities.get(item.resource) if item.rule.startswith("chart-") else None
    return declared if declared in reasons else None


def _count(number: int) -> str:
    return f"{number} finding{'s' if number > 1 else ''} on it as it stands left out"
