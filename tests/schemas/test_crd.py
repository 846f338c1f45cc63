from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.schemas.archive import as_text
from gitopsgen.schemas.crd import InvalidCrdError, convert, read_crd
from gitopsgen.schemas.layout import GroupVersionKind
from tests.schemas.gadgets import gadget, gadget_crd, gadget_spec_crd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schemas.conform import Conform

SCHEMA = ("spec", "versions", 0, "schema", "openAPIV3Schema")


def problems(crd: object) -> list[str]:
    return [str(problem) for problem in read_crd(crd).problems]


def spec_problems(spec: str) -> list[str]:
    prefix = "spec.versions[0].schema.openAPIV3Schema.properties.spec"
    return [problem.removeprefix(prefix) for problem in problems(gadget_spec_crd(spec))]


def test_a_crd_gives_the_schema_of_its_kind() -> None:
    (made,) = convert(gadget_crd("{type: object}"))

    assert made.name == GroupVersionKind("example.net", "v1", "Gadget")
    assert (made.plural, made.scope, made.namespaced) == ("gadgets", "Namespaced", True)
    assert made.file == "example.net/gadget_v1.json"
    assert made.schema["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_every_served_version_gives_a_schema() -> None:
    crd = gadget_crd("{type: object}")
    (version,) = crd["spec"]["versions"]
    crd["spec"]["versions"] = [
        {**version, "name": "v1alpha1", "served": False},
        {**version, "name": "v1beta1"},
        version,
    ]
    crd["spec"]["scope"] = "Cluster"

    made = convert(crd)

    assert [(schema.version, schema.namespaced) for schema in made] == [
        ("v1beta1", False),
        ("v1", False),
    ]


def test_a_crd_that_serves_nothing_gives_nothing() -> None:
    crd = gadget_crd("{type: object}")
    crd["spec"]["versions"][0]["served"] = False

    assert convert(crd) == ()


def test_descriptions_and_defaults_are_dropped() -> None:
    (made,) = convert(
        gadget_spec_crd(
            "{type: object, description: Words., properties: "
            "{a: {type: string, description: Words., title: Words., default: Words.}}}"
        )
    )

    assert "Words" not in as_text(made.schema)


def test_the_crd_is_left_as_it_was() -> None:
    crd = gadget_spec_crd(
        "{type: object, required: [b, a], properties: {a: {type: string}, b: {type: integer, "
        "enum: [1], allOf: [{maximum: 2}]}}}"
    )
    before = copy.deepcopy(crd)

    convert(crd)

    assert crd == before


def test_the_same_crd_gives_the_same_text() -> None:
    crd = gadget_spec_crd("{type: object, required: [b, a], properties: {a: {type: string}}}")

    assert as_text(convert(crd)[0].schema) == as_text(convert(copy.deepcopy(crd))[0].schema)


def test_convert_raises_with_every_problem_and_its_path() -> None:
    crd = gadget_spec_crd("{type: text, properties: {a: {type: string, maxLength: -1}}}")

    with pytest.raises(InvalidCrdError) as raised:
        convert(crd)

    spec = (*SCHEMA, "properties", "spec")
    assert [problem.path for problem in raised.value.problems] == [
        (*spec, "type"),
        (*spec, "properties", "a", "maxLength"),
    ]
    assert "maxLength: must be a number that is not negative" in str(raised.value)


def test_a_wrong_part_allows_anything_and_the_rest_is_still_checked() -> None:
    reading = read_crd(gadget_spec_crd("{type: object, properties: {a: 1, b: {type: string}}}"))

    (made,) = reading.schemas
    validator = jsonschema_rs.Draft7Validator(made.schema)
    assert len(reading.problems) == 1
    assert validator.is_valid(gadget({"a": ["anything"], "b": "text"}))
    assert not validator.is_valid(gadget({"b": 1}))
    assert not validator.is_valid(gadget({"c": 1}))


class TestWhatIsNoCrd:
    @pytest.mark.parametrize("thing", [None, 1, "text", [], [{}], True])
    def test_things_that_are_no_mapping(self, thing: object) -> None:
        assert problems(thing) == ["the document: must be an object"]

    def test_another_kind(self) -> None:
        assert problems({"apiVersion": "v1", "kind": "ConfigMap"}) == [
            "kind: must be CustomResourceDefinition"
        ]

    def test_v1beta1_is_recognised_and_refused(self) -> None:
        crd = {**gadget_crd("{type: object}"), "apiVersion": "apiextensions.k8s.io/v1beta1"}

        reading = read_crd(crd)

        assert reading.schemas == ()
        assert [str(problem) for problem in reading.problems] == [
            "apiVersion: apiextensions.k8s.io/v1beta1 is gone since Kubernetes 1.22: "
            "write the CRD as apiextensions.k8s.io/v1"
        ]

    def test_an_unknown_version_of_the_api(self) -> None:
        crd = {**gadget_crd("{type: object}"), "apiVersion": ["apiextensions.k8s.io/v1"]}

        assert problems(crd) == ["apiVersion: must be apiextensions.k8s.io/v1"]

    def test_an_empty_one_lacks_everything(self) -> None:
        assert problems(
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
        ) == [
            "spec.group: is not the name of a group",
            "spec.names.kind: is not the name of a kind",
            "spec.names.plural: is not the name of a plural",
            "spec.scope: must be one of Cluster, Namespaced",
        ]

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("group",), "../../etc"),
            (("group",), "example"),
            (("group",), "Example.net"),
            (("group",), f"{'a' * 64}.net"),
            (("group",), "a." * 130 + "net"),
            (("group",), "example.net\n"),
            (("names", "kind"), "../Gadget"),
            (("names", "kind"), "Gadget.json"),
            (("names", "kind"), ""),
            (("names", "plural"), "Gadgets"),
            (("scope",), "Global"),
            (("scope",), None),
        ],
    )
    def test_names_that_an_api_server_refuses_lead_to_no_file(
        self, path: tuple[str, ...], value: object
    ) -> None:
        crd = gadget_crd("{type: object}")
        holder = crd["spec"]
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = value

        reading = read_crd(crd)

        assert reading.schemas == ()
        assert [problem.path for problem in reading.problems] == [("spec", *path)]

    @pytest.mark.parametrize("name", ["", "../v1", "V1", "v1.json", 1, None])
    def test_a_version_with_a_wrong_name_has_no_schema(self, name: object) -> None:
        crd = gadget_crd("{type: object}")
        crd["spec"]["versions"][0]["name"] = name

        reading = read_crd(crd)

        assert reading.schemas == ()
        assert [problem.path for problem in reading.problems] == [("spec", "versions", 0, "name")]

    @pytest.mark.parametrize("schema", [None, {}, {"openAPIV3Schema": None}])
    def test_a_version_without_a_schema(self, schema: object) -> None:
        crd = gadget_crd("{type: object}")
        crd["spec"]["versions"][0]["schema"] = schema

        assert problems(crd) == ["spec.versions[0].schema.openAPIV3Schema: is missing"]

    @pytest.mark.parametrize("versions", [None, [], {}, "v1"])
    def test_no_versions(self, versions: object) -> None:
        crd = gadget_crd("{type: object}")
        crd["spec"]["versions"] = versions

        assert problems(crd) == ["spec.versions: must be a list of versions"]

    def test_preserving_unknown_fields_everywhere_is_refused_and_meant(self) -> None:
        crd = gadget_spec_crd("{type: object, properties: {a: {type: string}}}")
        crd["spec"]["preserveUnknownFields"] = True

        reading = read_crd(crd)

        validator = jsonschema_rs.Draft7Validator(reading.schemas[0].schema)
        assert [str(problem) for problem in reading.problems] == [
            "spec.preserveUnknownFields: must be false"
        ]
        assert validator.is_valid(gadget({"b": 1}))
        assert not validator.is_valid(gadget({"a": 1}))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{}", [": type is missing"]),
        ("[]", [": must be an object"]),
        ("{type: text}", [".type: must be one of array, boolean, integer, number, object, string"]),
        ("{type: array}", [": items is missing"]),
        ("{type: array, items: [{type: string}]}", [".items: must be an object"]),
        ("{type: object, properties: [a]}", [".properties: must be an object"]),
        (
            "{type: object, properties: {1: {type: string}}}",
            [".properties: has the key 1, which is not a string"],
        ),
        (
            "{type: object, additionalProperties: some}",
            [".additionalProperties: must be an object or a boolean"],
        ),
        ("{type: object, required: a}", [".required: must be a list of names"]),
        ("{type: object, required: [1]}", [".required: must be a list of names"]),
        ("{type: string, nullable: 1}", [".nullable: must be true or false"]),
        ("{type: string, pattern: 1}", [".pattern: must be a string"]),
        (
            "{type: string, pattern: '(?=a)'}",
            [
                ".pattern: is no regular expression of Go: "
                "lookaround and other (?…) groups are not supported"
            ],
        ),
        ("{type: string, format: []}", [".format: must be a string"]),
        ("{type: string, enum: a}", [".enum: must be a list of JSON values"]),
        ("{type: string, enum: [.nan]}", [".enum: must be a list of JSON values"]),
        ("{type: string, enum: [2026-11-23]}", [".enum: must be a list of JSON values"]),
        ("{type: string, enum: [{1: a}]}", [".enum: must be a list of JSON values"]),
        ("{type: integer, maximum: a}", [".maximum: must be a number"]),
        ("{type: integer, maximum: .inf}", [".maximum: must be a number"]),
        ("{type: integer, maximum: true}", [".maximum: must be a number"]),
        ("{type: integer, exclusiveMaximum: 5}", [".exclusiveMaximum: must be true or false"]),
        ("{type: integer, multipleOf: 0}", [".multipleOf: must be a number above 0"]),
        ("{type: string, minLength: 1.5}", [".minLength: must be a number that is not negative"]),
        (
            "{type: array, items: {type: string}, uniqueItems: true}",
            [".uniqueItems: must be false"],
        ),
        ("{type: string, allOf: {}}", [".allOf: must be a list"]),
        ("{type: string, anyOf: [1]}", [".anyOf[0]: must be an object"]),
        ("{type: string, not: []}", [".not: must be an object"]),
        (
            "{type: string, oneOf: [{type: string}]}",
            [".oneOf[0].type: is not allowed below allOf, anyOf, oneOf or not"],
        ),
        ("{type: object, $ref: '#/a'}", [".$ref: is not allowed in a structural schema"]),
        (
            "{type: object, patternProperties: {a: {}}}",
            [".patternProperties: is not allowed in a structural schema"],
        ),
    ],
)
def test_what_is_wrong_in_a_schema_is_told_with_its_path(spec: str, expected: list[str]) -> None:
    assert spec_problems(spec) == expected


class TestHostile:
    def test_a_schema_nested_without_end(self) -> None:
        schema: dict[str, Any] = {"type": "object"}
        for _ in range(5_000):
            schema = {"type": "object", "properties": {"a": schema}}

        (problem,) = read_crd(gadget_crd(schema)).problems

        assert problem.message == "the schema is nested too deeply"
        assert len(problem.path) == 200

    def test_a_schema_that_holds_itself(self) -> None:
        schema: dict[str, Any] = {"type": "object", "properties": {}}
        schema["properties"]["a"] = schema
        branches: dict[str, Any] = {}
        branches["not"] = branches

        for crd in (gadget_crd(schema), gadget_crd(branches)):
            messages = {problem.message for problem in read_crd(crd).problems}
            assert "the schema is nested too deeply" in messages

    def test_a_bomb_of_aliases(self) -> None:
        schema: dict[str, Any] = {"type": "string"}
        for _ in range(40):
            schema = {"type": "object", "properties": {"a": schema, "b": schema}}

        assert problems(gadget_crd(schema)) == ["the document: has more than 60000 schema nodes"]

    def test_a_bomb_in_a_value(self) -> None:
        value: list[Any] = []
        for _ in range(18):
            value = [value] * 10

        found = problems(gadget_crd({"type": "object", "enum": [value]}))

        assert found == [
            "spec.versions[0].schema.openAPIV3Schema.enum: must be a list of JSON values"
        ]

    def test_a_value_that_holds_itself(self) -> None:
        value: list[Any] = []
        value.append(value)

        found = problems(gadget_crd({"type": "object", "enum": [value]}))

        assert found == [
            "spec.versions[0].schema.openAPIV3Schema.enum: must be a list of JSON values"
        ]

    def test_a_number_of_thousands_of_digits(self) -> None:
        found = problems(gadget_crd({"type": "object", "enum": [10**9999], "maximum": 10**9999}))

        assert len(found) == 2

    def test_no_more_than_a_hundred_problems(self) -> None:
        crd = gadget_crd({"type": "object", "properties": {f"p{n}": n for n in range(1000)}})

        assert len(problems(crd)) == 100


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["object", "array", "string", "integer", "^[a-z]*$", "int32", "uri"])
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=5,
)
_FIELDS = st.sampled_from(["a", "b", "properties", "metadata", "status", "$ref", "items"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Things that are a schema, nearly so, or not at all."""
    return _ANYTHING | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", "string", "integer", "number"]) | _SCALARS,
            "properties": st.dictionaries(_FIELDS, inner, max_size=3) | _ANYTHING,
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "required": st.lists(_FIELDS, max_size=2) | _ANYTHING,
            "nullable": st.booleans() | _SCALARS,
            "default": _ANYTHING,
            "enum": st.lists(st.integers(0, 2) | st.floats(0, 2) | _ANYTHING, max_size=3),
            "format": _SCALARS,
            "pattern": _SCALARS,
            "minLength": _SCALARS,
            "maximum": _SCALARS,
            "exclusiveMaximum": _SCALARS,
            "multipleOf": _SCALARS,
            "allOf": st.lists(inner, max_size=2) | _ANYTHING,
            "oneOf": st.lists(inner, max_size=2),
            "not": inner,
            "x-kubernetes-int-or-string": st.booleans(),
            "x-kubernetes-preserve-unknown-fields": st.booleans() | _SCALARS,
            "x-kubernetes-embedded-resource": st.booleans() | _SCALARS,
        },
    )


SCHEMAS = st.recursive(_ANYTHING, _schemas, max_leaves=8)


@given(_ANYTHING)
def test_anything_at_all_can_be_read(thing: object) -> None:
    read_crd(thing)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "spec": _ANYTHING
            | st.fixed_dictionaries(
                {},
                optional={
                    "group": st.just("example.net") | _ANYTHING,
                    "names": st.just({"kind": "A", "plural": "a"}) | _ANYTHING,
                    "scope": st.just("Cluster") | _ANYTHING,
                    "versions": st.lists(_ANYTHING, max_size=2) | _ANYTHING,
                },
            ),
            "metadata": _ANYTHING,
        },
    )
)
def test_a_crd_with_anything_in_it_can_be_read(crd: dict[str, Any]) -> None:
    read_crd({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", **crd})


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SCHEMAS.filter(lambda schema: schema is not None and not isinstance(schema, str)))
def test_kubeconform_can_use_whatever_is_made_of_a_schema(
    conform: Conform, tmp_path: Path, schema: object
) -> None:
    (made,) = read_crd(gadget_crd(schema, status=True)).schemas
    file = tmp_path / "schemas" / made.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_text(made.schema), encoding="utf-8")

    problem = conform.problem(tmp_path / "schemas", gadget(metadata={"nonsense": 1}))

    assert "jsonschema validation failed" in problem
