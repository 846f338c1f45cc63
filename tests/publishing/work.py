"""Repositories of people, and git as they run it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "secret-of-ann"


def new_repository(folder: Path) -> Path:
    """Make a repository with one commit on main."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    commit(folder, "one")
    return folder


def git(
    at: Path, *arguments: str, user: str = "", password: str = TOKEN, succeeds: bool = True
) -> str:
    """What git prints, to both; `user` signs in."""
    helper = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": '!f() { echo "username=$NAME"; echo "password=$SECRET"; }; f',
        "NAME": user,
        "SECRET": password,
    }
    identity = {
        f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    finished = subprocess.run(
        ["git", *arguments],
        cwd=at,
        env={**os.environ, **identity, "GIT_TERMINAL_PROMPT": "0", **(helper if user else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    said = finished.stdout + finished.stderr
    assert (finished.returncode == 0) is succeeds, said
    return said


def commit(work: Path, name: str, content: bytes = b"") -> str:
    """Commit one file; returns the commit."""
    (work / name).write_bytes(content or name.encode())
    git(work, "add", name)
    git(work, "commit", "--quiet", "-m", name)
    return git(work, "rev-parse", "HEAD").strip()
