"""Versions of charts: which are the same, and which come close."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Sources of charts hold versions like these; the release process puts the real one in.
_DEVELOPMENT = re.compile(r"v?0\.0\.0([-+].*)?|v?0\.1\.0-.+")
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)(.*)", re.DOTALL)


def is_same(one: str, other: str) -> bool:
    """Whether two texts name one version, as helm compares them: `v1.2.3` is `1.2.3`."""
    return one.removeprefix("v") == other.removeprefix("v")


def is_development(version: str) -> bool:
    """Whether a chart's version is that of its sources: of no release at all."""
    return _DEVELOPMENT.fullmatch(version) is not None


def nearest(wanted: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The versions that people are likely to have meant, the best first.

    Those that share most leading numbers come first, of these the newest; releases come before
    pre-releases.
    """
    target = _key(wanted)[0]

    def closeness(version: str) -> tuple[int, bool, tuple[int, ...], str]:
        numbers, rest = _key(version)
        pairs = zip(numbers, target, strict=False)
        shared = next(
            (n for n, (a, b) in enumerate(pairs) if a != b), min(len(numbers), len(target))
        )
        return (shared, not rest.startswith("-"), numbers, rest)

    return sorted(set(known), key=closeness, reverse=True)[:count]


def _key(version: str) -> tuple[tuple[int, ...], str]:
    found = _NUMBERS.fullmatch(version)
    if found is None:
        return (), version
    return tuple(int(number[:18]) for number in found[1].split(".")), found[2]
