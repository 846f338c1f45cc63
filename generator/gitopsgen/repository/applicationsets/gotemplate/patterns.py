"""Regular expressions of Go in templates, where Python's mean the same.

Go's run in linear time and Python's don't: an expression that could take long is not evaluated.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import StringList

if TYPE_CHECKING:
    from collections.abc import Callable

# What both languages read alike: groups without options, plain classes, a few escapes.
_ALIKE: Final = re.compile(
    r"(?:[^\\\[\](?]|\\[dDwWsSbB.^$*+?()\[\]{}|\\/_\-]|\[\^?[^\]\\\[^]*(?:\\[dws.\-/][^\]\\\[]*)*\]"
    r"|\((?:\?:)?|(?<![(])\?)*"
)
_REPEATS: Final = re.compile(r"(?<!\\)[*+{]")
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_REFERENCE: Final = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
_MOST_WORK: Final = 2**24


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    if not _ALIKE.fullmatch(pattern):
        raise NotSupportedError(f"the regular expression {pattern} is not evaluated here")
    if _REPEATED_GROUP.search(pattern):
        raise NotSupportedError(f"the regular expression {pattern} is not evaluated here")
    try:
        return re.compile(pattern, re.ASCII)
    except (re.error, OverflowError) as error:
        raise TemplateError(f"{pattern} is no regular expression") from error


def _ready(pattern: str, text: str) -> re.Pattern[str]:
    # A search may try every place and every length of every repetition.
    too_long = len(text) ** (1 + len(_REPEATS.findall(pattern))) > _MOST_WORK
    if too_long or ("$" in pattern and text.endswith("\n")):
        raise NotSupportedError(f"the regular expression {pattern} is not evaluated on such a text")
    return _compiled(pattern)


def _found(pattern: str, text: str) -> list[re.Match[str]]:
    """All matches as Go has them: none that is empty right behind another one."""
    found: list[re.Match[str]] = []
    for match in _ready(pattern, text).finditer(text):
        if not found or match[0] or match.start() != found[-1].end():
            found.append(match)
    return found


def matches(pattern: str, text: str) -> bool:
    """Whether a text has a match; raises `TemplateError` for what is no expression."""
    return _ready(pattern, text).search(text) is not None


def matches_if_valid(pattern: str, text: str) -> bool:
    """Whether a text has a match; what is no expression matches nothing."""
    try:
        return matches(pattern, text)
    except TemplateError:
        return False


def find(pattern: str, text: str) -> str:
    """The first match, or nothing."""
    found = _ready(pattern, text).search(text)
    return found[0] if found else ""


def find_all(pattern: str, text: str, count: int) -> StringList:
    """The first matches, all where `count` is negative."""
    found = [match[0] for match in _found(pattern, text)]
    return StringList(found if count < 0 else found[:count])


def replace_all(pattern: str, text: str, replacement: str) -> str:
    """Replace all matches; `$1` and `${1}` in the replacement are groups."""
    groups = _compiled(pattern).groups

    def expand(match: re.Match[str]) -> str:
        def group(found: re.Match[str]) -> str:
            if found[1]:
                return "$"
            name = found[2] or found[3]
            number = int(name) if name.isdecimal() else -1
            return match[number] or "" if 0 <= number <= groups else ""

        return _REFERENCE.sub(group, replacement)

    return _substituted(pattern, text, expand)


def replace_all_literal(pattern: str, text: str, replacement: str) -> str:
    """Replace all matches with the replacement as it stands."""
    return _substituted(pattern, text, lambda _: replacement)


def _substituted(pattern: str, text: str, new: Callable[[re.Match[str]], str]) -> str:
    parts: list[str] = []
    position = 0
    for match in _found(pattern, text):
        parts += (text[position : match.start()], new(match))
        position = match.end()
    return "".join((*parts, text[position:]))


def split_all(pattern: str, text: str, count: int) -> StringList:
    """The parts between matches, all where `count` is negative."""
    compiled = _ready(pattern, text)
    if count == 0 or compiled.match("") or compiled.groups:
        raise NotSupportedError(f"splitting at {pattern} is not evaluated here")
    return StringList(compiled.split(text, 0 if count < 0 else count - 1) if count != 1 else [text])


def quote_meta(text: str) -> str:
    """The text with everything special escaped."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", lambda found: "\\" + found[0], text)
