"""What git says when a remote refuses something, in one line for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.publishing.places import without_password

if TYPE_CHECKING:
    from gitopsgen.tools.programs import Completed

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_REMOTE = re.compile(r"^remote: *(.*\S) *$", re.MULTILINE)
_REJECTED = re.compile(r"\[remote rejected\].*?\((.+)\)")
_SHOWN_LINES = 6
_SHOWN = 300

_NO_CREDENTIAL = (
    "it wants a credential: set GH_TOKEN (for GitHub) or GIT_USERNAME and GIT_TOKEN, or have one "
    "kept by git's credential.helper"
)
_SLOW = "it did not answer in time"
_NO_REPOSITORY = "there is no such repository, or the credential cannot see it"

# What git or the server says -> what it means; the first that is found counts.
_MEANINGS = tuple(
    (re.compile(sign), meaning)
    for sign, meaning in (
        (
            r"\[rejected\].*\((fetch first|non-fast-forward|stale info)\)",
            "it has commits that are not here: fetch and merge them, then push again",
        ),
        (
            r"does not support --atomic",
            "it cannot take both branches in one step, and half is none",
        ),
        (
            r"refusing to allow .*workflow|without `workflows?`",
            "the token may not write workflows: give it the scope workflow",
        ),
        (
            r"push protection|GH007|GH013: .*secret",
            "it found what has to stay secret in the commits",
        ),
        (
            r"GH006|protected branch",
            "the branch is protected: push another one, and merge it there",
        ),
        (r"GH013|repository rule violations", "a rule of the repository forbids it"),
        (r"Authentication failed|returned error: 401", "the credential is not valid there (401)"),
        (r"could not read (Username|Password)|terminal prompts disabled", _NO_CREDENTIAL),
        (r"Permission denied \(|Permission to .* denied", "the credential may not push there"),
        (r"Host key verification failed", "its host key is not known: ssh to it once by hand"),
        (r"returned error: 403", "the credential may not push there (403)"),
        (
            r"returned error: 404|[Rr]epository .*not found|does not appear to be a git",
            _NO_REPOSITORY,
        ),
        (r"returned error: 422", "it did not accept it (422)"),
        (r"returned error: 429", "too many requests (429): wait some minutes"),
        (r"returned error: (5\d\d)", "the server is in trouble: try again later"),
        (r"Could not resolve host|Name or service not known", "the host is not known"),
        (r"timed out|too slow|was stopped|Operation timed", _SLOW),
        (r"Failed to connect|Connection refused|No route to host", "the host cannot be reached"),
        (
            r"hung up|early EOF|Empty reply|Connection reset|RPC failed|unexpected disconnect",
            "the connection broke off",
        ),
        (r"git-http-push failed|not a git repository", "it is no git server that one can push to"),
        (r"certificate|SSL", "its certificate is not trusted here"),
    )
)


def refusal(what: str, answer: Completed) -> UnavailableError:
    """The error for what git said: one line, and below it what the server itself had to say.

    Passwords in URLs are left out; a token is for the caller to hide.
    """
    said = b"\n".join((answer.stdout, answer.stderr)).decode(errors="replace")
    text = without_password(_CONTROL.sub("", said))
    remote = [line for line in _REMOTE.findall(text) if set(line) - set("=-*# ")]
    meaning = next((means for sign, means in _MEANINGS if sign.search(text)), "")
    if not meaning:
        # Of the others git says that the push as a whole failed.
        reasons = sorted(_REJECTED.findall(text), key=lambda reason: "atomic" in reason)
        if reasons:
            meaning = ": ".join((reasons[0], *remote[:1]))
            remote = remote[1:]
        else:
            meaning = _last_words(text)
    return UnavailableError(f"{what}: {meaning[:_SHOWN]}", "\n  ".join(remote[:_SHOWN_LINES]))


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    # The last one of a push says that it failed, and no more.
    telling = [line for line in fatal if "failed to push some refs" not in line]
    return (telling or fatal or lines or ["git gave no reason"])[-1]
