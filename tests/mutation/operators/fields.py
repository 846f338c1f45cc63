"""Operators on any entry: gone, misspelt, of another type, empty, twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.mutation.mutant import Mutant, changed, dropped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.text import Entry, Source

_SHORTEST_NAME = 3


def drop_field(source: Source) -> Iterator[Mutant]:
    """A key and its value are gone."""
    for entry in source.entries:
        if entry.key is not None:
            yield dropped("drop-field", source, entry)


def drop_item(source: Source) -> Iterator[Mutant]:
    """An item of a list is gone."""
    for entry in source.entries:
        if entry.key is None:
            yield dropped("drop-item", source, entry)


def drop_component(source: Source) -> Iterator[Mutant]:
    """The plan lacks a component."""
    for entry in source.entries if source.file == "cluster.yaml" else ():
        if entry.path[0] == "components" and len(entry.path) == 2:
            yield dropped("drop-component", source, entry)


def misspell_key(source: Source) -> Iterator[Mutant]:
    """Two letters of a key have changed places."""
    for entry in source.entries:
        wrong = misspelt(str(entry.path[-1])) if entry.key is not None else ""
        if wrong and entry.key is not None:
            start, end = entry.key.start_mark.index, entry.key.end_mark.index
            text = source.replaced(start, end, wrong)
            yield changed("misspell-key", source, entry, text)


def misspell_value(source: Source) -> Iterator[Mutant]:
    """Two letters of a text have changed places."""
    for entry in source.entries:
        wrong = misspelt(entry.scalar or "") if entry.is_text else ""
        if wrong:
            text = source.with_value(entry, quoted(wrong))
            yield changed("misspell-value", source, entry, text)


def wrong_type(source: Source) -> Iterator[Mutant]:
    """A text is a list, a number or a boolean is a text, a list or a mapping is a text."""
    for entry in source.entries:
        text = source.with_value(entry, _of_another_type(entry))
        yield changed("wrong-type", source, entry, text)


def empty_value(source: Source) -> Iterator[Mutant]:
    """A key has no value."""
    for entry in source.entries:
        if entry.key is not None:
            empty = "~" if entry.is_flow else ""
            text = source.with_value(entry, empty)
            yield changed("empty-value", source, entry, text)


def unquoted(source: Source) -> Iterator[Mutant]:
    """A text that needs its quotes has lost them: "true" is true."""
    for entry in source.entries:
        node = entry.value
        is_quoted = isinstance(node, yaml.ScalarNode) and node.style in ('"', "'")
        if is_quoted and not _is_plain_text(node.value):
            text = source.with_value(entry, node.value)
            yield changed("unquote", source, entry, text)


def duplicate_key(source: Source) -> Iterator[Mutant]:
    """A line with a key stands there twice."""
    for entry in source.entries:
        one_line = source.line(entry.start) == source.line(entry.end)
        start = source.line_start(entry.start)
        own_line = not source.text[start : entry.start].strip()
        if entry.key is not None and not entry.is_flow and one_line and own_line:
            line = source.text[start : entry.end + 1]
            text = source.replaced(entry.end + 1, entry.end + 1, line)
            yield changed("duplicate-key", source, entry, text)


def duplicate_item(source: Source) -> Iterator[Mutant]:
    """An item of a list stands there twice."""
    for entry in source.entries:
        if entry.key is None and not entry.is_flow:
            start = source.line_start(entry.start)
            lines = source.text[start : entry.end] + "\n"
            text = source.replaced(entry.end + 1, entry.end + 1, lines)
            yield changed("duplicate-item", source, entry, text)


def misspelt(word: str) -> str:
    """A word with two letters in its middle swapped; nothing where that makes no difference."""
    if len(word) < _SHORTEST_NAME:
        return ""
    middle = len(word) // 2
    for offset in range(len(word)):
        at = (middle + offset) % (len(word) - 1)
        left, right = word[at], word[at + 1]
        if left != right and left.isalpha() and right.isalpha():
            return word[:at] + right + left + word[at + 2 :]
    return ""


def quoted(text: str) -> str:
    """A text as YAML: in quotes where it would be read as something else."""
    return text if _is_plain_text(text) else f'"{text}"'


def _is_plain_text(text: str) -> bool:
    """Whether YAML reads it as this very text without any quotes."""
    try:
        return bool(yaml.safe_load(text) == text)
    except yaml.YAMLError:
        return False


def _of_another_type(entry: Entry) -> str:
    node = entry.value
    if isinstance(node, yaml.CollectionNode):
        return "text"
    if entry.is_text:
        return f"[{quoted(node.value)}]"
    return "text"
