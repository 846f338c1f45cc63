"""Operators on whole documents and files: gone, twice, cut off, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutation.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.text import Source


def drop_document(source: Source) -> Iterator[Mutant]:
    """One document of several is gone."""
    if len(source.documents) > 1:
        for index in range(len(source.documents)):
            start, end = source.bounds(index)
            text = source.replaced(start, end, "")
            yield _whole("drop-document", source, index, text, {source.line(start)})


def duplicate_document(source: Source) -> Iterator[Mutant]:
    """A document stands there twice."""
    for index in range(len(source.documents)):
        start, end = source.bounds(index)
        copy = source.text[start:end]
        text = f"{source.text}---\n{copy}"
        lines = {*_lines(source, start, end), *_below(source.text, text)}
        yield _whole("duplicate-document", source, index, text, lines)


def drop_file(source: Source) -> Iterator[Mutant]:
    """The file is gone."""
    yield Mutant("drop-file", source.file, "", {source.file: None})


def empty_file(source: Source) -> Iterator[Mutant]:
    """There is nothing in the file."""
    yield Mutant("empty-file", source.file, "", {source.file: ""}, frozenset({1}))


def duplicate_file(source: Source) -> Iterator[Mutant]:
    """The file is there twice, under two names."""
    stem, dot, suffix = source.file.rpartition(".")
    copy = f"{stem}-copy{dot}{suffix}"
    lines = frozenset(range(1, source.text.count("\n") + 2))
    yield Mutant("duplicate-file", source.file, "", {copy: source.text}, lines)


def rename_file(source: Source) -> Iterator[Mutant]:
    """The file has another name."""
    stem, dot, suffix = source.file.rpartition(".")
    texts = {source.file: None, f"{stem}-new{dot}{suffix}": source.text}
    yield Mutant("rename-file", source.file, "", texts)


def cut_off(source: Source) -> Iterator[Mutant]:
    """The file ends in the middle of a line, two thirds on."""
    end = len(source.text) * 2 // 3
    text = source.text[:end].rstrip()
    yield Mutant("cut-off", source.file, "", {source.file: text}, frozenset(_lines_of(text)))


def _whole(operator: str, source: Source, index: int, text: str, lines: set[int]) -> Mutant:
    place = f"({index + 1})"
    return Mutant(operator, source.file, place, {source.file: text}, frozenset(lines))


def _lines(source: Source, start: int, end: int) -> range:
    return range(source.line(start), source.line(end) + 1)


def _below(before: str, after: str) -> range:
    return range(before.count("\n") + 1, after.count("\n") + 2)


def _lines_of(text: str) -> range:
    return range(1, text.count("\n") + 2)
