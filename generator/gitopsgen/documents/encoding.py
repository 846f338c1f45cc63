"""From the bytes of a file to its text, and the characters that YAML does not allow in it."""

from __future__ import annotations

import codecs
import re

from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import SYNTAX, Problem

BYTE_ORDER_MARK = "\ufeff"

# YAML 1.1 section 5.1, "c-printable": everything else is refused by libyaml and by Kubernetes.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE_AS_UTF8 = "Save the file as UTF-8."


def decode(content: bytes) -> tuple[str, Problem | None]:
    """Return the text of a UTF-8 file without its byte order mark, and None.

    Where the bytes are not text (binary, another encoding) the text is empty and the problem
    (rule `yaml-syntax`) stands at the first byte that is wrong.
    """
    for mark, name in _OTHER_ENCODINGS:
        if content.startswith(mark):
            return "", Problem(SYNTAX, 1, 1, f"the file is {name}, not UTF-8", _SAVE_AS_UTF8)
    content = content.removeprefix(codecs.BOM_UTF8)
    zero = content.find(b"\0")
    if zero >= 0:
        return "", _problem_at(content, zero, "the file is binary, not text", "")
    try:
        return content.decode(), None
    except UnicodeDecodeError as error:
        byte = content[error.start]
        message = f"byte 0x{byte:02X} is not valid UTF-8"
        return "", _problem_at(content, error.start, message, _SAVE_AS_UTF8)


def forbidden_character(text: str, offset: int, lines: Lines) -> Problem:
    """Return the problem of the forbidden character at `offset`."""
    place = lines.position(offset)
    message = f"control character U+{ord(text[offset]):04X} is not allowed in YAML"
    hint = 'Delete it, or write it as an escape in a double-quoted string, such as "\\u001B".'
    return Problem(SYNTAX, place.line, place.column, message, hint)


def _problem_at(content: bytes, offset: int, message: str, hint: str) -> Problem:
    before = content[:offset].decode(errors="replace")
    place = Lines(before).position(len(before))
    return Problem(SYNTAX, place.line, place.column, message, hint)
