"""Reading the YAML that most manifests are made of, line by line and in less than half the time.

Most of the time in which libyaml reads a manifest goes into objects for its events. What is written
in block style, with scalars that fill one line, needs none: the indentation of a line says where it
belongs. This reader takes a text only where it is sure, and leaves any other to the parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from gitopsgen.documents.model import Contents, Document
from gitopsgen.documents.scalars import NUMBER_START, SPECIAL_WORDS, read

# Far below the limits of the parser, which has words for what exceeds them.
_MAX_SIZE = 1024 * 1024
_MAX_DEPTH = 100
_MAX_DOCUMENTS = 5_000
# Manifests repeat their lines: `metadata:`, `apiVersion: v1`. Few are longer than this.
_CACHED_LINES = 8192
_CACHED_LENGTH = 120

_QUOTED = r""""[^"\\]*"|'[^']*'"""
_FLOW_SCALAR = rf"(?:{_QUOTED}|-*[A-Za-z0-9_/][A-Za-z0-9_./-]*)"
# To YAML, a text of more than 1024 characters is no key.
_KEY = r'[A-Za-z_][A-Za-z0-9_./-]{0,500}|"[A-Za-z0-9_./@-]{1,500}"'
_COMMENT = re.compile(r" *(?:#.*)?")
_MARKER = re.compile(r"---(?: +#.*)? *")
_PAIR = rf"(?:{_KEY}): +{_FLOW_SCALAR}"
_LINE = re.compile(
    rf"(?P<indent> *)(?P<dash>- +)?(?:(?P<key>{_KEY}):(?= |$))? *(?P<value>"
    r"(?!---)(?!-(?: |$))[A-Za-z0-9_/.~+$(-][^ :#]*(?:(?: +|:+)[^ :#]+)*"
    rf"|{_QUOTED}"
    rf"|\[ *(?:{_FLOW_SCALAR}(?: *, *{_FLOW_SCALAR})* *)?\]"
    rf"|\{{ *(?:{_PAIR}(?: *, *{_PAIR})* *)?\}}"
    r"|[|>][-+]?)?"
    r"(?: +#.*)? *"
)
_ITEMS = re.compile(_FLOW_SCALAR)
_PAIRS = re.compile(rf"({_KEY}): +({_FLOW_SCALAR})")

# What follows a key or a dash: nothing on its line; a scalar; a collection, to be copied; or the
# start of a text whose lines come next, such as `|-`.
_NOTHING, _SCALAR, _COLLECTION, _BLOCK = range(4)


class _Line(NamedTuple):
    """A line: its `column`, that of what follows its dash (0 without one), its key and its value.

    `kind` says what the value is.
    """

    column: int = 0
    inner: int = 0
    key: str | None = None
    kind: int = _NOTHING
    value: Any = None


_EMPTY, _MARKS = _Line(), _Line()


def read_plain(text: str) -> Contents | None:
    """Return the documents of a text without a byte order mark, as the parser would.

    None where the text has anything that this reader is not made for, or anything that is wrong.
    """
    if len(text) > _MAX_SIZE or not text.replace("\n", "").isprintable():
        return None
    lines = text.split("\n")
    documents: list[Document] = []
    start = 0
    while start <= len(lines):
        found = _document(lines, start)
        if found is None or len(documents) > _MAX_DOCUMENTS:
            return None
        data, first, end = found
        # Only a `---`, which is the line before, makes a document of nothing.
        if first or start:
            documents.append(Document(len(documents), data, first or start))
        start = end + 1
    return Contents(tuple(documents), ())


def _document(lines: list[str], number: int) -> tuple[Any, int, int] | None:
    """Return a document's data, its first line (0 of an empty one), and the index of its end."""
    # The data are the value of a key of `root`, which stands to the left of everything.
    root: Any = {}
    stack: list[tuple[int, Any, bool]] = []
    indent, top, in_list = -1, root, False
    pending: str | None = ""  # the key whose value comes next
    first = 0
    while number < len(lines):
        line = lines[number]
        found = _cached(line) if len(line) <= _CACHED_LENGTH else _read(line)
        if found is None:
            return None
        if found is _MARKS:
            break
        number += 1
        if found is _EMPTY:
            continue
        column, inner, key, kind, value = found
        if pending is not None:
            # Items may stand below the key of their list.
            if column > indent or (inner and column == indent):
                first = first or number
                child: Any = [] if inner else {}
                top[pending] = child
                stack.append((indent, top, in_list))
                indent, top, in_list = column, child, bool(inner)
            else:
                top[pending] = None
            pending = None
        while column < indent or (in_list and not inner and column == indent):
            indent, top, in_list = stack.pop()
        if column != indent or len(stack) > _MAX_DEPTH:
            return None
        if inner:
            if not in_list:
                return None
            if key is not None:
                child = {}
                top.append(child)
                stack.append((indent, top, in_list))
                indent, top, in_list = inner, child, False
        if kind == _BLOCK:
            block = _block(lines, number, indent, value)
            if block is None:
                return None
            value, number = block
        elif kind == _COLLECTION:
            value = value.copy()
        if key is None:
            top.append(value)
        elif key in top:
            return None
        elif kind == _NOTHING:
            pending = key
        else:
            top[key] = value
    if pending is not None:
        top[pending] = None
    return root[""], first, number


def _read(line: str) -> _Line | None:
    """Return what a line says, None where this reader does not know."""
    found = _LINE.fullmatch(line)
    if found is None:
        return _EMPTY if _COMMENT.fullmatch(line) else _MARKS if _MARKER.fullmatch(line) else None
    indent, dash, key, text = found.groups()
    if not key and not (dash and text):
        return None if dash or text else _EMPTY
    value = _value(text)
    if value is None or key in SPECIAL_WORDS:
        return None
    inner = found.end("dash") if dash else 0
    return _Line(len(indent), inner, key and intern(key.strip('"')), *value)


_cached = lru_cache(_CACHED_LINES)(_read)


def _value(text: str | None) -> tuple[int, Any] | None:
    """Return the kind and value of a text, None where parsers may differ about it."""
    if text is None:
        return _NOTHING, None
    first = text[0]
    if first in "\"'":
        return _SCALAR, text[1:-1]
    if first in "|>":
        return _BLOCK, text
    if first == "[":
        items = [_value(item) for item in _ITEMS.findall(text)]
        return None if None in items else (_COLLECTION, [item[1] for item in items if item])
    if first == "{":
        return _pairs(_PAIRS.findall(text))
    if first in NUMBER_START or text in SPECIAL_WORDS:
        scalar = read(text)
        return None if scalar.doubt or scalar.refusal else (_SCALAR, scalar.value)
    return _SCALAR, text


def _pairs(pairs: list[tuple[str, str]]) -> tuple[int, Any] | None:
    mapping: dict[str, Any] = {}
    for key, text in pairs:
        value = _value(text)
        if value is None or key in SPECIAL_WORDS or key.strip('"') in mapping:
            return None
        mapping[intern(key.strip('"'))] = value[1]
    return _COLLECTION, mapping


def _block(lines: list[str], number: int, indent: int, header: str) -> tuple[str, int] | None:
    """Return a `|` or `>` in a collection at `indent`, and the index of the line after it."""
    content: list[str] = []
    margin = ""
    # What follows the last line break is no line.
    while number < len(lines) - 1:
        line = lines[number]
        if line and not margin:
            margin = line[: len(line) - len(line.lstrip(" "))]
            if len(margin) == len(line) or len(margin) <= indent:
                return None
        if line.startswith(margin) or line.isspace() or not line:
            content.append(line[len(margin) :])
        else:
            break
        number += 1
    else:
        if lines[-1]:
            return None
    if not margin:
        return None
    text = "\n".join(content)
    body = text.rstrip("\n")
    end = text[len(body) :] + "\n" if header[1:] == "+" else "" if header[1:] else "\n"
    if header[0] == ">":
        # Lines that are empty or stand further to the right are not folded.
        if "\n\n" in body or "\n " in body or body[0] == "\n":
            return None
        body = body.replace("\n", " ")
    return body + end, number
