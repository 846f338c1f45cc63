"""From the events of a YAML stream to the data of its documents, as Kubernetes reads them."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, Final

import yaml

from gitopsgen.documents import messages
from gitopsgen.documents.events import MAX_DEPTH, first_mark, too_deep
from gitopsgen.documents.expansion import Expansion
from gitopsgen.documents.frames import ITEM, KEY, MERGE, Anchored, Next, Open, merge
from gitopsgen.documents.model import AMBIGUOUS_SCALAR, DUPLICATE_KEY, SYNTAX, Document, Problem
from gitopsgen.documents.scalars import NUMBER_START, SPECIAL_WORDS, Scalar, is_merge, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.documents.events import Event
    from gitopsgen.documents.lines import Lines

# Of one rule in one file. Where there are more, it is one mistake many times over.
MAX_PROBLEMS: Final = 1000
_SCALAR, _END = yaml.ScalarEvent, yaml.DocumentEndEvent
# Keys under which 0644 is meant as octal by everybody, and must not be quoted.
_FILE_MODES = ("mode", "umask", "permissions", "perms")


class DocumentBuilder:
    """Builds the data of one document; what is wrong with it goes to `problems`, by rule.

    A document that Kubernetes' parser refuses gets a problem and has the data None.
    """

    def __init__(self, start: Event, lines: Lines, problems: dict[str, list[Problem]]) -> None:
        self._start = start
        self._lines = lines
        self._problems = problems
        self._anchors: dict[str, Anchored | Open] = {}
        self._expansion = Expansion()
        self._readable = True
        self._stack: list[Open] = []
        self._top = Open(start)

    def build(self, index: int, events: Iterator[Event]) -> Document:
        """Return the document, after taking its events up to its end.

        Raises what `events` raises, and SyntaxProblemError for a nesting that is too deep.
        """
        if self._start.version not in (None, (1, 1)):
            self._refuse(self._start, messages.YAML_VERSION)
        root = next(events)
        line = self._lines.at(first_mark(self._start, root)).line
        handlers = _HANDLERS
        expansion = self._expansion
        handlers[root.__class__](self, root)
        for event in events:
            kind: type = event.__class__
            if kind is _END:
                break
            # Half of all events are scalars that mean their text. In a method of its own this
            # would take a quarter of the time that reading takes.
            if kind is _SCALAR and event.tag is None and event.anchor is None:
                text = event.value
                if not event.implicit[0] or not (text in SPECIAL_WORDS or text[0] in NUMBER_START):
                    expansion.nodes += 1
                    top = self._top
                    expected = top.next
                    if expected is KEY:
                        if text in top.written:
                            self._set_key(text, event)
                            continue
                        top.written[text] = event
                        # Manifests repeat a few thousand keys: one string each.
                        top.next = intern(text)
                    elif expected is ITEM:
                        top.data.append(text)
                    elif expected is MERGE:
                        self._put(text, event)
                    else:
                        top.next = KEY
                        top.data[expected] = text
                    continue
            handlers[kind](self, event)
        return Document(index, self._top.data[0] if self._readable else None, line)

    def _open(self, event: Event) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise too_deep(self._lines.at(event.start_mark))
        opened = Open(event, self._expansion.nodes)
        self._expansion.nodes += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = opened
        self._stack.append(self._top)
        self._top = opened

    def _collection_end(self, _event: Event) -> None:
        closed = self._top
        self._top = parent = self._stack.pop()
        height = closed.height + 1
        if height > parent.height:
            parent.height = height
        # An anchor of the same name inside would have replaced this one.
        anchor = closed.start.anchor
        if anchor is not None and self._anchors[anchor] is closed:
            nodes = self._expansion.nodes - closed.nodes
            self._anchors[anchor] = Anchored(closed.data, nodes, height)
        self._put(closed.data, closed.start)

    def _scalar(self, event: Event) -> None:
        self._expansion.nodes += 1
        text = event.value
        special = event.tag is not None or (
            event.implicit[0] and (text in SPECIAL_WORDS or text[0] in NUMBER_START)
        )
        if self._top.next is KEY:
            if special:
                self._special_key(event)
            else:
                self._set_key(text, event)
        else:
            self._put(self._special_value(event) if special else text, event)
        if event.anchor is not None:
            scalar = _read(event)
            self._anchors[event.anchor] = Anchored(scalar.value, scalar=scalar)

    def _alias(self, event: Event) -> None:
        name = event.anchor or ""
        anchored = self._anchors.get(name)
        if not isinstance(anchored, Anchored):
            self._refuse(event, messages.bad_alias(name, unclosed=anchored is not None))
            anchored = Anchored(None)
        if self._readable and not self._expansion.add_alias(anchored.nodes):
            self._refuse(event, messages.EXCESSIVE_ALIASES)
        top = self._top
        top.height = max(top.height, anchored.height)
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise too_deep(self._lines.at(event.start_mark))
        if top.next is KEY and anchored.scalar is not None:
            self._set_scalar_key(anchored.scalar, event)
        else:
            # A refused document is given up: merging into it could take for ever.
            self._put(anchored.data if self._readable else {}, event)

    def _put(self, value: Any, start: Event) -> None:
        top = self._top
        expected = top.next
        if expected is ITEM:
            top.data.append(value)
            return
        top.next = KEY
        if expected is KEY:
            self._refuse(start, messages.COLLECTION_AS_KEY)
            top.next = ""
        elif expected is MERGE:
            self._merge(value, start)
        else:
            top.data[expected] = value

    def _merge(self, value: Any, start: Event) -> None:
        top = self._top
        # To Kubernetes an alias of a list is no list here.
        merged = merge(value, lists=not isinstance(start, yaml.AliasEvent))
        if merged is None:
            self._refuse(start, messages.NOT_MERGEABLE)
            return
        if top.has_merge:
            self._warn(start, messages.SECOND_MERGE)
        elif changed := top.overridden_by(merged):
            self._warn(start, messages.merged_over(changed))
        top.has_merge = True
        # go-yaml merges where the `<<` stands, over the keys before it.
        top.data.update(merged)

    def _special_key(self, event: Event) -> None:
        if is_merge(event.value, event.tag, plain=event.implicit[0]):
            self._top.next = MERGE
            return
        scalar = _read(event)
        if scalar.doubt:
            self._warn(event, messages.doubtful_key(event.value, scalar))
        self._set_scalar_key(scalar, event)

    def _set_scalar_key(self, scalar: Scalar, event: Event) -> None:
        if scalar.key is None:
            self._refuse(event, messages.bad_key(scalar))
        self._set_key(scalar.key or "", event)

    def _set_key(self, key: str, event: Event) -> None:
        top = self._top
        if key in top.written:
            first = self._lines.at(top.written[key].start_mark).line
            self._report(DUPLICATE_KEY, event, messages.duplicate_key(key, first))
        top.written[key] = event
        top.next = intern(key)

    def _special_value(self, event: Event) -> Any:
        scalar = _read(event)
        if scalar.refusal:
            self._refuse(event, (scalar.refusal, ""))
        if scalar.doubt and not (scalar.doubt.octal and _names_file_mode(self._top.next)):
            self._warn(event, messages.doubtful_value(event.value, scalar))
        return scalar.value

    def _refuse(self, event: Event, words: messages.Words) -> None:
        self._readable = False
        self._report(SYNTAX, event, words)

    def _warn(self, event: Event, words: messages.Words) -> None:
        self._report(AMBIGUOUS_SCALAR, event, words)

    def _report(self, rule: str, event: Event, words: messages.Words) -> None:
        problems = self._problems.setdefault(rule, [])
        if len(problems) < MAX_PROBLEMS:
            place = self._lines.at(event.start_mark)
            problems.append(Problem(rule, place.line, place.column, *words))


_HANDLERS: Final[dict[type, Callable[[DocumentBuilder, Event], None]]] = {
    yaml.ScalarEvent: DocumentBuilder._scalar,
    yaml.AliasEvent: DocumentBuilder._alias,
    yaml.MappingStartEvent: DocumentBuilder._open,
    yaml.MappingEndEvent: DocumentBuilder._collection_end,
    yaml.SequenceStartEvent: DocumentBuilder._open,
    yaml.SequenceEndEvent: DocumentBuilder._collection_end,
}


def _read(event: Event) -> Scalar:
    return read(event.value, event.tag, plain=event.implicit[0])


def _names_file_mode(key: str | Next) -> bool:
    return isinstance(key, str) and key.lower().endswith(_FILE_MODES)
