from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from gitopsgen.repository import files as module
from gitopsgen.repository.files import RepositoryFiles

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_files_that_git_ignores_are_not_the_repositorys(tmp_path: Path) -> None:
    for path in (".venv/lib/a.yaml", "a.yaml", "new.yaml", "sub/b.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("a: 1\n")
    assert ".venv/lib/a.yaml" in RepositoryFiles(tmp_path)
    (tmp_path / ".gitignore").write_text(".venv/\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "a.yaml"], cwd=tmp_path, check=True)
    assert RepositoryFiles(tmp_path).paths == (".gitignore", "a.yaml", "new.yaml", "sub/b.yaml")


def test_a_file_deleted_but_still_in_the_index_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "a.yaml"], cwd=tmp_path, check=True)
    (tmp_path / "a.yaml").unlink()
    assert RepositoryFiles(tmp_path).paths == ()


def test_links_are_followed_to_the_repositorys_own_files_only(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/in.yaml").symlink_to("../a.yaml")
    (tmp_path / "git.yaml").symlink_to(".git/config")
    (tmp_path / "none.yaml").symlink_to("gone.yaml")
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "out.yaml").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert RepositoryFiles(tmp_path).paths == ("a.yaml", "sub/in.yaml")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    files = RepositoryFiles(tmp_path)
    assert files.paths == ("a.yaml", "sub/in.yaml")
    link = files.read("sub/in.yaml")
    assert link is not None
    assert link.text == "a: 1\n"


def test_what_cannot_be_read_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_FILE", 10)
    (tmp_path / "large.yaml").write_text("a: 1234567890\n")
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01")
    files = RepositoryFiles(tmp_path)
    assert files.read("large.yaml") is None
    assert files.read("missing.yaml") is None
    assert [item.what for item in files.unchecked] == ["large.yaml", "missing.yaml"]
    binary = files.read("binary.yaml")
    assert binary is not None
    assert [problem.rule for problem in binary.contents.problems] == ["yaml-syntax"]
    assert files.read_count == 1


def test_folders_and_what_is_below_them(tmp_path: Path) -> None:
    for path in (
        "a/x.yaml",
        "a/b/y.yaml",
        "ab/z.yaml",
        "chart/Chart.yaml",
        "chart/templates/t.yaml",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("a: 1\n")
    files = RepositoryFiles(tmp_path)
    assert list(files.below("a", recurse=False)) == ["a/x.yaml"]
    assert list(files.below("a", recurse=True)) == ["a/b/y.yaml", "a/x.yaml"]
    assert files.folders == {"", "a", "a/b", "ab", "chart", "chart/templates"}
    assert files.templates == {"chart/templates/t.yaml"}


def test_a_path_is_followed_through_links(tmp_path: Path) -> None:
    for path in ("base/a.yaml", "base/b.txt"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("a: 1\n")
    links = {
        "link": "base",
        "again": "link",
        "a.yaml": "base/a.yaml",
        "b.yaml": "base/b.txt",
        "out": "..",
        "root": ".",
        "gone": "nothing",
    }
    for path, text in links.items():
        (tmp_path / path).symlink_to(text)
    files = RepositoryFiles(tmp_path)
    assert files.links == links
    followed = {
        "base/a.yaml": "base/a.yaml",
        "link": "base",
        "again/a.yaml": "base/a.yaml",
        "root/link/b.txt": "base/b.txt",
        "root": "",
        "a.yaml": "base/a.yaml",
        "out": "out",
        "gone": "gone",
        "link/nothing": "link/nothing",
        "a\0": "a\0",
    }
    assert {path: files.real(path) for path in followed} == followed
    assert [path for path in files.paths if files.is_copy(path)] == ["a.yaml"]
