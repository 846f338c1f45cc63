"""Edits of a person's cluster.yaml: text is spliced at marks, and nothing else changes."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.schema_findings import dotted
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruamel.yaml.nodes import MappingNode, Node

    from gitopsgen.documents.positions import Path

# What needs no quotes anywhere in YAML, in a block or between braces.
_PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/@+-]*(:[A-Za-z0-9._/@+-]+)*")
# A list or mapping as a person would write it on one line, with no comment in it.
_FLOW = re.compile(r"[\[{][^\n#]*[\]}]")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def set_values(text: str, assignments: Sequence[tuple[str, str]]) -> str:
    """Set values in a cluster.yaml; every byte that no assignment touches stays as it is.

    A key is a dotted path with list indexes (`nodes.0.name` or `nodes[0].name`), a value is
    YAML on one line. Keys that are missing are added at the end of their mapping. Raises
    `UsageError` that names the assignment that cannot be made.
    """
    for key, value in assignments:
        text = _set_value(text, _parse_path(key), value)
    return text


def _parse_path(key: str) -> Path:
    steps: list[str | int] = []
    position = 0
    while position < len(key):
        if key[position] == "." and position:
            position += 1
        found = _STEP.match(key, position)
        if found is None:
            break
        name, index = found.groups()
        word = name if index is None else index
        steps.append(int(word) if word.isdecimal() else word)
        position = found.end()
    if position < len(key) or not steps:
        raise UsageError(
            f"--set {key}: not a path", "Write, for example, network.gateway or nodes.0.name."
        )
    return tuple(steps)


def _set_value(text: str, path: Path, raw: str) -> str:
    name = dotted(path)
    contents = read_documents(raw)
    if contents.problems or len(contents.documents) > 1:
        reason = contents.problems[0].message if contents.problems else "more than one document"
        raise UsageError(f"--set {name}: the value is not YAML: {reason}", "Quote the value.")
    value = contents.documents[0].data if contents.documents else None
    kept = _PLAIN.fullmatch(raw) or _FLOW.fullmatch(raw)
    inline = raw if kept else json.dumps(value, ensure_ascii=False)
    before = _data(text, name)
    edited = _splice(text, path, inline, name)
    # A splice that changed anything else would be a wrong one: better to refuse than to guess.
    if _data(edited, name) != _assigned(before, path, value):
        raise UsageError(
            f"--set {name}: cannot be set where it stands", "Edit the file by hand instead."
        )
    return edited


def _data(text: str, name: str) -> Any:
    contents = read_documents(text)
    wrong = [problem for problem in contents.problems if problem.rule == "yaml-syntax"]
    if wrong:
        where = f"{wrong[0].line}:{wrong[0].column}"
        raise UsageError(f"--set {name}: cluster.yaml does not parse: {where}: {wrong[0].message}")
    return contents.documents[0].data if contents.documents else None


def _assigned(data: Any, path: Path, value: Any) -> Any:
    step, rest = path[0], path[1:]
    changed = copy.copy(data) if data is not None else {}
    if rest:
        inner = changed[step] if isinstance(step, int) else changed.get(step)
        value = _assigned(inner, rest, value)
    changed[step] = value
    return changed


def _splice(text: str, path: Path, inline: str, name: str) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    try:
        node = YAML().compose(text)
    except YAMLError as error:
        raise UsageError(f"--set {name}: cluster.yaml does not parse", str(error)) from error
    if node is None:
        ending = "" if text.endswith("\n") or not text else "\n"
        return f"{text}{ending}{_nested(path, inline)}\n"
    for depth, step in enumerate(path):
        rest = path[depth + 1 :]
        if isinstance(node, MappingNode) and isinstance(step, str):
            entry = next((pair for pair in node.value if pair[0].value == step), None)
            if entry is None:
                return _add_key(text, node, step, _flow(rest, inline))
            key, value = entry
            if rest and not _is_null(value):
                node = value
                continue
            return _replace(text, key, value, _flow(rest, inline))
        if isinstance(node, SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                raise UsageError(
                    f"--set {name}: {dotted(path[:depth])} has {len(node.value)} items",
                    "Indexes start at 0; add items by hand.",
                )
            node = node.value[step]
            if not rest:
                return text[: node.start_mark.index] + inline + text[_end(node) :]
            continue
        kind = "a list" if isinstance(node, SequenceNode) else "a single value"
        if isinstance(node, MappingNode):
            kind = "a mapping"
        raise UsageError(
            f"--set {name}: {dotted(path[:depth]) or 'cluster.yaml'} is {kind}, "
            f"which has no {step!r}",
            "Correct the path.",
        )
    raise AssertionError("a path has at least one step")


def _nested(path: Path, inline: str) -> str:
    if isinstance(path[0], int):
        raise UsageError(f"--set {dotted(path)}: there is no list to set an item of")
    return f"{_key(path[0])}: {_flow(path[1:], inline)}"


def _key(name: str) -> str:
    """A key as it has to be written: `y` alone would be read as true."""
    documents = read_documents(f"{name}: 1").documents
    plain = _PLAIN.fullmatch(name) and documents and documents[0].data == {name: 1}
    return name if plain else json.dumps(name, ensure_ascii=False)


def _flow(path: Path, inline: str) -> str:
    return f"{{{_nested(path, inline)}}}" if path else inline


def _is_null(node: Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null" and not node.value)


def _replace(text: str, key: Node, value: Node, inline: str) -> str:
    colon = text.index(":", key.end_mark.index) + 1
    start = value.start_mark.index
    if _is_null(value) or "\n" in text[colon:start]:
        # Nothing on the key's own line yet: the value goes right behind the colon.
        end = colon if _is_null(value) else _end(value)
        return f"{text[:colon]} {inline}{text[end:]}"
    return text[:start] + inline + text[_end(value) :]


def _add_key(text: str, mapping: MappingNode, key: str, inline: str) -> str:
    entry = f"{_key(key)}: {inline}"
    if mapping.flow_style:
        closing = mapping.end_mark.index - 1
        if not mapping.value:
            return f"{text[:closing].rstrip()}{entry}{text[closing:]}"
        last = _end(mapping.value[-1][1])
        return f"{text[:last]}, {entry}{text[last:]}"
    indent = " " * mapping.value[0][0].start_mark.column
    last = _end(mapping.value[-1][1])
    end_of_line = text.find("\n", last)
    if end_of_line < 0:
        return f"{text}\n{indent}{entry}\n"
    newline = "\r\n" if text[end_of_line - 1 : end_of_line] == "\r" else "\n"
    return f"{text[: end_of_line + 1]}{indent}{entry}{newline}{text[end_of_line + 1 :]}"


def _end(node: Node) -> int:
    """Where a node's text ends: a block collection's own mark lies at the next token."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)
