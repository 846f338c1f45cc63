"""JUnit XML: one test suite a file, one test case a finding.

There is no standard; this keeps to what the schemas of Jenkins and of Ant's JUnit task share:
https://github.com/jenkinsci/xunit-plugin (junit-10.xsd), https://github.com/windyroad/JUnit-Schema
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from gitopsgen.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.findings import Finding, Report, Unchecked

_NAME = "gitopsgen validate"
# The child of a test case that says how it ended; a case without one has passed.
_FAILURE, _ERROR, _SKIPPED = "failure", "error", "skipped"
_COUNTED = {_FAILURE: "failures", _ERROR: "errors", _SKIPPED: "skipped"}
_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)


def format_report(report: Report, *, strict: bool = False) -> str:
    """The report as JUnit XML, in which a case fails exactly where the run does.

    Errors are failures, and with `strict` warnings are, too; else they are passed cases with
    their text as output. What was left unchecked is skipped, or an error where that fails the
    run. A clean run is one passed case.
    """
    root = ElementTree.Element("testsuites", name=_NAME)
    ordered = sorted(report.findings, key=lambda finding: finding.sort_key)
    for file, group in groupby(ordered, key=lambda finding: finding.file):
        _findings(root, file, list(group), strict=strict)
    if report.unchecked:
        _unchecked(root, report.unchecked)
    if not len(root):
        suite = ElementTree.SubElement(root, "testsuite", name=_NAME)
        _case(suite, _NAME, "no findings")
    for suite in root:
        _count(suite)
    for attribute in ("tests", "failures", "errors"):
        root.set(attribute, str(sum(int(suite.attrib[attribute]) for suite in root)))
    root.set("time", "0")
    ElementTree.indent(root)
    # What GitHub's runner would take for a command in the log: the same in other words.
    text = ElementTree.tostring(root, encoding="unicode").replace("##[", "##&#91;")
    text = _COMMAND.sub(r"\1&#58;:", text)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _findings(
    root: ElementTree.Element, file: str, findings: Sequence[Finding], *, strict: bool
) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=_legal(file))
    # Services that compare runs know a case by its name: no two may have the same.
    seen: Counter[str] = Counter()
    for finding in findings:
        name = f"{finding.rule} {finding.line}:{finding.column}"
        seen[name] += 1
        case = _case(suite, file, name if seen[name] == 1 else f"{name} ({seen[name]})")
        details = [f"{file}:{finding.line}:{finding.column}: {finding.message}"]
        details += [text for text in (finding.resource, finding.hint) if text]
        if strict or finding.severity is Severity.ERROR:
            element = ElementTree.SubElement(
                case, _FAILURE, type=finding.rule, message=_legal(finding.message)
            )
        else:
            element = ElementTree.SubElement(case, "system-out")
        element.text = _legal("\n".join(details))


def _unchecked(root: ElementTree.Element, unchecked: Sequence[Unchecked]) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name="not checked")
    for item in unchecked:
        case = _case(suite, item.application or "repository", item.what)
        if item.required:
            ElementTree.SubElement(case, _ERROR, type="unchecked", message=_legal(item.reason))
        else:
            ElementTree.SubElement(case, _SKIPPED, message=_legal(item.reason))


def _case(suite: ElementTree.Element, classname: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=_legal(classname), name=_legal(name), time="0"
    )


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite)))
    outcomes = Counter(child.tag for case in suite for child in case)
    for outcome, attribute in _COUNTED.items():
        suite.set(attribute, str(outcomes[outcome]))
    suite.set("time", "0")


def _legal(text: str) -> str:
    """XML 1.0 has no way to write most control characters or lone surrogates."""
    return "".join(
        c
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
        else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
