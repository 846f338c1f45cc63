"""GitHub's REST API, as far as publishing a repository needs it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.publishing.answers import ComeBackError, explained
from gitopsgen.publishing.places import parse_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from github import Github
    from github.Repository import Repository

    from gitopsgen.publishing.places import Place
    from gitopsgen.publishing.token import Token

_T = TypeVar("_T")

API_URL = "https://api.github.com"
# How long an answer may take, and how long a "come back later" is waited for, in seconds.
TIMEOUT = 15
_WAIT = 5


@dataclass(frozen=True, slots=True)
class Hosted:
    """A repository on GitHub; `host` is where it is cloned from."""

    is_private: bool
    is_archived: bool
    may_push: bool
    may_administer: bool
    default_branch: str
    host: str


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A deploy key: `public` is its type and base64, without a comment."""

    title: str
    public: str
    is_read_only: bool


def check_api_url(url: str) -> Place:
    """The place of GitHub's API. Raises `UsageError` where a token must not go there."""
    place = parse_place(url)
    if place is None or not place.is_http or not place.host:
        raise UsageError(
            f"--api-url {url} is no address of GitHub's API",
            f"It is {API_URL}; a GitHub Enterprise Server has https://HOST/api/v3.",
        )
    if not place.is_private_way:
        raise UsageError(
            f"--api-url {url} would show the token to everybody on the way there", "Use https."
        )
    return place


def hosts_of(api: Place) -> frozenset[str]:
    """The hosts of the repositories of the GitHub whose API is at `api`."""
    host = api.host.removeprefix("api.")
    # GitHub takes ssh at port 443, too, under a name of its own.
    return frozenset({host, f"ssh.{host}"})


class GitHub:
    """One repository on GitHub, seen with a token.

    Every method raises `UnavailableError` with one line that says what GitHub answered.
    """

    def __init__(self, api_url: str, token: Token, owner: str, name: str) -> None:
        self.api_url = api_url.rstrip("/")
        self.token = token
        self.owner, self.name = owner, name
        self._client: Github | None = None

    @property
    def what(self) -> str:
        """The repository as people write it."""
        return f"{self.owner}/{self.name}"

    def find(self) -> Hosted | None:
        """The repository, or None where GitHub shows none of that name."""
        from github import UnknownObjectException

        def look(client: Github) -> Hosted | None:
            try:
                return _hosted(client.get_repo(self.what))
            except UnknownObjectException:
                return None

        return self._ask(look)

    def check_scopes(self, needed: Iterable[tuple[str, ...]]) -> None:
        """Raise where the token lacks a scope; of each tuple it needs one, the first at best.

        Asks nothing where `find` was asked before. A fine-grained token and that of GitHub Actions
        have no scopes to look at.
        """
        if self._client is None:
            self.find()
        scopes = self._ask(lambda client: client.oauth_scopes)
        if scopes is None:
            return
        missing = [names[0] for names in needed if not set(names) & set(scopes)]
        if missing:
            word = "scope" if len(missing) == 1 else "scopes"
            raise UnavailableError(
                f"the token from {self.token.source} lacks the {word} {' and '.join(missing)}",
                "Give it that: gh auth refresh --scopes repo,workflow, or in GitHub's settings.",
            )

    def create(self, *, private: bool, description: str) -> Hosted:
        """Make the repository, empty, for the token's user or an organisation of theirs."""

        def make(client: Github) -> Hosted:
            user = client.get_user()
            options: dict[str, Any] = {"private": private, "description": description}
            if user.login.lower() == self.owner.lower():
                return _hosted(user.create_repo(self.name, **options))
            return _hosted(client.get_organization(self.owner).create_repo(self.name, **options))

        return self._ask(make)

    def set_default_branch(self, branch: str) -> None:
        """Make a branch the one that people see and clone first."""
        self._ask(lambda client: self._repository(client).edit(default_branch=branch))

    def deploy_keys(self) -> list[RegisteredKey]:
        """The keys that open this repository and nothing else."""
        return self._ask(
            lambda client: [
                RegisteredKey(key.title, without_comment(key.key), bool(key.read_only))
                for key in self._repository(client).get_keys()
            ]
        )

    def add_deploy_key(self, title: str, public: str) -> None:
        """Let the owner of a key read the repository, and do nothing else."""
        self._ask(lambda client: self._repository(client).create_key(title, public, read_only=True))

    def _repository(self, client: Github) -> Repository:
        return client.get_repo(self.what, lazy=True)

    def _ask(self, question: Callable[[Github], _T]) -> _T:
        """Ask; where GitHub says to come back within seconds, do that, once."""
        try:
            return self._once(question)
        except ComeBackError as error:
            if error.seconds is None or error.seconds > _WAIT:
                raise
            time.sleep(error.seconds)
        return self._once(question)

    def _once(self, question: Callable[[Github], _T]) -> _T:
        with explained(self.api_url, self.what, self.token):
            return question(self._connected())

    def _connected(self) -> Github:
        if self._client is None:
            from github import Auth, Github

            self._client = Github(
                auth=Auth.Token(self.token.secret),
                base_url=self.api_url,
                timeout=TIMEOUT,
                retry=None,
                user_agent="gitopsgen",
                seconds_between_requests=0,
                seconds_between_writes=0,
            )
        return self._client


def without_comment(key: str) -> str:
    """A public key's type and base64."""
    return " ".join(key.split()[:2])


def _hosted(repository: Repository) -> Hosted:
    permissions = repository.permissions
    place = parse_place(repository.clone_url or "")
    return Hosted(
        is_private=bool(repository.private),
        is_archived=bool(repository.archived),
        may_push=bool(permissions and permissions.push),
        may_administer=bool(permissions and permissions.admin),
        default_branch=str(repository.default_branch or ""),
        host=place.host if place is not None else "",
    )
