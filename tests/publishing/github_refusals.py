"""How GitHub's API refuses: statuses and messages of https://docs.github.com/rest (2022-11-28).

What somebody does not see is 404, and so is what a classic token lacks the scope for; fine-grained
tokens and those of installations get 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.publishing.faults import error_response
from tests.publishing.github_state import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.publishing.github_state import Repository, State, Token

_FORBIDDEN = {
    "fine-grained": "Resource not accessible by personal access token",
    "installation": "Resource not accessible by integration",
}


class RefusedError(Exception):
    """A request is refused with `response`."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: tuple[Mapping[str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.response = error_response(status, message, errors=errors, headers=headers)


def not_found(scopes: str = "") -> RefusedError:
    """It is not there, or not for this token: `scopes` are those that would do."""
    headers = {"X-Accepted-OAuth-Scopes": scopes} if scopes else {}
    return RefusedError(404, "Not Found", headers=headers)


def forbidden(token: Token, accepted: str = "") -> RefusedError:
    """A token without scopes lacks a permission: `accepted` are those that would do."""
    headers = {"X-Accepted-GitHub-Permissions": accepted} if accepted else {}
    return RefusedError(403, _FORBIDDEN[token.kind], headers=headers)


def invalid(resource: str, field: str, reason: str, message: str) -> RefusedError:
    """A field's value cannot be."""
    error = {"resource": resource, "code": "custom", "field": field, "message": reason}
    return RefusedError(422, message, (error,))


def signed_in(token: Token | None) -> Token:
    """The token; who has none may not ask this."""
    if token is None:
        raise RefusedError(401, "Requires authentication")
    return token


def administers(state: State, token: Token | None, repository: Repository, *, read: bool) -> None:
    """Raise where a token may not change (or read) the settings of a repository that it sees."""
    known = signed_in(token)
    if known.kind == "classic":
        enough = {"repo"} if repository.private else {"repo", "public_repo"}
        if state.role(known.login, repository) < Role.ADMIN or not enough & set(known.scopes):
            raise not_found("repo")
    else:
        level = "read" if read else "write"
        if not known.permits("administration", level) or not known.reaches(repository):
            raise forbidden(known, f"administration={level}")
        if known.kind != "installation" and state.role(known.login, repository) < Role.ADMIN:
            raise not_found()
    if repository.archived and not read:
        raise RefusedError(403, "Repository was archived so is read-only.")
