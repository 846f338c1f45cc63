"""Edits of a person's YAML: text is spliced at places, and every other byte stays."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruamel.yaml.nodes import Node

    from gitopsgen.documents.positions import Path as Place

# What needs no quotes in a block or between braces, unless YAML reads it as something else.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@+-]*(:[A-Za-z0-9._/@+-]+)*")


class SpliceError(Exception):
    """A text that cannot be edited where it stands; the message says why."""


class Splicer:
    """Collects edits of one YAML text; documents and places are those of the unedited text.

    Every method raises `SpliceError` where there is no such place.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._edits: list[tuple[int, int, str]] = []
        contents = read_documents(text)
        if any(problem.rule == "yaml-syntax" for problem in contents.problems):
            raise SpliceError("it is not YAML")
        self._expected = {d.index: d.data for d in contents.documents}
        self._nodes = _compose(text)

    def replace(self, document: int, place: Place, value: str) -> None:
        """Put another text where a single value of a mapping stands."""
        key = str(place[-1])
        self.edit(document, place[:-1], {key: (key, value)})

    def edit(self, document: int, place: Place, changes: Mapping[str, tuple[str, str]]) -> None:
        """Give keys of a mapping another name and value; all of them, or none where one fails."""
        found = {key: self._find(document, (*place, key)) for key in changes}
        mapping = self._holder(document, place)
        for key, (name, value) in changes.items():
            old, node = found[key]
            if name != key:
                self._put(old.start_mark.index, old.end_mark.index, _like(old, name))
            self._put(node.start_mark.index, node.end_mark.index, _like(node, value))
            del mapping[key]
            mapping[name] = value

    def append(self, document: int, place: Place, entries: Mapping[str, Any]) -> None:
        """Add keys at the end of a mapping: texts, or mappings of texts."""
        from ruamel.yaml.nodes import MappingNode

        if not self._nodes:
            self._expected[0] = {}
            self._put(len(self._text), len(self._text), self._start() + self._lines(entries, 0))
        else:
            key, node = self._find(document, place, single=False)
            if isinstance(node, MappingNode) and not node.value and key is not None:
                colon = self._text.index(":", key.end_mark.index) + 1
                lines = self._lines(entries, key.start_mark.column + 2).removesuffix(self._newline)
                self._put(colon, node.end_mark.index, self._newline + lines)
            elif isinstance(node, MappingNode) and not node.flow_style:
                self._append_to(node, entries)
            else:
                raise SpliceError(f"{'.'.join(map(str, place))} is not a mapping over lines")
        self._holder(document, place).update(copy.deepcopy(dict(entries)))

    def text(self) -> str:
        """The edited text. Raises `SpliceError` where it would say anything else as well."""
        edited = self._text
        # From the end, and of several at one place the last first, so that their order stays.
        for start, end, inserted in sorted(self._edits, key=lambda edit: edit[:2])[::-1]:
            edited = edited[:start] + inserted + edited[end:]
        found = {document.index: document.data for document in read_documents(edited).documents}
        if found != self._expected:
            raise SpliceError("something else in it depends on what would change")
        return edited

    def _append_to(self, node: Node, entries: Mapping[str, Any]) -> None:
        indent = node.value[0][0].start_mark.column
        last = _end(node)
        end = self._text.find("\n", last)
        lines = self._lines(entries, indent)
        if end < 0:
            self._put(len(self._text), len(self._text), self._newline + lines)
        else:
            self._put(end + 1, end + 1, lines)

    def _start(self) -> str:
        return "" if not self._text or self._text.endswith("\n") else self._newline

    def _lines(self, entries: Mapping[str, Any], indent: int) -> str:
        lines = ""
        for key, value in entries.items():
            start = " " * indent + scalar(key)
            if isinstance(value, dict):
                lines += f"{start}:{self._newline}{self._lines(value, indent + 2)}"
            else:
                lines += f"{start}: {scalar(value)}{self._newline}"
        return lines

    def _put(self, start: int, end: int, text: str) -> None:
        self._edits.append((start, end, text))

    def _find(self, document: int, place: Place, *, single: bool = True) -> tuple[Any, Any]:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        key: Any = None
        node: Any = self._nodes[document] if document < len(self._nodes) else None
        for step in place:
            key, found = None, None
            if isinstance(node, MappingNode):
                pairs = (pair for pair in node.value if pair[0].value == step)
                key, found = next(pairs, (None, None))
            elif isinstance(node, SequenceNode) and isinstance(step, int):
                found = node.value[step] if step < len(node.value) else None
            node = found
        if node is None or (single and not isinstance(node, ScalarNode)):
            raise SpliceError(f"{'.'.join(map(str, place))} does not stand in it as a single value")
        if single and node.style in ("|", ">"):
            raise SpliceError(f"{place[-1]} is a text of several lines")
        return key, node

    def _holder(self, document: int, place: Place) -> Any:
        """The expected data at a place, to be changed there alone: others may share it."""
        holder = self._expected[document] = copy.copy(self._expected[document])
        for step in place:
            holder[step] = copy.copy(holder[step])
            holder = holder[step]
        return holder


def scalar(value: str) -> str:
    """A text as YAML on one line: without quotes where none are needed."""
    if _PLAIN.fullmatch(value):
        documents = read_documents(f"a: {value}").documents
        if documents and documents[0].data == {"a": value}:
            return value
    return json.dumps(value, ensure_ascii=False)


def _like(node: Any, value: str) -> str:
    """A text in the quotes of the one that it replaces: JSON wants them, and people like them."""
    if node.style == '"':
        return json.dumps(value, ensure_ascii=False)
    if node.style == "'" and "'" not in value and value.isprintable():
        return f"'{value}'"
    return scalar(value)


def write_text(path: Path, text: str) -> None:
    """Write a file so that it appears whole or not at all; its mode stays. Raises `OSError`.

    What a run that was killed has left beside it is removed.
    """
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    prefix = f".{path.name}.gitopsgen-"
    _remove_leftovers(path.parent, prefix)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(text.encode("utf-8"))
            file.flush()
            Path(name).chmod(mode)
            Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove files that nobody writes any more: who does so holds a lock on his."""
    import fcntl

    for left in folder.iterdir():
        if left.name.startswith(prefix) and left.is_file() and not left.is_symlink():
            with left.open("r+b") as file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink(missing_ok=True)


def _compose(text: str) -> list[Node]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        nodes: list[Node] = list(YAML().compose_all(text))
    except (YAMLError, ValueError, RecursionError) as error:
        raise SpliceError("it is not YAML") from error
    return nodes


def _end(node: Node) -> int:
    """Where a node's text ends: a block collection's own mark lies at the next token."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    while isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    return int(node.end_mark.index)
