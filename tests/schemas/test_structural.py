"""What the converted schema of a CRD accepts and rejects, compared with what API servers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml

from gitopsgen.schemas.archive import as_text
from gitopsgen.schemas.crd import convert
from tests.schemas.gadgets import gadget, gadget_crd, gadget_spec_crd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schemas.conform import Conform


class Probe:
    """A schema of `spec`, with specs that an API server takes and specs that it refuses."""

    def __init__(self, schema: str, *, good: str, bad: str) -> None:
        self.crd = gadget_spec_crd(schema)
        self.good: list[Any] = yaml.safe_load(good)
        self.bad: list[Any] = yaml.safe_load(bad)


PROBES = {
    "unknown fields are refused": Probe(
        "{type: object, properties: {size: {type: integer}}}",
        good="[{}, {size: 1}]",
        bad="[{sise: 1}, {size: '1'}, {size: 1.5}, [], text]",
    ),
    "an object that names no fields has none": Probe(
        "{type: object, properties: {empty: {type: object}}}",
        good="[{empty: {}}]",
        bad="[{empty: {a: 1}}, {empty: []}]",
    ),
    "required": Probe(
        "{type: object, required: [size], properties: {size: {type: integer}}}",
        good="[{size: 1}]",
        bad="[{}, {size: null}]",
    ),
    "a default fills a required field": Probe(
        "{type: object, required: [size], properties: {size: {type: integer, default: 1}}}",
        good="[{}, {size: 2}, {size: null}]",
        bad="[{size: a}]",
    ),
    "nullable": Probe(
        "{type: object, required: [size], "
        "properties: {size: {type: integer, nullable: true, enum: [1, null]}}}",
        good="[{size: 1}, {size: null}]",
        bad="[{}, {size: 2}]",
    ),
    "null is dropped from fields that may be missing": Probe(
        "{type: object, properties: {size: {type: integer, enum: [1]}, "
        "map: {type: object, additionalProperties: {type: string}}}}",
        good="[{size: null}, {map: null}, {map: {a: null}}]",
        bad="[{size: 2}]",
    ),
    "null is dropped before its branches are looked at": Probe(
        "{type: object, properties: {either: {type: object, properties: {a: {type: string}, "
        "b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}], not: {required: [c]}}}}",
        good="[{either: null}, {either: {a: x}}]",
        bad="[{either: {}}, {either: {a: x, b: y}}]",
    ),
    "null is no list item": Probe(
        "{type: object, properties: {list: {type: array, items: {type: string}}}}",
        good="[{list: []}, {list: [a]}, {list: null}]",
        bad="[{list: [null]}, {list: [1]}, {list: a}, {list: {}}]",
    ),
    "a nullable list item": Probe(
        "{type: object, properties: {list: {type: array, items: {type: string, nullable: true}}}}",
        good="[{list: [null, a]}]",
        bad="[{list: [1]}]",
    ),
    "int-or-string": Probe(
        "{type: object, required: [port], properties: {port: {x-kubernetes-int-or-string: true}}}",
        good="[{port: 80}, {port: http}]",
        bad="[{port: 1.5}, {port: true}, {port: [80]}, {port: null}]",
    ),
    "int-or-string with anyOf": Probe(
        "{type: object, properties: {port: {x-kubernetes-int-or-string: true, "
        "anyOf: [{type: integer}, {type: string}], pattern: '^[a-z]+$', maximum: 99}}}",
        good="[{port: 80}, {port: http}, {port: null}]",
        bad="[{port: 100}, {port: HTTP}, {port: {}}]",
    ),
    "int-or-string with allOf": Probe(
        "{type: object, properties: {port: {x-kubernetes-int-or-string: true, "
        "allOf: [{anyOf: [{type: integer}, {type: string}]}, {pattern: '^[a-z]+$'}]}}}",
        good="[{port: 80}, {port: http}]",
        bad="[{port: HTTP}, {port: 1.5}]",
    ),
    "preserve-unknown-fields keeps what is not named and checks what is": Probe(
        "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: "
        "{size: {type: integer}, inner: {type: object, properties: {a: {type: string}}}}}",
        good="[{any: [1, {thing: x}]}, {size: 1}, {inner: {a: x}}]",
        bad="[{size: x}, {inner: {b: x}}]",
    ),
    "preserve-unknown-fields without a type": Probe(
        "{type: object, properties: {any: {x-kubernetes-preserve-unknown-fields: true}}}",
        good="[{any: 1}, {any: [x]}, {any: {a: {b: c}}}, {any: null}, {any: text}]",
        bad="[{other: 1}]",
    ),
    "embedded resource": Probe(
        "{type: object, properties: {template: {type: object, "
        "x-kubernetes-embedded-resource: true, properties: {spec: {type: object, "
        "properties: {size: {type: integer}}}}}}}",
        good="[{template: {apiVersion: v1, kind: Some, metadata: {name: a, labels: {b: c}}, "
        "spec: {size: 1}}}, {template: {apiVersion: v1, kind: Some}}]",
        bad="[{template: {kind: Some}}, {template: {apiVersion: v1}}, "
        "{template: {apiVersion: v1, kind: Some, data: {}}}, "
        "{template: {apiVersion: v1, kind: Some, metadata: {lables: {}}}}, "
        "{template: {apiVersion: v1, kind: Some, metadata: {labels: {b: 1}}}}, "
        "{template: {apiVersion: 1, kind: Some}}, "
        "{template: {apiVersion: v1, kind: Some, spec: {sise: 1}}}]",
    ),
    "embedded resource with anything in it": Probe(
        "{type: object, properties: {raw: {type: object, x-kubernetes-embedded-resource: true, "
        "x-kubernetes-preserve-unknown-fields: true}}}",
        good="[{raw: {apiVersion: v1, kind: ConfigMap, data: {a: b}}}]",
        bad="[{raw: {data: {}}}, {raw: {apiVersion: v1, kind: ConfigMap, metadata: {nam: x}}}]",
    ),
    "fields named like keywords": Probe(
        "{type: object, required: [properties, required], properties: {"
        "properties: {type: object, properties: {type: {type: string}, "
        "description: {type: string}}}, "
        "required: {type: boolean}, items: {type: array, items: {type: string}}, "
        "$ref: {type: string}, id: {type: string}, enum: {type: integer}, "
        "not: {type: string}, default: {type: string}, format: {type: string}, "
        "x-kubernetes-preserve-unknown-fields: {type: boolean}}}",
        good="[{properties: {type: a, description: b}, required: true, items: [a], $ref: '#/x', "
        "id: a, enum: 1, not: a, default: b, format: c, "
        "x-kubernetes-preserve-unknown-fields: false}]",
        bad="[{properties: {type: a}}, {properties: {typ: a}, required: true}, "
        "{properties: {}, required: [a]}, {properties: {}, required: true, enum: [1]}, "
        "{properties: {}, required: true, unknown: 1}]",
    ),
    "nested arrays": Probe(
        "{type: object, properties: {grid: {type: array, minItems: 1, items: {type: array, "
        "maxItems: 2, items: {type: object, required: [x], properties: {x: {type: integer}}}}}}}",
        good="[{grid: [[{x: 1}, {x: 2}], []]}]",
        bad="[{grid: []}, {grid: [{x: 1}]}, {grid: [[{x: 1}, {x: 1}, {x: 1}]]}, "
        "{grid: [[{}]]}, {grid: [[{x: 1, y: 2}]]}]",
    ),
    "maps": Probe(
        "{type: object, properties: {map: {type: object, maxProperties: 2, additionalProperties: "
        "{type: object, properties: {size: {type: integer}}}}}}",
        good="[{map: {}}, {map: {a: {size: 1}, b: {}}}]",
        bad="[{map: {a: 1}}, {map: {a: {sise: 1}}}, {map: {a: {}, b: {}, c: {}}}]",
    ),
    "a map of anything": Probe(
        "{type: object, additionalProperties: true}",
        good="[{}, {a: 1, b: {c: d}}]",
        bad="[[], text]",
    ),
    "limits": Probe(
        "{type: object, properties: {a: {type: integer, minimum: 1, maximum: 3}, "
        "b: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 1, "
        "exclusiveMaximum: true}, c: {type: number, multipleOf: 0.5}, "
        "d: {type: string, minLength: 2, maxLength: 3}, "
        "e: {type: integer, maximum: 3, exclusiveMaximum: false}}}",
        good="[{a: 1}, {a: 3}, {b: 0.5}, {c: 1.5}, {d: ab}, {d: äöü}, {e: 3}, {b: null}]",
        bad="[{a: 0}, {a: 4}, {b: 0}, {b: 1}, {c: 0.3}, {d: a}, {d: abcd}, {e: 4}]",
    ),
    "integers of 32 bits": Probe(
        "{type: object, properties: {a: {type: integer, format: int32}, "
        "b: {type: integer, format: int32, minimum: 0}, c: {type: integer, format: int64}}}",
        good="[{a: 2147483647}, {a: -2147483648}, {b: 0}, {c: 9223372036854775807}]",
        bad="[{a: 2147483648}, {a: -2147483649}, {b: -1}, {b: 2147483648}]",
    ),
    "patterns and enumerations": Probe(
        "{type: object, properties: {a: {type: string, pattern: '^[a-z]+$'}, "
        "b: {type: string, enum: [x, 'y']}, c: {type: string, enum: []}, "
        "d: {type: string, enum: [x, x], pattern: ''}}}",
        good="[{a: abc}, {b: x}, {b: 'y'}, {c: any}, {d: x}]",
        bad="[{a: ABC}, {b: z}, {b: X}, {d: w}]",
    ),
    "allOf, anyOf, oneOf and not close nothing": Probe(
        "{type: object, properties: {a: {type: string}, b: {type: string}, c: {type: array, "
        "items: {type: string}}}, allOf: [{properties: {a: {pattern: '^x'}}}, "
        "{properties: {c: {items: {maxLength: 2}}}}], "
        "anyOf: [{required: [a]}, {required: [b]}], "
        "oneOf: [{properties: {a: {enum: [xa]}}}, {properties: {a: {enum: [xb]}}, "
        "required: [a]}], not: {required: [b, c]}}",
        good="[{a: xa}, {a: xa, b: y}, {b: y}, {a: xa, c: [yy]}]",
        bad="[{}, {a: a}, {a: xc}, {a: xa, b: y, c: []}, {a: xa, d: 1}, {a: xa, c: [yyy]}]",
    ),
    "a default counts in branches": Probe(
        "{type: object, properties: {kind: {type: string, default: IP}, value: {type: string}}, "
        "oneOf: [{properties: {kind: {enum: [IP]}, value: {format: ipv4}}}, "
        "{properties: {kind: {not: {enum: [IP]}}}}]}",
        good="[{}, {value: 192.168.1.1}, {kind: IP, value: 192.168.1.1}, {kind: X, value: y}]",
        bad="[{value: y}, {kind: IP, value: y}]",
    ),
    "a default fills what a branch requires": Probe(
        "{type: object, properties: {a: {type: integer, default: 1}, b: {type: integer}}, "
        "allOf: [{required: [a]}], anyOf: [{required: [b]}, {properties: {a: {maximum: 0}}}], "
        "not: {required: [a], properties: {b: {minimum: 5}}}}",
        good="[{b: 1}, {a: 0, b: 1}]",
        bad="[{}, {a: 0}, {a: 1}, {a: 2}, {a: 0, b: 5}, {a: 0, b: null}]",
    ),
    "a default counts as a property": Probe(
        "{type: object, properties: {a: {type: object, minProperties: 2, properties: "
        "{b: {type: integer, default: 1}, c: {type: integer}, d: {type: integer}}}}}",
        good="[{a: {b: 1, c: 2}}, {a: {c: 2}}, {a: {c: 2, d: 3}}]",
        bad="[{a: {}}]",
    ),
    "null in branches": Probe(
        "{type: object, properties: {a: {type: string}, b: {type: integer}}, "
        "allOf: [{properties: {a: {enum: [x]}, b: {not: {enum: [1]}}}}]}",
        good="[{a: null, b: null}, {a: x, b: 2}]",
        bad="[{a: z}, {b: 1}]",
    ),
    "not of a value": Probe(
        "{type: object, properties: {a: {type: string, not: {enum: [latest]}}}}",
        good="[{a: v1}, {a: null}, {}]",
        bad="[{a: latest}]",
    ),
    "CEL rules, list types, titles and examples change nothing": Probe(
        "{type: object, title: t, description: d, externalDocs: {url: u}, example: 1, "
        "x-kubernetes-validations: [{rule: 'false', message: never}], "
        "x-kubernetes-map-type: atomic, properties: {list: {type: array, "
        "x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, "
        "required: [name], properties: {name: {type: string, description: d}}}}}}",
        good="[{list: [{name: a}]}]",
        bad="[{list: [{}]}]",
    ),
    "sets have no item twice": Probe(
        "{type: array, x-kubernetes-list-type: set, items: {type: string}}",
        good="[[], [a, b]]",
        bad="[[a, b, a]]",
    ),
    "absent keywords may be written as null": Probe(
        "{type: object, properties: {a: {type: string, pattern: null, enum: null, items: null, "
        "properties: null, additionalProperties: null, required: null, nullable: null, "
        "format: null, allOf: null, not: null, maxLength: null, maximum: null, default: null}}}",
        good="[{a: b}]",
        bad="[{a: 1}]",
    ),
    "fields of arrays and scalars": Probe(
        "{type: array, items: {type: boolean}}",
        good="[[], [true, false]]",
        bad="[[yes, 'no'], {}, true]",
    ),
}


def valid(crd: dict[str, Any], document: dict[str, Any]) -> bool:
    (made,) = convert(crd)
    return jsonschema_rs.Draft7Validator(made.schema).is_valid(document)


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES.keys())
def test_probes(probe: Probe) -> None:
    for spec in probe.good:
        assert valid(probe.crd, gadget(spec)), spec
    for spec in probe.bad:
        assert not valid(probe.crd, gadget(spec)), spec


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES.keys())
def test_kubeconform_agrees(probe: Probe, conform: Conform, tmp_path: Path) -> None:
    (made,) = convert(probe.crd)
    file = tmp_path / "schemas" / made.file
    file.parent.mkdir(parents=True)
    file.write_text(as_text(made.schema), encoding="utf-8")
    specs = [*probe.good, *probe.bad]

    problems = conform.problems(tmp_path / "schemas", [gadget(spec) for spec in specs])

    for spec, problem in zip(probe.good, problems, strict=False):
        assert not problem, spec
    for spec, problem in zip(probe.bad, problems[len(probe.good) :], strict=True):
        assert "jsonschema validation failed" in problem, spec


class TestRoot:
    CRD = gadget_crd(
        """
        type: object
        required: [spec]
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object, properties: {name: {type: string, maxLength: 8}}}
          spec: {type: object}
        """
    )

    def test_a_resource_needs_its_own_group_version_and_kind(self) -> None:
        assert valid(self.CRD, gadget({}))
        assert not valid(self.CRD, gadget({}, kind="gadget"))
        assert not valid(self.CRD, gadget({}, kind="Gizmo"))
        assert not valid(self.CRD, gadget({}, apiVersion="example.net/v2"))
        assert not valid(self.CRD, {"metadata": {}, "spec": {}})

    def test_what_the_root_requires_is_required(self) -> None:
        assert not valid(self.CRD, gadget())

    def test_metadata_is_that_of_every_resource(self) -> None:
        metadata = {
            "name": "some",
            "namespace": "web",
            "labels": {"a": "b"},
            "annotations": None,
            "creationTimestamp": None,
            "finalizers": ["a.example.net/b"],
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "b", "controller": True}
            ],
        }
        assert valid(self.CRD, gadget({}, metadata=metadata))
        assert valid(self.CRD, gadget({}, metadata={"generateName": "some-"}))
        assert not valid(self.CRD, gadget({}, metadata={"name": "some", "lables": {}}))
        assert not valid(self.CRD, gadget({}, metadata={"name": 1}))
        assert not valid(self.CRD, gadget({}, metadata={"name": "a", "labels": {"a": True}}))

    def test_what_the_crd_says_of_metadata_is_kept(self) -> None:
        assert not valid(self.CRD, gadget({}, metadata={"name": "too-long-for-it"}))

    def test_a_root_without_fields_still_has_metadata(self) -> None:
        crd = gadget_crd({"type": "object"})

        assert valid(crd, gadget())
        assert not valid(crd, gadget({}))

    def test_a_root_may_keep_unknown_fields(self) -> None:
        crd = gadget_crd({"type": "object", "x-kubernetes-preserve-unknown-fields": True})

        assert valid(crd, gadget({"any": ["thing"]}, other=1))
        assert not valid(crd, gadget({}, metadata={"nam": "some"}))


class TestStatus:
    SCHEMA = """
        type: object
        properties:
          status:
            type: object
            required: [phase]
            properties:
              phase: {type: string, enum: [Ready]}
              ports: {type: array, minItems: 1, items: {type: integer, maximum: 9}}
        """

    def test_a_status_that_is_dropped_anyway_is_not_required_to_be_complete(self) -> None:
        crd = gadget_crd(self.SCHEMA, status=True)

        dropped: list[Any] = [{}, None, {"phase": ""}, {"phase": "x", "ports": []}, {"ports": [10]}]
        wrong: list[Any] = [{"fase": "Ready"}, {"phase": 1}, {"ports": ["a"]}]
        for status in dropped:
            assert valid(crd, gadget(status=status)), status
        for status in wrong:
            assert not valid(crd, gadget(status=status)), status

    def test_a_status_without_subresource_is_a_field_like_others(self) -> None:
        crd = gadget_crd(self.SCHEMA)

        assert valid(crd, gadget(status={"phase": "Ready"}))
        wrong: list[Any] = [{}, {"phase": ""}, {"phase": "Ready", "ports": []}]
        for status in wrong:
            assert not valid(crd, gadget(status=status)), status
