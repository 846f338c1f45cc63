"""SARIF 2.1.0 for code-scanning services.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
What GitHub reads of it: https://docs.github.com/code-security/reference/code-scanning/sarif-files
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitopsgen import __version__
from gitopsgen.validation.explanations import find_rule
from gitopsgen.validation.identity import identity
from gitopsgen.validation.reports.json import dump

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.findings import Finding, Report, Unchecked

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# The name that code-scanning services give to the root of the checkout.
_ROOT = "%SRCROOT%"


def format_report(report: Report, prefix: str = "") -> str:
    """The report as one SARIF run.

    `prefix` is the repository's folder relative to the checkout's root, with a `/` at its end.
    """
    rules = sorted({finding.rule for finding in report.findings})
    index = {rule: position for position, rule in enumerate(rules)}
    prints = _fingerprints(report)
    run = {
        "tool": {
            "driver": {
                "name": "gitopsgen",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the checkout."}}},
        "results": [
            _result(finding, index, prefix, fingerprint)
            for finding, fingerprint in zip(report.findings, prints, strict=True)
        ],
        "invocations": [
            {
                "executionSuccessful": not any(item.required for item in report.unchecked),
                "toolExecutionNotifications": [_notification(i) for i in report.unchecked],
            }
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return dump(document)


def _rule(rule_id: str) -> dict[str, Any]:
    rule = find_rule(rule_id)
    if rule is None:
        return {"id": rule_id}
    text = rule.why
    markdown = rule.why
    if rule.bad and rule.good:
        text += f"\n\nWrong:\n{rule.bad}\n\nRight:\n{rule.good}"
        markdown += f"\n\nWrong:\n```yaml\n{rule.bad}\n```\n\nRight:\n```yaml\n{rule.good}\n```"
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.says},
        "fullDescription": {"text": rule.why},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severities[0].value},
    }


def _result(
    finding: Finding, index: Mapping[str, int], prefix: str, fingerprint: str
) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    # A file's name is bytes; those that are not UTF-8 are escaped as they are.
    uri = quote(os.fsencode(prefix + finding.file))
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": _ROOT},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.resource:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.resource}]
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"gitopsgen/v1": fingerprint},
    }
    if finding.application:
        result["properties"] = {"application": finding.application}
    return result


def _fingerprints(report: Report) -> list[str]:
    """A key for each finding that stays the same while lines move; no two are equal."""
    seen: Counter[str] = Counter()
    prints = []
    for finding in report.findings:
        key = "\0".join(identity(finding))
        seen[key] += 1
        content = f"{key}\0{seen[key]}".encode(errors="replace")
        prints.append(hashlib.sha256(content).hexdigest())
    return prints


def _notification(item: Unchecked) -> dict[str, Any]:
    owner = f" (application {item.application})" if item.application else ""
    return {
        "level": "error" if item.required else "note",
        "message": {"text": f"not checked: {item.what}{owner}: {item.reason}"},
    }
