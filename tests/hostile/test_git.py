"""Repositories whose .git is broken or names programs: none of them is run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A healthy repository in a git work tree, committed."""
    root = write(tmp_path / "repository", one_application({}))
    author = ["-c", "user.name=a", "-c", "user.email=a@example.net"]
    for arguments in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "all"]):
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
        (hooks / name).symlink_to(program)
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
