"""What GitHub's API answers when it refuses something, in one line for people."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.publishing.token import Token

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SHOWN = 200
_MEANINGS = {
    401: ("the token from {source} is not valid (401)", "Make a new one: gh auth login."),
    403: (
        "the token from {source} may not do this (403: {said})",
        "Give it the scopes repo and workflow, or, for a fine-grained one, the repository's "
        "permissions Administration, Contents and Workflows.",
    ),
    404: (
        "there is no such thing, or the token from {source} cannot see it (404)",
        "Check the owner's name, and that the token has access to it.",
    ),
    422: ("GitHub refused it (422: {said})", "Mend what it says, then run this again."),
}


class ComeBackError(UnavailableError):
    """GitHub wants to be asked again after `seconds`, None where it does not say when."""

    def __init__(self, message: str, hint: str, seconds: int | None) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


@contextmanager
def explained(api_url: str, what: str, token: Token) -> Iterator[None]:
    """Turn all that PyGithub and requests raise within the block into `UnavailableError`."""
    from github import BadAttributeException, GithubException
    from requests import RequestException, Timeout

    try:
        yield
    except GithubException as error:
        raise _meaning(error, f"{api_url}, {what}", token) from error
    except Timeout as error:
        raise UnavailableError(
            f"{api_url} did not answer in time", "Run this again later."
        ) from error
    except RequestException as error:
        slow = "timed out" in str(error)
        raise UnavailableError(
            f"{api_url} {'did not answer in time' if slow else 'cannot be reached'}",
            "Check the network and the address (--api-url).",
        ) from error
    except (BadAttributeException, ValueError, TypeError, LookupError, RuntimeError) as error:
        # What PyGithub raises about other documents, and about redirects to other hosts.
        raise _no_github(api_url) from error
    except (AssertionError, AttributeError) as error:
        raise _no_github(api_url) from error


def _no_github(api_url: str) -> UnavailableError:
    return UnavailableError(
        f"{api_url} does not answer as GitHub's API does",
        "Check the address (--api-url); a GitHub Enterprise Server has https://HOST/api/v3.",
    )


def _meaning(error: Any, where: str, token: Token) -> UnavailableError:
    status = int(error.status or 0)
    said = token.hide(_said(error.data))[:_SHOWN]
    headers = {key.lower(): value for key, value in (error.headers or {}).items()}
    seconds = _retry_after(headers)
    if status == 429 or (status == 403 and ("rate limit" in said.lower() or seconds is not None)):
        wait = f"{seconds} s" if seconds is not None else "some minutes"
        message = f"{where}: too many requests ({status})"
        return ComeBackError(message, f"Wait {wait}, then run this again.", seconds)
    if status == 403 and "x-github-sso" in headers:
        hint = (
            "Authorize it for the organisation: https://github.com/settings/tokens, Configure SSO."
        )
        message = f"{where}: the token from {token.source} lacks single sign-on (403)"
        return UnavailableError(message, hint)
    if status >= 500:
        return UnavailableError(
            f"{where}: GitHub is in trouble ({status})", "Run this again later."
        )
    message, hint = _MEANINGS.get(status, ("GitHub answered {status}: {said}", ""))
    values = {"source": token.source, "said": said, "status": status}
    return UnavailableError(f"{where}: {message.format(**values)}", hint)


def _said(data: object) -> str:
    """GitHub's message and those of its `errors`."""
    if not isinstance(data, dict):
        return "no reason given"
    errors = data.get("errors")
    details = [
        item.get("message") if isinstance(item, dict) else item
        for item in (errors if isinstance(errors, list) else [])
    ]
    words = [str(word) for word in (data.get("message"), *details) if word]
    return _CONTROL.sub(" ", "; ".join(words)) or "no reason given"


def _retry_after(headers: dict[str, str]) -> int | None:
    value = headers.get("retry-after", "")
    return int(value[:9]) if value.isdecimal() else None
