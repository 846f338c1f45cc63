"""Faults of the servers of the tests, seen by a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from github import Github, GithubException

from tests.publishing import faults
from tests.publishing.clients import SECRET, connected, get
from tests.publishing.github_state import Token

if TYPE_CHECKING:
    from tests.publishing.github_stub import GitHubStub

FAULTS = {
    "401": (faults.bad_credentials(), 401),
    "403": (faults.api_error(403, "Forbidden"), 403),
    "sso": (faults.single_sign_on(), 403),
    "404": (faults.api_error(404, "Not Found"), 404),
    "422": (faults.api_error(422, "Validation Failed"), 422),
    "429": (faults.too_many_requests(7), 429),
    "limit": (faults.rate_limited(), 403),
    "secondary": (faults.secondary_rate_limit(7), 403),
    "500": (faults.api_error(500, "Server Error"), 500),
    "502": (faults.plain(502), 502),
    "503": (faults.not_json(503), 503),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_with_a_status(github: GitHubStub, ann: Github, name: str) -> None:
    fault, status = FAULTS[name]
    github.loopback.inject(fault, "GET", "*/user")

    with pytest.raises(GithubException) as raised:
        ann.get_user().login  # noqa: B018

    assert raised.value.status == status
    assert ann.get_rate_limit().rate.limit == 5000


def test_faults_bring_their_headers(github: GitHubStub) -> None:
    github.loopback.inject(faults.too_many_requests(7), times=1)
    github.loopback.inject(faults.single_sign_on("org"), times=1)
    github.loopback.inject(faults.redirect(f"{github.api_url}/rate_limit"), times=1)

    assert get(github, "/user").headers["Retry-After"] == "7"
    assert get(github, "/user").headers["X-GitHub-SSO"].startswith("required; url=https://")
    assert get(github, "/user").json()["rate"]["limit"] == 5000


@pytest.mark.parametrize("fault", [faults.CLOSE, faults.HANG, faults.cut_off()])
def test_faults_of_the_network(github: GitHubStub, fault: faults.Fault) -> None:
    github.token(SECRET, Token("ann"))
    github.loopback.inject(fault, path="*/user")

    for client in connected(github, SECRET, timeout=1):
        with pytest.raises(requests.RequestException):
            client.get_user().login  # noqa: B018


def test_an_answer_can_be_lost(github: GitHubStub, ann: Github) -> None:
    github.loopback.inject(faults.LOSE, "POST")

    with pytest.raises(requests.RequestException):
        get(github, "/user/repos", SECRET, "POST", name="home")

    assert github.state.repository("ann/home") is not None


def test_a_body_can_be_huge(github: GitHubStub) -> None:
    github.loopback.inject(faults.huge(2**22))

    assert len(get(github, "/user").json()) == 2**22 - 2


def test_faults_are_counted(github: GitHubStub, ann: Github) -> None:
    github.loopback.inject(faults.plain(500), "GET", "*/user", skip=1, times=2)

    asked = [get(github, "/user", SECRET).status_code for _ in range(4)]

    assert asked == [200, 500, 500, 200]
