"""Settings of yamllint that are made to be expensive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation import lint_file as lint_module
from gitopsgen.validation.lint import lint
from tests.hostile.bounds import one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = """\
rules:
  quoted-strings:
    required: false
    extra-required: ['(a+)+$']
"""


def test_a_pattern_that_takes_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_module, "_FILE_SECONDS", 0.2)
    write(tmp_path, {".yamllint": PATTERN, "a.yaml": f"x: {'a' * 60}b\n", "b.yaml": "x: aaa\n"})
    found = lint(tmp_path, ["a.yaml", "b.yaml"])
    assert [(finding.rule, finding.file) for finding in found] == [
        ("yamllint/config", "a.yaml"),
        ("yamllint/quoted-strings", "b.yaml"),
    ]


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    "settings",
    [
        "extends: /dev/zero\n",
        "ignore-from-file: /dev/zero\n",
        "extends: .yamllint\n",
        "extends: [3]\nrules: 3\nignore: {}\nyaml-files: 3\nlocale: []\n",
        "rules: {quoted-strings: {extra-required: ['(']}}\n",
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, settings: str) -> None:
    run = validate(write(tmp_path, one_application({".yamllint": settings})))
    assert run.status == 1
    assert [found.partition(" ")[0] for found in run.findings] == ["yamllint/config"]
