from __future__ import annotations

import json

from gitopsgen.findings import Counts, Finding, Report, Severity, Unchecked
from gitopsgen.validation.reports.json import format_report


def test_the_document_has_the_documented_keys_in_order() -> None:
    report = Report(
        findings=(Finding("yaml-syntax", Severity.ERROR, "ü.yaml", 3, 5, "does not parse"),),
        unchecked=(Unchecked("chart x", "skipped", "app", required=True),),
        counts=Counts(files=1, documents=2, applications=3, charts=4),
    )
    text = format_report(report)
    assert text.endswith("}\n")
    assert "ü.yaml" in text
    assert list(json.loads(text).items()) == [
        ("version", 1),
        (
            "summary",
            {
                "errors": 1,
                "warnings": 0,
                "unchecked": 1,
                "files": 1,
                "documents": 2,
                "applications": 3,
                "charts": 4,
            },
        ),
        (
            "findings",
            [
                {
                    "rule": "yaml-syntax",
                    "severity": "error",
                    "file": "ü.yaml",
                    "line": 3,
                    "column": 5,
                    "message": "does not parse",
                    "hint": "",
                    "resource": "",
                    "application": "",
                }
            ],
        ),
        ("unchecked", [{"what": "chart x", "reason": "skipped", "application": "app"}]),
    ]
