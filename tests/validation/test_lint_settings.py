from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.findings import Severity
from gitopsgen.validation.lint import lint
from gitopsgen.validation.lint_settings import SettingsError, load_settings
from tests.documents.strategies import nearly_yaml
from tests.validation.test_lint import places, write

if TYPE_CHECKING:
    from pathlib import Path

TRAILING = "rules: {trailing-spaces: enable}\n"


def test_names_in_settings_are_relative_to_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(
        tmp_path / "repository",
        {
            ".yamllint.yaml": (
                "extends: ci/base.yaml\nrules: {colons: {ignore-from-file: generated}}\n"
            ),
            "ci/base.yaml": "extends: base.yaml\nignore-from-file: [vendored]\n",
            "base.yaml": "rules: {colons: {max-spaces-after: 2}, trailing-spaces: enable}\n",
            "vendored": "# a comment\n\nvendor/\n",
            "generated": "out/\n",
            "a.yaml": "a:   1\n",
            "vendor/a.yaml": "a:   1 \n",
            "out/a.yaml": "a:   1 \n",
        },
    )
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert places(lint(root, ["a.yaml", "vendor/a.yaml", "out/a.yaml"])) == [
        "a.yaml:1:5 yamllint/colons",
        "out/a.yaml:1:7 yamllint/trailing-spaces",
    ]


def test_extended_settings_are_overridden_option_by_option(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".yamllint": (
                "extends: base\n"
                "rules:\n"
                "  colons: {max-spaces-after: 2}\n"
                "  trailing-spaces: disable\n"
                "  hyphens: enable\n"
            ),
            "base": (
                "rules:\n"
                "  colons: {level: warning, max-spaces-before: 1}\n"
                "  trailing-spaces: enable\n"
                "  hyphens: {max-spaces-after: 3}\n"
                "  empty-values: enable\n"
            ),
            "a.yaml": "a :  \nb:   1 \nc:\n-   1\n-    1\n",
        },
    )

    findings = lint(tmp_path, ["a.yaml"])

    assert places(findings) == [
        "a.yaml:1:4 yamllint/empty-values",
        "a.yaml:2:5 yamllint/colons",
        "a.yaml:5:5 yamllint/hyphens",
    ]
    assert [f.severity for f in findings] == [Severity.ERROR, Severity.WARNING, Severity.ERROR]


def test_ignored_files_are_inherited_unless_there_are_own(tmp_path: Path) -> None:
    base = f"{TRAILING}ignore: [vendor/]\n"
    write(tmp_path, {"base": base, "vendor/a.yaml": "a: 1 \n", "own/a.yaml": "a: 1 \n"})
    files = ["vendor/a.yaml", "own/a.yaml"]

    write(tmp_path, {".yamllint": "extends: base\n"})
    inherited = lint(tmp_path, files)
    write(tmp_path, {".yamllint": "extends: base\nignore: own/\n"})
    own = lint(tmp_path, files)

    assert [finding.file for finding in inherited] == ["own/a.yaml"]
    assert [finding.file for finding in own] == ["vendor/a.yaml"]


@pytest.mark.parametrize("preset", ["default", "relaxed"])
def test_yamllints_own_presets_can_be_extended(tmp_path: Path, preset: str) -> None:
    write(tmp_path, {".yamllint": f"extends: {preset}\n", "a.yaml": "---\na: 1 \n"})

    assert places(lint(tmp_path, ["a.yaml"])) == ["a.yaml:2:5 yamllint/trailing-spaces"]


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        ("", "1:1", "not a mapping"),
        ("- a\n", "1:1", "not a mapping"),
        ("rules: [a]\n", "1:1", "rules should be a mapping"),
        ("# c\nrules:\n  colons: enable\n  no-such: enable\n", "4:3", 'no such rule: "no-such"'),
        ("rules:\n  colons:\n    x: 1\n", "3:5", 'unknown option "x" for rule "colons"'),
        ("rules:\n  colons: {max-spaces-after: x}\n", "2:12", 'option "max-spaces-after"'),
        ("rules:\n  colons: yes please\n", "2:3", 'rule "colons": should be either'),
        ("rules:\n  1: enable\n", "2:3", 'no such rule: "1"'),
        ("rules: {colons: enable}\nignore: 1\n", "2:1", "ignore should contain file patterns"),
        ("yaml-files: x\n", "1:1", "yaml-files should be a list"),
        ("ignore: x\nignore-from-file: y\n", "1:1", "cannot be used together"),
        ("rules: {}\nignore-from-file: missing\n", "1:1", "there is no file 'missing'"),
        ("rules: {}\nextends: ../nowhere.yaml\n", "1:1", "there is no file 'nowhere.yaml'"),
        ("rules: {}\nextends: [default]\n", "2:1", "extends should name a file"),
        ("rules: {}\nextends: .yamllint\n", "2:1", "extends: '.yamllint' extends itself"),
        ("rules: {}\nextends: text.txt\n", "2:1", "extends: 'text.txt' is no mapping"),
        ('rules: {}\nextends: "\\0"\n', "1:1", "there is no file '\\x00'"),
        ("rules: {colons: enable\n", "1:23", "`,` or `}` is missing"),
        ("a: b: c\n", "1:5", "`key: value` is not allowed here"),
        ("rules: !!python/object:os.system {}\n", "1:1", "could not determine a constructor"),
        ("[" * 5_000, "1:1", ""),
        ("rules: {}\nignore: ['!']\n", "1:1", ""),
    ],
)
def test_settings_that_yamllint_refuses_are_one_finding(
    tmp_path: Path, settings: str, place: str, message: str
) -> None:
    write(tmp_path, {".yamllint": settings, "a.yaml": "a: 1 \n", "text.txt": "just text\n"})

    (finding,) = lint(tmp_path, ["a.yaml"])

    assert (finding.rule, finding.severity) == ("yamllint/config", Severity.ERROR)
    assert finding.file == ".yamllint"
    assert finding.message.startswith("yamllint cannot use these settings: ")
    assert message in finding.message
    assert f"{finding.line}:{finding.column}" == place


@pytest.mark.parametrize(
    "content", [b"\x00\x01", "rules: {}\n# é\n".encode("latin-1"), b"#" * 2_000_000]
)
def test_a_settings_file_that_is_no_text_is_a_finding(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, {".yamllint": content, "a.yaml": "a: 1 \n"})

    assert places(lint(tmp_path, ["a.yaml"])) == [".yamllint:1:1 yamllint/config"]


@given(settings=nearly_yaml | st.text() | st.from_regex(r"(extends|ignore|rules): \S+\n"))
def test_any_settings_are_loaded_or_refused(
    tmp_path_factory: pytest.TempPathFactory, settings: str
) -> None:
    root = tmp_path_factory.mktemp("repository")
    write(root, {".yamllint": settings.encode(errors="surrogatepass")})

    try:
        rules = load_settings(root, ".yamllint").config().rules
    except SettingsError as error:
        rules = {error.message: error.position.line}
    assert all(rules) or rules == {}
