"""The JSON report, a stable format for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.findings import Report

FORMAT_VERSION = 1


def format_report(report: Report) -> str:
    """The report as one JSON document; keys and their order do not change within a version."""
    counts = report.counts
    document = {
        "version": FORMAT_VERSION,
        "summary": {
            "errors": report.errors,
            "warnings": report.warnings,
            "unchecked": len(report.unchecked),
            "files": counts.files,
            "documents": counts.documents,
            "applications": counts.applications,
            "charts": counts.charts,
        },
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "message": finding.message,
                "hint": finding.hint,
                "resource": finding.resource,
                "application": finding.application,
            }
            for finding in report.findings
        ],
        "unchecked": [
            {"what": item.what, "reason": item.reason, "application": item.application}
            for item in report.unchecked
        ],
    }
    return dump(document)


def dump(document: object) -> str:
    """A document in JSON, in which nothing is a command to GitHub's runner (`##[` is one)."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.replace("##[", r"##\u005b") + "\n"
