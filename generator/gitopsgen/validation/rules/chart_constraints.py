"""Ranges of versions as charts write them: the syntax of Masterminds/semver, which helm uses."""

from __future__ import annotations

import re

_Version = tuple[int, int, int]
_BOUND = re.compile(
    r"(?P<operator>=>|=<|>=|<=|!=|~>|[=><~^])?\s*v?"
    r"(?P<major>\d+|[xX*])(?:\.(?P<minor>\d+|[xX*]))?(?:\.(?P<patch>\d+|[xX*]))?"
    r"(?P<rest>-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
)
_HYPHEN = re.compile(r"(?<=\S)\s+-\s+(?=\S)")
_SEPARATOR = re.compile(r"[\s,]*")
# No Kubernetes minor version has had more patches.
_LAST_PATCH = 99


def permits_minor(constraint: str, minor: str) -> bool:
    """Whether a constraint permits any patch of a Kubernetes minor version such as `1.35`.

    A constraint that cannot be read permits everything: helm has the last word.
    """
    numbers = minor.split(".")
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        return True
    major, second = int(numbers[0]), int(numbers[1])
    return any(permits(constraint, (major, second, patch)) for patch in range(_LAST_PATCH + 1))


def permits(constraint: str, version: _Version) -> bool:
    """Whether a constraint permits a release; one that cannot be read permits everything."""
    answers = [_all_of(part, version) for part in constraint.split("||")]
    return None in answers or any(answers)


def _all_of(text: str, version: _Version) -> bool | None:
    """Whether all bounds of a text hold; None where it cannot be read."""
    text = _HYPHEN.sub(" <=", f">={text.strip()}") if _HYPHEN.search(text.strip()) else text.strip()
    position, holds = 0, True
    while position < len(text):
        found = _BOUND.match(text, position)
        if found is None:
            return None
        holds = holds and _bound(found, version)
        position = _SEPARATOR.match(text, found.end()).end()  # type: ignore[union-attr]
        if position == found.end() and position < len(text) and text[position] not in "<>=!~^":
            return None
    return holds


def _bound(found: re.Match[str], version: _Version) -> bool:
    given = [_number(found[name]) for name in ("major", "minor", "patch")]
    known = given[: given.index(None)] if None in given else given
    exact = [number or 0 for number in given]
    low = (exact[0], exact[1] if len(known) > 1 else 0, exact[2] if len(known) > 2 else 0)
    operator = found["operator"] or "="
    if not known:
        return operator not in {"!=", "<", ">"}
    # A wildcard, or a number that is left out, stands for a range: `1.30` is 1.30.0 to 1.30.x.
    prefix = tuple(known) == version[: len(known)]
    # A pre-release comes before its release, so the release itself is above `<1.30.0-0`.
    below = version < low
    match operator:
        case "=":
            return prefix and not (found["rest"] and len(known) == 3)
        case "!=":
            return not prefix
        case ">":
            return (
                (version > low and not prefix)
                if len(known) < 3
                else (version > low or (bool(found["rest"]) and version == low))
            )
        case ">=" | "=>":
            return not below
        case "<":
            return below
        case "<=" | "=<":
            return below or (prefix and not found["rest"])
        case "^":
            return not below and version[: _caret(known)] == low[: _caret(known)]
        case _:
            length = min(len(known), 2)
            return not below and version[:length] == low[:length]


def _caret(known: list[int | None]) -> int:
    """How many leading numbers `^` holds fast: all up to the first that is not zero."""
    for index, number in enumerate(known):
        if number:
            return index + 1
    return len(known)


def _number(text: str | None) -> int | None:
    return int(text[:18]) if text is not None and text.isdecimal() else None
