"""Where in a file a value stands, found by its path in the data."""

from __future__ import annotations

from gitopsgen.documents.encoding import BYTE_ORDER_MARK
from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines, Position
from gitopsgen.documents.model import SyntaxProblemError
from gitopsgen.documents.nodes import Node, trees

__all__ = ["Locator", "Path", "Position", "TextLine"]

# The keys and indexes that lead from a document's root to a value.
Path = tuple[str | int, ...]


class TextLine(int):
    """A step of a path into a text: one of its lines, counted from 0."""


class Locator:
    """Finds places in a text; it is parsed at the first question, as far as it has to be.

    Paths are those of the data that `read_documents` gives: keys are what Kubernetes reads, of
    duplicate keys the last counts, and merged keys lead to where they come from. Where a path ends
    before its time, the answer is for the part of it that exists. It may go on into a text that is
    a literal block: to one of its lines, or to a value where the text is YAML itself. In a file
    with a syntax error documents after it are taken for the last good one; without any the answer
    is 1:1.
    """

    def __init__(self, text: str) -> None:
        text = text.removeprefix(BYTE_ORDER_MARK)
        self._lines = Lines(text)
        self._inner: dict[int, Locator] = {}
        self._rest = trees(parse(text, self._lines), self._lines)
        self._roots: list[Node] = []

    def value(self, document: int, path: Path) -> Position:
        """Return the place of a value's first token; behind an alias, of what it names."""
        return self._place(document, path, key=False)

    def key(self, document: int, path: Path) -> Position:
        """Return the place of the key that leads to a value; of an item in a list, its own."""
        return self._place(document, path, key=True)

    def pointer(self, document: int, pointer: str) -> Position:
        """Return the place of the value that a JSON pointer (RFC 6901) names."""
        return self.value(document, _path(pointer))

    def key_pointer(self, document: int, pointer: str) -> Position:
        """Return the place of the key that leads to what a JSON pointer (RFC 6901) names."""
        return self.key(document, _path(pointer))

    def _place(self, document: int, path: Path, *, key: bool) -> Position:
        found = self._find(document, path)
        if found is None:
            return Position(1, 1)
        *pair, rest = found
        place = self._within(pair[1].target, rest, key=key) if rest else None
        return place or self._lines.at(pair[0].mark if key else pair[1].target.mark)

    def _find(self, document: int, path: Path) -> tuple[Node, Node, Path] | None:
        """Return the key and the value at the part of a path that exists, and the rest of it."""
        self._parse_up_to(document)
        if not 0 <= document < len(self._roots):
            return (self._roots[-1], self._roots[-1], ()) if self._roots else None
        key = value = self._roots[document]
        for index, step in enumerate(path):
            found = value.step(step)
            if found is None:
                return key, value, path[index:]
            key, value = found
        return key, value, ()

    def _within(self, node: Node, path: Path, *, key: bool) -> Position | None:
        """Return the place of a path within a text, None where the text does not have it."""
        if node.literal is None:
            return None
        if isinstance(path[0], TextLine):
            line = node.literal.split("\n")[path[0] : path[0] + 1]
            column = len(line[0]) - len(line[0].lstrip()) + 1 if line else 1
            return self._in_file(node, Position(path[0] + 1, column))
        inner = self._inner.setdefault(id(node), Locator(node.literal))
        found = inner._find(0, path)
        if found is None or found[2] == path:
            return None
        return self._in_file(node, inner._place(0, path, key=key))

    def _in_file(self, node: Node, place: Position) -> Position | None:
        """Return the place in the file of one in a text; the file has it below, and indented."""
        assert node.literal is not None, "only a literal block is looked into"
        written = node.literal.split("\n")[place.line - 1 : place.line]
        line = self._lines.at(node.mark).line + place.line
        indented = self._lines.line(line)
        if not written or not written[0] or not indented.endswith(written[0]):
            return None
        return Position(line, len(indented) - len(written[0]) + place.column)

    def _parse_up_to(self, document: int) -> None:
        while len(self._roots) <= document:
            try:
                self._roots.append(next(self._rest))
            except (StopIteration, SyntaxProblemError):
                return


def _path(pointer: str) -> Path:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
