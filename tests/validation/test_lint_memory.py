"""yamllint's findings are kept until a file or the settings change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.memory import Memory
from gitopsgen.validation import lint_memory
from gitopsgen.validation.lint import lint
from gitopsgen.validation.lint_memory import remembered_lint
from tests.validation.rules.build import write

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from gitopsgen.findings import Finding

TREE = {
    ".yamllint": "rules: {trailing-spaces: enable}\n",
    "a.yaml": "a: 1 \n",
    "b.yaml": "b: 1\n",
    "c.yml": "c: 1 \n",
}


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that yamllint is given, run by run."""
    runs: list[list[str]] = []

    def counted(
        root: Path, files: Sequence[Path | str], checked: Collection[str] | None, jobs: int
    ) -> tuple[Finding, ...]:
        runs.append([str(file) for file in files])
        return lint(root, files, checked, jobs)

    monkeypatch.setattr(lint_memory, "lint", counted)
    return runs


def run(root: Path, memory: Memory) -> list[str]:
    files = RepositoryFiles(root)
    found = remembered_lint(files, files.paths, frozenset(), 1, memory)
    return sorted(f"{finding.file}:{finding.line}" for finding in found)


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    return Memory.load(tmp_path)


def test_only_what_changed_is_looked_at_again(
    tmp_path: Path, memory: Memory, linted: list[list[str]]
) -> None:
    root = tmp_path / "repository"
    write(root, TREE)
    assert run(root, memory) == ["a.yaml:1", "c.yml:1"]
    write(root, {"b.yaml": "b: 2\nb2: 1 \n"})
    assert run(root, memory) == ["a.yaml:1", "b.yaml:2", "c.yml:1"]
    assert [file for file in linted[1] if file.endswith((".yaml", ".yml"))] == ["b.yaml"]


def test_other_settings_are_another_matter(
    tmp_path: Path, memory: Memory, linted: list[list[str]]
) -> None:
    root = tmp_path / "repository"
    write(root, TREE)
    run(root, memory)
    write(root, {".yamllint": "rules: {trailing-spaces: disable}\n"})
    assert run(root, memory) == []
    assert "a.yaml" in linted[1]


def test_a_file_that_the_settings_name_counts(tmp_path: Path, memory: Memory) -> None:
    root = tmp_path / "repository"
    settings = "ignore-from-file: ignored.txt\nrules: {trailing-spaces: enable}\n"
    write(root, {**TREE, ".yamllint": settings, "ignored.txt": "a.yaml\n"})
    assert run(root, memory) == ["c.yml:1"]
    write(root, {"ignored.txt": "c.yml\n"})
    assert run(root, memory) == ["a.yaml:1"]


def test_settings_that_cannot_be_used_are_said_every_time(tmp_path: Path, memory: Memory) -> None:
    root = tmp_path / "repository"
    write(root, {**TREE, ".yamllint": "rules: {no-such-rule: enable}\n"})
    assert run(root, memory) == run(root, memory) == [".yamllint:1"]


def test_without_settings_nothing_is_looked_at(
    tmp_path: Path, memory: Memory, linted: list[list[str]]
) -> None:
    root = tmp_path / "repository"
    write(root, {"a.yaml": "a: 1 \n"})
    assert run(root, memory) == []
    assert linted == []
