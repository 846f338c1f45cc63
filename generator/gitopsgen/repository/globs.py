"""The globs of an Application's directory source."""

from __future__ import annotations

import functools
import re


def matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a path relative to the source's folder.

    As in Argo CD (gobwas/glob without separators): `*` and `?` match `/` too, and `{a,b}` is a
    choice. A pattern that does not parse matches nothing.
    """
    compiled = _compile(pattern)
    return compiled is not None and compiled.fullmatch(path) is not None


@functools.lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    depth = 0
    characters = iter(enumerate(pattern))
    for position, character in characters:
        if character == "*":
            parts.append(".*")
        elif character == "?":
            parts.append(".")
        elif character == "{":
            depth += 1
            parts.append("(?:")
        elif character == "}" and depth:
            depth -= 1
            parts.append(")")
        elif character == "," and depth:
            parts.append("|")
        elif character == "[" and (end := pattern.find("]", position + 2)) > 0:
            inner = pattern[position + 1 : end]
            negated = inner.startswith("!")
            body = re.escape(inner[negated:]).replace(r"\-", "-")
            parts.append(f"[{'^' if negated else ''}{body}]")
            for _ in range(end - position):
                next(characters)
        elif character == "\\":
            _, literal = next(characters, (0, ""))
            parts.append(re.escape(literal))
        else:
            parts.append(re.escape(character))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return None
