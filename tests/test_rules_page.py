from __future__ import annotations

import re
import subprocess
import sys

import jsonschema_rs
import yaml

from gitopsgen.repository.settings import SETTINGS_SCHEMA, Settings
from gitopsgen.validation.rules.registry import all_rules
from gitopsgen.validation.rules_page import render_page, settings_example
from tests.sample import SAMPLE

PAGE = SAMPLE.parent / "docs/rules.md"


def test_the_page_is_the_one_that_the_rules_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), "`make rules` writes it again"


def test_make_rules_prints_it() -> None:
    command = [sys.executable, "-m", "gitopsgen.validation.rules_page"]
    completed = subprocess.run(command, capture_output=True, check=True)
    assert completed.stdout.decode() == render_page()


def test_every_rule_has_its_section_once() -> None:
    headings = re.findall(r"^### (.+)$", render_page(), re.MULTILINE)
    assert sorted(headings) == sorted(all_rules())


def test_markdown_shows_what_was_written() -> None:
    for line in render_page().split("\n"):
        if not line.startswith((" ", "#", "<!--")) and "`" not in line:
            assert not re.search(r"(?<!\\)<[a-z]", line), line


def test_the_example_of_settings_is_valid_and_says_everything_that_can_be_said() -> None:
    data = yaml.safe_load(settings_example())
    jsonschema_rs.Draft202012Validator(SETTINGS_SCHEMA).validate(data)
    assert data.keys() == SETTINGS_SCHEMA["properties"].keys()
    assert data["provides"].keys() == SETTINGS_SCHEMA["properties"]["provides"]["properties"].keys()
    settings = Settings.from_data(data)
    assert settings.provides.storage_classes == {"ceph"}
