"""The events of a YAML stream, from libyaml where PyYAML has it, else from PyYAML itself."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import yaml

from gitopsgen.documents.encoding import FORBIDDEN, forbidden_character
from gitopsgen.documents.model import SYNTAX, Problem, SyntaxProblemError
from gitopsgen.documents.syntax import UNKNOWN_ESCAPE, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.documents.lines import Lines, Mark, Position


# Argo CD's default for all manifests of one directory (reposerver's
# max.combined.directory.manifests.size), here for one file and in characters.
MAX_SIZE: Final = 10 * 1024 * 1024
# Kubernetes' own limit is 10,000; what people write stays below 60, and everything that walks
# over the data may recurse.
MAX_DEPTH: Final = 200
# libyaml takes quadratic time over %TAG directives; manifests have none.
_MAX_DIRECTIVES = 100
# Each takes some 2 KB here, however little is in it.
_MAX_DOCUMENTS = 50_000
_DOCUMENT_START = re.compile(r"^---(?=\s)", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Event(Protocol):
    """An event of PyYAML; its type (yaml.ScalarEvent …) says which of these it has."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str
    style: str | None
    version: tuple[int, int] | None


class EventParser(Protocol):
    """A parser of PyYAML."""

    def get_event(self) -> Any:
        """Return the next event, None after the last."""


@cache
def fastest_parser() -> Callable[[str], EventParser]:
    """Return libyaml's parser, or PyYAML's own where it was built without libyaml."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return yaml.SafeLoader
    return CParser


def parse(
    text: str, lines: Lines, parser: Callable[[str], EventParser] | None = None
) -> Iterator[Event]:
    """Yield the events of a text without a byte order mark, lazily.

    `lines` are those of the text. Raises SyntaxProblemError where the text stops being YAML, after
    the events of every document before.
    """
    _refuse_hostile(text)
    # The first question is answered ten times as fast, and is enough for most texts.
    forbidden = None if text.replace("\n", "").isprintable() else FORBIDDEN.search(text)
    if forbidden:
        problem = forbidden_character(text, forbidden.start(), lines)
        text = text[: _start_of_last_document(text, forbidden.start())]
    try:
        yield from iter((parser or fastest_parser())(text).get_event, None)
    except yaml.MarkedYAMLError as error:
        raise SyntaxProblemError(explain(error, text, lines)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML's own parser lets Python's errors through, such as for the escape \UFFFFFFFF.
        raise SyntaxProblemError(Problem(SYNTAX, 1, 1, str(error))) from None
    if forbidden:
        raise SyntaxProblemError(problem)


def refuse_escaped_slashes(events: Iterator[Event], text: str, lines: Lines) -> Iterator[Event]:
    r"""Yield the events of a text; raise SyntaxProblemError at a `\/` in double quotes.

    libyaml takes it, since JSON has it; go-yaml does not. In a file that starts with a brace, which
    is JSON to Kubernetes, it is fine.
    """
    if "\\/" not in text or text.lstrip().startswith("{"):
        return events
    return _refuse_escaped_slashes(events, text, lines)


def _refuse_escaped_slashes(events: Iterator[Event], text: str, lines: Lines) -> Iterator[Event]:
    for event in events:
        if isinstance(event, yaml.ScalarEvent) and event.style == '"':
            for escape in _ESCAPE.finditer(text, event.start_mark.index, event.end_mark.index):
                if escape[1] == "/":
                    place = lines.position(escape.start())
                    hint = "Write the slash without the backslash."
                    problem = Problem(SYNTAX, place.line, place.column, UNKNOWN_ESCAPE, hint)
                    raise SyntaxProblemError(problem)
        yield event


def first_mark(start: Event, root: Event) -> Mark:
    """Return where a document's first token is; of an empty one, where it starts."""
    empty = isinstance(root, yaml.ScalarEvent) and root.start_mark.index == root.end_mark.index
    return (start if empty else root).start_mark


def too_deep(place: Position) -> SyntaxProblemError:
    """Return the error for a collection at more than MAX_DEPTH levels."""
    message = f"nested more than {MAX_DEPTH} levels deep"
    return SyntaxProblemError(Problem(SYNTAX, place.line, place.column, message))


def _refuse_hostile(text: str) -> None:
    if len(text) > MAX_SIZE:
        message = f"the file has more than {MAX_SIZE:,} characters"
        hint = "Split it: Argo CD takes no more than 10 MB of manifests by default."
        raise SyntaxProblemError(Problem(SYNTAX, 1, 1, message, hint))
    # After `...` a document needs no `---`.
    if text.count("\n---") + text.count("\n...") > _MAX_DOCUMENTS:
        message = f"the file has more than {_MAX_DOCUMENTS:,} documents"
        raise SyntaxProblemError(Problem(SYNTAX, 1, 1, message))
    if text.count("\n%") > _MAX_DIRECTIVES:
        message = f"the file has more than {_MAX_DIRECTIVES} lines that start with %"
        raise SyntaxProblemError(Problem(SYNTAX, 1, 1, message))


def _start_of_last_document(text: str, end: int) -> int:
    starts = [found.start() for found in _DOCUMENT_START.finditer(text, 0, end)]
    return starts[-1] if starts else 0
