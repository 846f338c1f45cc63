from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.findings import Finding, Report, Severity, Unchecked
from gitopsgen.validation import service
from tests.commands.invoke import Result, invoke

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.net"]
OUTPUTS = ("text", "json", "junit", "sarif", "github")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
WARNED = CONFIG_MAP + "immutable: yes\n"
WRONG = CONFIG_MAP + "dta: {}\n"
ERROR = Finding("yaml-syntax", Severity.ERROR, "a.yaml", 1, 1, "does not parse")
WARNING = Finding("yaml-ambiguous-scalar", Severity.WARNING, "a.yaml", 1, 1, "yes")
# Whatever else is said of a repository this small, these are what the tests are about.
ABOUT = ("--only", "schema-invalid,yaml,waiver-unused")


def rules(result: Result) -> list[str]:
    """The rules of the findings in a JSON report."""
    return [finding["rule"] for finding in json.loads(result.out)["findings"]]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    ("content", "arguments", "status"),
    [
        (CONFIG_MAP, [], 0),
        (CONFIG_MAP, ["--strict"], 0),
        (WARNED, [], 0),
        (WARNED, ["--strict"], 1),
        (WRONG, [], 1),
        (WRONG, ["--strict"], 1),
        (WRONG + "immutable: yes\n", [], 1),
        ("notes: only\n", [], 2),
    ],
)
def test_the_status_is_the_same_in_every_format(
    tmp_path: Path, output: str, content: str, arguments: list[str], status: int
) -> None:
    (tmp_path / "a.yaml").write_text(content)
    result = invoke("validate", tmp_path, "--output", output, *ABOUT, *arguments)
    assert result.status == status
    # On wrong usage standard output stays empty: nothing there could be parsed.
    assert bool(result.out) == (status != 2)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    ("report", "status"),
    [
        (Report(unchecked=(Unchecked("a chart", "skipped"),)), 0),
        (Report(unchecked=(Unchecked("a chart", "no such host", required=True),)), 3),
        (Report((WARNING,), (Unchecked("a chart", "no such host", required=True),)), 3),
        (Report((ERROR,), (Unchecked("a chart", "no such host", required=True),)), 1),
    ],
)
def test_errors_win_over_what_was_left_unchecked_in_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, report: Report, status: int
) -> None:
    monkeypatch.setattr(service, "validate", lambda *arguments: report)
    result = invoke("validate", tmp_path, "--output", output)
    assert result.status == status
    assert "a chart" in result.out


def test_only_and_skip_filter_findings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(WRONG + "immutable: yes\n")

    def found(*arguments: str) -> set[str]:
        return set(rules(invoke("validate", tmp_path, "--output", "json", *arguments)))

    both = {"schema-invalid", "yaml-ambiguous-scalar"}
    assert both <= found()
    assert found("--only", "schema-invalid") == {"schema-invalid"}
    assert found("--only", "schema", "--only", "yaml-*") == both
    assert found("--only", "schema,yaml", "--skip", "schema") == {"yaml-ambiguous-scalar"}
    assert "schema-invalid" not in found("--skip", "schema")
    assert invoke("validate", tmp_path, "--only", "yaml").status == 0
    assert invoke("validate", tmp_path, "--only", "schema").status == 1


@pytest.mark.parametrize("option", ["--only", "--skip"])
def test_an_unknown_rule_is_wrong_usage_before_anything_is_checked(
    tmp_path: Path, option: str
) -> None:
    result = invoke("validate", tmp_path, option, "schema-invald")
    assert (result.status, result.out) == (2, "")
    assert "there is no rule 'schema-invald'" in result.err
    assert "Did you mean schema-invalid?" in result.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"waiver-unused"}),
        (["--only", "schema"], set()),
        (["--only", "waiver-unused"], {"waiver-unused"}),
        (["--skip", "yaml-ambiguous-scalar"], set()),
        (["--skip", "waiver-unused"], set()),
        (["--skip", "schema"], {"waiver-unused"}),
    ],
)
def test_an_unused_waiver_is_reported_unless_its_rule_was_left_out(
    tmp_path: Path, arguments: list[str], expected: set[str]
) -> None:
    (tmp_path / ".gitopsgen").mkdir()
    waiver: dict[str, Any] = {"rule": "yaml-ambiguous-scalar", "path": "*.yaml", "reason": "meant"}
    (tmp_path / ".gitopsgen/validate.yaml").write_text(json.dumps({"waivers": [waiver]}))
    (tmp_path / "a.yaml").write_text(CONFIG_MAP)
    result = invoke("validate", tmp_path, "--output", "json", *arguments)
    assert {rule for rule in rules(result) if rule.startswith(("waiver", "yaml"))} == expected


def test_a_waiver_that_is_used_stays_used_when_its_rule_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".gitopsgen").mkdir()
    waiver: dict[str, Any] = {"rule": "yaml-ambiguous-scalar", "path": "*.yaml", "reason": "meant"}
    (tmp_path / ".gitopsgen/validate.yaml").write_text(json.dumps({"waivers": [waiver]}))
    (tmp_path / "a.yaml").write_text(WARNED)
    result = invoke("validate", tmp_path, "--output", "json", "--only", "waiver-unused,schema")
    assert rules(result) == []


def test_an_unused_waiver_for_a_rule_of_yamllint_is_no_unknown_rule(tmp_path: Path) -> None:
    (tmp_path / ".gitopsgen").mkdir()
    waiver = {"rule": "yamllint/colons", "path": "*.yaml", "reason": "meant"}
    (tmp_path / ".gitopsgen/validate.yaml").write_text(json.dumps({"waivers": [waiver]}))
    (tmp_path / "a.yaml").write_text(CONFIG_MAP)
    result = invoke("validate", tmp_path, "--only", "waiver-unused")
    assert "no finding of yamllint/colons in *.yaml" in result.out


def test_only_what_a_change_brings_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(WRONG)
    for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "b.yaml").write_text(WARNED.replace("name: a", "name: b"))
    arguments = (*ABOUT, "--output", "json", "--changed-since")
    result = invoke("validate", tmp_path, *arguments, "HEAD")
    assert (result.status, rules(result)) == (0, ["yaml-ambiguous-scalar"])
    assert json.loads(result.out)["summary"]["errors"] == 0
    assert invoke("validate", tmp_path, *arguments, "HEAD", "--strict").status == 1
    result = invoke("validate", tmp_path, *arguments, "nowhere")
    assert (result.status, result.out) == (2, "")
    assert "git knows no commit 'nowhere'" in result.err
