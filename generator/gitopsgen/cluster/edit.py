"""Edits of a person's cluster.yaml: text is spliced at marks, and nothing else changes."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.edit_add import add_to_block, add_to_flow
from gitopsgen.cluster.edit_components import add_component, remove_component
from gitopsgen.cluster.edit_tree import behind_colon, column, compose, line_break
from gitopsgen.cluster.edit_values import PLAIN
from gitopsgen.cluster.edit_values import key as written_key
from gitopsgen.cluster.schema_findings import dotted
from gitopsgen.documents.encoding import BYTE_ORDER_MARK
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.cluster.edit_tree import Node
    from gitopsgen.documents.positions import Path

__all__ = ["add_component", "remove_component", "set_values"]

# A list or mapping as a person would write it on one line, with no comment in it.
_FLOW = re.compile(r"[\[{][^\n#]*[\]}]")
_KINDS = {
    "mapping": "a mapping",
    "sequence": "a list",
    "scalar": "a single value",
    "alias": "an alias of what stands elsewhere",
}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def set_values(text: str, assignments: Sequence[tuple[str, str]]) -> str:
    """Set values in a cluster.yaml; every byte that no assignment touches stays as it is.

    A key is a dotted path with list indexes (`nodes.0.name` or `nodes[0].name`), a value is
    YAML on one line. Keys that are missing are added at the end of their mapping. Raises
    `UsageError` that names the assignment that cannot be made.
    """
    bare = text.removeprefix(BYTE_ORDER_MARK)
    mark = text[: len(text) - len(bare)]
    for key, value in assignments:
        bare = _set_value(bare, _parse_path(key), value)
    return mark + bare


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
    kept = PLAIN.fullmatch(raw) or _FLOW.fullmatch(raw)
    inline = raw if kept else json.dumps(value, ensure_ascii=False)
    before = _data(text, name)
    edited = _splice(text, path, inline, name)
    # A splice that changed anything else would be a wrong one: better to refuse than to guess.
    contents = read_documents(edited)
    is_read = not any(problem.rule == "yaml-syntax" for problem in contents.problems)
    after = contents.documents[0].data if contents.documents else None
    if not is_read or after != _assigned(before, path, value):
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
    node = compose(text)
    if node is None:
        ending = "" if text.endswith("\n") or not text else "\n"
        return f"{text}{ending}{_nested(path, inline)}\n"
    for depth, step in enumerate(path):
        rest = path[depth + 1 :]
        if node.kind == "mapping" and isinstance(step, str):
            # Of a key that is there twice the last one counts.
            entry = next((pair for pair in reversed(node.pairs) if pair[0].text == step), None)
            if entry is None:
                return _add_key(text, node, step, _flow(rest, inline))
            key, value = entry
            if rest and not value.is_empty:
                node = value
                continue
            return _replace(text, key, value, _flow(rest, inline))
        if node.kind == "sequence" and isinstance(step, int):
            if step >= len(node.items):
                raise UsageError(
                    f"--set {name}: {dotted(path[:depth])} has {len(node.items)} items",
                    "Indexes start at 0; add items by hand.",
                )
            node = node.items[step]
            if not rest:
                return text[: node.start] + inline + text[node.end :]
            continue
        raise UsageError(
            f"--set {name}: {dotted(path[:depth]) or 'cluster.yaml'} is {_KINDS[node.kind]}, "
            f"which has no {step!r}",
            "Correct the path.",
        )
    raise AssertionError("a path has at least one step")


def _nested(path: Path, inline: str) -> str:
    if isinstance(path[0], int):
        raise UsageError(f"--set {dotted(path)}: there is no list to set an item of")
    return f"{written_key(path[0])}: {_flow(path[1:], inline)}"


def _flow(path: Path, inline: str) -> str:
    return f"{{{_nested(path, inline)}}}" if path else inline


def _replace(text: str, key: Node, value: Node, inline: str) -> str:
    colon = behind_colon(text, key)
    if value.is_empty or "\n" in text[colon : value.start]:
        # Nothing on the key's own line yet: the value goes right behind the colon.
        end = colon if value.is_empty else value.end
        return f"{text[:colon]} {inline}{text[end:]}"
    return text[: value.start] + inline + text[value.end :]


def _add_key(text: str, mapping: Node, name: str, inline: str) -> str:
    entry = f"{written_key(name)}: {inline}"
    if not mapping.pairs:
        closing = mapping.end - 1
        return f"{text[:closing].rstrip()}{entry}{text[closing:]}"
    if mapping.flow:
        return add_to_flow(text, mapping, entry)
    indent = " " * column(text, mapping.pairs[0][0].start)
    return add_to_block(text, mapping, f"{indent}{entry}{line_break(text)}")
