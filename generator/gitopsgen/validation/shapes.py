"""When a schema cannot tell two documents apart: then kubeconform need see only one of them.

A repository says the same thing many times with other names. Where the schema says no more of a
value than that it is a text, every text is as good as another; the shape of a document is what is
left of it when such texts are taken out. Everything else stays in the shape as it is, and so does
all that stands below a keyword which is not one of the few that are understood here.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.lookup import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    # From a value to the number of its shape.
    Shaper = Callable[[Any], int]

# Keywords that say nothing about whether a value is valid; those that are for numbers alone, which
# stay as they are; and those that `_shaper` understands.
_ANNOTATIONS = frozenset(("$schema", "default", "definitions", "description", "title"))
_OF_NUMBERS = frozenset(
    ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
)
_UNDERSTOOD = frozenset(("additionalProperties", "items", "properties", "required", "type"))
_HARMLESS = _ANNOTATIONS | _OF_NUMBERS | _UNDERSTOOD
# kubeconform reads these itself, whatever the schema says, and Go takes any case for them.
_OWN_KEYS = frozenset(("apiVersion", "kind", "metadata"))
_OWN_NAMES = frozenset(("apiversion", "items", "kind", "metadata"))
_OWN_TEXTS = frozenset(("name", "namespace", "generatename"))
# A YAML reader finds no key that is longer than 1024 characters, and may take `<<` for its own.
_LONGEST_KEY = 400


class Shapes:
    """Shapes of documents by the schemas in `locations`, of which the first that has a kind wins.

    Two documents of one shape are both valid, or both not: see docs/decisions/validation.md.
    """

    def __init__(self, locations: Sequence[Path]) -> None:
        self._locations = locations
        self._numbers: dict[object, int] = {}
        self._roots: dict[tuple[str, str], Shaper | None] = {}

    def shape(self, document: Any) -> int | None:
        """The number of a document's shape; None for one that is like no other."""
        key = _kind_of(document)
        if key is None:
            return None
        if key not in self._roots:
            self._roots[key] = self._root(*key)
        shaper = self._roots[key]
        return None if shaper is None else self._number((key, shaper(document)))

    def _root(self, api_version: str, kind: str) -> Shaper | None:
        schema = find_schema(self._locations, api_version, kind)
        return None if schema is None else _Schema(schema, self._numbers).root

    def _number(self, shape: object) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))


def _kind_of(document: Any) -> tuple[str, str] | None:
    """The apiVersion and kind; None where kubeconform does more than hold it against a schema."""
    for key in document:
        if key not in _OWN_KEYS and key.lower() in _OWN_NAMES:
            return None
    metadata = document.get("metadata")
    if metadata.__class__ is not dict:
        return None
    for key, value in metadata.items():
        if key.lower() in _OWN_TEXTS and value.__class__ is not str:
            return None
    return document["apiVersion"], document["kind"]


class _Schema:
    """One schema as functions that tell the shapes of values."""

    def __init__(self, schema: Any, numbers: dict[object, int]) -> None:
        definitions = schema.get("definitions") if isinstance(schema, dict) else None
        self._definitions = definitions if isinstance(definitions, dict) else {}
        self._numbers = numbers
        self._named: dict[str, Shaper] = {}
        self._of_anything = self._plain({}, self._anything, self._anything)
        self.root = self._shaper(schema)

    def _shaper(self, schema: Any) -> Shaper:
        if schema is True:
            return self._anything
        if not isinstance(schema, dict):
            return self._exact
        if "$ref" in schema:
            return self._reference(schema)
        properties, required = schema.get("properties", {}), schema.get("required", [])
        unknown = [key for key in schema.keys() - _HARMLESS if not key.startswith("x-kubernetes-")]
        if unknown or not isinstance(properties, dict) or not isinstance(required, list):
            return self._exact
        named = {name: self._shaper(value) for name, value in properties.items()}
        for name in required:
            named.setdefault(name, self._exact)
        item = self._shaper(schema.get("items", True))
        return self._plain(named, item, self._shaper(schema.get("additionalProperties", True)))

    def _reference(self, schema: dict[str, Any]) -> Shaper:
        reference = schema["$ref"]
        known = isinstance(reference, str) and reference.startswith("#/definitions/")
        # Some versions of JSON Schema look at what stands beside a reference, others do not.
        if not known or schema.keys() - _ANNOTATIONS != {"$ref"}:
            return self._exact
        return partial(self._referenced, reference.removeprefix("#/definitions/"))

    def _referenced(self, name: str, value: Any) -> int:
        """The shape by a definition: looked up late, since definitions may hold themselves."""
        shaper = self._named.get(name)
        if shaper is None:
            shaper = self._named[name] = self._shaper(self._definitions.get(name))
        return shaper(value)

    def _anything(self, value: Any) -> int:
        return self._of_anything(value)

    def _exact(self, value: Any) -> int:
        kind = value.__class__
        if kind is str or kind is int or kind is bool:
            shape: object = (kind, value)
        else:
            shape = ("=", json.dumps(value, sort_keys=True))
        return self._numbers.setdefault(shape, len(self._numbers))

    def _plain(self, named: Mapping[str, Shaper], item: Shaper, other: Shaper) -> Shaper:
        """The shapes of values of which a schema says nothing but types and what is in them.

        `other` is for the keys that have no schema of their own. How often an item or such a key
        has one shape cannot matter, nor in which order.
        """
        numbers, exact = self._numbers, self._exact
        closed = other == exact
        text = numbers.setdefault("text", len(numbers))

        def shaper(value: Any) -> int:
            kind = value.__class__
            if kind is str:
                return text
            parts: set[object] = set()
            if kind is dict:
                for key, inner in value.items():
                    if key in named:
                        parts.add((key, named[key](inner)))
                    elif closed or key == "<<" or len(key) > _LONGEST_KEY:
                        parts.add((key, exact(inner)))
                    else:
                        parts.add(other(inner))
            elif kind is list:
                parts.add("list")
                parts.update(map(item, value))
            else:
                return exact(value)
            shape = frozenset(parts)
            return numbers.setdefault(shape, len(numbers))

        return shaper
