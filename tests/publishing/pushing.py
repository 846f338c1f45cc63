"""A repository of ann's, and `gitopsgen push` of it to the GitHub of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.invoke import Result, invoke
from tests.commands.repositories import git, make_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publishing.github_stub import GitHubStub

NAME = "ann/home"


class Pusher:
    """A work tree whose origin is a repository of ann's on a GitHub."""

    def __init__(self, github: GitHubStub, folder: Path) -> None:
        self.github = github
        self.root = make_repository(folder / "home")
        self.url = f"{github.url}/{NAME}.git"
        git(self.root, "remote", "set-url", "origin", self.url)

    def push(self, *arguments: str) -> Result:
        """Push, without charts: they are not what is tested here."""
        api = ("--api-url", self.github.api_url)
        return invoke("push", self.root, "--charts", "skip", *api, *arguments)

    @property
    def there(self) -> dict[str, str]:
        """The branches of the repository on GitHub, with their commits."""
        assert self.github.git is not None
        return self.github.git.refs(NAME)

    @property
    def here(self) -> dict[str, str]:
        """The branches of the work tree, with their commits."""
        listed = git(self.root, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
        return dict(line.split(" ") for line in listed.splitlines())

    def changes(self) -> list[str]:
        """What changed something at GitHub."""
        return [f"{request.method} {request.path}" for request in self.github.changes()]
