from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from gitopsgen.validation.reports.junit import format_report
from tests.validation.reports import samples

if TYPE_CHECKING:
    from gitopsgen.findings import Report

# What the schemas of Jenkins' xunit plugin (junit-10.xsd) and of Ant's JUnit task
# (windyroad/JUnit-Schema) have in common: element -> required attributes, optional ones, children.
STRUCTURE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname"},
        {"time"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type"}, {"message"}, set()),
    "error": ({"type"}, {"message"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}


def parsed(report: Report, *, strict: bool = False) -> ElementTree.Element:
    """The report's root element, after a parser has read it as the bytes that are written."""
    return ElementTree.fromstring(format_report(report, strict=strict).encode())


def outcomes(root: ElementTree.Element) -> list[tuple[str, str, str]]:
    """Class, name and outcome of each case."""
    return [
        (
            case.attrib["classname"],
            case.attrib["name"],
            case[0].tag if len(case) else "passed",
        )
        for case in root.iter("testcase")
    ]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", samples.ALL)
def test_the_document_has_the_structure_that_services_read(name: str, *, strict: bool) -> None:
    root = parsed(samples.ALL[name], strict=strict)
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, children = STRUCTURE[element.tag]
        assert required <= element.attrib.keys() <= required | optional
        assert {child.tag for child in element} <= children
        if children:
            assert not (element.text or "").strip()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", samples.ALL)
def test_the_numbers_are_those_of_the_cases(name: str, *, strict: bool) -> None:
    root = parsed(samples.ALL[name], strict=strict)
    for element in (root, *root.iter("testsuite")):
        cases = list(element.iter("testcase"))
        tags = Counter(child.tag for case in cases for child in case)
        assert element.attrib["tests"] == str(len(cases)) != "0"
        assert element.attrib["failures"] == str(tags["failure"])
        assert element.attrib["errors"] == str(tags["error"])
        if element.tag == "testsuite":
            assert element.attrib["skipped"] == str(tags["skipped"])


def test_errors_fail_and_warnings_do_not() -> None:
    root = parsed(samples.ORDINARY)
    assert outcomes(root) == [
        ("apps/a.yaml", "schema-invalid 2:3", "failure"),
        ("b.yaml", "yamllint/colons 9:1", "system-out"),
        ("argocd", "chart argo-cd 10.1.1", "skipped"),
    ]
    failure = next(root.iter("failure"))
    assert failure.attrib == {"type": "schema-invalid", "message": 'unknown field "replicaz"'}
    assert failure.text == (
        'apps/a.yaml:2:3: unknown field "replicaz"\n'
        "apps/v1/Deployment web/a\nDid you mean replicas?"
    )


def test_with_strict_warnings_fail_too() -> None:
    assert outcomes(parsed(samples.WARNED, strict=True)) == [
        ("b.yaml", "yamllint/colons 9:1", "failure")
    ]


def test_what_fails_the_run_unchecked_is_an_error() -> None:
    assert outcomes(parsed(samples.UNAVAILABLE)) == [
        ("argocd", "chart argo-cd 10.1.1", "skipped"),
        ("repository", "chart x 1.0", "error"),
    ]


def test_a_clean_run_is_one_passed_case() -> None:
    assert outcomes(parsed(samples.NOTHING)) == [
        ("gitopsgen validate", "no findings", "passed"),
    ]


def test_no_two_cases_have_one_name() -> None:
    cases = [outcome[:2] for outcome in outcomes(parsed(samples.NASTY))]
    assert cases[1:3] == [("b.yaml", "no-such-rule 1:1"), ("b.yaml", "no-such-rule 1:1 (2)")]
    assert len(set(cases)) == len(cases)


def test_what_xml_cannot_say_is_replaced() -> None:
    failure = next(parsed(samples.NASTY).iter("failure"))
    assert failure.attrib["message"] == (
        "100% wrong:\ufffd\n::set-output name=x::\ufffd\ufffd[0m \ufffd\ufffd ]]> 🦆"
    )
