"""GitHub workflow commands: findings appear at their lines in a pull request.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.reports.text import summary

if TYPE_CHECKING:
    from gitopsgen.findings import Finding, Report, Unchecked


def format_report(report: Report, prefix: str = "") -> str:
    """One `::error` or `::warning` line a finding, `::notice` for what was left unchecked.

    `prefix` is the repository's folder relative to the checkout's root, with a `/` at its end.
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
    message = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
    return f"::{finding.severity.value} {properties}::{_data(message)}"


def _unchecked(item: Unchecked) -> str:
    return f"::notice title=not checked::{_data(f'{item.what}: {item.reason}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
