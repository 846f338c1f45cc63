"""Constants of Go templates: strings, characters and numbers."""

from __future__ import annotations

import math
import re

from gitopsgen.repository.applicationsets.gotemplate.errors import (
    NotSupportedError,
    TemplateError,
)

_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"',
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)

# Underscores stand between digits, or behind the prefix of the base.
_INTEGER = re.compile(
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)"
)
_DECIMAL = re.compile(
    r"[+-]?(?=\.?[0-9])(?:[0-9](?:_?[0-9])*)?(?:\.(?:[0-9](?:_?[0-9])*)?)?"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?"
)
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX](?=_?\.?[0-9a-fA-F])(?:_?[0-9a-fA-F])*"
    r"(?:\.(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?[pP][+-]?[0-9](?:_?[0-9])*"
)

# Zeros in front may be any number of; nobody writes more than this.
_LONGEST_INTEGER = 1000


def read_string(text: str) -> str:
    """The value of a quoted or raw string."""
    inner = text[1:-1]
    return inner.replace("\r", "") if text[0] == "`" else _ESCAPE.sub(_unescape, inner)


def _unescape(found: re.Match[str]) -> str:
    if found[5] is not None:
        if found[5] not in _ESCAPES:
            raise TemplateError(f"unknown escape \\{found[5]} in a string")
        return _ESCAPES[found[5]]
    code = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    if code > 0x10FFFF:
        raise TemplateError("a string has an escape beyond Unicode")
    return chr(code)


def read_number(text: str) -> int | float:
    """The value of a number or a character.

    Source: newNumber in Go's text/template/parse/node.go and Go's strconv. Raises `TemplateError`
    where Go does not take it, `NotSupportedError` for complex numbers.
    """
    if text[0] == "'":
        inner = read_string(text)
        if len(inner) != 1:
            raise TemplateError(f"{text} is no character")
        return ord(inner)
    if text.endswith("i"):
        _float(text[:-1])
        raise NotSupportedError("complex numbers are not evaluated here")
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if not any(mark in text for mark in ".eEpP"):
        raise TemplateError(f"{text} is no number")
    return _float(text)


def _float(text: str) -> float:
    plain = text.replace("_", "")
    try:
        if _DECIMAL.fullmatch(text):
            number = float(plain)
        elif _HEXADECIMAL.fullmatch(text):
            number = float.fromhex(plain)
        else:
            raise TemplateError(f"{text} is no number")
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise TemplateError(f"{text} is too large a number")
    return number


def _integer(text: str) -> int:
    bare = text.lstrip("+-").replace("_", "")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(bare[:2].lower())
    # A zero in front means octal, as in C.
    if len(bare) > _LONGEST_INTEGER:
        raise TemplateError(f"{text[:20]}… overflows int")
    number = int(bare, base or (8 if bare[0] == "0" else 10))
    number = -number if text[0] == "-" else number
    if not -(2**63) <= number < 2**63:
        raise TemplateError(f"{text} overflows int")
    return number
