"""No format but that for GitHub holds a line that GitHub's runner takes for a command."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from gitopsgen.findings import Finding, Report, Severity, Unchecked
from gitopsgen.validation.reports.formats import Setting, format_report

TEXT = "x\n::error::a\n \t::stop-commands::b\n##[add-mask]c ##[[d"
REPORT = Report(
    (Finding("k8s-name", Severity.ERROR, "::error::e.yaml", 1, 1, TEXT, TEXT, TEXT, TEXT),),
    (Unchecked(TEXT, TEXT, TEXT), Unchecked("::error::f", "g")),
)
SETTING = Setting(lambda _: "::error::h ##[i]")


@pytest.mark.parametrize("output", ["text", "json", "junit", "sarif"])
def test_nothing_is_a_command(output: str) -> None:
    lines = format_report(REPORT, output, SETTING).split("\n")
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_json_says_the_same_all_the_same(output: str) -> None:
    assert json.dumps(TEXT)[1:-1] in json.dumps(json.loads(format_report(REPORT, output, SETTING)))


def test_xml_says_the_same_all_the_same() -> None:
    root = ElementTree.fromstring(format_report(REPORT, "junit", SETTING))
    assert any(TEXT in (element.text or "") for element in root.iter("failure"))
