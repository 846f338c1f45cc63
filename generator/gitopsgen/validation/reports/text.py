"""The report for people: findings by file, with the source line and a caret."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from gitopsgen.printable import TAB, harmless, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.findings import Finding, Report

    # Gives a file's text, or None where there is none to show.
    ReadText = Callable[[str], str | None]

_WIDEST_LINE = 160


def format_report(report: Report, read_text: ReadText) -> str:
    """The whole report: findings grouped by file, what was left unchecked, one summary line."""
    blocks = [format_findings(report.findings, read_text), _unchecked(report), summary(report)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def format_findings(findings: tuple[Finding, ...], read_text: ReadText) -> str:
    """The findings, grouped by file, each with its line, a caret below it, and its hint."""
    files = groupby(sorted(findings, key=lambda f: f.sort_key), key=lambda f: f.file)
    blocks: list[str] = []
    for file, group in files:
        lines = (read_text(file) or "").split("\n")
        blocks.append(
            "\n".join([one_line(file), *(line for f in group for line in _finding(f, lines))])
        )
    return "\n\n".join(blocks)


def summary(report: Report) -> str:
    """One line: what was found and, for a whole repository, how much was looked at."""
    counts = report.counts
    found = ", ".join(
        (
            _count(report.errors, "error"),
            _count(report.warnings, "warning"),
            f"{len(report.unchecked)} unchecked",
        )
    )
    if not counts.files:
        return found
    seen = ", ".join(
        (
            _count(counts.files, "file"),
            _count(counts.documents, "document"),
            _count(counts.applications, "application"),
            _count(counts.charts, "chart"),
        )
    )
    return f"{found} in {seen}"


def _finding(finding: Finding, lines: list[str]) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}"
    yield one_line(f"  {place} {finding.severity.value}: {finding.message} [{finding.rule}]")
    # What is secret, or looks like it, stays out of logs.
    shown = not finding.resource.startswith("v1/Secret ") and not finding.rule.startswith("secret-")
    if (
        shown
        and finding.line <= len(lines)
        and (source := lines[finding.line - 1].rstrip("\r")).strip()
    ):
        yield from _excerpt(finding, source)
    if finding.resource:
        owner = f" in application {finding.application}" if finding.application else ""
        yield one_line(f"      resource: {finding.resource}{owner}")
    if finding.hint:
        yield one_line(f"      hint: {finding.hint}")


def _excerpt(finding: Finding, source: str) -> Iterator[str]:
    # A line of a minified file is cut around the place that matters.
    start = max(0, finding.column - _WIDEST_LINE // 2) if len(source) > _WIDEST_LINE else 0
    shown = source[start : start + _WIDEST_LINE]
    before = shown[: max(0, finding.column - 1 - start)]
    indent = "".join(TAB if character == TAB else " " for character in before)
    number = str(finding.line)
    yield f"      {number} | {harmless(shown)}"
    yield f"      {' ' * len(number)} | {indent}^"


def _unchecked(report: Report) -> str:
    if not report.unchecked:
        return ""
    lines = ["not checked:"]
    for item in report.unchecked:
        owner = f" (application {item.application})" if item.application else ""
        lines.append(one_line(f"  {item.what}{owner}: {item.reason}"))
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
