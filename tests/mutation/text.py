"""A YAML file as text with the places of its entries, and edits that keep everything else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Path: TypeAlias = tuple[str | int, ...]
Pair: TypeAlias = tuple[yaml.Node | None, yaml.Node]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key with its value, or an item of a list (then `key` is None), at a path of a document.

    `start` is the offset of the key, of an item that of its dash; `end` is where its value ends.
    `siblings` are all entries of its collection, itself among them, `index` is which it is.
    """

    document: int
    path: Path
    parent: yaml.Node
    key: yaml.Node | None
    value: yaml.Node
    siblings: tuple[tuple[int, int], ...]
    index: int

    @property
    def start(self) -> int:
        """The offset at which it begins."""
        return self.siblings[self.index][0]

    @property
    def end(self) -> int:
        """The offset behind its last character."""
        return self.siblings[self.index][1]

    @property
    def is_flow(self) -> bool:
        """Whether it stands between braces or brackets."""
        return is_flow(self.parent)

    @property
    def scalar(self) -> str | None:
        """Its value, where that is neither a list nor a mapping."""
        return self.value.value if isinstance(self.value, yaml.ScalarNode) else None

    @property
    def is_text(self) -> bool:
        """Whether its value is a string that stands on one line and is not empty."""
        node = self.value
        return (
            isinstance(node, yaml.ScalarNode)
            and node.tag == "tag:yaml.org,2002:str"
            and node.style not in ("|", ">")
            and bool(node.value)
        )

    @property
    def name(self) -> str:
        """The path as people write it."""
        return path_name(self.path)


@dataclass(frozen=True)
class Source:
    """A file of the repository, by its name in it."""

    file: str
    text: str

    @cached_property
    def documents(self) -> tuple[yaml.Node, ...]:
        """The root nodes of its documents."""
        return tuple(yaml.compose_all(self.text, Loader=yaml.SafeLoader))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry of every document, parents before children."""
        found: list[Entry] = []
        for index, root in enumerate(self.documents):
            found += self._below(index, root, ())
        return tuple(found)

    @cached_property
    def data(self) -> tuple[object, ...]:
        """The documents as data."""
        return tuple(yaml.safe_load_all(self.text))

    def line(self, offset: int) -> int:
        """The line of an offset, 1-based."""
        return self.text.count("\n", 0, offset) + 1

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def bounds(self, document: int) -> tuple[int, int]:
        """Where a document is, from its first token to the next separator or the end."""
        start = self.documents[document].start_mark.index
        later = self.text.find("\n---", start)
        return start, len(self.text) if later < 0 else later + 1

    def entry(self, path: Path, document: int = 0) -> Entry:
        """The entry at a path."""
        return next(e for e in self.entries if e.document == document and e.path == path)

    def without(self, entry: Entry) -> str:
        """The text without an entry; its line goes, too, where it has one of its own."""
        spans, index = entry.siblings, entry.index
        if index + 1 < len(spans):
            return self._cut(spans[index][0], spans[index + 1][0])
        if entry.is_flow:
            return self._cut(spans[index - 1][1] if index else spans[index][0], spans[index][1])
        start = self.line_start(entry.start)
        if self.text[start : entry.start].strip():
            return self._cut(entry.start, entry.end)
        return self._cut(start, entry.end + 1)

    def replaced(self, start: int, end: int, text: str) -> str:
        """The text with another one between two offsets."""
        return self.text[:start] + text + self.text[end:]

    def with_value(self, entry: Entry, text: str) -> str:
        """The text with another value of an entry, as it is to be written."""
        start = entry.value.start_mark.index
        if entry.key is not None and isinstance(entry.value, yaml.CollectionNode):
            # What was on lines of its own, perhaps below a remark, goes behind the key.
            start = entry.key.end_mark.index
            return self.replaced(start, entry.end, f": {text}" if text else ":")
        return self.replaced(start, entry.end, text)

    def _cut(self, start: int, end: int) -> str:
        return self.text[:start] + self.text[end:]

    def _below(self, document: int, node: yaml.Node, path: Path) -> Iterator[Entry]:
        pairs: list[Pair] = []
        steps: list[str | int] = []
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value]
            steps = [str(key.value) for key, _ in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pairs = [(None, item) for item in node.value]
            steps = list(range(len(node.value)))
        flow = is_flow(node)
        spans = tuple((self._start(key, value, flow), self._end(value)) for key, value in pairs)
        for index, (key, value) in enumerate(pairs):
            here = (*path, steps[index])
            yield Entry(document, here, node, key, value, spans, index)
            yield from self._below(document, value, here)

    def _start(self, key: yaml.Node | None, value: yaml.Node, flow: bool) -> int:
        if key is not None:
            return int(key.start_mark.index)
        start = int(value.start_mark.index)
        return start if flow else self.text.rindex("-", 0, start)

    def _end(self, node: yaml.Node) -> int:
        """The end of a node without the blank lines and remarks that may follow it."""
        if isinstance(node, yaml.CollectionNode) and not is_flow(node):
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        end = int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return len(self.text[:end].rstrip())
        return end


def is_flow(node: yaml.Node) -> bool:
    """Whether a list or a mapping is written in brackets or braces."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def path_name(path: Path) -> str:
    """A path as people write it: `spec.sources[0].path`."""
    name = ""
    for step in path:
        if isinstance(step, int):
            name += f"[{step}]"
        elif set(step) & set(".[] "):
            name += f'["{step}"]'
        else:
            name += f".{step}" if name else step
    return name
