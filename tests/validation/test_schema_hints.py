"""Hints on what breaks a schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.schemas.lookup import SchemaTrees
from gitopsgen.validation.kubeconform_messages import SchemaProblem
from gitopsgen.validation.nearest import nearest
from gitopsgen.validation.schema_hints import SchemaHints, without_misspelt
from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import write

if TYPE_CHECKING:
    from pathlib import Path

TEXT: dict[str, Any] = {"type": "string"}
CONTAINER = {"properties": {"name": TEXT, "image": TEXT, "args": {"type": "array", "items": TEXT}}}
SCHEMA = {
    "definitions": {"Pod": {"properties": {"restartPolicy": {"enum": ["Always", "Never"]}}}},
    "properties": {
        "apiVersion": TEXT,
        "kind": TEXT,
        "metadata": {"properties": {"labels": {"additionalProperties": TEXT}}},
        "spec": {
            "properties": {
                "replicas": {"type": "integer"},
                "paused": {"type": "boolean"},
                "containers": {"type": "array", "items": CONTAINER},
                "initContainers": {"type": "array", "items": CONTAINER},
                "pod": {"allOf": [{"$ref": "#/definitions/Pod"}]},
            }
        },
    },
}


@pytest.fixture
def hints(tmp_path: Path) -> SchemaHints:
    (tmp_path / "example.test").mkdir()
    (tmp_path / "example.test/thing_v1.json").write_text(json.dumps(SCHEMA))
    return SchemaHints(SchemaTrees([tmp_path / "none", tmp_path]))


def thing(spec: object) -> dict[str, Any]:
    return {"apiVersion": "example.test/v1", "kind": "Thing", "metadata": {}, "spec": spec}


def unknown(pointer: str) -> SchemaProblem:
    return SchemaProblem("invalid", pointer, "", unknown=pointer.rpartition("/")[2])


@pytest.mark.parametrize(
    ("spec", "pointer", "hint"),
    [
        ({"replicaz": 1}, "/spec/replicaz", "Did you mean replicas?"),
        ({"Replicas": 1}, "/spec/Replicas", "Did you mean replicas?"),
        (
            {"replicaz": 1, "replicas": 1},
            "/spec/replicaz",
            "Known here: containers, initContainers",
        ),
        (
            {"image": "x", "containers": []},
            "/spec/image",
            "It belongs into an item of containers: check the indentation.",
        ),
        ({"image": "x"}, "/spec/image", "Known here: "),
        (
            {"restartPolicy": "x"},
            "/spec/restartPolicy",
            "It belongs into pod: check the indentation.",
        ),
        (
            {"containers": [{"replicas": 1}]},
            "/spec/containers/0/replicas",
            "It belongs to spec: check the indentation.",
        ),
        ({"metadata": {}}, "/spec/metadata", "Known here: "),
        ({"something": {}}, "/spec/something", "Known here: containers, initContainers, paused"),
    ],
)
def test_unknown_fields(hints: SchemaHints, spec: object, pointer: str, hint: str) -> None:
    assert hints.hint(thing(spec), unknown(pointer)).startswith(hint)


@pytest.mark.parametrize(
    ("spec", "pointer", "wanted", "hint"),
    [
        (
            {"containers": [{"args": [5]}]},
            "/spec/containers/0/args/0",
            "string",
            "Put it in quotes.",
        ),
        ({"containers": [{"args": [True]}]}, "/spec/containers/0/args/0", "string", "Put it in q"),
        ({"replicas": "5"}, "/spec/replicas", "integer", "Take the quotes off."),
        ({"replicas": "many"}, "/spec/replicas", "integer", ""),
        ({"paused": "Yes"}, "/spec/paused", "boolean", "Write true or false, without quotes."),
        ({"paused": None}, "/spec/paused", "boolean", "Write a value, or leave the field out."),
        ({"containers": {}}, "/spec/containers", "array", "A list is wanted: start each item"),
        ({"pod": []}, "/spec/pod", "object", "No list is wanted but a mapping"),
        ({"pod": 5}, "/spec/pod", "object", ""),
    ],
)
def test_types(hints: SchemaHints, spec: object, pointer: str, wanted: str, hint: str) -> None:
    problem = SchemaProblem("invalid", pointer, "", wanted=frozenset({wanted}))
    found = hints.hint(thing(spec), problem)
    assert found.startswith(hint)
    assert bool(found) == bool(hint)


def test_choices(hints: SchemaHints) -> None:
    problem = SchemaProblem("invalid", "/spec/pod/restartPolicy", "")
    assert hints.hint(thing({"pod": {"restartPolicy": "never"}}), problem) == "Did you mean Never?"
    assert hints.hint(thing({"pod": {"restartPolicy": "later on"}}), problem) == ""


def test_a_kind_without_a_schema(hints: SchemaHints) -> None:
    assert hints.hint(thing({"a": 1}) | {"kind": "Other"}, unknown("/spec/a")) == ""


def test_a_missing_field_that_is_misspelt_beside_is_one_fault() -> None:
    missing = SchemaProblem("invalid", "/spec", "", missing="name")
    other = SchemaProblem("invalid", "/spec", "", missing="image")
    elsewhere = SchemaProblem("invalid", "/spec/more", "", missing="name")
    problems = [missing, unknown("/spec/nmae"), other, elsewhere]
    assert list(without_misspelt(problems)) == problems[1:]


def test_a_missing_field_that_stands_further_out_is_one_fault() -> None:
    missing = SchemaProblem("invalid", "/spec/template", "", missing="spec")
    inner = SchemaProblem("invalid", "/spec/template/spec", "", missing="spec")
    problems = [missing, unknown("/spec/spec"), inner]
    assert list(without_misspelt(problems)) == problems[1:]


def test_nearest_takes_no_notice_of_letter_case() -> None:
    assert nearest("TARGETREVISON", ["targetRevision", "path"]) == "targetRevision"
    assert nearest("x", ["targetRevision", "path"]) == ""
    assert nearest("x" * 100_000, ["targetRevision"]) == ""


@pytest.mark.usefixtures("kubeconform")
def test_hints_reach_the_report_and_the_crds_of_the_repository_count(tmp_path: Path) -> None:
    crd = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: things.example.test}\n"
        "spec:\n  group: example.test\n  scope: Namespaced\n"
        "  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}\n"
        "  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n"
        "        openAPIV3Schema:\n          type: object\n          properties:\n"
        "            spec: {type: object, required: [size], properties: {size: {type: integer}}}\n"
    )
    thing_text = "apiVersion: example.test/v1\nkind: Thing\nmetadata: {name: a}\nspec: {siez: 1}\n"
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n    - {port: '80'}\n"
    )
    write(tmp_path, {"crd.yaml": crd, "thing.yaml": thing_text, "service.yaml": service})
    report = validate(tmp_path, Options(charts="skip", lint=False, jobs=1))
    found = [(f.file, f.hint) for f in report.findings if f.rule == "schema-invalid"]
    assert found == [
        ("service.yaml", "Take the quotes off."),
        ("thing.yaml", "Did you mean size?"),
    ]
