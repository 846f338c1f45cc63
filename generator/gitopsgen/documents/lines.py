"""From an offset in a text, or a mark of the parser, to a line and a column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

_LINE_BREAK = re.compile(r"\r\n?|\n")
# YAML 1.1 also breaks lines at these; editors, git and grep do not.
_YAML_ONLY_BREAK = re.compile("[\x85\u2028\u2029]")


class Mark(Protocol):
    """A place in the text as PyYAML gives it, 0-based."""

    index: int
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: 1-based line and column, counted in characters."""

    line: int
    column: int


class Lines:
    """The lines of a text as an editor shows them: broken at LF, CRLF and CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Then the parser counts lines that no editor shows, and only offsets can be trusted.
        self._marks_miscount = not text.isascii() and bool(_YAML_ONLY_BREAK.search(text))

    def position(self, offset: int) -> Position:
        """Return the position of the character at `offset`, at most the end of the text."""
        offset = min(offset, len(self._text))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def at(self, mark: Mark) -> Position:
        """Return the position of a mark."""
        # At the end of a text without a last line break libyaml is a line further on.
        if self._marks_miscount or mark.index >= len(self._text):
            return self.position(mark.index)
        return Position(mark.line + 1, mark.column + 1)

    def line_at(self, offset: int) -> str:
        """Return the text of the line that holds the character at `offset`."""
        return self.line(self.position(offset).line)

    def line(self, number: int) -> str:
        """Return the text of a line, 1-based; empty where there is none."""
        if number > len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = _LINE_BREAK.search(self._text, start)
        return self._text[start : end.start() if end else None]

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place, at most the end of the text."""
        if line > len(self._starts):
            return len(self._text)
        return min(self._starts[line - 1] + column - 1, len(self._text))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self._text))]
