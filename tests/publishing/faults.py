"""Ways in which a server fails: answers that GitHub gives, and what a network does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tests.publishing.loopback import Response

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

_DOCUMENTATION = "https://docs.github.com/rest"


class Handler(Protocol):
    """What a fault needs of the handler of a request."""

    close_connection: bool

    def send(self, response: Response, cut: int | None = None) -> None:
        """Send a response; with `cut`, that many bytes of it, and then close the connection."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer other than the right one.

    `hang` answers nothing until the server is closed. `cut` closes the connection after that many
    bytes of the body; without a response, before the first byte. `done`: what was asked for is
    done all the same, only its answer is lost.
    """

    response: Response | None = None
    cut: int | None = None
    hang: bool = False
    done: bool = False

    def answer(self, handler: Handler, closing: threading.Event) -> None:
        """Do to a request what this fault does."""
        if self.hang:
            closing.wait(60)
        if self.response is None:
            handler.close_connection = True
            return
        handler.send(self.response, self.cut)


HANG = Fault(hang=True)
CLOSE = Fault()
LOSE = Fault(done=True)


def cut_off(after: int = 4) -> Fault:
    """The connection ends in the middle of the answer."""
    return Fault(Response(200, b"0" * 1000), cut=after)


def plain(status: int, text: str = "", headers: Mapping[str, str] | None = None) -> Fault:
    """An answer in plain text, as proxies and git servers give it."""
    return Fault(Response(status, text.encode(), {"Content-Type": "text/plain", **(headers or {})}))


def api_error(
    status: int,
    message: str,
    *,
    errors: tuple[Mapping[str, Any], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Fault:
    """An error in the form of GitHub's API."""
    return Fault(error_response(status, message, errors=errors, headers=headers))


def error_response(
    status: int,
    message: str,
    *,
    errors: tuple[Mapping[str, Any], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response of GitHub's API to a request that it refuses.

    https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    data: dict[str, Any] = {"message": message}
    if errors:
        data["errors"] = [dict(error) for error in errors]
    data |= {"documentation_url": _DOCUMENTATION, "status": str(status)}
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Response(status, json.dumps(data).encode(), {**kind, **(headers or {})})


def bad_credentials() -> Fault:
    """A token that was revoked, or never was one."""
    return api_error(401, "Bad credentials")


def single_sign_on(organization: str = "org") -> Fault:
    """A token that its owner has not authorised for an organisation's single sign-on."""
    url = f"https://github.com/orgs/{organization}/sso?authorization_request=A"
    return api_error(
        403,
        "Resource protected by organization SAML enforcement. You must grant your Personal Access "
        "token access to this organization.",
        headers={"X-GitHub-SSO": f"required; url={url}"},
    )


def rate_limited(status: int = 403, reset: int = 4102444800) -> Fault:
    """The hour's requests are used up until `reset` (seconds since 1970)."""
    return api_error(
        status,
        "API rate limit exceeded for user ID 1.",
        headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)},
    )


def secondary_rate_limit(retry_after: int | str = 60, status: int = 403) -> Fault:
    """Too many requests at once; come back after some seconds."""
    return api_error(
        status,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        headers={"Retry-After": str(retry_after)},
    )


def too_many_requests(retry_after: int | str | None = None) -> Fault:
    """429, with the seconds after which to come back or without."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return api_error(429, "Too Many Requests", headers=headers)


def not_json(status: int = 200) -> Fault:
    """A page for people, as the sign-in of a hotel's network gives it."""
    page = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
    return Fault(Response(status, page, {"Content-Type": "text/html"}))


def huge(size: int = 64 * 2**20, status: int = 200) -> Fault:
    """A JSON string of `size` bytes."""
    body = b'"' + b"a" * (size - 2) + b'"'
    return Fault(Response(status, body, {"Content-Type": "application/json"}))


def redirect(url: str, status: int = 307) -> Fault:
    """Another address to ask."""
    return Fault(Response(status, b"", {"Location": url}))
