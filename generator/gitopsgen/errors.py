"""What goes wrong in a way a person can act on, and the exit status of each kind.

Everything that a person should read derives from `GitopsgenError`; `cli.main` prints it and
exits. Any other exception is a bug.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitStatus(IntEnum):
    """The exit statuses of every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNAVAILABLE = 3
    CONFLICTS = 4
    INTERRUPTED = 130


class GitopsgenError(Exception):
    """Something a person has to know: what is wrong, where, and what to do about it.

    `message` says what and where in one line; `hint` says what to do and may be empty.
    """

    exit_status = ExitStatus.USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GitopsgenError):
    """The command was called wrongly, or an answer it was given is wrong."""


class UnavailableError(GitopsgenError):
    """Something could not be checked or done: a program, the network or a remote is missing."""

    exit_status = ExitStatus.UNAVAILABLE


class ConflictError(GitopsgenError):
    """git left conflicts that a person has to resolve."""

    exit_status = ExitStatus.CONFLICTS


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a name that nothing has: the nearest one, else all there are."""
    import difflib

    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    return f"There are: {', '.join(names)}." if names else ""
