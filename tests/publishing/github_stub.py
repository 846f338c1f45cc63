"""GitHub's REST API on the loopback interface, as far as publishing a repository needs it.

Statuses and messages are those of https://docs.github.com/rest (2022-11-28): what a token does not
see is 404, and so is what a classic token lacks the scope for; a fine-grained one gets 403.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Self

from tests.publishing.github_git import GitDoor
from tests.publishing.github_keys import answer_about_keys
from tests.publishing.github_refusals import (
    RefusedError,
    administers,
    forbidden,
    invalid,
    not_found,
    signed_in,
)
from tests.publishing.github_state import Account, Repository, Role, State, Token
from tests.publishing.loopback import Loopback, Request, Response

if TYPE_CHECKING:
    from tests.publishing.git_server import GitServer

_BASE = re.compile(r"(?:/.*?)?(/(?:user|users|orgs|repos|rate_limit)(?:/.*)?)")
_NOT_MADE = "Repository creation failed."


class GitHubStub:
    """GitHub's API at `api_url` (and below every other base path of the server).

    With a git server, both share its address: repositories are made there too, and its gate asks
    here what a token may do. `state` can be set as a test needs it; requests and faults: see
    `loopback`.
    """

    def __init__(self, git: GitServer | None = None) -> None:
        self.state = State()
        self.git = git
        self.loopback = git.loopback if git is not None else Loopback()
        self.loopback.applications.append(self.answer)
        self.url = self.loopback.url
        self.api_url = f"{self.url}/api/v3"
        if git is not None:
            git.guard(GitDoor(self.state))

    def token(self, secret: str, token: Token) -> Token:
        """Let GitHub know a token."""
        self.state.tokens[secret] = token
        return token

    def organization(self, login: str, **members: str) -> Account:
        """Add an organisation and its members (login="admin" or "member")."""
        account = Account(login, is_organization=True, members=members)
        self.state.accounts[login] = account
        return account

    def repository(self, full_name: str, *, private: bool = True) -> Repository:
        """Add a repository, empty."""
        owner, _, name = full_name.partition("/")
        made = Repository(owner, name, private, id=next(self.state.ids))
        self.state.repositories[full_name] = made
        if self.git is not None:
            self.git.create(full_name)
            GitDoor.watch_workflows(self.git, full_name)
        return made

    def changes(self) -> list[Request]:
        """The requests that were meant to change something, pushes among them."""
        reads = ("GET", "HEAD")
        return [
            request
            for request in self.loopback.requests
            if request.method not in reads and not request.path.endswith("/git-upload-pack")
        ]

    def answer(self, request: Request) -> Response | None:
        """Answer a request to the API; None for other paths."""
        found = _BASE.fullmatch(request.path)
        if found is None:
            return None
        token: Token | None = None
        try:
            token = self._token(request)
            response = self._route(request, found[1].strip("/").split("/"), token)
        except RefusedError as error:
            response = error.response
        headers = {**_limits(), **response.headers}
        if token is not None and token.kind == "classic":
            headers = {
                "X-Accepted-OAuth-Scopes": "",
                **headers,
                "X-OAuth-Scopes": ", ".join(token.scopes),
            }
        return Response(response.status, response.body, headers)

    def _token(self, request: Request) -> Token | None:
        if "user-agent" not in request.headers:
            raise RefusedError(403, "Request forbidden by administrative rules.")
        if not request.authorization:
            return None
        scheme, _, secret = request.authorization.partition(" ")
        token = self.state.tokens.get(secret)
        if scheme.lower() not in ("token", "bearer") or token is None:
            raise RefusedError(401, "Bad credentials")
        return token

    def _route(self, request: Request, parts: list[str], token: Token | None) -> Response:
        match request.method, parts:
            case "GET", ["user"]:
                return _json(200, _account(Account(_person(token).login)))
            case "GET", ["rate_limit"]:
                limit = {"limit": 5000, "used": 1, "remaining": 4999, "reset": 4102444800}
                return _json(200, {"resources": {"core": limit}, "rate": limit})
            case "GET", ["users", login]:
                return _json(200, _account(self._account(login)))
            case "GET", ["orgs", login]:
                return _json(200, _account(self._account(login, organization=True)))
            case "POST", ["user", "repos"]:
                known = _person(token)
                return self._create(request.json, known, Account(known.login))
            case "POST", ["orgs", login, "repos"]:
                account = self._account(login, organization=True)
                return self._create(request.json, signed_in(token), account)
            case "GET", ["repos", owner, name]:
                return _json(200, self._described(self._visible(owner, name, token), token))
            case "PATCH", ["repos", owner, name]:
                return self._change(request.json, self._visible(owner, name, token), token)
            case _, ["repos", owner, name, "keys", *rest]:
                visible = self._visible(owner, name, token)
                administers(self.state, token, visible, read=request.method == "GET")
                return answer_about_keys(self.state, visible, request, rest)
        raise not_found()

    def _account(self, login: str, *, organization: bool = False) -> Account:
        account = self.state.account(login)
        if account is None or (organization and not account.is_organization):
            raise not_found()
        return account

    def _visible(self, owner: str, name: str, token: Token | None) -> Repository:
        repository = self.state.repository(f"{owner}/{name}")
        if repository is None or not self.state.sees(token, repository):
            raise not_found()
        return repository

    def _create(self, body: dict[str, Any], token: Token, owner: Account) -> Response:
        private = bool(body.get("private", False))
        if token.kind == "classic":
            if not {"repo"} & set(token.scopes) and (private or "public_repo" not in token.scopes):
                raise not_found("public_repo, repo")
        elif not token.permits("administration") or owner.login != (token.owner or token.login):
            raise forbidden(token, "administration=write")
        role = owner.members.get(token.login)
        may_create = role == "admin" or (role == "member" and owner.members_may_create)
        if owner.is_organization and not may_create:
            raise RefusedError(
                403, "You need admin access to the organization before adding a repository to it."
            )
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(body.get("name") or ""))[:100]
        if not name:
            raise invalid("Repository", "name", "name is required", _NOT_MADE)
        if self.state.repository(f"{owner.login}/{name}") is not None:
            said = "name already exists on this account"
            raise invalid("Repository", "name", said, _NOT_MADE)
        made = self.repository(f"{owner.login}/{name}", private=private)
        made.description = body.get("description")
        return _json(201, self._described(made, token))

    def _change(
        self, body: dict[str, Any], repository: Repository, token: Token | None
    ) -> Response:
        administers(self.state, token, repository, read=False)
        repository.private = bool(body.get("private", repository.private))
        repository.description = body.get("description", repository.description)
        if (branch := body.get("default_branch")) is not None:
            if self.git is not None and f"refs/heads/{branch}" not in self.git.refs(
                repository.full_name
            ):
                said = f"The branch {branch} was not found. Please push that ref first."
                raise invalid("Repository", "default_branch", said, "Validation Failed")
            repository.default_branch = branch
            if self.git is not None:
                self.git.set_head(repository.full_name, branch)
        return _json(200, self._described(repository, token))

    def _described(self, repository: Repository, token: Token | None) -> dict[str, Any]:
        name = repository.full_name
        role = self.state.permissions(token, repository)
        branch = repository.default_branch if self.git is None else self.git.head(name)
        return {
            "id": repository.id,
            "name": repository.name,
            "full_name": name,
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "owner": _account(self.state.account(repository.owner) or Account(repository.owner)),
            "description": repository.description,
            "archived": repository.archived,
            "default_branch": branch,
            "permissions": {known.name.lower(): role >= known for known in list(Role)[1:]},
            "url": f"{self.api_url}/repos/{name}",
            "html_url": f"{self.url}/{name}",
            "clone_url": f"{self.url}/{name}.git",
            "ssh_url": f"git@127.0.0.1:{name}.git",
        }

    def __enter__(self) -> Self:
        if self.git is None:
            self.loopback.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        if self.git is None:
            self.loopback.__exit__(*exception)


def _person(token: Token | None) -> Token:
    """The token of somebody; one of an installation stands for nobody."""
    known = signed_in(token)
    if known.kind == "installation":
        raise forbidden(known)
    return known


def _account(account: Account) -> dict[str, Any]:
    kind = "Organization" if account.is_organization else "User"
    return {"login": account.login, "type": kind}


def _limits() -> dict[str, str]:
    reset = {"X-RateLimit-Reset": "4102444800", "X-RateLimit-Resource": "core"}
    return {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", **reset}


def _json(status: int, data: Any) -> Response:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Response(status, json.dumps(data).encode(), kind)
