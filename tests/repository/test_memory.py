"""What is remembered of a repository between runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository import memory as memory_module
from gitopsgen.repository import source_file
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_module, "_UNSETTLED_NANOSECONDS", 0)
    return tmp_path / "cache"


def read(root: Path, *paths: str) -> dict[str, object]:
    """Read files with the memory of the runs before, and remember them; their data."""
    files = RepositoryFiles(root, memory=Memory.load(root))
    found: dict[str, object] = {}
    for path in paths:
        file = files.read(path)
        documents = file.contents.documents if file is not None else ()
        found[path] = [document.data for document in documents]
    files.remember()
    assert files.memory is not None
    files.memory.save()
    return found


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed."""
    seen: list[str] = []
    from gitopsgen.documents import reader

    parse = reader.read_documents

    def counted(text: str) -> object:
        seen.append(text)
        return parse(text)

    monkeypatch.setattr(reader, "read_documents", counted)
    return seen


def test_only_what_changed_is_parsed_again(tmp_path: Path, parses: list[str]) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    for name in ("a", "b"):
        (root / f"{name}.yaml").write_text(f"{name}: 1\n")
    first = read(root, "a.yaml", "b.yaml")
    assert read(root, "a.yaml", "b.yaml") == first
    assert parses == ["a: 1\n", "b: 1\n"]
    (root / "b.yaml").write_text("b: 2\n")
    assert read(root, "a.yaml", "b.yaml") == {"a.yaml": [{"a": 1}], "b.yaml": [{"b": 2}]}
    assert parses == ["a: 1\n", "b: 1\n", "b: 2\n"]


def test_a_file_that_is_touched_is_read_and_not_parsed(tmp_path: Path, parses: list[str]) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "a.yaml").write_text("a: 1\n")
    read(root, "a.yaml")
    os.utime(root / "a.yaml", (LONG_AGO, LONG_AGO))
    assert read(root, "a.yaml") == {"a.yaml": [{"a": 1}]}
    assert len(parses) == 1


def test_a_change_that_keeps_size_and_modification_time_is_seen(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    file = root / "a.yaml"
    file.write_text("a: 1\n")
    os.utime(file, (LONG_AGO, LONG_AGO))
    read(root, "a.yaml")
    file.write_text("a: 2\n")
    os.utime(file, (LONG_AGO, LONG_AGO))
    assert read(root, "a.yaml") == {"a.yaml": [{"a": 2}]}


def test_problems_are_remembered_with_their_places(tmp_path: Path, parses: list[str]) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "a.yaml").write_text("a: 1\na: 2\nb: [\n")
    for _ in range(2):
        files = RepositoryFiles(root, memory=Memory.load(root))
        file = files.read("a.yaml")
        assert file is not None
        found = [(p.rule, p.line) for p in file.contents.problems]
        assert found == [("yaml-duplicate-key", 2), ("yaml-syntax", 3)]
        files.remember()
        assert files.memory is not None
        files.memory.save()
    assert len(parses) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stamps": 3}', "null"])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, cache: Path, content: str) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "a.yaml").write_text("a: 1\n")
    read(root, "a.yaml")
    (kept,) = cache.glob("results/repositories/*/*.kept")
    kept.write_text(content)
    assert read(root, "a.yaml") == {"a.yaml": [{"a": 1}]}


def test_a_cache_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "file/cache"))
    root = tmp_path / "repository"
    root.mkdir()
    (root / "a.yaml").write_text("a: 1\n")
    assert read(root, "a.yaml") == {"a.yaml": [{"a": 1}]}


def test_equal_texts_have_one_digest() -> None:
    assert source_file.digest_of("a") == source_file.digest_of("a") != source_file.digest_of("b")
