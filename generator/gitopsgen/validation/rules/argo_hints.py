"""Hints that name what a misspelt name was probably meant to be."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

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
