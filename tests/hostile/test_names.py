"""Names and texts that are meant for a terminal, a log or another parser."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import APPLICATION, one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
INJECTED = f"a\n::error file=x::owned{ESCAPE}\r::warning::owned\u2028]]></failure>\u202e"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with faults whose messages and files are all INJECTED, as far as may be."""
    name = json.dumps(INJECTED)
    bad = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{name}: 3\n"
    text = APPLICATION.replace("path: web", f"path: {name}")
    tree = {"app2.yaml": text.replace("name: web", "name: web2"), "web/a.yaml": bad}
    root = write(tmp_path / "repository", one_application(dict(tree)))
    folder = root / "web"
    (folder / (INJECTED.replace("/", "") + ".yaml")).write_text("a: [\n")
    # No valid UTF-8 at all.
    with open(os.fsencode(folder) + b"/\xff\xfe.yaml", "w") as file:  # noqa: PTH123
        file.write("a: [\n")
    return root


def test_the_report_for_people_obeys_nothing(root: Path) -> None:
    run = validate(root, output="text")
    assert run.status == 1
    assert "owned" in run.out
    assert [line for line in run.out.split("\n") if line.startswith("::")] == []
    rest = run.out.replace("\n", "").replace("\t", "")
    assert all(character.isprintable() for character in rest)
    assert run.error == ""


def test_annotations_are_one_a_finding(root: Path) -> None:
    run = validate(root, output="github")
    found = validate(root).report
    commands = [line for line in run.out.splitlines() if line.startswith("::")]
    assert len(commands) == len(found["findings"]) + len(found["unchecked"])
    assert len(run.out.splitlines()) == len(commands) + 1
    assert all(character.isprintable() for character in run.out.replace("\n", ""))
    assert not any(line.startswith(("::error file=x", "::warning::")) for line in commands)


def test_the_other_formats_stay_well_formed(root: Path) -> None:
    junit = ElementTree.fromstring(validate(root, output="junit").out)
    found = validate(root).report["findings"]
    assert len(list(junit.iter("failure"))) == len(found)
    sarif = json.loads(validate(root, output="sarif").out)
    assert len(sarif["runs"][0]["results"]) == len(found)


def test_messages_of_wrong_settings_obey_nothing(tmp_path: Path) -> None:
    settings = f"{json.dumps(INJECTED)}: 1\nwaivers: [{{rule: {json.dumps(INJECTED)}}}]\n"
    run = validate(write(tmp_path, one_application({".gitopsgen/validate.yaml": settings})))
    assert run.status == 2
    assert "owned" in run.error
    assert not any(line.startswith("::") for line in run.error.splitlines())
    assert all(character.isprintable() for character in run.error.replace("\n", ""))
