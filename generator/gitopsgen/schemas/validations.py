"""The value validations of structural schemas: limits, patterns, enumerations, allOf and so on."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from gitopsgen.schemas.patterns import pattern_problem
from gitopsgen.schemas.values import format_piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.schemas.problems import Path, Problems

Schema = dict[str, Any]

_COUNTS = (
    "maxItems",
    "maxLength",
    "maxProperties",
    "minItems",
    "minLength",
    "minProperties",
)
# minimum -> what it is called when the limit itself is out.
_LIMITS = {"maximum": "exclusiveMaximum", "minimum": "exclusiveMinimum"}
_TIGHTER: dict[str, Callable[[float, float], float]] = {"maximum": min, "minimum": max}
_BRANCHES = ("allOf", "anyOf", "oneOf")
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_MAX_VALUE_DEPTH = 20
_MAX_NUMBER = 2**64


@dataclass(frozen=True, slots=True)
class Validations:
    """Carries value validations over; what JSON Schema would not take goes to `problems`."""

    problems: Problems

    def add(
        self, schema: Schema, node: Schema, path: Path, *, types: list[str], null: bool
    ) -> None:
        """Add a node's validations to its JSON Schema."""
        self._add_simple(schema, node, path, types)
        if "minProperties" in schema:
            filled = sum(has_default(node, name) for name in schema.get("properties", {}))
            schema["minProperties"] = max(schema["minProperties"] - filled, 0)
        _add_logic(schema, self._logic(node, path, node), null=null)

    def nested(
        self,
        node: object,
        path: Path,
        structure: object,
        *,
        null: bool = False,
        typed: bool = False,
    ) -> Schema:
        """The JSON Schema of a node below allOf, anyOf, oneOf or not.

        Such a node only restricts values: it names no types (unless `typed`), and closes nothing.
        `structure` is the structural node that it restricts, whose defaults count here as well.
        """
        if not self.problems.enter(node, path):
            return {}
        assert isinstance(node, dict)
        schema: Schema = {}
        if isinstance(node.get("type"), str) and typed:
            schema["type"] = node["type"]
        elif node.get("type") is not None:
            message = "is not allowed below allOf, anyOf, oneOf or not"
            self.problems.add((*path, "type"), message, key=True)
        required = {name for name in self.required(node, path) if not has_default(structure, name)}
        for name, child in self.problems.mapping(node, "properties", path).items():
            inner = self.nested(
                child,
                (*path, "properties", name),
                child_of(structure, "properties", name),
                null=True,
                typed=typed,
            )
            schema.setdefault("properties", {})[name] = inner
            if has_default(structure, name) and not self._default_holds(inner, structure, name):
                required.add(name)  # a missing one gets the default, which would not pass
        if node.get("items") is not None:
            items = child_of(structure, "items")
            schema["items"] = self.nested(node["items"], (*path, "items"), items, typed=typed)
        if required:
            schema["required"] = sorted(required)
        self._add_simple(schema, node, path, [])
        _add_logic(schema, self._logic(node, path, structure), null=null)
        return schema

    def _default_holds(self, schema: Schema, structure: object, name: str) -> bool:
        """Whether the default of a property passes a schema."""
        import jsonschema_rs  # few CRDs have branches about fields with defaults

        default = child_of(structure, "properties", name, "default")
        try:
            return not self._is_json(default) or jsonschema_rs.Draft7Validator(schema).is_valid(
                default
            )
        except ValueError:  # a pattern in which Go and Rust differ
            return True

    def required(self, node: Schema, path: Path) -> list[str]:
        """The names that a node requires."""
        names = node.get("required")
        if names is None:
            return []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.problems.add((*path, "required"), "must be a list of names")
            return []
        return list(dict.fromkeys(names))

    def _add_simple(self, schema: Schema, node: Schema, path: Path, types: list[str]) -> None:
        for name in _COUNTS:
            count = node.get(name)
            if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
                schema[name] = count
            elif count is not None:
                self.problems.add((*path, name), "must be a number that is not negative")
        self._add_limits(schema, node, path)
        pattern = node.get("pattern")
        if isinstance(pattern, str):
            if problem := pattern_problem(pattern):
                self.problems.add((*path, "pattern"), f"is no regular expression of Go: {problem}")
            else:
                schema["pattern"] = pattern
        elif pattern is not None:
            self.problems.add((*path, "pattern"), "must be a string")
        if self.problems.flag(node, "uniqueItems", path):
            self.problems.add((*path, "uniqueItems"), "must be false")
        self._add_format(schema, node, path, types)

    def _add_limits(self, schema: Schema, node: Schema, path: Path) -> None:
        for name, exclusive in _LIMITS.items():
            limit = node.get(name)
            excluded = self.problems.flag(node, exclusive, path)
            if _is_number(limit):
                schema[exclusive if excluded else name] = limit
            elif limit is not None:
                self.problems.add((*path, name), "must be a number")
        step = node.get("multipleOf")
        if _is_number(step) and step > 0:
            schema["multipleOf"] = step
        elif step is not None:
            self.problems.add((*path, "multipleOf"), "must be a number above 0")

    def _add_format(self, schema: Schema, node: Schema, path: Path, types: list[str]) -> None:
        name = node.get("format")
        if isinstance(name, str):
            for keyword, value in format_piece(name, types).items():
                if keyword in _TIGHTER:
                    schema[keyword] = _TIGHTER[keyword](schema.get(keyword, value), value)
                elif keyword in schema:
                    _merge(schema, {"allOf": [{keyword: value}]})
                else:
                    schema[keyword] = value
        elif name is not None:
            self.problems.add((*path, "format"), "must be a string")

    def _logic(self, node: Schema, path: Path, structure: object) -> Schema:
        """What would refuse a null: enumerations, and everything with branches."""
        logic: Schema = {}
        values = node.get("enum")
        if isinstance(values, list) and all(self._is_json(value) for value in values):
            if values:
                logic["enum"] = list({_canonical(value): value for value in values}.values())
        elif values is not None:
            self.problems.add((*path, "enum"), "must be a list of JSON values")
        for name in _BRANCHES:
            branches = node.get(name)
            if isinstance(branches, list):
                converted = self._branches(branches, (*path, name), structure)
                if converted:
                    logic[name] = converted
            elif branches is not None:
                self.problems.add((*path, name), "must be a list")
        if node.get("not") is not None:
            logic["not"] = self.nested(node["not"], (*path, "not"), structure)
        return logic

    def _is_json(self, value: object, depth: int = 0) -> bool:
        if depth > _MAX_VALUE_DEPTH or not self.problems.spend():
            return False
        if isinstance(value, dict):
            return all(isinstance(key, str) for key in value) and all(
                self._is_json(item, depth + 1) for item in value.values()
            )
        if isinstance(value, list):
            return all(self._is_json(item, depth + 1) for item in value)
        return value is None or isinstance(value, bool | str) or _is_number(value)

    def _branches(self, branches: list[Any], path: Path, structure: object) -> list[Schema]:
        """The branches; the pair that only says "integer or string" has been said already."""
        if branches == _INT_OR_STRING:
            return []
        return [
            self.nested(branch, (*path, index), structure)
            for index, branch in enumerate(branches)
            if branch != {"anyOf": _INT_OR_STRING}
        ]


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= _MAX_NUMBER


def _canonical(value: object) -> str:
    """A text that is the same for values that JSON Schema calls equal (1 and 1.0 are)."""
    plain = json.loads(json.dumps(value), parse_float=lambda text: _whole(float(text)))
    return json.dumps(plain, sort_keys=True)


def _whole(number: float) -> float:
    return int(number) if number.is_integer() else number


def child_of(node: object, *names: str) -> object:
    """What lies below a node under these names, if anything does."""
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def has_default(node: object, name: str) -> bool:
    """Whether a property is filled when it is missing, before anything is checked."""
    return child_of(node, "properties", name, "default") is not None


def _add_logic(schema: Schema, logic: Schema, *, null: bool) -> None:
    if logic and null:
        # API servers drop a null before they look at any of this.
        schema |= {"if": {"type": "null"}, "else": logic}
    else:
        _merge(schema, logic)


def _merge(schema: Schema, more: Schema) -> None:
    """Add keywords to a schema that may have its own allOf, but none of the others."""
    schema |= {**more, "allOf": [*schema.get("allOf", []), *more.get("allOf", [])]}
    if not schema["allOf"]:
        del schema["allOf"]
