"""The order of versions as helm has it: semantic versions, with or without a `v`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = re.compile(
    r"v?(?P<major>\d{1,18})(?:\.(?P<minor>\d{1,18}))?(?:\.(?P<patch>\d{1,18}))?"
    r"(?:-(?P<before>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)

_Identifier = tuple[int, int, str]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version, ordered by precedence (semver.org, 11): build metadata takes no part.

    `before` holds the identifiers of a pre-release; a release comes after all of them.
    """

    major: int
    minor: int
    patch: int
    is_release: bool
    before: tuple[_Identifier, ...] = ()


def parse(text: str) -> Version | None:
    """Read a version; parts that are missing are 0. None where it is none, as for a range."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    before = found["before"]
    return Version(
        int(found["major"]),
        int(found["minor"] or 0),
        int(found["patch"] or 0),
        before is None,
        tuple(map(_identifier, before.split("."))) if before else (),
    )


def is_exact(text: str) -> bool:
    """Whether a text is one version and nothing else; helm takes `1.2` for a range, too."""
    found = _VERSION.fullmatch(text)
    return found is not None and found["patch"] is not None


def is_newer(one: str, other: str) -> bool:
    """Whether a version is newer than another; False where one of them is none."""
    a, b = parse(one), parse(other)
    return a is not None and b is not None and a > b


def newest(known: Iterable[str], like: str, *, same_major: bool = False) -> str:
    """The newest of the known versions, "" where there is none.

    Pre-releases count only where `like` is one. With `same_major` only versions with its first
    number do.
    """
    model = parse(like)
    if model is None:
        return ""
    fitting = [
        (version, text)
        for text in known
        if (version := parse(text)) is not None
        and (version.is_release or not model.is_release)
        and (version.major == model.major or not same_major)
    ]
    return max(fitting)[1] if fitting else ""


def _identifier(text: str) -> _Identifier:
    """Numbers come before words, and are compared as numbers."""
    return (0, int(text[:18]), "") if text.isdecimal() else (1, 0, text)
