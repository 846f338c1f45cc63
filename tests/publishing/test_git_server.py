"""The git server of the tests, with the real git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.publishing import faults
from tests.publishing.git_signin import User
from tests.publishing.work import TOKEN, commit, git, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publishing.git_server import GitServer


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit on main."""
    return new_repository(tmp_path / "work")


@pytest.fixture
def url(git_server: GitServer) -> str:
    """An empty repository that ann may write to and bob may read."""
    git_server.users.update(ann=User(TOKEN), bob=User("bob", writes=False))
    git_server.create("ann/home")
    return git_server.clone_url("ann/home")


def test_a_push_arrives_and_can_be_cloned(git_server: GitServer, work: Path, url: str) -> None:
    git(work, "push", url, "main", user="ann")

    assert git_server.refs("ann/home") == {
        "refs/heads/main": git(work, "rev-parse", "main").strip()
    }
    git(work.parent, "clone", "--quiet", url, "clone", user="bob", password="bob")
    assert (work.parent / "clone" / "one").read_text() == "one"


def test_the_url_may_lack_its_ending(git_server: GitServer, work: Path, url: str) -> None:
    git(work, "push", url.removesuffix(".git"), "main", user="ann")

    assert "refs/heads/main" in git_server.refs("ann/home")


def test_nobody_is_let_in_without_a_name(git_server: GitServer, work: Path, url: str) -> None:
    assert "could not read Username" in git(work, "push", url, "main", succeeds=False)
    assert git_server.refs("ann/home") == {}
    assert [str(request) for request in git_server.loopback.requests] == [
        "GET /ann/home.git/info/refs?service=git-receive-pack"
    ]


def test_a_wrong_password_is_refused(work: Path, url: str) -> None:
    said = git(work, "push", url, "main", user="ann", password="other", succeeds=False)

    assert "Authentication failed" in said
    assert "remote: Invalid username or password." in said


def test_reading_may_be_free(git_server: GitServer, work: Path, url: str) -> None:
    git(work, "push", url, "main", user="ann")
    git_server.readable.add("ann/home")

    assert "refs/heads/main" in git(work, "ls-remote", url)
    git(work, "push", url, "main", succeeds=False)


def test_who_may_only_read_cannot_push(git_server: GitServer, work: Path, url: str) -> None:
    said = git(work, "push", url, "main", user="bob", password="bob", succeeds=False)

    assert "remote: Permission to ann/home.git denied to bob." in said
    assert "error: 403" in said
    assert git_server.refs("ann/home") == {}


def test_what_a_user_does_not_see_is_not_there(git_server: GitServer, work: Path, url: str) -> None:
    git_server.users["ann"].sees = set()

    assert "Repository not found." in git(work, "ls-remote", url, user="ann", succeeds=False)
    assert "not found" in git(
        work, "ls-remote", git_server.clone_url("ann/none"), user="ann", succeeds=False
    )


def test_only_forward(git_server: GitServer, work: Path, url: str) -> None:
    git(work, "push", url, "main", user="ann")
    git(work, "commit", "--quiet", "--amend", "-m", "another")

    assert "[rejected]" in git(work, "push", url, "main", user="ann", succeeds=False)


def test_an_atomic_push_takes_all_or_nothing(git_server: GitServer, work: Path, url: str) -> None:
    git(work, "push", url, "main", user="ann")
    before = git_server.refs("ann/home")
    git(work, "branch", "other")
    git(work, "commit", "--quiet", "--amend", "-m", "another")

    git(work, "push", "--atomic", url, "main", "other", user="ann", succeeds=False)

    assert git_server.refs("ann/home") == before


def test_a_protected_branch_declines(git_server: GitServer, work: Path, url: str) -> None:
    git_server.decline("ann/home", "GH006: it's protected.\nAsk.", "refs/heads/main")

    said = git(work, "push", url, "main", user="ann", succeeds=False)

    assert "remote: GH006: it's protected." in said
    assert "remote: Ask." in said
    assert "(pre-receive hook declined)" in said
    git(work, "push", url, "main:other", user="ann")
    assert list(git_server.refs("ann/home")) == ["refs/heads/other"]


def test_a_reason_is_named_for_a_branch(git_server: GitServer, work: Path, url: str) -> None:
    git_server.decline("ann/home", "Ask.", reason="protected branch hook declined")

    said = git(work, "push", url, "main", user="ann", succeeds=False)

    assert "remote: Ask." in said
    assert " ! [remote rejected] main -> main (protected branch hook declined)" in said
    assert git_server.refs("ann/home") == {}


def test_a_server_may_take_no_pushes(git_server: GitServer, work: Path, url: str) -> None:
    git_server.configure("ann/home", "http.receivepack", "false")

    assert "403" in git(work, "push", url, "main", user="ann", succeeds=False)


def test_the_default_branch_is_one_that_is_there(
    git_server: GitServer, work: Path, url: str
) -> None:
    git(work, "push", url, "main:trunk", user="ann")
    assert git_server.head("ann/home") == "trunk"

    git(work, "push", url, "main:a", user="ann")
    assert git_server.head("ann/home") == "trunk"


def test_a_large_push_comes_in_chunks(git_server: GitServer, work: Path, url: str) -> None:
    made = commit(work, "large", os.urandom(3 * 2**20))

    git(work, "push", url, "main", user="ann")

    assert git_server.refs("ann/home") == {"refs/heads/main": made}
    sent = git_server.loopback.asked("POST")[-1]
    assert sent.headers["transfer-encoding"] == "chunked"
    assert len(sent.body) > 3 * 2**20


def test_a_compressed_request_is_understood(git_server: GitServer, work: Path, url: str) -> None:
    names = [f"branch-{number}" for number in range(60)]
    for name in names:
        git(work, "commit", "--quiet", "--allow-empty", "-m", name)
        git(work, "branch", name)
    git(work, "push", url, *names, user="ann")

    git(work.parent, "-c", "protocol.version=0", "clone", "--quiet", url, "clone", user="ann")

    assert "gzip" in {
        request.headers.get("content-encoding") for request in git_server.loopback.requests
    }


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_in_trouble(git_server: GitServer, work: Path, url: str, status: int) -> None:
    git_server.loopback.inject(faults.plain(status, "down"), path="*/info/refs", times=1)

    assert f"error: {status}" in git(work, "push", url, "main", user="ann", succeeds=False)
    git(work, "push", url, "main", user="ann")


@pytest.mark.parametrize("path", ["*/info/refs", "*/git-receive-pack"])
@pytest.mark.parametrize("fault", [faults.CLOSE, faults.cut_off()])
def test_a_connection_that_ends(
    git_server: GitServer, work: Path, url: str, path: str, fault: faults.Fault
) -> None:
    git_server.loopback.inject(fault, path=path)

    git(work, "push", url, "main", user="ann", succeeds=False)

    assert git_server.refs("ann/home") == {}
    git_server.loopback.heal()
    git(work, "push", url, "main", user="ann")


def test_a_push_that_arrives_though_the_answer_is_lost(
    git_server: GitServer, work: Path, url: str
) -> None:
    git_server.loopback.inject(faults.LOSE, path="*/git-receive-pack")

    git(work, "push", url, "main", user="ann", succeeds=False)

    assert list(git_server.refs("ann/home")) == ["refs/heads/main"]


def test_a_server_that_says_nothing(git_server: GitServer, work: Path, url: str) -> None:
    git_server.loopback.inject(faults.HANG)

    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["git", "ls-remote", url], cwd=work, capture_output=True, timeout=0.5)
