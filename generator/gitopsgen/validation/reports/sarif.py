"""SARIF 2.1.0 for code-scanning services.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitopsgen import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.findings import Finding, Report, Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def format_report(report: Report, rules: Iterable[Rule]) -> str:
    """The report as one SARIF run; `rules` describes the rules that findings may name."""
    described = {rule.id: rule for rule in rules}
    used = sorted({finding.rule for finding in report.findings})
    index = {rule: position for position, rule in enumerate(used)}
    driver = {
        "name": "gitopsgen",
        "semanticVersion": __version__,
        "rules": [_rule(rule, described) for rule in used],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            "REPOSITORY": {"description": {"text": "The root of the checked repository."}}
        },
        "results": [_result(finding, index) for finding in report.findings],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": f"not checked: {i.what}: {i.reason}"}}
                    for i in report.unchecked
                ],
            }
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(rule_id: str, described: Mapping[str, Rule]) -> dict[str, Any]:
    rule = described.get(rule_id)
    if rule is None:
        return {"id": rule_id}
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.says},
        "fullDescription": {"text": rule.why},
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    text = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.file), "uriBaseId": "REPOSITORY"},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.resource:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.resource}]
    # Lines move with every edit; the same fault keeps its identity without them.
    identity = "\0".join((finding.rule, finding.file, finding.resource, finding.message))
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {
            "gitopsgen/v1": hashlib.sha256(identity.encode(errors="replace")).hexdigest()
        },
    }
