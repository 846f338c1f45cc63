"""A mutant: the sample with one thing wrong, and where that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.mutation.text import Entry, Source


@dataclass(frozen=True, slots=True)
class Mutant:
    """What an operator made of a file.

    `texts` are the files that differ, None for one that is gone. `lines` are those of `file` at
    which a person would look for the mistake; none where nothing of the file is left. `shape` is
    what it has in common with mutants that are of the same use.
    """

    operator: str
    file: str
    place: str
    texts: Mapping[str, str | None]
    lines: frozenset[int] = frozenset()
    shape: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """Its name: the operator, the file, and the place with what was done there."""
        return f"{self.operator} {self.file} {self.place}".rstrip()


def changed(operator: str, source: Source, entry: Entry, text: str, what: str = "") -> Mutant:
    """A mutant that has a value, a key or an entry written another way."""
    first = source.line(entry.start)
    added = text.count("\n") - source.text.count("\n")
    last = max(source.line(entry.end) + added, first)
    return _of_entry(operator, source, entry, text, what, frozenset(range(first, last + 1)))


def dropped(operator: str, source: Source, entry: Entry) -> Mutant:
    """A mutant that lacks an entry: the place is where it was, and what it was in."""
    here = source.line(entry.start)
    lines = {here, source.line(entry.parent.start_mark.index)}
    parent = entry.path[:-1]
    if parent:
        lines.add(source.line(source.entry(parent, entry.document).start))
    text = source.without(entry)
    return _of_entry(operator, source, entry, text, "", frozenset(lines))


def _of_entry(
    operator: str, source: Source, entry: Entry, text: str, what: str, lines: frozenset[int]
) -> Mutant:
    document = f"({entry.document + 1}) " if len(source.documents) > 1 else ""
    place = f"{document}{entry.name}" + (f" = {what}" if what else "")
    steps = ["*" if isinstance(step, int) else step for step in entry.path]
    return Mutant(operator, source.file, place, {source.file: text}, lines, ".".join(steps) + what)
