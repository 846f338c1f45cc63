"""The globs of git generators: Go's path.Match for directories, git's pathspecs for files."""

from __future__ import annotations

import functools
import re
from typing import Final

from gitopsgen.repository.applicationsets.errors import GeneratorError, NotSupportedError
from gitopsgen.repository.paths import normal

_WILD: Final = re.compile(r"[*?\[\\]")
_ANY: Final = object()


def match_path(pattern: str, path: str) -> bool:
    """Go's path.Match: `*` and `?` stop at `/`. A malformed pattern matches nothing."""
    compiled = compile_glob(pattern, "[^/]", "^")
    return compiled is not None and compiled.fullmatch(path) is not None


def match_pathspec(pattern: str, path: str) -> bool:
    """Whether `git ls-files -- pattern` lists a file: `*` matches `/` too, a folder all in it.

    Raises `GeneratorError` where git fails, `NotSupportedError` for git's magic words.
    """
    if pattern.startswith(":"):
        raise NotSupportedError(f"the git pathspec {pattern} is not evaluated here")
    plain = normal(pattern)
    if plain is None or pattern.startswith("/"):
        raise GeneratorError(f"{pattern} is outside of the repository")
    if not plain or path == plain or path.startswith(f"{plain}/"):
        return True
    if not _WILD.search(plain):
        return False
    if "[:" in plain:
        raise NotSupportedError(f"the git pathspec {pattern} is not evaluated here")
    slash = "/" if pattern.endswith("/") else ""
    compiled = compile_glob(plain + slash, ".", "!^")
    return compiled is not None and compiled.fullmatch(path) is not None


@functools.lru_cache(maxsize=512)
def compile_glob(pattern: str, any_one: str, negations: str) -> re.Pattern[str] | None:
    """A glob as a regular expression that tries no place twice; None where it is malformed.

    `any_one` is the expression for the characters that `?` and `*` stand for, `negations` are the
    characters that turn a class around.
    """
    parts = _parts(pattern, any_one, negations)
    if parts is None:
        return None
    chunks: list[list[str]] = [[]]
    for part in parts:
        if part is _ANY:
            if chunks[-1] or len(chunks) == 1:
                chunks.append([])
        else:
            chunks[-1].append(str(part))
    first, *rest = ("".join(chunk) for chunk in chunks)
    expression = re.escape("") + first
    for chunk in rest[:-1]:
        # Atomic: a chunk that is found early leaves the most to what follows.
        expression += f"(?>{any_one}*?{chunk})"
    if rest:
        expression += f"{any_one}*{rest[-1]}"
    try:
        return re.compile(expression, re.DOTALL)
    except (re.error, OverflowError):
        return None


def _parts(pattern: str, any_one: str, negations: str) -> list[object] | None:
    """Its parts: regular expressions for one character each, and `_ANY`."""
    parts: list[object] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            parts.append(_ANY)
        elif character == "?":
            parts.append(any_one)
        elif character == "[":
            found = _class(pattern, position, negations)
            if found is None:
                return None
            parts.append(found[0])
            position = found[1]
        elif character == "\\":
            if position >= len(pattern):
                return None
            parts.append(re.escape(pattern[position]))
            position += 1
        else:
            parts.append(re.escape(character))
    return parts


def _class(pattern: str, position: int, negations: str) -> tuple[str, int] | None:
    """A bracket expression and the position behind it; None where it is malformed."""
    negated = pattern[position : position + 1] in {*negations}
    position += negated
    ranges: list[str] = []
    while True:
        if pattern[position : position + 1] == "]" and ranges:
            return f"[{'^' if negated else ''}{''.join(ranges)}]", position + 1
        low, position = _member(pattern, position)
        high = low
        if pattern[position : position + 1] == "-" and pattern[position + 1 : position + 2] != "]":
            high, position = _member(pattern, position + 1)
        if low is None or high is None:
            return None
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            ranges.append("")


def _member(pattern: str, position: int) -> tuple[str | None, int]:
    escaped = pattern[position : position + 1] == "\\"
    position += escaped
    return (pattern[position] if position < len(pattern) else None), position + 1
