"""Tokens: where they come from, and how they stay out of sight."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.tools.programs import ProgramError, run

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
# What gh itself takes for a GitHub Enterprise Server.
_ENTERPRISE_VARIABLES = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_HIDDEN = "***"


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token, where it was found, and the name of the user that git gives with it.

    Printing one shows the source only.
    """

    secret: str
    source: str
    user: str = "x-access-token"

    def __repr__(self) -> str:
        return f"Token({_HIDDEN}, {self.source!r})"

    def hide(self, text: str) -> str:
        """`text` without the token, for everything that people or logs get to see."""
        return text.replace(self.secret, _HIDDEN)


def github_token(host: str, variables: Mapping[str, str] | None = None) -> Token | None:
    """The token for GitHub at `host` from GH_TOKEN, GITHUB_TOKEN or `gh auth token`.

    None where there is none; a value that no token can have (with spaces or line breaks in it) is
    as good as none.
    """
    variables = os.environ if variables is None else variables
    names = _VARIABLES if host == "github.com" else (*_ENTERPRISE_VARIABLES, *_VARIABLES)
    for name in names:
        if secret := _sound(variables.get(name, "")):
            return Token(secret, f"${name}")
    try:
        answer = run(["gh", "auth", "token", "--hostname", host], check=False, timeout=15)
    except ProgramError:
        return None
    secret = _sound(answer.stdout.decode(errors="replace")) if answer.status == 0 else ""
    return Token(secret, "`gh auth token`") if secret else None


def plain_token(variables: Mapping[str, str] | None = None) -> Token | None:
    """The token or password for any other git server from GIT_TOKEN, with GIT_USERNAME.

    bootstrap.sh takes both by the same names. None where there is none: git may know one itself.
    """
    variables = os.environ if variables is None else variables
    secret = _sound(variables.get("GIT_TOKEN", ""))
    user = variables.get("GIT_USERNAME", "").strip()
    return (
        Token(secret, "$GIT_TOKEN", user if user.isprintable() and user else "git")
        if secret
        else None
    )


def _sound(value: str) -> str:
    value = value.strip()
    return value if value.isascii() and value.isprintable() and " " not in value else ""
