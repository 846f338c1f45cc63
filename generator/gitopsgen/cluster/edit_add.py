"""Adding a key to a mapping of a YAML text; every byte that is there stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.edit_tree import (
    behind_colon,
    column,
    line_break,
    line_end,
    line_start,
    next_line,
    next_token,
)
from gitopsgen.cluster.edit_values import block, inline, key

if TYPE_CHECKING:
    from gitopsgen.cluster.edit_tree import Node

# Longer lines are written a key a line, as the repository's own yamllint settings ask.
_LONGEST = 100
_STEP = 2


def add_to_nothing(text: str, name: str, value: Any) -> str:
    """Add the first key of a text that holds nothing but comments."""
    newline = line_break(text)
    between = "" if not text or text.endswith(("\n", "\r")) else newline
    return f"{text}{between}{block(name, value, 0, _STEP, newline)}"


def add_to(text: str, mapping: Node, name: str, value: Any) -> str:
    """Add a key at the end of a mapping that has some, in the style of those."""
    if mapping.flow:
        return add_to_flow(text, mapping, f"{key(name)}: {inline(value)}")
    nested = [inner for _, inner in mapping.pairs if inner.pairs]
    over_lines = bool(nested) and not nested[-1].flow
    indent = column(text, mapping.pairs[0][0].start)
    step = column(text, nested[-1].pairs[0][0].start) - indent if over_lines else _STEP
    return add_to_block(text, mapping, _entry(text, name, value, indent, step, over_lines))


def add_first(text: str, root: Node, holder: Node, empty: Node, name: str, value: Any) -> str:
    """Give the key `holder` of `root` a mapping of one key, where `empty` stands: {} or nothing.

    It becomes one over lines where the text permits it, else one between braces.
    """
    colon = behind_colon(text, holder)
    rest = text[empty.end : line_end(text, empty.end)].strip()
    if root.flow or empty.anchor or "\n" in text[colon : empty.end] or not _is_comment(rest):
        kept = f"&{empty.anchor} " if empty.anchor else ""
        entry = f"{{{key(name)}: {inline(value)}}}"
        return f"{text[:colon]} {kept}{entry}{text[empty.end :]}"
    indent = column(text, holder.start)
    end = line_end(text, empty.end)
    comment = text[empty.end : end] if rest else ""
    text = text[:colon] + comment + text[end:]
    place = after_comments(text, next_line(text, colon), indent)
    return insert(text, place, _entry(text, name, value, indent + _STEP, _STEP, False))


def add_to_block(text: str, mapping: Node, entry: str) -> str:
    """Add the lines of an entry at the end of a block mapping."""
    last_key, last = mapping.pairs[-1]
    indent = column(text, mapping.pairs[0][0].start)
    place = after_comments(text, next_line(text, max(last_key.end, last.end)), indent)
    return insert(text, place, entry)


def insert(text: str, place: int, lines: str) -> str:
    """Put whole lines where a line starts; a file whose last line has no end still has none."""
    if place and not text[:place].endswith(("\n", "\r")):
        newline = line_break(text)
        lines = newline + lines.removesuffix(newline)
    return f"{text[:place]}{lines}{text[place:]}"


def _entry(text: str, name: str, value: Any, indent: int, step: int, over_lines: bool) -> str:
    newline = line_break(text)
    line = f"{' ' * indent}{key(name)}: {inline(value)}"
    if over_lines or len(line) > _LONGEST:
        return block(name, value, indent, step, newline)
    return line + newline


def _is_comment(rest: str) -> bool:
    return not rest or rest.startswith("#")


def after_comments(text: str, place: int, indent: int) -> int:
    """Where the comments end that start at a line and belong to the entry above it.

    They stand further right than its key, which is in column `indent`.
    """
    end = place
    while place < len(text):
        line = text[place : line_end(text, place)]
        bare = line.lstrip(" ")
        if bare.strip():
            if not bare.startswith("#") or len(line) - len(bare) <= indent:
                break
            end = next_line(text, place)
        place = next_line(text, place)
    return end


def add_to_flow(text: str, mapping: Node, entry: str) -> str:
    """Add an entry at the end of a mapping between braces that has some already."""
    last_key, last = mapping.pairs[-1]
    end = max(last_key.end, last.end)
    comma = next_token(text, end)
    has_comma = text[comma] == ","
    start = last_key.start
    if "\n" not in text[mapping.start : start] or text[line_start(text, start) : start].strip():
        if has_comma:
            return f"{text[: comma + 1]} {entry}{text[comma + 1 :]}"
        return f"{text[:end]}, {entry}{text[end:]}"
    # An entry a line: the new one gets its own as well.
    behind = comma + 1 if has_comma else end
    closing = mapping.end - 1
    indent = " " * column(text, start)
    newline = line_break(text)
    if not _is_comment(text[behind : line_end(text, behind)].strip()):
        # The closing brace follows on the same line.
        return f"{text[:behind]}{'' if has_comma else ','}{newline}{indent}{entry}{text[behind:]}"
    place = min(next_line(text, behind), closing)
    between = "" if has_comma else ","
    line = f"{indent}{entry}{',' if has_comma else ''}{newline}"
    return f"{text[:end]}{between}{text[end:place]}{line}{text[place:]}"
