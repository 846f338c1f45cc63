"""Values as a person would write them in YAML: on one line, or a key a line."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from gitopsgen.documents.reader import read_documents

# What needs no quotes anywhere in YAML, in a block or between braces, unless YAML reads it as
# something else than a text.
PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/@+-]*(:[A-Za-z0-9._/@+-]+)*")


def key(name: str) -> str:
    """A key as it has to be written: `y` alone would be read as true."""
    documents = read_documents(f"{name}: 1").documents if PLAIN.fullmatch(name) else ()
    return name if documents and documents[0].data == {name: 1} else _quoted(name)


def inline(value: Any) -> str:
    """A value on one line, without quotes where none are needed."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key(str(k))}: {inline(v)}' for k, v in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(inline(item) for item in value)}]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return json.dumps(value)


def block(name: str, value: Any, indent: int, step: int, newline: str) -> str:
    """The lines of a key and its value; mappings are written a key a line, lists on one line."""
    start = f"{' ' * indent}{key(name)}:"
    if not isinstance(value, dict) or not value:
        return f"{start} {inline(value)}{newline}"
    below = (block(str(k), v, indent + step, step, newline) for k, v in value.items())
    return f"{start}{newline}{''.join(below)}"


def _text(value: str) -> str:
    documents = read_documents(f"a: {value}").documents if PLAIN.fullmatch(value) else ()
    return value if documents and documents[0].data == {"a": value} else _quoted(value)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character.isprintable() or ord(character) > 0xFFFF:
        return json.dumps(character, ensure_ascii=False)[1:-1]
    return json.dumps(character)[1:-1]
