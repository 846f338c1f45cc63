"""The three kinds of patterns in AppProjects and in Argo CD's settings.

Source: Argo CD's util/glob (gobwas/glob) and Go's path/filepath.Match.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def matches_glob(pattern: str, value: str, separator: str = "") -> bool:
    """Whether a glob matches a whole text; one that does not parse matches nothing.

    `*` and `?` stop at the separator, `**` does not; `{a,b}` is a choice, `[a-c]` and `[!a]` are
    sets of characters.
    """
    compiled = _glob(pattern, separator)
    return compiled is not None and compiled.fullmatch(value) is not None


def matches_any(patterns: Iterable[str], value: str) -> bool:
    """Whether a list of globs, or of regular expressions between slashes, has a text."""
    return any(_matches_entry(pattern, value) for pattern in patterns)


def matches_path(pattern: str, value: str) -> bool:
    """Whether one of Go's file patterns matches: `*` and `?` stop at `/`, `[^a]` negates."""
    compiled = _file_pattern(pattern)
    return compiled is not None and compiled.fullmatch(value) is not None


def _matches_entry(pattern: str, value: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        compiled = _compiled(pattern[1:-1])
        if compiled is not None and compiled.search(value):
            return True
    return matches_glob(pattern, value)


@functools.lru_cache(maxsize=1024)
def _glob(pattern: str, separator: str) -> re.Pattern[str] | None:
    inside = f"[^{re.escape(separator)}]" if separator else "."
    parts: list[str] = []
    depth = position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "*":
            crosses = pattern.startswith("**", position)
            parts.append(".*" if crosses else f"{inside}*")
            position += crosses
        elif character == "?":
            parts.append(inside)
        elif character == "{":
            depth += 1
            parts.append("(?:")
        elif character == "}" and depth:
            depth -= 1
            parts.append(")")
        elif character == "," and depth:
            parts.append("|")
        elif character == "[":
            end = pattern.find("]", position + 2)
            if end < 0:
                return None
            parts.append(_set(pattern[position + 1 : end], "!"))
            position = end
        elif character == "\\":
            position += 1
            parts.append(re.escape(pattern[position : position + 1]))
        else:
            parts.append(re.escape(character))
        position += 1
    return None if depth else _compiled("".join(parts))


@functools.lru_cache(maxsize=1024)
def _file_pattern(pattern: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "*":
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "[":
            end = pattern.find("]", position + 2)
            if end < 0:
                return None
            parts.append(_set(pattern[position + 1 : end], "^"))
            position = end
        elif character == "\\":
            position += 1
            parts.append(re.escape(pattern[position : position + 1]))
        else:
            parts.append(re.escape(character))
        position += 1
    return _compiled("".join(parts))


def _set(body: str, negation: str) -> str:
    negated = body.startswith(negation)
    escaped = re.escape(body[negated:]).replace(r"\-", "-")
    return f"[{'^' if negated else ''}{escaped}]"


def _compiled(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression, re.DOTALL)
    except (re.error, RecursionError, OverflowError):
        return None
