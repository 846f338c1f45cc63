"""Who may read and write which repository of a git server."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tests.publishing.loopback import Response

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class User:
    """Somebody with a password or a token; the repositories (owner/name) that are theirs to see.

    None stands for all repositories.
    """

    password: str
    writes: bool = True
    sees: set[str] | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Basic authentication sends."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Who was let in, and variables for the hooks of the repository."""

    user: str
    variables: Mapping[str, str]


class Gate(Protocol):
    """Lets a request in, or says why not."""

    def __call__(
        self, credentials: Credentials | None, name: str, *, writes: bool
    ) -> Entry | Response: ...


@dataclass(frozen=True, slots=True)
class UsersGate:
    """Lets users in by their passwords, and everybody to read what is `readable`."""

    users: dict[str, User] = field(default_factory=dict)
    readable: set[str] = field(default_factory=set)

    def __call__(
        self, credentials: Credentials | None, name: str, *, writes: bool
    ) -> Entry | Response:
        if credentials is None and name in self.readable and not writes:
            return Entry("", {})
        if credentials is None:
            return unauthorized()
        user = self.users.get(credentials.user)
        if user is None or user.password != credentials.password:
            return unauthorized("Invalid username or password.")
        if user.sees is not None and name not in user.sees:
            return refused(404, "Repository not found.")
        if writes and not user.writes:
            return refused(403, f"Permission to {name}.git denied to {credentials.user}.")
        return Entry(credentials.user, {})


def unauthorized(message: str = "No anonymous access.") -> Response:
    """Who asks has to say who they are."""
    return refused(401, message, {"WWW-Authenticate": 'Basic realm="git"'})


def refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal whose text git shows as `remote: …`."""
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    return Response(status, message.encode(), {**kind, **(headers or {})})


def credentials(authorization: str) -> Credentials | None:
    """What an Authorization header says; None where it is not Basic authentication."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, separator, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credentials(user, password) if separator else None
