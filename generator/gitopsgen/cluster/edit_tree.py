"""The nodes of a YAML text with the offsets at which they start and end, for edits by splicing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import SyntaxProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.events import Event

_BREAK = re.compile(r"\r\n?|\n")


@dataclass(slots=True, eq=False)
class Node:
    """A node of the text between `start` and `end`, offsets in characters.

    `kind` is scalar, mapping, sequence or alias. `text` is a scalar's value or an alias's name.
    A block collection ends where its last value does, not at the next token.
    """

    kind: str
    start: int
    end: int
    flow: bool = True
    text: str = ""
    anchor: str = ""
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written here, as after `key:`."""
        return self.kind == "scalar" and self.start == self.end

    def children(self) -> Iterator[Node]:
        """The nodes directly below: items, or keys and values by turns."""
        yield from self.items
        for pair in self.pairs:
            yield from pair

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


def compose(text: str) -> Node | None:
    """The root of the first document of a text; None where it holds nothing.

    The text was read before: after a syntax error the answer is None, too.
    """
    events = parse(text, Lines(text))
    try:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                root = _node(next(events), events, text)
                return None if root.is_empty else root
    except SyntaxProblemError:
        return None
    return None


def _node(event: Event, events: Iterator[Event], text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    anchor = event.anchor or ""
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", start, end, text=anchor)
    if isinstance(event, yaml.ScalarEvent):
        if event.style in ("|", ">"):
            # The parser counts the blank lines that follow as part of it.
            end = start + len(text[start:end].rstrip())
        return Node("scalar", start, end, text=event.value, anchor=anchor)
    is_mapping = isinstance(event, yaml.MappingStartEvent)
    node = Node("mapping" if is_mapping else "sequence", start, end, anchor=anchor)
    node.flow = bool(getattr(event, "flow_style", True))
    children: list[Node] = []
    for inner in events:
        if isinstance(inner, yaml.CollectionEndEvent):
            last = children[-1] if children else node
            node.end = inner.end_mark.index if node.flow else last.end
            break
        children.append(_node(inner, events, text))
    if is_mapping:
        node.pairs = list(zip(children[::2], children[1::2], strict=True))
    else:
        node.items = children
    return node


def column(text: str, offset: int) -> int:
    """How many characters stand before `offset` on its line."""
    return offset - line_start(text, offset)


def line_start(text: str, offset: int) -> int:
    """Where the line that holds `offset` starts."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line that holds `offset` ends, before its line break."""
    found = _BREAK.search(text, offset)
    return found.start() if found else len(text)


def next_line(text: str, offset: int) -> int:
    """Where the line after the one that holds `offset` starts, or the text's end."""
    found = _BREAK.search(text, offset)
    return found.end() if found else len(text)


def line_break(text: str) -> str:
    """The line break that a text uses: that of its first line."""
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def next_token(text: str, offset: int) -> int:
    """Where the next character is that is neither white space nor in a comment."""
    found = re.compile(r"(?:\s+|(?<=\s)#[^\r\n]*)*").match(text, offset)
    return found.end() if found else offset


def behind_colon(text: str, key: Node) -> int:
    """Where the text after a key's colon starts; the key's own end where it has none, as in {a}."""
    token = next_token(text, key.end)
    return token + 1 if text[token : token + 1] == ":" else key.end
