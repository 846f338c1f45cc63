"""Reading in several processes changes nothing but the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository import prefetch as prefetch_module
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.prefetch import prefetch

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "a.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &x [1, 2.5, null, true]\ny: *x\n",
    "b.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a}\na: 1\na: 2\n---\nb: [\n",
    "c.yaml": "just: notes\n",
    "d.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: \udcff}\n",
    "chart/Chart.yaml": "name: chart\n",
    "chart/templates/e.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata: {}\n",
    "f.txt": "no YAML",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prefetch_module, "_FEWEST", 1)
    for path, text in TEXTS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode(errors="surrogateescape"))
    return tmp_path


def everything(files: RepositoryFiles) -> dict[str, object]:
    read = {path: files.read(path) for path in TEXTS}
    return {
        path: (file.digest, file.looks_like_a_manifest, file.contents)
        for path, file in read.items()
        if file is not None
    }


@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_the_result_is_the_same(root: Path, jobs: int) -> None:
    files = RepositoryFiles(root)
    prefetch(files, jobs)
    assert everything(files) == everything(RepositoryFiles(root))


def test_another_process_does_its_share(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RepositoryFiles(root)
    prefetch(files, 2)
    from gitopsgen.documents import reader

    monkeypatch.setattr(reader, "read_documents", None)
    for path in ("a.yaml", "b.yaml"):
        file = files.read(path)
        assert file is not None
        assert file.contents.documents[0].data["kind"] == "A"


def test_a_process_that_fails_costs_time_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch_module, "_kept", None)
    files = RepositoryFiles(root)
    prefetch(files, 2)
    assert everything(files) == everything(RepositoryFiles(root))
