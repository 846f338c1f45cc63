"""What goes wrong on the way to GitHub: one clear line each, and the token nowhere in it."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.publishing import github as github_module
from gitopsgen.publishing import remote as remote_module
from tests.commands.repositories import git
from tests.publishing import faults
from tests.publishing.clients import SECRET
from tests.publishing.github_state import Token
from tests.publishing.processes import GitTrace, ProcessWatcher
from tests.publishing.pushing import NAME, Pusher

if TYPE_CHECKING:
    from tests.publishing.faults import Fault
    from tests.publishing.github_stub import GitHubStub

pytestmark = pytest.mark.usefixtures("kubeconform")

REPOSITORY = f"*/repos/{NAME}"
KEYS = f"*/repos/{NAME}/keys*"
REFS = "*/info/refs"
PACK = "*/git-receive-pack"
# What Basic authentication makes of it.
ENCODED = base64.b64encode(f"x-access-token:{SECRET}".encode()).decode()


@pytest.fixture
def ann(github: GitHubStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pusher:
    """ann with a private repository, and a GitHub that has a second for every answer."""
    for name in ("GITHUB_TOKEN", "GITHUB_API_URL", "GH_ENTERPRISE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_TOKEN", SECRET)
    monkeypatch.setattr(github_module, "TIMEOUT", 1)
    monkeypatch.setattr(remote_module, "STALLED", 1)
    github.token(SECRET, Token("ann"))
    github.repository(NAME)
    return Pusher(github, tmp_path)


API_FAULTS: list[tuple[Fault, str]] = [
    (faults.bad_credentials(), "the token from $GH_TOKEN is not valid (401)"),
    (faults.api_error(403, "Forbidden"), "may not do this (403: Forbidden)"),
    (faults.single_sign_on(), "lacks single sign-on (403)"),
    (
        faults.api_error(422, "Validation Failed", errors=({"message": "name is odd"},)),
        "GitHub refused it (422: Validation Failed; name is odd)",
    ),
    (faults.too_many_requests(), "too many requests (429)"),
    (faults.too_many_requests(3600), "too many requests (429)"),
    (faults.secondary_rate_limit(3600), "too many requests (403)"),
    (faults.rate_limited(), "too many requests (403)"),
    (faults.api_error(500, "Server Error"), "GitHub is in trouble (500)"),
    (faults.plain(502, "Bad Gateway"), "GitHub is in trouble (502)"),
    (faults.api_error(503, f"Unavailable {SECRET}"), "GitHub is in trouble (503)"),
    (faults.api_error(418, f"A teapot \x1b[31m{SECRET}"), "GitHub answered 418: A teapot  [31m***"),
    (faults.HANG, "did not answer in time"),
    (faults.CLOSE, "cannot be reached"),
    (faults.cut_off(), "cannot be reached"),
    (faults.not_json(), "does not answer as GitHub's API does"),
    (faults.plain(200, "[3]"), "does not answer as GitHub's API does"),
    (faults.plain(200, "{"), "does not answer as GitHub's API does"),
    (faults.plain(204), "does not answer as GitHub's API does"),
    (faults.redirect("https://example.net/", 301), "does not answer as GitHub's API does"),
    (faults.redirect("https://example.net/", 307), "does not answer as GitHub's API does"),
]


def one_line(error: str, message: str) -> None:
    """The error is one line, hints apart, and says what it should."""
    lines = [line for line in error.splitlines() if not line.startswith(("  ", "note: "))]
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert SECRET not in error
    assert ENCODED not in error
    assert "Traceback" not in error


@pytest.mark.parametrize("path", [REPOSITORY, KEYS], ids=["repository", "keys"])
@pytest.mark.parametrize(("fault", "message"), API_FAULTS)
def test_what_the_api_refuses(ann: Pusher, fault: Fault, message: str, path: str) -> None:
    ann.github.loopback.inject(fault, "GET", path)
    done = ann.push()
    assert done.status == 3, done.out
    one_line(done.err, message)
    assert ann.changes() == []


@pytest.mark.parametrize(("fault", "message"), API_FAULTS[::3])
def test_a_key_that_is_not_taken_is_registered_next_time(
    ann: Pusher, fault: Fault, message: str
) -> None:
    ann.github.loopback.inject(fault, "POST", KEYS)
    done = ann.push()
    assert done.status == 3, done.out
    one_line(done.err, message)
    assert ann.there == ann.here
    ann.github.loopback.heal()
    assert "registered a read-only deploy key" in ann.push().out
    assert ann.push().out.endswith("has all of it\n")


@pytest.mark.parametrize("path", [REPOSITORY, KEYS], ids=["repository", "keys"])
def test_a_short_pause_is_made_once(ann: Pusher, path: str) -> None:
    ann.github.loopback.inject(faults.too_many_requests(0), "GET", path, times=1)
    assert ann.push().status == 0
    ann.github.loopback.inject(faults.too_many_requests(0), "GET", path, times=2)
    one_line(ann.push().err, "too many requests (429)")


def test_a_repository_that_was_made_although_the_answer_was_lost(ann: Pusher) -> None:
    del ann.github.state.repositories[NAME]
    ann.github.loopback.inject(faults.LOSE, "POST", "*/user/repos", times=1)
    done = ann.push("--create")
    assert done.status == 3
    assert ann.push("--create").status == 0
    assert ann.there == ann.here


GIT_FAULTS: list[tuple[Fault, str]] = [
    (faults.plain(401, headers={"WWW-Authenticate": "Basic"}), "is not valid there (401)"),
    (faults.plain(403), "may not push there (403)"),
    (faults.plain(404), "there is no such repository"),
    (faults.plain(422), "did not accept it (422)"),
    (faults.plain(429), "too many requests (429)"),
    (faults.plain(500), "the server is in trouble"),
    (faults.plain(503), "the server is in trouble"),
    (faults.HANG, "did not answer in time"),
    (faults.CLOSE, "the connection broke off"),
    (faults.not_json(), "it is no git server that one can push to"),
]


@pytest.mark.parametrize(("fault", "message"), GIT_FAULTS)
def test_what_the_git_server_refuses(ann: Pusher, fault: Fault, message: str) -> None:
    ann.github.loopback.inject(fault, "*", REFS)
    done = ann.push()
    assert done.status == 3, done.out
    one_line(done.err, message)
    assert (ann.there, ann.changes()) == ({}, [])


@pytest.mark.parametrize(("fault", "message"), GIT_FAULTS[1:-1])
def test_a_push_that_breaks_off(ann: Pusher, fault: Fault, message: str) -> None:
    ann.github.loopback.inject(fault, "POST", PACK)
    done = ann.push()
    assert done.status == 3, done.out
    one_line(done.err, message)
    ann.github.loopback.heal()
    assert ann.push().status == 0
    assert ann.there == ann.here


def test_the_token_is_in_no_argument_file_or_log(
    ann: Pusher, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    monkeypatch.setenv("GIT_TRACE_CURL", str(tmp_path / "curl.txt"))
    caplog.set_level(logging.DEBUG)
    trace = GitTrace(Path.home(), tmp_path / "trace")
    with ProcessWatcher() as watcher:
        done = ann.push()
    assert done.status == 0, done.err
    assert "git" in watcher.programs
    for word in (SECRET, ENCODED):
        assert not watcher.with_argument(word)
        assert not trace.with_argument(word)
        assert word not in done.out + done.err + caplog.text
        for folder in (ann.root / ".git", Path.home() / ".config"):
            for path in folder.rglob("*"):
                assert not path.is_file() or word.encode() not in path.read_bytes(), path
    assert "gitopsgen-push" not in (ann.root / ".git/config").read_text()


def test_a_helper_that_stores_tokens_is_not_asked(ann: Pusher, tmp_path: Path) -> None:
    store = tmp_path / "stored"
    git(ann.root, "config", "credential.helper", f"store --file={store}")
    assert ann.push().status == 0
    assert not store.exists()
