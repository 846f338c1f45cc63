"""Trees of a file's YAML nodes with their places, in which paths of the data can be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from gitopsgen.documents.events import MAX_DEPTH, first_mark, too_deep
from gitopsgen.documents.scalars import is_merge, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.events import Event
    from gitopsgen.documents.lines import Lines, Mark

_Pair = tuple["Node", "Node"]


class Node:
    """A node that stands at `mark`; an alias is a node that has nothing but its `target`.

    `children` are the items of a list, or the keys and values of a mapping by turns. `key` is what
    a scalar reads as a mapping key; `merges` says that it is a `<<`; `literal` is the text of a
    scalar that stands in lines of its own, below a `|`.
    """

    __slots__ = (
        *("_keys", "_merges", "_named", "children", "is_mapping", "key", "literal", "mark"),
        "merges",
    )

    def __init__(self, mark: Mark, named: Node | None = None) -> None:
        self.mark = mark
        self._named = named
        self.is_mapping = False
        self.children: list[Node] = []
        self.key: str | None = None
        self.merges = False
        self.literal: str | None = None
        self._keys: dict[str, int] | None = None
        self._merges: list[int] = []

    @property
    def target(self) -> Node:
        """The node itself, or the one that an alias names."""
        return self._named or self

    def step(self, step: str | int) -> _Pair | None:
        """Return the key and the value that one step of a path leads to, an item of a list twice.

        None where the data has nothing there.
        """
        if self.target.is_mapping:
            return self.target._look_up(str(step))
        items = self.target.children
        try:
            index = int(step)
        except ValueError:
            return None
        return (items[index], items[index]) if 0 <= index < len(items) else None

    def _look_up(self, key: str) -> _Pair | None:
        # Depth first through the merges, in the order in which they win; nothing is looked at
        # twice, or files made for it would take for ever.
        seen: set[int] = set()
        candidates: list[Node | _Pair] = [self]
        while candidates:
            candidate = candidates.pop()
            if isinstance(candidate, tuple):
                return candidate
            node = candidate.target
            if node.is_mapping and id(node) not in seen:
                seen.add(id(node))
                candidates.extend(reversed(node._suppliers(key)))
        return None

    def _suppliers(self, key: str) -> list[Node | _Pair]:
        """Return where the value of a key may come from, the winning place first.

        Whatever comes later in the mapping wins, be it a key or a merge: as in go-yaml v2.
        """
        if self._keys is None:
            self._keys = {}
            for index in range(0, len(self.children) - 1, 2):
                child = self.children[index].target
                if child.merges:
                    self._merges.append(index)
                elif child.key is not None:
                    self._keys[child.key] = index
        written = self._keys.get(key, -1)
        suppliers: list[Node | _Pair] = []
        for index in reversed(self._merges):
            if index > written:
                value = self.children[index + 1].target
                suppliers += [value] if value.is_mapping else value.children
        if written >= 0:
            suppliers.append((self.children[written], self.children[written + 1]))
        return suppliers


def trees(events: Iterator[Event], lines: Lines) -> Iterator[Node]:
    """Yield the root node of every document.

    Raises what `events` raises, and SyntaxProblemError for a nesting that is too deep.
    """
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield _tree(event, events, lines)


def _tree(start: Event, events: Iterator[Event], lines: Lines) -> Node:
    document = Node(start.start_mark)
    unclosed = [document]
    anchors: dict[str, Node] = {}
    for event in events:
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.CollectionEndEvent):
            unclosed.pop()
            continue
        is_root = len(unclosed) == 1
        node = _node(event, first_mark(start, event) if is_root else event.start_mark, anchors)
        unclosed[-1].children.append(node)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(unclosed) > MAX_DEPTH:
                raise too_deep(lines.at(event.start_mark))
            unclosed.append(node)
    return document.children[0]


def _node(event: Event, mark: Mark, anchors: dict[str, Node]) -> Node:
    if isinstance(event, yaml.AliasEvent):
        return Node(mark, anchors.get(event.anchor or ""))
    node = Node(mark)
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0]
        node.key = read(event.value, event.tag, plain=plain).key
        node.merges = is_merge(event.value, event.tag, plain=plain)
        if event.style == "|":
            node.literal = event.value
    else:
        node.is_mapping = isinstance(event, yaml.MappingStartEvent)
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node
