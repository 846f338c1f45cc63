"""What has to hold between the keywords of a node. Every case was put to Kubernetes' own code."""

from __future__ import annotations

import pytest
import yaml

from gitopsgen.schemas.invariants import check_node, check_root
from gitopsgen.schemas.problems import Problems

ITEMS = "items: {type: object, required: [a], properties: {a: {type: string}, b: {type: object}}}"
MAP = f"{{type: array, x-kubernetes-list-type: map, {ITEMS}, x-kubernetes-list-map-keys: %s}}"


def problems(node: str) -> list[str]:
    found = Problems()
    check_node(yaml.safe_load(node), (), found)
    return [str(problem) for problem in found.found]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (
            "{type: object, properties: {a: {}}, additionalProperties: {type: string}}",
            "additionalProperties: is not allowed beside properties",
        ),
        (
            "{type: object, x-kubernetes-preserve-unknown-fields: false}",
            "x-kubernetes-preserve-unknown-fields: must be true, or left out",
        ),
        (
            "{type: object, x-kubernetes-embedded-resource: true}",
            "x-kubernetes-embedded-resource: needs properties, "
            "or x-kubernetes-preserve-unknown-fields: true",
        ),
        (
            "{type: object, x-kubernetes-map-type: set}",
            "x-kubernetes-map-type: must be one of atomic, granular",
        ),
        (
            "{type: array, x-kubernetes-map-type: atomic}",
            "x-kubernetes-map-type: is only for objects",
        ),
        (
            "{type: array, x-kubernetes-list-type: sets}",
            "x-kubernetes-list-type: must be one of atomic, set, map",
        ),
        (
            "{type: string, x-kubernetes-list-type: set}",
            "x-kubernetes-list-type: is only for arrays",
        ),
        (MAP % "[]", "x-kubernetes-list-type: map needs x-kubernetes-list-map-keys"),
        (
            "{type: array, x-kubernetes-list-map-keys: [a]}",
            "x-kubernetes-list-map-keys: is only for x-kubernetes-list-type: map",
        ),
        (
            MAP % "[c]",
            "x-kubernetes-list-map-keys[0]: must name a property of the items, and c is none",
        ),
        (
            MAP % "[a, b]",
            "x-kubernetes-list-map-keys[1]: must name a scalar, and b is of type object",
        ),
        (MAP % "[a, a]", "x-kubernetes-list-map-keys[1]: names a twice"),
        (
            MAP.replace("required: [a], ", "") % "[a]",
            "x-kubernetes-list-map-keys[0]: a must be required in the items, or have a default",
        ),
        (
            MAP.replace("items: {type: object", "items: {type: string") % "[a]",
            "items.type: must be object below x-kubernetes-list-type: map",
        ),
        (
            "{x-kubernetes-validations: [{rule: ' '}]}",
            "x-kubernetes-validations[0].rule: must not be empty",
        ),
        (
            '{x-kubernetes-validations: [{rule: "a\\nb\\n"}]}',
            "x-kubernetes-validations[0].rule: needs a message: it has more than one line",
        ),
        (
            '{x-kubernetes-validations: [{rule: a, message: "a\\nb"}]}',
            "x-kubernetes-validations[0].message: must be one line",
        ),
        (
            "{x-kubernetes-validations: [{rule: a, reason: Invalid}]}",
            "x-kubernetes-validations[0].reason: must be one of FieldValueRequired, "
            "FieldValueInvalid, FieldValueForbidden, FieldValueDuplicate",
        ),
        ("{type: string, default: 1}", "default: must be of type string"),
        ("{type: integer, default: 1.5}", "default: must be of type integer"),
        ("{type: integer, default: true}", "default: must be of type integer"),
        ("{type: boolean, default: 'true'}", "default: must be of type boolean"),
        (
            "{x-kubernetes-int-or-string: true, default: 1.5}",
            "default: must be of type integer or string",
        ),
        ("{type: string, enum: [a, b], default: c}", "default: must be one of the values in enum"),
    ],
)  # fmt: skip
def test_what_an_api_server_refuses(node: str, expected: str) -> None:
    assert problems(node) == [expected]


@pytest.mark.parametrize(
    "node",
    [
        "{type: object, additionalProperties: {type: string}}",
        "{type: object, properties: {a: {}}, additionalProperties: true}",
        "{type: object, x-kubernetes-map-type: atomic}",
        "{type: object, x-kubernetes-embedded-resource: true, properties: {a: {}}}",
        "{type: array, x-kubernetes-list-type: set, items: {type: string}}",
        MAP % "[a]",
        MAP.replace("required: [a], ", "").replace("{type: string}", "{type: string, default: x}")
        % "[a]",
        '{x-kubernetes-validations: [{rule: "a\\n", reason: FieldValueInvalid}]}',
        '{x-kubernetes-validations: [{rule: "a\\nb", message: "a\\n"}]}',
        "{type: integer, default: 2.0}",
        "{type: number, default: 2}",
        "{type: string, default: null}",
        "{x-kubernetes-int-or-string: true, default: 80%}",
        "{x-kubernetes-int-or-string: true, default: 80}",
        "{x-kubernetes-preserve-unknown-fields: true, default: 1}",
        "{type: object, default: {}}",
        "{type: string, enum: [a, b], default: b}",
        # What is of the wrong type is found elsewhere.
        "{type: array, x-kubernetes-list-type: map, items: 1, x-kubernetes-list-map-keys: 1}",
        "{type: [], default: 1, enum: 1, x-kubernetes-validations: [1]}",
    ],
)
def test_what_an_api_server_takes(node: str) -> None:
    assert problems(node) == []


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("{type: string}", ["type: must be object at the root"]),
        (
            "{type: object, additionalProperties: {type: string}}",
            ["additionalProperties: is not allowed at the root"],
        ),
        (
            "{properties: {metadata: {properties: {name: {}, labels: {}}}}}",
            [
                "properties.metadata.properties.labels: may not be described: "
                "of metadata, only name and generateName can be"
            ],
        ),
        ("{type: object, properties: {metadata: {type: object}}}", []),
        ("[]", []),
    ],
)
def test_the_root(node: str, expected: list[str]) -> None:
    found = Problems()
    check_root(yaml.safe_load(node), (), found)
    assert [str(problem) for problem in found.found] == expected
