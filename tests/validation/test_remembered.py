"""A run in which nothing has changed gives the report of the run before, and only then."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository import files as files_module
from gitopsgen.repository import memory as memory_module
from gitopsgen.validation import run as run_module
from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import URL, application, one_application, write

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Report

pytestmark = pytest.mark.usefixtures("kubeconform")

WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n"
OPTIONS = Options(charts="skip", repository_urls=(URL,))
LONG_AGO = 1_700_000_000


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The runs that really looked."""
    seen: list[Path] = []
    real = run_module.run_stages

    def counted(*arguments: object) -> object:
        seen.append(arguments[0].root)  # type: ignore[attr-defined]
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "run_stages", counted)
    monkeypatch.setattr(memory_module, "_UNSETTLED_NANOSECONDS", 0)
    return seen


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    write(root, one_application(WRONG))
    return root


def summary(report: Report) -> list[tuple[str, str, int]]:
    return [(finding.rule, finding.file, finding.line) for finding in report.findings]


def test_nothing_changed(root: Path, runs: list[Path]) -> None:
    first = validate(root, OPTIONS)
    assert validate(root, OPTIONS) == first
    assert ("schema-invalid", "web/a.yaml", 4) in summary(first)
    assert len(runs) == 1


def test_an_edit_is_seen_and_only_its_findings_change(root: Path, runs: list[Path]) -> None:
    before = summary(validate(root, OPTIONS))
    write(root, {"web/a.yaml": f"# a comment\n{WRONG}"})
    after = summary(validate(root, OPTIONS))
    moved = [(rule, file, line + (file == "web/a.yaml")) for rule, file, line in before]
    assert after == moved
    assert len(runs) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"web/b.yaml": WRONG.replace("name: a", "name: b")},
        {".gitopsgen/validate.yaml": "waivers: []\n"},
        {"notes.txt": "notes"},
    ],
)
def test_a_new_file_is_seen(root: Path, runs: list[Path], change: dict[str, str]) -> None:
    validate(root, OPTIONS)
    write(root, change)
    validate(root, OPTIONS)
    assert len(runs) == 2


def test_what_helm_alone_would_read_is_seen(root: Path, runs: list[Path]) -> None:
    write(root, {"web/Chart.yaml": "name: web\nversion: 1.0.0\n", ".gitignore": "*.tgz\n"})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for count, change in enumerate(("web/charts/a.tgz", "web/charts/b.tgz"), start=2):
        validate(root, OPTIONS)
        write(root, {change: "new"})
        validate(root, OPTIONS)
        assert len(runs) == count
    (root / "web/values.yaml").symlink_to("../elsewhere")
    validate(root, OPTIONS)
    (root / "web/values.yaml").unlink()
    os.mkfifo(root / "web/values.yaml")
    validate(root, OPTIONS)
    assert len(runs) == 5


def test_a_file_that_is_gone_is_seen(root: Path, runs: list[Path]) -> None:
    write(root, {"web/b.yaml": WRONG.replace("name: a", "name: b")})
    assert len(summary(validate(root, OPTIONS))) > 1
    (root / "web/b.yaml").unlink()
    after = summary(validate(root, OPTIONS))
    assert "web/b.yaml" not in {file for _, file, _ in after}


def test_other_options_are_another_report(root: Path, runs: list[Path]) -> None:
    validate(root, OPTIONS)
    elsewhere = validate(root, replace(OPTIONS, repository_urls=("https://other.test/o/r",)))
    assert "web/a.yaml" not in {finding.file for finding in elsewhere.findings}
    assert len(runs) == 2


def test_a_change_that_no_stamp_shows_is_seen_while_a_file_is_new(
    root: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "_UNSETTLED_NANOSECONDS", 10**19)
    monkeypatch.setattr(files_module, "stamp_of", lambda status: (1, 1, 1, 1))
    before = validate(root, OPTIONS)
    assert validate(root, OPTIONS) == before
    assert len(runs) == 1
    write(root, {"web/a.yaml": WRONG.replace("dta", "dat")})
    assert validate(root, OPTIONS) != before
    assert len(runs) == 2


def test_what_depends_on_the_network_is_looked_at_again(root: Path, runs: list[Path]) -> None:
    chart = "repoURL: http://127.0.0.1:9, chart: gadget, targetRevision: 1.2.3"
    write(root, {"chart.yaml": application("gadget", chart)})
    options = replace(OPTIONS, charts="auto")
    assert any("gadget" in item.what for item in validate(root, options).unchecked)
    validate(root, options)
    assert len(runs) == 2


def test_a_kubeconform_of_another_name_is_asked_again(
    root: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kubeconform: Path
) -> None:
    validate(root, OPTIONS)
    other = tmp_path / "other"
    other.symlink_to(kubeconform)
    monkeypatch.setenv("GITOPSGEN_KUBECONFORM", str(other))
    validate(root, OPTIONS)
    assert len(runs) == 2


def test_a_touched_file_keeps_its_findings(root: Path, runs: list[Path]) -> None:
    first = validate(root, OPTIONS)
    os.utime(root / "web/a.yaml", (LONG_AGO, LONG_AGO))
    assert validate(root, OPTIONS) == first
    assert len(runs) == 2
