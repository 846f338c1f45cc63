"""GitHub workflow commands: findings appear at their lines in a pull request.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.printable import printable
from gitopsgen.validation.reports.text import summary

if TYPE_CHECKING:
    from gitopsgen.findings import Finding, Report, Unchecked


def format_report(report: Report, prefix: str = "") -> str:
    """One line a finding (`::error` or `::warning`) and for each thing left unchecked.

    The latter are notices, or errors where they fail the run. `prefix` is the repository's
    folder relative to the checkout's root, with a `/` at its end. GitHub shows ten errors and ten
    warnings of a step at their lines; the log has them all.
    """
    lines = [_finding(finding, prefix) for finding in report.findings]
    lines += [_unchecked(item) for item in report.unchecked]
    return "\n".join([*lines, summary(report)]) + "\n"


def _finding(finding: Finding, prefix: str) -> str:
    properties = ",".join(
        (
            f"file={_property(prefix + finding.file)}",
            f"line={finding.line}",
            f"col={finding.column}",
            f"title={_property(finding.rule)}",
        )
    )
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{finding.severity.value} {properties}::{_data(message)}"


def _unchecked(item: Unchecked) -> str:
    level = "error" if item.required else "notice"
    owner = f" (application {item.application})" if item.application else ""
    return f"::{level} title=not checked::{_data(f'{item.what}{owner}: {item.reason}')}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    # Other control characters (a file may hold escape sequences) must not reach the log.
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
