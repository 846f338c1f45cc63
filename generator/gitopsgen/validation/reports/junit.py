"""JUnit XML: one test suite a file, one failed test case a finding."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from gitopsgen.findings import Severity

if TYPE_CHECKING:
    from gitopsgen.findings import Finding, Report

_SUITES = "gitopsgen validate"


def format_report(report: Report) -> str:
    """The report as JUnit XML.

    Errors are failures; warnings are passed cases with their text as output, so that a warning
    does not break a build. What was left unchecked is skipped. A clean run is one passed case.
    """
    root = ElementTree.Element(
        "testsuites",
        name=_SUITES,
        tests=str(max(1, len(report.findings) + len(report.unchecked))),
        failures=str(report.errors),
        skipped=str(len(report.unchecked)),
    )
    ordered = sorted(report.findings, key=lambda finding: finding.sort_key)
    for file, group in groupby(ordered, key=lambda finding: finding.file):
        _suite(root, file, list(group))
    if report.unchecked:
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name="not checked",
            tests=str(len(report.unchecked)),
            failures="0",
            skipped=str(len(report.unchecked)),
        )
        for item in report.unchecked:
            case = _case(suite, item.application or "repository", item.what)
            ElementTree.SubElement(case, "skipped", message=_legal(item.reason))
    if not len(root):
        attributes = {"tests": "1", "failures": "0", "skipped": "0"}
        suite = ElementTree.SubElement(root, "testsuite", {"name": _SUITES, **attributes})
        _case(suite, _SUITES, "no findings")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: ElementTree.Element, file: str, findings: list[Finding]) -> None:
    failures = sum(finding.severity is Severity.ERROR for finding in findings)
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=_legal(file),
        tests=str(len(findings)),
        failures=str(failures),
        skipped="0",
    )
    for finding in findings:
        case = _case(suite, finding.file, f"{finding.rule} {finding.line}:{finding.column}")
        details = [f"{finding.file}:{finding.line}:{finding.column}: {finding.message}"]
        details += [text for text in (finding.resource, finding.hint) if text]
        if finding.severity is Severity.ERROR:
            element = ElementTree.SubElement(
                case, "failure", type=finding.rule, message=_legal(finding.message)
            )
        else:
            element = ElementTree.SubElement(case, "system-out")
        element.text = _legal("\n".join(details))


def _case(suite: ElementTree.Element, classname: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=_legal(classname), name=_legal(name))


def _legal(text: str) -> str:
    """XML 1.0 has no way to write most control characters or lone surrogates."""
    return "".join(
        c
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
        else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
