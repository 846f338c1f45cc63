"""The known word that a misspelt one was probably meant to be."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Nobody's option or field is longer, and comparing takes the square of the length.
_LONGEST = 60


def nearest(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """The known word that is most like one, whatever the letter case; empty where none is."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:_LONGEST], list(by_lower), 1, cutoff)
    return by_lower[close[0]] if close else ""
