"""Repositories whose .git is broken or names programs: none of them is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

AUTHOR = ["-c", "user.name=a", "-c", "user.email=a@example.net"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A healthy repository in a git work tree, committed."""
    root = write(tmp_path / "repository", one_application({}))
    for arguments in (["init", "-q"], ["add", "."], [*AUTHOR, "commit", "-qm", "all"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    return root


@pytest.mark.parametrize("arguments", [[], ["--changed-since", "HEAD"]])
def test_programs_that_the_settings_name_are_not_run(
    root: Path, tmp_path: Path, arguments: list[str]
) -> None:
    program, traces = tmp_path / "program.sh", tmp_path / "traces"
    program.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{traces}'\n")
    program.chmod(0o755)
    hooks = root / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor"):
        shutil.copy(program, hooks / name)
    with (root / ".git/config").open("a") as file:
        file.write(
            f"[core]\n\tfsmonitor = {program}\n\thooksPath = {hooks}\n\tsshCommand = {program}\n"
            f"\tpager = {program}\n\teditor = {program}\n[diff]\n\texternal = {program}\n"
            f'[remote "origin"]\n\turl = ext::{program}\n\tuploadpack = {program}\n'
            f"[credential]\n\thelper = {program}\n[alias]\n\tls-files = !{program}\n"
        )
    (root / "web/ok.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: B}\n")
    run = validate(root, *arguments)
    assert run.findings == ["k8s-name web/ok.yaml:3 " + run.findings[0].partition(":3 ")[2]]
    assert not traces.exists(), traces.read_text()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("HEAD", None, "not a git repository"),
        ("config", b"[core\n", "bad config line 1"),
        ("config", b"[include]\n\tpath = /dev/zero\n", "bad config line 1 in file /dev/zero"),
        ("index", b"DIRC\0\0\0\2" + b"\xff" * 100, "fatal"),
        ("index", b"", "smaller than expected"),
    ],
)
def test_a_broken_git_folder(root: Path, name: str, content: bytes | None, reason: str) -> None:
    (root / ".git" / name).unlink()
    if content is not None:
        (root / ".git" / name).write_bytes(content)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    [noted] = run.unchecked
    assert noted.startswith("git's ignored files: ")
    assert reason in noted


@pytest.mark.parametrize("content", ["gitdir: /nonexistent\n", "gitdir: .git\n", "\0" * 1000])
def test_a_git_file_that_leads_nowhere(tmp_path: Path, content: str) -> None:
    run = validate(write(tmp_path, one_application({".git": content})))
    assert (run.status, run.findings) == (0, [])
    assert [item.partition(":")[0] for item in run.unchecked] == ["git's ignored files"]


@pytest.mark.parametrize(
    "ref",
    [
        "--upload-pack=touch owned",
        "--output=owned",
        "--exec=touch owned",
        "-x",
        "--",
        "",
        " ",
        "HEAD:..",
        "HEAD:../..",
        "HEAD:web",
        "HEAD:web/ok.yaml",
        "HEAD..HEAD",
        "HEAD HEAD",
        "HEAD\nHEAD",
        "HEAD^{tree}",
        "HEAD~1000000000",
        "@{upstream}",
        ":/(a+)+$",
        "HEAD^{/(a+)+$}",
        "refs/heads/*",
        "/etc/passwd",
        "$(touch owned)",
        ";touch owned",
        "::error::owned\x1b[2J",
        "\udcff",
        "x" * 100_000,
    ],
)
def test_a_commit_that_is_none(root: Path, ref: str) -> None:
    before = sorted(root.rglob("*"))
    run = validate(root, f"--changed-since={ref}")
    assert (run.status, run.out) == (2, "")
    assert "git knows no commit" in run.error
    assert all(character.isprintable() for character in run.error.replace("\n", ""))
    assert not any(line.lstrip().startswith("::") for line in run.error.split("\n"))
    assert sorted(root.rglob("*")) == before


def test_a_branch_that_is_called_like_an_option(root: Path) -> None:
    for name in ("refs/heads/--output=owned", "refs/tags/-x"):
        subprocess.run(["git", "update-ref", name, "HEAD"], cwd=root, check=True)
    run = validate(root, "--changed-since=-x")
    assert (run.status, run.out) == (2, "")
    assert validate(root, "--changed-since=refs/tags/-x").status == 0


@pytest.mark.parametrize(
    "name", [b"a\nb.yaml", b"\"'.yaml", b"\xff.yaml", b":(glob)*.yaml", b"-x.yaml"]
)
def test_only_what_a_change_brings_whatever_files_are_called(root: Path, name: bytes) -> None:
    path = os.fsencode(root) + b"/web/" + name + b".yaml"
    wrong = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: B}\n"
    with open(path, "w") as file:  # noqa: PTH123
        file.write(wrong)
    for arguments in (["add", "."], [*AUTHOR, "commit", "-qm", "wrong"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    since = ["--changed-since", "HEAD"]
    assert len(validate(root).findings) == 1
    assert validate(root, *since).findings == []
    os.rename(path, path + b"2.yaml")  # noqa: PTH104
    assert validate(root, *since).findings == []
    with open(path + b"3.yaml", "w") as file:  # noqa: PTH123
        file.write(wrong.replace("B", "C"))
    assert len(validate(root, *since).findings) == 1


def test_links_in_an_earlier_commit(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: B}\n")
    (root / "web/out.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "web/up.yaml").symlink_to("../../outside.yaml")
    (root / "web/loop").symlink_to(".")
    (root / "web/git.yaml").symlink_to("../.git/config")
    for arguments in (["add", "."], [*AUTHOR, "commit", "-qm", "links"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    subprocess.run(["git", "rm", "-qrf", "web/out.yaml", "web/loop"], cwd=root, check=True)
    assert validate(root, "--changed-since", "HEAD").findings == []
