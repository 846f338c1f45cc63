"""Documents that the schema cannot tell apart, and those that it can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.validation.shapes import Shapes

if TYPE_CHECKING:
    from pathlib import Path


def shapes(folder: Path, spec: Any, **root: Any) -> Shapes:
    """Shapes by one schema: that of kind Thing in example.net/v1, with a schema for its spec."""
    schema = {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec,
        },
        "required": ["apiVersion", "kind"],
        "type": "object",
        **root,
    }
    file = folder / "example.net/thing_v1.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(schema))
    return Shapes([folder])


def thing(spec: Any, **metadata: Any) -> dict[str, Any]:
    """A document of that kind."""
    metadata = {"name": "a", **metadata}
    return {"apiVersion": "example.net/v1", "kind": "Thing", "metadata": metadata, "spec": spec}


TEXT = {"type": "string"}
# A schema of the spec, and two specs that it does not tell apart.
ALIKE = {
    "texts": ({"type": ["string", "null"]}, "a", "b"),
    "texts below keys": ({"properties": {"a": TEXT}}, {"a": "x"}, {"a": "y"}),
    "keys that are free": ({"additionalProperties": TEXT}, {"a": "x"}, {"b": "y", "c": "z"}),
    "the number of items": ({"items": TEXT}, ["a"], ["b", "c"]),
    "the order of items": ({"items": {}}, ["a", 1], [1, "a"]),
    "texts of which a number's limits are said": ({"minimum": 3}, "a", "b"),
    "texts below a definition": ({"$ref": "#/definitions/text"}, "a", "b"),
}
# A schema of the spec, and two specs that must not be taken for one another.
DIFFERENT = {
    "types": (TEXT, "a", 1),
    "true and 1": ({}, True, 1),
    "numbers": ({"minimum": 3}, 2, 3),
    "formats": ({"type": "string", "format": "date-time"}, "a", "2026-01-01T00:00:00Z"),
    "patterns": ({"pattern": "^a"}, "a", "b"),
    "enumerations": ({"enum": ["a"]}, "a", "b"),
    "keywords of other times": ({"properties": {"a": {"contentEncoding": "x"}}}, {"a": "x"}, {}),
    "lengths": ({"minLength": 2}, "a", "aa"),
    "an alternative above": (
        {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "additionalProperties": TEXT},
        {"a": "x"},
        {"c": "x"},
    ),
    "equal items": ({"items": TEXT, "uniqueItems": True}, ["a", "b"], ["a", "a"]),
    "a known key": ({"properties": {"a": TEXT}}, {"a": "x"}, {"b": "x"}),
    "a required key": ({"required": ["a"]}, {"a": "x"}, {"b": "x"}),
    "an unknown key": ({"additionalProperties": False}, {"a": "x"}, {}),
    "too many keys": ({"maxProperties": 1}, {"a": "x"}, {"a": "x", "b": "x"}),
    "patterns of keys": ({"propertyNames": {"pattern": "a"}}, {"a": "x"}, {"b": "x"}),
    "what stands beside a reference": (
        {"$ref": "#/definitions/text", "enum": ["a"]},
        "a",
        "b",
    ),
    "a definition that is not there": ({"$ref": "#/definitions/none"}, "a", "b"),
    "a reference elsewhere": ({"$ref": "other.json"}, "a", "b"),
    "a key that no YAML reader finds": ({}, {"a": "x"}, {"a" * 2000: "x"}),
    "lists and mappings": ({}, [], {}),
}


@pytest.mark.parametrize(("schema", "one", "other"), ALIKE.values(), ids=ALIKE)
def test_alike(tmp_path: Path, schema: Any, one: Any, other: Any) -> None:
    told = shapes(tmp_path, schema, definitions={"text": TEXT})
    assert told.shape(thing(one)) == told.shape(thing(other)) is not None


@pytest.mark.parametrize(("schema", "one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(tmp_path: Path, schema: Any, one: Any, other: Any) -> None:
    told = shapes(tmp_path, schema, definitions={"text": TEXT})
    assert told.shape(thing(one)) != told.shape(thing(other))


def test_names_do_not_matter(tmp_path: Path) -> None:
    told = shapes(tmp_path, TEXT)
    assert told.shape(thing("a")) == told.shape(thing("a", name="b"))


@pytest.mark.parametrize(
    "document",
    [
        thing("a", name=5),
        thing("a", Namespace={}),
        {**thing("a"), "metadata": None},
        {**thing("a"), "items": ["a"]},
        {**thing("a"), "Kind": "Other"},
        {**thing("a"), "kind": "Other"},
    ],
    ids=json.dumps,
)
def test_what_kubeconform_itself_may_refuse_is_like_no_other(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    assert shapes(tmp_path, TEXT).shape(document) is None


def test_the_first_location_decides(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    shapes(tmp_path / "first", {"enum": ["a"]})
    shapes(tmp_path / "second", TEXT)
    told = Shapes([tmp_path / "first", tmp_path / "second"])
    assert told.shape(thing("a")) != told.shape(thing("b"))


def test_definitions_that_hold_themselves(tmp_path: Path) -> None:
    node = {"type": "object", "additionalProperties": {"$ref": "#/definitions/node"}}
    told = shapes(tmp_path, {"$ref": "#/definitions/node"}, definitions={"node": node})
    assert told.shape(thing({"a": {}})) == told.shape(thing({"b": {}}))
    assert told.shape(thing({"a": {}})) != told.shape(thing({"b": "x"}))


KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.sampled_from(["", "a", "aa", "2026-01-01", 0, 1, 2.5, True, False, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "null", "integer", "number", "boolean", "array", "object"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    one = st.fixed_dictionaries(
        {},
        optional={
            "type": st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "properties": st.dictionaries(KEYS, inner, max_size=2),
            "required": st.lists(KEYS, max_size=1),
            "additionalProperties": inner,
            "items": inner,
            "minimum": st.sampled_from([0, 2]),
        },
    )
    rarely = st.fixed_dictionaries(
        {},
        optional={
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "minLength": st.just(1),
            "uniqueItems": st.just(True),
            "maxProperties": st.just(1),
            "patternProperties": st.dictionaries(KEYS, inner, max_size=1),
            "not": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
        },
    )
    return one | st.builds(lambda a, b: {**a, **b}, one, rarely)


SCHEMAS = st.recursive(st.booleans() | st.just({}) | st.just({"type": "string"}), _schemas)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=SCHEMAS, specs=st.lists(VALUES, min_size=2, max_size=12))
def test_of_one_shape_all_are_valid_or_none(tmp_path: Path, schema: Any, specs: list[Any]) -> None:
    told = shapes(tmp_path, schema)
    validator = jsonschema_rs.Draft7Validator(schema)
    verdicts: dict[int | None, bool] = {}
    for spec in specs:
        valid = validator.is_valid(spec)
        assert verdicts.setdefault(told.shape(thing(spec)), valid) == valid
