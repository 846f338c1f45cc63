"""Hints that name what a misspelt name was probably meant to be."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

# Two letters of an annotation's name that changed places, are missing or too many.
_MOST_LETTERS = 2
_ALIKE = 0.93
# Names that are compared in all; some microseconds each.
_MOST_SEARCHED = 20_000


class Speller:
    """Finds the nearest of some names.

    Only so many are looked at in all: to compare everything with everything takes too long.
    """

    def __init__(self) -> None:
        self._searched = 0

    def nearest(self, name: str, known: Collection[str], cutoff: float = 0.6) -> str:
        """The name that is most like another, empty where none is near."""
        self._searched += len(known)
        if self._searched > _MOST_SEARCHED:
            return ""
        return next(iter(difflib.get_close_matches(name, sorted(known), 1, cutoff)), "")


def near_kind(kinds: Iterable[str], wanted: Collection[str]) -> bool:
    """Whether a kind is nearly one of those that are wanted, and none of them."""
    return any(
        difflib.get_close_matches(kind[:60], wanted, 1, 0.8) for kind in {*kinds} - {*wanted}
    )


def has_misspelt(data: Mapping[str, object], *wanted: str) -> bool:
    """Whether a key is nearly one that is missing: that it is unknown is for the schemas to say."""
    return any(
        key not in wanted and difflib.get_close_matches(str(key)[:60], wanted, 1, 0.7)
        for key in data
    )


def misspelt(
    annotations: Mapping[str, Any], name: str, rule: str, outcome: str
) -> Iterator[LocalProblem]:
    """The error of a rule about an annotation that can only be meant to be `name`.

    `outcome` says what Argo CD does since it does not know it.
    """
    wrong = _misspelt_key(annotations, name)
    if wrong is not None:
        yield LocalProblem(
            rule,
            Severity.ERROR,
            ("metadata", "annotations", wrong),
            f"Argo CD knows no annotation {wrong}: {outcome}",
            f'Did you mean "{name}"?',
            key=True,
        )


def _misspelt_key(annotations: Mapping[str, Any], name: str) -> str | None:
    if name in annotations:
        return None
    for key in annotations:
        if isinstance(key, str) and abs(len(key) - len(name)) <= _MOST_LETTERS:
            alike = difflib.SequenceMatcher(None, key.lower(), name, autojunk=False)
            if alike.ratio() >= _ALIKE:
                return key
    return None
