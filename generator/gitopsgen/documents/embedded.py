"""YAML within a text of a YAML file, such as the values in an Application, with its places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import SyntaxProblemError
from gitopsgen.documents.nodes import trees

if TYPE_CHECKING:
    from gitopsgen.documents.nodes import Node


@dataclass(slots=True)
class _Mark:
    index: int
    line: int
    column: int


def embedded_in(node: Node, lines: Lines) -> Node | None:
    """The first document in a literal text (`|`), at its places in the file around it.

    None where the node is no such text, or not a text of YAML.
    """
    text = node.literal
    if text is None:
        return None
    inner = Lines(text)
    try:
        root = next(trees(parse(text, inner), inner))
    except (StopIteration, SyntaxProblemError):
        return None
    # The text begins in the line below the `|`; each of its lines is indented as the first is.
    above = lines.at(node.mark).line
    indent = _indent(text, above, lines)
    waiting, seen = [root], set()
    while waiting:
        inside = waiting.pop()
        if id(inside) in seen:
            continue
        seen.add(id(inside))
        at = inner.at(inside.mark)
        line, column = above + at.line, indent + at.column
        inside.mark = _Mark(lines.offset(line, column), line - 1, column - 1)
        waiting += [inside.target, *inside.children]
    return root


def _indent(text: str, above: int, lines: Lines) -> int:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            outside = lines.line(above + number)
            return (len(outside) - len(outside.lstrip(" "))) - (len(line) - len(line.lstrip(" ")))
    return 0
