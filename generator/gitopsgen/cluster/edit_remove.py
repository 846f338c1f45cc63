"""Removing a key from a mapping of a YAML text, with the comments that belong to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.cluster.edit_add import after_comments
from gitopsgen.cluster.edit_tree import (
    behind_colon,
    column,
    line_end,
    line_start,
    next_line,
    next_token,
)
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from gitopsgen.cluster.edit_tree import Node

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def remove_entry(text: str, holder: Node, mapping: Node, index: int) -> str | None:
    """Remove the entry `index` of `mapping`, which is the value of the key `holder`.

    Lines that the entry does not stand on stay as they are. None where the entry cannot be told
    from its surroundings.
    """
    if mapping.flow:
        return _remove_from_flow(text, mapping, index)
    return _remove_from_block(text, holder, mapping, index)


def _remove_from_block(text: str, holder: Node, mapping: Node, index: int) -> str | None:
    key, value = mapping.pairs[index]
    start = line_start(text, key.start)
    if text[start : key.start].strip():
        return None
    indent = key.start - start
    start = _comments_above(text, start, indent)
    end = after_comments(text, next_line(text, max(key.end, value.end)), indent)
    if len(mapping.pairs) == 1:
        place = behind_colon(text, holder)
        if mapping.anchor:
            place = mapping.start + len(f"&{mapping.anchor}")
        return f"{text[:place]} {{}}{text[place:start]}{text[end:]}"
    if not text[end:].strip():
        # Blank lines at the end of a file separate nothing.
        start = _after_last_word(text, start)
    return text[:start] + text[end:]


def _comments_above(text: str, start: int, indent: int) -> int:
    """Where the comment starts that stands right above a line, at its indentation.

    A comment that is a component itself, commented out, is not about the one below.
    """
    first = start
    while first:
        above = line_start(text, _before_break(text, first))
        line = text[above:first]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) != indent:
            break
        first = above
    lines = text[first:start].splitlines()
    return start if _is_commented_out([line.strip()[1:] for line in lines]) else first


def _is_commented_out(lines: list[str]) -> bool:
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    by = min(indents, default=0)
    contents = read_documents("\n".join(line[by:] for line in lines))
    data = contents.documents[0].data if contents.documents and not contents.problems else None
    return isinstance(data, dict) and all(
        _NAME.fullmatch(name) and (value is None or isinstance(value, dict))
        for name, value in data.items()
    )


def _before_break(text: str, start: int) -> int:
    """The end of the line above the one that starts at `start`, before its line break."""
    return start - (2 if text[start - 2 : start] == "\r\n" else 1)


def _after_last_word(text: str, start: int) -> int:
    kept = text[:start].rstrip()
    return next_line(text, len(kept)) if kept else start


def _remove_from_flow(text: str, mapping: Node, index: int) -> str:
    key, value = mapping.pairs[index]
    end = max(key.end, value.end)
    token = next_token(text, end)
    has_comma = text[token : token + 1] == ","
    behind = token + 1 if has_comma else end
    opening, closing = len(text[: key.start].rstrip()), mapping.end - 1
    if len(mapping.pairs) == 1 and text[opening - 1] == "{" and not text[behind:closing].strip():
        return text[:opening] + text[closing:]
    start = line_start(text, key.start)
    rest = text[behind : line_end(text, behind)].strip()
    if not text[start : key.start].strip() and (not rest or rest.startswith("#")):
        # It stands on lines of its own, between braces that open and close on others.
        start = _comments_above(text, start, column(text, key.start))
        return text[:start] + text[next_line(text, behind) :]
    following = mapping.pairs[index + 1][0].start if index + 1 < len(mapping.pairs) else None
    if following is not None and not text[behind:following].strip(" \t"):
        return text[: key.start] + text[following:]
    if index == 0:
        return text[: key.start] + text[behind:]
    before = mapping.pairs[index - 1]
    last = max(before[0].end, before[1].end)
    comma = next_token(text, last) + 1
    if text[comma : key.start].strip():
        # A comment of the entry before stands in between.
        comma = last = key.start
    return text[: comma if has_comma else last] + text[behind:]
