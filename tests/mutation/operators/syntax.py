"""Operators on the layout of a file: what an editor, or a hurry, does to YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.mutation.mutant import Mutant, changed
from tests.mutation.text import is_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.text import Entry, Source


def indent_deeper(source: Source) -> Iterator[Mutant]:
    """One key is two columns further right."""
    for entry, start in _own_lines(source):
        text = source.replaced(start, start, "  ")
        yield changed("indent-deeper", source, entry, text)


def indent_less(source: Source) -> Iterator[Mutant]:
    """One key is two columns further left."""
    for entry, start in _own_lines(source):
        if entry.start - start >= 2:
            text = source.replaced(start, start + 2, "")
            yield changed("indent-less", source, entry, text)


def tab(source: Source) -> Iterator[Mutant]:
    """A line is indented by a tab."""
    for entry, start in _own_lines(source):
        if entry.start > start:
            text = source.replaced(start, entry.start, "\t")
            yield changed("tab", source, entry, text)


def no_colon(source: Source) -> Iterator[Mutant]:
    """A key has lost its colon."""
    for entry, _ in _own_lines(source):
        if entry.key is not None:
            end = entry.key.end_mark.index
            text = source.replaced(end, end + 1, "")
            yield changed("no-colon", source, entry, text)


def no_space(source: Source) -> Iterator[Mutant]:
    """There is no space between a colon and its value."""
    for entry, _ in _own_lines(source):
        if entry.key is not None and entry.scalar:
            end = entry.key.end_mark.index
            text = source.replaced(end + 1, entry.value.start_mark.index, "")
            yield changed("no-space", source, entry, text)


def open_end(source: Source) -> Iterator[Mutant]:
    """A quote, a brace or a bracket is not closed."""
    for entry in source.entries:
        node = entry.value
        has_end = (isinstance(node, yaml.ScalarNode) and node.style in ('"', "'")) or (
            is_flow(node) and not entry.is_flow
        )
        if has_end:
            text = source.replaced(entry.end - 1, entry.end, "")
            yield changed("open-end", source, entry, text)


def _own_lines(source: Source) -> Iterator[tuple[Entry, int]]:
    """The keys that begin a line, with the offset of the line."""
    for entry in source.entries:
        start = source.line_start(entry.start)
        if entry.key is not None and not source.text[start : entry.start].strip():
            yield entry, start
