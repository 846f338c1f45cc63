"""Constants of Go templates: strings, characters and numbers."""

from __future__ import annotations

import re

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError

_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"',
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)


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
    """The value of a number or a character."""
    if text[0] == "'":
        inner = read_string(text)
        if len(inner) != 1:
            raise TemplateError(f"{text} is no character")
        return ord(inner)
    bare = text.lstrip("+-")
    hexadecimal = bare[:2] in {"0x", "0X"}
    try:
        if not hexadecimal and any(mark in bare for mark in ".eE"):
            return float(text)
        if len(bare) > 1 and bare[0] == "0" and bare.isdigit():
            number = int(text, 8)
        else:
            number = int(text, 0)
    except ValueError as error:
        raise TemplateError(f"{text} is no number") from error
    if not -(2**63) <= number < 2**63:
        raise TemplateError(f"{text} overflows int")
    return number
