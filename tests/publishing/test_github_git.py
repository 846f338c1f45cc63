"""Pushes to the GitHub of the tests, with the real git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.publishing.github_state import Role, Token
from tests.publishing.work import commit, git, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publishing.github_stub import GitHubStub


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit on main."""
    return new_repository(tmp_path / "work")


def push(github: GitHubStub, work: Path, secret: str, *refs: str, succeeds: bool = True) -> str:
    """Push to ann/home with a token."""
    return git(
        work,
        "push",
        "--atomic",
        f"{github.url}/ann/home.git",
        *(refs or ("main",)),
        user="x-access-token",
        password=secret,
        succeeds=succeeds,
    )


def branches(github: GitHubStub) -> list[str]:
    """What was pushed."""
    assert github.git is not None
    return [ref.removeprefix("refs/heads/") for ref in github.git.refs("ann/home")]


@pytest.mark.parametrize(
    "token",
    [
        Token("ann"),
        Token("ann", "fine-grained", permissions={"contents": "write"}),
        Token("bot", "installation", permissions={"contents": "write"}, owner="ann"),
    ],
    ids=lambda token: token.kind,
)
def test_a_token_that_may_push(github: GitHubStub, work: Path, token: Token) -> None:
    github.token("a", token)
    github.repository("ann/home")

    push(github, work, "a")

    assert branches(github) == ["main"]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (Token("ann", "fine-grained", permissions={"contents": "read"}), "Write access to repo"),
        (Token("ann", scopes=("public_repo",)), "Repository not found."),
        (Token("bob"), "Permission to ann/home.git denied to bob."),
        (Token("eve"), "Repository not found."),
    ],
)
def test_a_token_that_may_not(github: GitHubStub, work: Path, token: Token, said: str) -> None:
    github.token("a", token)
    github.repository("ann/home").collaborators["bob"] = Role.PULL

    assert said in push(github, work, "a", succeeds=False)
    assert branches(github) == []


def test_a_token_that_is_not_known(github: GitHubStub, work: Path) -> None:
    github.repository("ann/home")

    said = push(github, work, "other", succeeds=False)

    assert "remote: Invalid username or token." in said
    assert "Authentication failed" in said


def test_what_is_archived_takes_no_push(github: GitHubStub, work: Path) -> None:
    github.token("a", Token("ann"))
    github.repository("ann/home").archived = True

    assert "was archived so it is read-only" in push(github, work, "a", succeeds=False)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (
            Token("ann", scopes=("repo",)),
            "refusing to allow a Personal Access Token to create or update workflow "
            "`.github/workflows/ci.yml` without `workflow` scope",
        ),
        (
            Token("bot", "installation", permissions={"contents": "write"}, owner="ann"),
            "refusing to allow a GitHub App to create or update workflow "
            "`.github/workflows/ci.yml` without `workflows` permission",
        ),
    ],
    ids=["classic", "installation"],
)
def test_workflows_need_a_scope(github: GitHubStub, work: Path, token: Token, said: str) -> None:
    github.token("a", token)
    github.repository("ann/home")
    push(github, work, "a")
    (work / ".github" / "workflows").mkdir(parents=True)
    commit(work, ".github/workflows/ci.yml")

    refused = push(github, work, "a", "main:main", "main~1:refs/heads/other", succeeds=False)

    assert f" ! [remote rejected] main -> main ({said})" in refused
    assert branches(github) == ["main"]
    github.token("b", Token("ann"))
    push(github, work, "b")
    commit(work, "two")
    push(github, work, "a")


def test_the_default_branch_can_be_changed(github: GitHubStub, work: Path) -> None:
    github.token("a", Token("ann"))
    github.repository("ann/home")
    push(github, work, "a", "main", "main:trunk")
    url = f"{github.api_url}/repos/ann/home"
    header = {"Authorization": "Bearer a"}

    requests.patch(url, json={"default_branch": "trunk"}, headers=header, timeout=5)

    assert requests.get(url, headers=header, timeout=5).json()["default_branch"] == "trunk"
    assert github.git is not None
    assert github.git.head("ann/home") == "trunk"


def test_public_ones_are_read_by_all(github: GitHubStub, work: Path) -> None:
    github.token("a", Token("ann"))
    made = github.repository("ann/home", private=False)
    push(github, work, "a")

    assert "refs/heads/main" in git(work, "ls-remote", f"{github.url}/ann/home")
    made.private = True
    git(work, "ls-remote", f"{github.url}/ann/home", succeeds=False)


def test_pushes_are_changes(github: GitHubStub, work: Path) -> None:
    github.token("a", Token("ann"))
    github.repository("ann/home")
    push(github, work, "a")
    before = len(github.changes())

    push(github, work, "a")

    assert before > 0
    assert len(github.changes()) == before
