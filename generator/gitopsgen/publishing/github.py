"""GitHub's REST API, as far as publishing a repository needs it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.publishing.answers import ComeBackError, explained
from gitopsgen.publishing.places import parse_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from github.Requester import Requester

    from gitopsgen.publishing.places import Place
    from gitopsgen.publishing.token import Token

_T = TypeVar("_T")

API_URL = "https://api.github.com"
# How long an answer may take, and how long a "come back later" is waited for, in seconds.
TIMEOUT = 15
_WAIT = 5
_PAGE = 100
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Hosted:
    """A repository on GitHub, and what the token may do there."""

    is_private: bool
    is_archived: bool
    may_push: bool
    may_administer: bool
    default_branch: str


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
        self._requester: Requester | None = None

    @property
    def what(self) -> str:
        """The repository as people write it."""
        return f"{self.owner}/{self.name}"

    def find(self) -> Hosted | None:
        """The repository, or None where GitHub shows none of that name."""
        from github import UnknownObjectException

        def look(ask: Requester) -> Hosted | None:
            try:
                return _hosted(_ask(ask, "GET", self._path))
            except UnknownObjectException:
                return None

        return self._answer(look)

    def check_scopes(self, needed: Iterable[tuple[str, ...]]) -> None:
        """Raise where the token lacks a scope; of each tuple it needs one, the first at best.

        Asks nothing where `find` was asked before. A fine-grained token and that of GitHub Actions
        have no scopes to look at.
        """
        if self._requester is None:
            self.find()
        scopes = self._answer(lambda ask: ask.oauth_scopes)
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
        options = {"name": self.name, "private": private, "description": description}

        def make(ask: Requester) -> Hosted:
            login = _document(_ask(ask, "GET", "/user"), "login")["login"]
            own = str(login).lower() == self.owner.lower()
            place = "/user/repos" if own else f"/orgs/{quote(self.owner, safe='')}/repos"
            return _hosted(_ask(ask, "POST", place, options))

        return self._answer(make)

    def set_default_branch(self, branch: str) -> None:
        """Make a branch the one that people see and clone first."""
        self._answer(
            lambda ask: _hosted(_ask(ask, "PATCH", self._path, {"default_branch": branch}))
        )

    def deploy_keys(self) -> list[RegisteredKey]:
        """The keys that open this repository and nothing else."""

        def look(ask: Requester) -> list[RegisteredKey]:
            found: list[RegisteredKey] = []
            for page in range(1, _MOST_PAGES + 1):
                query = f"?per_page={_PAGE}&page={page}"
                listed = _ask(ask, "GET", f"{self._path}/keys{query}")
                if not isinstance(listed, list):
                    raise ValueError("no list")
                found += map(_registered, listed)
                if len(listed) < _PAGE:
                    break
            return found

        return self._answer(look)

    def add_deploy_key(self, title: str, public: str) -> None:
        """Let the owner of a key read the repository, and do nothing else."""
        key = {"title": title, "key": public, "read_only": True}
        self._answer(lambda ask: _registered(_ask(ask, "POST", f"{self._path}/keys", key)))

    @property
    def _path(self) -> str:
        return f"/repos/{quote(self.owner, safe='')}/{quote(self.name, safe='')}"

    def _answer(self, question: Callable[[Requester], _T]) -> _T:
        """Ask; where GitHub says to come back within seconds, do that, once."""
        try:
            return self._once(question)
        except ComeBackError as error:
            if error.seconds is None or error.seconds > _WAIT:
                raise
            time.sleep(error.seconds)
        return self._once(question)

    def _once(self, question: Callable[[Requester], _T]) -> _T:
        with explained(self.api_url, self.what, self.token):
            return question(self._connected())

    def _connected(self) -> Requester:
        if self._requester is None:
            from github import Auth, Github

            self._requester = Github(
                auth=Auth.Token(self.token.secret),
                base_url=self.api_url,
                timeout=TIMEOUT,
                retry=None,
                user_agent="gitopsgen",
                seconds_between_requests=0,
                seconds_between_writes=0,
            ).requester
        return self._requester


def _ask(requester: Requester, verb: str, path: str, document: object = None) -> Any:
    return requester.requestJsonAndCheck(verb, path, input=document)[1]


def without_comment(key: str) -> str:
    """A public key's type and base64."""
    return " ".join(key.split()[:2])


def _hosted(answer: Any) -> Hosted:
    document = _document(answer, "full_name", "private")
    permissions = document.get("permissions")
    may = permissions if isinstance(permissions, dict) else {}
    return Hosted(
        is_private=bool(document["private"]),
        is_archived=bool(document.get("archived")),
        may_push=bool(may.get("push")),
        may_administer=bool(may.get("admin")),
        default_branch=str(document.get("default_branch") or ""),
    )


def _registered(answer: Any) -> RegisteredKey:
    document = _document(answer, "id", "title", "key")
    public = without_comment(str(document["key"]))
    return RegisteredKey(str(document["title"]), public, bool(document.get("read_only")))


def _document(answer: Any, *keys: str) -> dict[str, Any]:
    """An answer that has these keys; whatever else a server says with a 200 is no success."""
    if not isinstance(answer, dict) or not all(key in answer for key in keys):
        raise ValueError(f"no document with {keys[0]}")
    return answer
