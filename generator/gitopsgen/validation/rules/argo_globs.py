"""The three kinds of patterns in AppProjects and in Argo CD's settings.

Source: Argo CD's util/glob (gobwas/glob) and Go's path/filepath.Match. The matcher follows all
places at once, so that no pattern takes longer than its length times that of the text.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    # A piece of a pattern: a literal character, `*`, `**`, or a set of characters.
    Piece = tuple[str, str]

_MOST_CHOICES = 256
_SPECIAL = frozenset("*?[\\")
# A repetition of a repetition can take for ever in Python, unlike in Go.
_NESTED = re.compile(r"[+*}]\)+[+*{]")


def matches_glob(pattern: str, value: str, separator: str = "") -> bool:
    """Whether a glob matches a whole text; one that does not parse matches nothing.

    `*` and `?` stop at the separator, `**` does not; `{a,b}` is a choice, `[a-c]` and `[!a]` are
    sets of characters.
    """
    return any(_matches(pieces, value, separator) for pieces in _glob(pattern))


def matches_any(patterns: Iterable[str], value: str) -> bool:
    """Whether a list of globs, or of regular expressions between slashes, has a text."""
    return any(_matches_entry(pattern, value) for pattern in patterns)


def matches_path(pattern: str, value: str) -> bool:
    """Whether one of Go's file patterns matches: `*` and `?` stop at `/`, `[^a]` negates."""
    if _SPECIAL.isdisjoint(pattern):
        return pattern == value
    pieces = _file_pattern(pattern)
    return pieces is not None and _matches(pieces, value, "/")


def _matches_entry(pattern: str, value: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        if _NESTED.search(pattern):
            return True
        compiled = _compiled(pattern[1:-1])
        if compiled is not None and compiled.search(value):
            return True
    return matches_glob(pattern, value)


def _matches(pieces: Sequence[Piece], value: str, separator: str) -> bool:
    places = {0}
    for kind, text in pieces:
        if kind in {"*", "**"}:
            stop = separator if kind == "*" else ""
            places = _reached(places, value, stop)
        else:
            places = {
                place + 1
                for place in places
                if place < len(value) and _is_one(kind, text, value[place], separator)
            }
        if not places:
            return False
    return len(value) in places


def _reached(places: set[int], value: str, stop: str) -> set[int]:
    """The places that any number of characters leads to, up to the next that stops it."""
    reached = set()
    active = False
    for place in range(min(places), len(value) + 1):
        active = active or place in places
        if active:
            reached.add(place)
        if stop and value[place : place + 1] == stop:
            active = False
    return reached


def _is_one(kind: str, text: str, character: str, separator: str) -> bool:
    if kind == "?":
        return character != separator
    if kind == "set":
        compiled = _compiled(text)
        return compiled is not None and compiled.fullmatch(character) is not None
    return text == character


@functools.lru_cache(maxsize=1024)
def _glob(pattern: str) -> tuple[tuple[Piece, ...], ...]:
    """The sequences of pieces that a glob stands for, none where it does not parse."""
    # For each brace that is open: what stood before it, the choices that are over.
    before: list[tuple[list[tuple[Piece, ...]], list[tuple[Piece, ...]]]] = []
    current: list[tuple[Piece, ...]] = [()]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "{":
            before.append((current, []))
            current = [()]
        elif character in "}," and before:
            before[-1][1].extend(current)
            current = [()]
            if character == "}":
                starts, choices = before.pop()
                if len(starts) * len(choices) > _MOST_CHOICES:
                    return ()
                current = [start + choice for start in starts for choice in choices]
        else:
            found = _piece(pattern, position, "!", doubles=True)
            if found is None:
                return ()
            piece, position = found
            current = [(*pieces, piece) for pieces in current]
        position += 1
    return () if before else tuple(current)


@functools.lru_cache(maxsize=1024)
def _file_pattern(pattern: str) -> tuple[Piece, ...] | None:
    pieces: list[Piece] = []
    position = 0
    while position < len(pattern):
        found = _piece(pattern, position, "^", doubles=False)
        if found is None:
            return None
        piece, position = found
        pieces.append(piece)
        position += 1
    return tuple(pieces)


def _piece(
    pattern: str, position: int, negation: str, *, doubles: bool
) -> tuple[Piece, int] | None:
    """The piece at a position and where it ends; None where it does not parse."""
    character = pattern[position]
    if character == "*":
        if doubles and pattern.startswith("**", position):
            return ("**", ""), position + 1
        return ("*", ""), position
    if character == "?":
        return ("?", ""), position
    if character == "[":
        end = pattern.find("]", position + 2)
        return None if end < 0 else (("set", _set(pattern[position + 1 : end], negation)), end)
    if character == "\\":
        literal = pattern[position + 1 : position + 2]
        return (("", literal), position + 1) if literal else None
    return ("", character), position


def _set(body: str, negation: str) -> str:
    negated = body.startswith(negation)
    escaped = re.escape(body[negated:]).replace(r"\-", "-")
    return f"[{'^' if negated else ''}{escaped}]"


@functools.lru_cache(maxsize=1024)
def _compiled(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression, re.DOTALL)
    except (re.error, RecursionError, OverflowError):
        return None
