"""The globs of an Application's directory source."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# More than this in one pattern was not written by a person.
_MOST_CHOICES = 256
_STAR, _OPEN, _NEXT, _CLOSE = "*", "{", ",", "}"


def matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a path relative to the source's folder.

    As in Argo CD (gobwas/glob without separators): `*` and `?` match `/` too, and `{a,b}` is a
    choice. A pattern that does not parse matches nothing.
    """
    compiled = _compile(pattern)
    return compiled is not None and compiled.fullmatch(path) is not None


@functools.lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str] | None:
    choices = _choices(_pieces(pattern))
    if choices is None:
        return None
    try:
        return re.compile("|".join(map(_expression, choices)), re.DOTALL)
    except re.error:
        return None


def _pieces(pattern: str) -> Iterator[str]:
    """The marks of a glob, and an expression in brackets for each single character."""
    depth = 0
    characters = iter(enumerate(pattern))
    for position, character in characters:
        if character == "*":
            yield _STAR
        elif character == "?":
            yield "(?:.)"
        elif character == "{":
            depth += 1
            yield _OPEN
        elif character == "}" and depth:
            depth -= 1
            yield _CLOSE
        elif character == "," and depth:
            yield _NEXT
        elif character == "[" and (end := pattern.find("]", position + 2)) > 0:
            inner = pattern[position + 1 : end]
            negated = inner.startswith("!")
            body = re.escape(inner[negated:]).replace(r"\-", "-")
            yield f"[{'^' if negated else ''}{body}]"
            for _ in range(end - position):
                next(characters)
        elif character == "\\":
            _, literal = next(characters, (0, ""))
            yield f"(?:{re.escape(literal)})"
        else:
            yield f"(?:{re.escape(character)})"


def _choices(pieces: Iterator[str]) -> list[list[str]] | None:
    """The patterns without braces that one with braces stands for; None where it stands for none.

    Each of these can be matched in a straight way, the pattern as it is only by trial and error.
    """
    now: list[list[str]] = [[]]
    around: list[tuple[list[list[str]], list[list[str]]]] = []
    for piece in pieces:
        if piece == _OPEN:
            around.append((now, []))
            now = [[]]
        elif piece == _NEXT:
            around[-1][1].extend(now)
            now = [[]]
        elif piece == _CLOSE:
            before, branches = around.pop()
            branches += now
            if len(before) * len(branches) > _MOST_CHOICES:
                return None
            now = [[*one, *other] for one in before for other in branches]
        else:
            for choice in now:
                choice.append(piece)
    return None if around else now


def _expression(pieces: Sequence[str]) -> str:
    """A pattern without braces; the first place for what is between two stars is as good as any."""
    parts = [""]
    for piece in pieces:
        if piece == _STAR:
            parts.append("")
        else:
            parts[-1] += piece
    first, *others = parts
    if not others:
        return first
    between = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    return f"{first}{between}.*{others[-1]}"
