"""The report of a run in which nothing has changed: it is that of the run before."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Counts, Finding, Report, Severity, Unchecked
from gitopsgen.repository.memory import is_settled, stamp_of
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.repository.files import RepositoryFiles


def state_of(files: RepositoryFiles, further: object, folders: tuple[Path, ...]) -> str | None:
    """A key of everything that a report depends on; None where a file has only just changed.

    `further` is JSON-like; `folders` are read beside the repository.
    """
    stamps = dict(files.stamps)
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = f"{place}/{name}"
                try:
                    stamps[path] = stamp_of(os.lstat(path))
                except OSError:
                    return None
    if not all(map(is_settled, stamps.values())):
        return None
    programs = {name: value for name, value in os.environ.items() if name.startswith("GITOPSGEN_")}
    return result_key(sorted(stamps.items()), further, programs, os.environ.get("PATH"))


def recall_report(root: Path, state: str) -> Report | None:
    """The report of an earlier run over the same state of a repository, if it was kept."""
    kept = _results().get(_key(root))
    if not isinstance(kept, dict) or kept.get("state") != state:
        return None
    return Report(
        tuple(_finding(item) for item in kept["findings"]),
        tuple(Unchecked(**item) for item in kept["unchecked"]),
        Counts(**kept["counts"]),
    )


def keep_report(root: Path, state: str, report: Report) -> None:
    """Keep a report for the next run."""
    kept = {
        "state": state,
        "findings": [asdict(finding) for finding in report.findings],
        "unchecked": [asdict(item) for item in report.unchecked],
        "counts": asdict(report.counts),
    }
    _results().put(_key(root), kept)


def _results() -> Results:
    return Results.of("reports")


def _key(root: Path) -> str:
    return result_key("report", str(root))


def _finding(item: dict[str, Any]) -> Finding:
    return Finding(**{**item, "severity": Severity(item["severity"])})
