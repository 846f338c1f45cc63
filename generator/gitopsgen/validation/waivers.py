"""Waivers: findings that a repository says are meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Severity
from gitopsgen.repository.globs import matches
from gitopsgen.repository.layout import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.settings import Waiver


def apply_waivers(
    findings: Iterable[Finding], waivers: Iterable[Waiver]
) -> tuple[list[Finding], list[int]]:
    """The findings that no waiver is for, and the indexes of the waivers that were for none."""
    waivers = tuple(waivers)
    unused = set(range(len(waivers)))
    kept = []
    for finding in findings:
        fitting = [
            index
            for index, waiver in enumerate(waivers)
            if waiver.rule == finding.rule and matches(waiver.path, finding.file)
        ]
        unused.difference_update(fitting)
        if not fitting:
            kept.append(finding)
    return kept, sorted(unused)


def unused_waivers(
    unused: Iterable[int],
    waivers: tuple[Waiver, ...],
    files: RepositoryFiles,
    rules: Collection[str],
) -> Iterator[Finding]:
    """A finding for each waiver that was for nothing; `rules` are the ids that exist."""
    file = files.read(SETTINGS_FILE)
    assert file is not None, "waivers come from this file"
    for index in unused:
        waiver = waivers[index]
        place = file.locator.value(0, ("waivers", index))
        message = f"no finding of {waiver.rule} in {waiver.path}"
        hint = "Delete the waiver: it would hide the next finding there."
        if waiver.rule not in rules:
            message = f"there is no rule {waiver.rule}"
            close = difflib.get_close_matches(waiver.rule, rules, n=1)
            hint = f"Did you mean {close[0]}?" if close else "`gitopsgen rules` lists them."
        yield Finding(
            "waiver-unused",
            Severity.WARNING,
            SETTINGS_FILE,
            place.line,
            place.column,
            message,
            hint,
        )
