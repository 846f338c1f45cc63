"""Where in a file a value stands, found by its path in the data."""

from __future__ import annotations

from gitopsgen.documents.embedded import embedded_in
from gitopsgen.documents.encoding import BYTE_ORDER_MARK
from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines, Position
from gitopsgen.documents.model import SyntaxProblemError
from gitopsgen.documents.nodes import Node, trees

__all__ = ["Locator", "Path", "Position"]

# The keys and indexes that lead from a document's root to a value.
Path = tuple[str | int, ...]


class Locator:
    """Finds places in a text; it is parsed at the first question, as far as it has to be.

    Paths are those of the data that `read_documents` gives: keys are what Kubernetes reads, of
    duplicate keys the last counts, and merged keys lead to where they come from. Where a path ends
    before its time, the answer is for the part of it that exists; one may lead into a literal text
    (`|`) that is YAML itself. In a file with a syntax error
    documents after it are taken for the last good one; without any the answer is 1:1.
    """

    def __init__(self, text: str) -> None:
        text = text.removeprefix(BYTE_ORDER_MARK)
        self._lines = Lines(text)
        self._rest = trees(parse(text, self._lines), self._lines)
        self._roots: list[Node] = []
        self._inside: dict[int, Node | None] = {}

    def value(self, document: int, path: Path) -> Position:
        """Return the place of a value's first token; behind an alias, of what it names."""
        found = self._find(document, path)
        return self._lines.at(found[1].target.mark) if found else Position(1, 1)

    def key(self, document: int, path: Path) -> Position:
        """Return the place of the key that leads to a value; of an item in a list, its own."""
        found = self._find(document, path)
        return self._lines.at(found[0].mark) if found else Position(1, 1)

    def pointer(self, document: int, pointer: str) -> Position:
        """Return the place of the value that a JSON pointer (RFC 6901) names."""
        return self.value(document, _path(pointer))

    def key_pointer(self, document: int, pointer: str) -> Position:
        """Return the place of the key that leads to what a JSON pointer (RFC 6901) names."""
        return self.key(document, _path(pointer))

    def _find(self, document: int, path: Path) -> tuple[Node, Node] | None:
        self._parse_up_to(document)
        if not 0 <= document < len(self._roots):
            return (self._roots[-1],) * 2 if self._roots else None
        key = value = self._roots[document]
        for step in path:
            found = value.step(step) or self._step_inside(value.target, step)
            if found is None:
                break
            key, value = found
        return key, value

    def _step_inside(self, text: Node, step: str | int) -> tuple[Node, Node] | None:
        """A step from a literal text into the YAML in it."""
        if text.literal is None:
            return None
        if id(text) not in self._inside:
            self._inside[id(text)] = embedded_in(text, self._lines)
        root = self._inside[id(text)]
        return root.step(step) if root is not None else None

    def _parse_up_to(self, document: int) -> None:
        while len(self._roots) <= document:
            try:
                self._roots.append(next(self._rest))
            except (StopIteration, SyntaxProblemError):
                return


def _path(pointer: str) -> Path:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
