from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest

from gitopsgen.cluster.model import Repository
from gitopsgen.errors import GitopsgenError, UsageError
from gitopsgen.lifecycle.create import commit_tree, publish
from gitopsgen.tree import File, read_tree, write_tree

TREE = {
    ".gitignore": File(b"*.env\n"),
    "bootstrap/bootstrap.sh": File(b"#!/bin/sh\n", executable=True),
    "kept.env": File(b"ignored by .gitignore, committed all the same\n"),
}
REPOSITORY = Repository(url="https://github.com/owner/home", branch="trunk")


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


def create(target: Path, *, with_git: bool = True) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        content, git_home = Path(temporary, "content"), Path(temporary, "git")
        content.mkdir()
        git_home.mkdir()
        write_tree(content, TREE)
        if with_git:
            commit_tree(content, git_home, "sha256:0", REPOSITORY)
            (git_home / ".git").rename(content / ".git")
        publish(content, target)


def test_both_branches_start_at_one_commit_that_carries_the_digest(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "home"
    create(target)
    assert git(target, "rev-parse", "trunk") == git(target, "rev-parse", "gitopsgen/render")
    assert git(target, "symbolic-ref", "--short", "HEAD") == "trunk"
    assert git(target, "status", "--porcelain", "--ignored") == ""
    assert git(target, "log", "--format=%an|%(trailers:key=Gitopsgen-Render,valueonly)") == (
        "gitopsgen|sha256:0"
    )
    assert set(git(target, "ls-files").split("\n")) == set(TREE)
    assert git(target, "remote", "get-url", "origin") == REPOSITORY.url
    assert [path.name for path in target.parent.iterdir()] == ["home"]


def test_no_git_writes_the_files_only(tmp_path: Path) -> None:
    create(tmp_path / "home", with_git=False)
    assert read_tree(tmp_path / "home") == TREE


def test_an_empty_folder_is_filled_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "home"
    target.mkdir()
    monkeypatch.chdir(target)
    create(Path())
    assert git(target, "status", "--porcelain") == ""
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"is not empty \(notes\.txt is in it\)"):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_a_target_that_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "home"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists and is not a folder"):
        create(target)


@pytest.mark.parametrize("exists", [False, True])
def test_a_failure_while_writing_leaves_the_target_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    target = tmp_path / "home"
    if exists:
        target.mkdir()
    rename = Path.rename
    left = [1]

    def fail_later(self: Path, to: Path) -> Path:
        if not exists or not left:
            raise OSError(28, "No space left on device")
        left.pop()
        return rename(self, to)

    content = tmp_path.parent / f"{tmp_path.name}-content"
    content.mkdir()
    write_tree(content, TREE)
    monkeypatch.setattr(Path, "rename", fail_later)
    with pytest.raises(GitopsgenError, match="No space left on device"):
        publish(content, target)
    assert target.exists() == exists
    assert sorted(path.name for path in tmp_path.rglob("*")) == (["home"] if exists else [])


def test_a_failing_git_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho 'fatal: broken' >&2\nexit 128\n")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(GitopsgenError, match="fatal: broken"):
        create(tmp_path / "home")
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_variables_that_point_git_elsewhere_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    create(tmp_path / "home")
    assert (tmp_path / "home/.git").is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_target_on_another_file_system_gets_a_copy(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        memory = tmp_path
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        create(Path(elsewhere) / "home")
        assert git(Path(elsewhere) / "home", "status", "--porcelain") == ""
        assert [path.name for path in Path(elsewhere).iterdir()] == ["home"]


def test_folders_made_on_the_way_go_again_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = tmp_path / "content"
    content.mkdir()

    def fail(self: Path, to: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(GitopsgenError, match="No space left on device"):
        publish(content, tmp_path / "a/b/home")
    assert [path.name for path in tmp_path.iterdir()] == ["content"]
