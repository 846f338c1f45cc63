"""A kind's schema, read from the folders that kubeconform reads it from, and walked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.schemas.layout import schema_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_DEFINITIONS: Final = "#/definitions/"
_TOGETHER: Final = ("allOf", "anyOf", "oneOf")
# References to references, and alternatives within alternatives.
_DEEPEST: Final = 20


def find_schema(locations: Iterable[Path], api_version: str, kind: str) -> Any:
    """The schema of a kind, from the first folder that has one; None where none does."""
    group, _, version = api_version.rpartition("/")
    name = schema_file(group, version, kind)
    for location in locations:
        try:
            return json.loads((location / name).read_bytes())
        except (OSError, ValueError):
            continue
    return None


class SchemaTree:
    """A schema, asked about places in the documents that it is for."""

    def __init__(self, schema: Any) -> None:
        self._root = schema if isinstance(schema, dict) else {}
        definitions = self._root.get("definitions")
        self._definitions = definitions if isinstance(definitions, dict) else {}

    @property
    def root(self) -> list[Mapping[str, Any]]:
        """The schema itself, as `below` takes it."""
        return list(self._whole(self._root))

    def below(self, nodes: Iterable[Mapping[str, Any]], step: str) -> list[Mapping[str, Any]]:
        """What the schema says of a field or an item of what some parts of it are about."""
        found = (inner for node in nodes for inner in self._below(node, step))
        return [whole for inner in found for whole in self._whole(inner)]

    def at(self, path: Iterable[str]) -> list[Mapping[str, Any]]:
        """What the schema says of what stands at a path."""
        nodes = self.root
        for step in path:
            nodes = self.below(nodes, step)
        return nodes

    def _below(self, node: Mapping[str, Any], step: str) -> Iterator[object]:
        properties = _properties(node)
        if step in properties:
            yield properties[step]
        elif step.isdecimal() and "items" in node:
            yield node["items"]
        else:
            yield node.get("additionalProperties")

    def _whole(self, node: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """A part of the schema with what it refers to and what holds together with it."""
        if not isinstance(node, dict) or depth > _DEEPEST:
            return
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
            named = self._definitions.get(reference.removeprefix(_DEFINITIONS))
            yield from self._whole(named, depth + 1)
        yield node
        for key in _TOGETHER:
            for inner in node.get(key) or ():
                yield from self._whole(inner, depth + 1)


class SchemaTrees:
    """The schemas in `locations`, of which the first that has a kind wins; each is read once."""

    def __init__(self, locations: Sequence[Path]) -> None:
        self._locations = locations
        self._trees: dict[tuple[str, str], SchemaTree] = {}

    def of(self, data: Mapping[str, Any]) -> SchemaTree:
        """The schema of an object; one that says nothing where there is none."""
        key = (data["apiVersion"], data["kind"])
        if key not in self._trees:
            self._trees[key] = SchemaTree(find_schema(self._locations, *key))
        return self._trees[key]


def fields(nodes: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names of the fields that an object may have of which parts of a schema are."""
    return {name for node in nodes for name in _properties(node)}


def choices(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """The texts that are the only ones permitted there; empty where any is."""
    found = [item for node in nodes for item in node.get("enum") or ()]
    return [item for item in found if isinstance(item, str)]


def _properties(node: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = node.get("properties")
    return properties if isinstance(properties, dict) else {}
