"""A git server and a GitHub on the loopback interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publishing.clients import SECRET, connected
from tests.publishing.git_server import GitServer
from tests.publishing.github_state import Token
from tests.publishing.github_stub import GitHubStub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from github import Github


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    """A git server without a repository and without a user."""
    with GitServer(tmp_path / "git-server") as served:
        yield served


@pytest.fixture
def github(git_server: GitServer) -> Iterator[GitHubStub]:
    """A GitHub without accounts, tokens and repositories; git is served at the same address."""
    with GitHubStub(git_server) as served:
        yield served


@pytest.fixture
def ann(github: GitHubStub) -> Iterator[Github]:
    """The client of ann, whose token may do everything."""
    github.token(SECRET, Token("ann"))
    yield from connected(github, SECRET)
