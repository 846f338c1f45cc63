"""Which regular expressions Go's regexp package takes: API servers and kubeconform use it.

kubeconform drops a schema whose pattern it cannot compile, and then knows nothing of its kind.
So a pattern is looked at before it gets there. Go's syntax (RE2) is Perl's without what needs
backtracking; Python's is close enough to judge the rest once the differences are rewritten.
"""

from __future__ import annotations

import re

_GO_ESCAPES = frozenset("AabBdDfnrsStvwWz")
_ANCHORS = frozenset({"^", "$", r"\A", r"\Z", r"\b", r"\B"})
_SETS = frozenset({r"\d", r"\D", r"\s", r"\S", r"\w", r"\W"})
_MAX_REPEAT = 1000
_GROUP = re.compile(r"\(\?(?:P?<[A-Za-z_]\w*>|[imsU]*(?:-[imsU]+)?(?P<end>[:)]))")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}|[*+?]")
_POSIX = re.compile(r"\[:\^?[a-z]+:\]")
_RANGE = re.compile(r"-[^\]]")
_UNICODE = re.compile(r"[pP](?:\{\^?\w+\}|[A-Za-z])")
_HEX = re.compile(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")


class _RefusedError(ValueError):
    """Go does not compile the pattern; the message says why."""


def pattern_problem(pattern: str) -> str | None:
    """Why Go does not compile a pattern, or `None` where it does (as far as can be told)."""
    try:
        re.compile(_as_python(pattern))
    except _RefusedError as error:
        return str(error)
    except re.error as error:
        return error.msg
    except (OverflowError, RecursionError):
        return "too complex"
    return None


def _as_python(pattern: str) -> str:
    """The pattern in Python's syntax, with what only Go has replaced by something as valid."""
    parts: list[str] = []
    at = 0
    repeated = False  # whether a repetition ended just before `at`
    while at < len(pattern):
        if repeat := _REPEAT.match(pattern, at):
            _check_repeat(repeat, repeated)
            # A `?` after a repetition makes it lazy; whatever comes then is no repetition of it.
            repeated = not (repeated and repeat[0] == "?")
            parts.append(repeat[0])
            at = repeat.end()
            continue
        repeated = False
        if pattern[at] == "\\":
            part, at = _escape(pattern, at + 1)
        elif pattern[at] == "[":
            part, at = _class(pattern, at + 1)
        elif pattern.startswith("(?", at):
            part, at = _group(pattern, at)
        else:
            part, at = pattern[at].replace("{", r"\{"), at + 1
        # Go repeats anchors, Python only groups of them.
        parts.append(f"(?:{part})" if part in _ANCHORS else part)
    return "".join(parts)


def _check_repeat(repeat: re.Match[str], repeated: bool) -> None:
    if repeated and repeat[0] == "+":
        raise _RefusedError("possessive repetition (`*+`, `++`, `?+`) is not supported")
    if any(int(count[:5]) > _MAX_REPEAT for count in repeat.groups() if count):
        raise _RefusedError(f"a repetition of more than {_MAX_REPEAT}")


def _group(pattern: str, at: int) -> tuple[str, int]:
    match = _GROUP.match(pattern, at)
    if match is None:
        raise _RefusedError("lookaround and other (?…) groups are not supported")
    return ("" if match["end"] == ")" else "(?:"), match.end()


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A bracket expression; `at` is after the bracket. Every literal is escaped for Python."""
    parts = ["["]
    if pattern.startswith("^", at):
        parts.append("^")
        at += 1
    start = at
    while at < len(pattern):
        if pattern[at] == "]" and at > start:
            return "".join([*parts, "]"]), at + 1
        part, at = _class_item(pattern, at)
        if part not in _SETS and _RANGE.match(pattern, at):
            end, at = _class_item(pattern, at + 1)
            part = f"{part}-{end}"
        parts.append(part)
    raise _RefusedError("missing closing ]")


def _class_item(pattern: str, at: int) -> tuple[str, int]:
    """One character, or a set of them, in a bracket expression."""
    if posix := _POSIX.match(pattern, at):
        return r"\w", posix.end()
    if pattern[at] == "\\":
        return _escape(pattern, at + 1)
    return re.escape(pattern[at]), at + 1


def _escape(pattern: str, at: int) -> tuple[str, int]:
    """What follows a backslash at `at - 1`: the same for Python, and where it ends."""
    character = pattern[at : at + 1]
    if not character:
        raise _RefusedError("a backslash at the end")
    if character == "Q":
        end = pattern.find(r"\E", at)
        literal = pattern[at + 1 : end if end >= 0 else len(pattern)]
        return re.escape(literal), end + 2 if end >= 0 else len(pattern)
    if match := _UNICODE.match(pattern, at):
        return r"\w", match.end()
    if match := _HEX.match(pattern, at):
        code = int(match[1] or match[2], 16)
        return re.escape(chr(min(code, 0x10FFFF))), match.end()
    if match := _OCTAL.match(pattern, at):
        return re.escape(chr(int(match[0], 8))), match.end()
    if character == "z":
        return r"\Z", at + 1
    if character in _GO_ESCAPES:
        return f"\\{character}", at + 1
    if character.isalnum() or not character.isascii():
        raise _RefusedError(f"\\{character} is not supported")
    return re.escape(character), at + 1
