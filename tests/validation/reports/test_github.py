from __future__ import annotations

import re

import pytest

from gitopsgen.findings import Finding, Report, Severity
from gitopsgen.validation.reports.github import format_report
from tests.validation.reports import samples

# The parts of a workflow command as GitHub's runner reads it.
COMMAND = re.compile(r"::(?P<level>\w+) (?P<properties>[^:]*)::(?P<message>.*)")


def unescape(text: str, extra: str = "") -> str:
    """What the runner makes of an escaped text, in its own order."""
    for character in ("\r", "\n", *extra):
        text = text.replace(f"%{ord(character):02X}", character)
    return text.replace("%25", "%")


def annotation(line: str) -> tuple[str, dict[str, str], str]:
    """Level, properties and message of a workflow command."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line
    pairs = [pair.split("=", 1) for pair in found["properties"].split(",")]
    properties = {name: unescape(value, ":,") for name, value in pairs}
    return found["level"], properties, unescape(found["message"])


def test_findings_are_annotations_at_their_places() -> None:
    assert format_report(samples.ORDINARY, "clusters/home/") == (
        "::error file=clusters/home/apps/a.yaml,line=2,col=3,title=schema-invalid::"
        'unknown field "replicaz"%0ADid you mean replicas?\n'
        "::warning file=clusters/home/b.yaml,line=9,col=1,title=yamllint/colons::too many spaces\n"
        "::notice title=not checked::chart argo-cd 10.1.1 (application argocd): "
        "charts were skipped\n"
        "1 error, 1 warning, 1 unchecked in 2 files, 1 document, 1 application, 1 chart\n"
    )


def test_what_fails_the_run_is_an_error() -> None:
    lines = format_report(samples.UNAVAILABLE).splitlines()
    assert [line.split(" ")[0] for line in lines[:2]] == ["::notice", "::error"]


@pytest.mark.parametrize(
    "text", ["50% off", "a\r\nb", "%0A", "%25", "%253A", "a::b", "a,b=c:d", "::error::x", "ü"]
)
def test_every_text_arrives_as_it_was(text: str) -> None:
    finding = Finding("rule", Severity.ERROR, f"{text}.yaml".replace("\r\n", ""), 1, 2, text)
    line = format_report(Report((finding,))).split("\n")[0]
    level, properties, message = annotation(line)
    assert level == "error"
    assert properties == {"file": finding.file, "line": "1", "col": "2", "title": "rule"}
    assert message == text


def test_a_message_cannot_start_a_command_of_its_own() -> None:
    lines = re.split(r"[\r\n]", format_report(samples.NASTY).removesuffix("\n"))
    assert len(lines) == 5
    assert [line for line in lines if "::set-output" in line] == [lines[0]]
    assert not any(character in line for line in lines for character in "\x00\x07\x1b")
