from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.schemas.sharing import share

LONG: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        f"field-{name}": {"type": "string", "pattern": f"^{name}+$"} for name in "abcdef"
    },
}


def resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it refers to."""
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return resolved(definitions[name], definitions)
    return {
        key: resolved(value, definitions) for key, value in schema.items() if key != "definitions"
    }


def test_what_occurs_twice_is_said_once() -> None:
    schema = {"properties": {"one": LONG, "many": {"type": "array", "items": LONG}}}

    shared = share(schema)

    (name,) = shared["definitions"]
    reference = {"$ref": f"#/definitions/{name}"}
    assert shared["properties"] == {"one": reference, "many": {"type": "array", "items": reference}}
    assert shared["definitions"][name] == LONG


def test_what_occurs_only_inside_shared_parts_stays_there() -> None:
    outer = {"type": "object", "properties": {"inner": LONG, "other": {"type": "integer"}}}

    shared = share({"properties": {"one": outer, "two": outer}})

    assert list(shared["definitions"].values()) == [outer]


def test_short_and_single_parts_stay_where_they_are() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": LONG}}

    assert share(schema) == schema


def test_the_schema_is_left_as_it_was() -> None:
    schema = {"properties": {"one": LONG, "two": LONG}}
    before = json.dumps(schema)

    share(schema)

    assert json.dumps(schema) == before


def test_every_place_of_a_schema_is_looked_at() -> None:
    schema = {
        "properties": {"a": LONG},
        "additionalProperties": LONG,
        "items": LONG,
        "not": LONG,
        "else": LONG,
        "allOf": [LONG],
        "anyOf": [LONG],
        "oneOf": [LONG],
    }

    shared = share(schema)

    assert json.dumps(shared).count('"field-a"') == 1
    assert resolved(shared, shared["definitions"]) == schema


def test_values_that_look_like_schemas_are_values() -> None:
    schema = {"properties": {"a": {"enum": [LONG, LONG]}, "b": LONG, "enum": LONG}}

    shared = share(schema)

    assert shared["properties"]["a"] == {"enum": [LONG, LONG]}


SCHEMAS = st.recursive(
    st.sampled_from([{}, {"type": "string"}, LONG, {"enum": [1, "a"]}]),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array"]),
            "properties": st.dictionaries(
                st.sampled_from(["a", "items", "properties", "enum"]), inner, min_size=1, max_size=3
            ),
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
        },
    ),
)


@given(SCHEMAS)
def test_a_shared_schema_says_the_same(schema: dict[str, Any]) -> None:
    shared = share(schema)

    assert resolved(shared, shared.get("definitions", {})) == schema
    jsonschema_rs.Draft7Validator(shared)
