from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from gitopsgen.validation.reports.formats import FORMATS, Setting, format_report
from tests.validation.reports import samples


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("name", samples.ALL)
def test_every_format_takes_every_report(output: str, name: str) -> None:
    text = format_report(samples.ALL[name], output, Setting(lambda file: "a\n\x1b[31mb\n"))
    assert text.endswith("\n")
    assert "\x1b" not in text
    if output in ("json", "sarif"):
        json.loads(text)
    elif output == "junit":
        ElementTree.fromstring(text)


def test_another_format_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="xml is none of text, json"):
        format_report(samples.NOTHING, "xml", Setting(lambda file: None))


def test_settings_reach_the_formats() -> None:
    setting = Setting(lambda file: "spaces  :", prefix="home/", strict=True)
    assert "spaces  :" in format_report(
        samples.WARNED, "text", Setting(lambda file: "\n" * 8 + "spaces  :")
    )
    assert "<failure" in format_report(samples.WARNED, "junit", setting)
    assert '"uri": "home/b.yaml"' in format_report(samples.WARNED, "sarif", setting)
