"""Clients of the GitHub of the tests: PyGithub, and requests without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from github import Auth, Github

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.publishing.github_stub import GitHubStub

SECRET = "ghp_secretofann"


def connected(
    github: GitHubStub, secret: str, base: str = "/api/v3", *, timeout: int = 10
) -> Iterator[Github]:
    """A client that does not try again; `timeout` in seconds."""
    client = Github(
        auth=Auth.Token(secret),
        base_url=github.url + base,
        retry=None,
        timeout=timeout,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    yield client
    client.close()


def get(
    github: GitHubStub, path: str, secret: str = "", method: str = "GET", **data: Any
) -> requests.Response:
    """Ask without a library for GitHub."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return requests.request(
        method, f"{github.api_url}{path}", headers=headers, json=data or None, timeout=5
    )
