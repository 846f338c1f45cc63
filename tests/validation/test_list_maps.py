from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.schemas.lookup import SchemaTrees
from gitopsgen.schemas.problems import Problems
from gitopsgen.schemas.structural import StructuralConverter
from gitopsgen.validation.list_maps import ListMaps
from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import write

if TYPE_CHECKING:
    from pathlib import Path

PORT = {
    "type": "object",
    "required": ["port"],
    "properties": {
        "port": {"type": "integer"},
        "protocol": {"type": "string", "default": "TCP"},
        "name": {"type": "string"},
    },
}
PORTS = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": PORT,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "ports": PORTS,
                "more": {"type": "object", "additionalProperties": PORTS},
                "plain": {"type": "array", "items": PORT},
                "names": {
                    "type": "array",
                    "x-kubernetes-list-type": "set",
                    "items": {"type": "string"},
                },
            },
        }
    },
}


@pytest.fixture
def maps(tmp_path: Path) -> ListMaps:
    schema = StructuralConverter(Problems()).root(
        SCHEMA, (), api_version="example.test/v1", kind="Thing", status_dropped=False
    )
    (tmp_path / "example.test").mkdir()
    (tmp_path / "example.test/thing_v1.json").write_text(json.dumps(schema))
    return ListMaps(SchemaTrees([tmp_path]))


def thing(spec: object, api_version: str = "example.test/v1") -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": "Thing", "metadata": {"name": "a"}, "spec": spec}


A, B, UDP, NAMED = {"port": 1}, {"port": 2}, {"port": 1, "protocol": "UDP"}, {"name": "a"}
TCP = {"protocol": "TCP", "port": 1}


@pytest.mark.parametrize(
    ("spec", "pointers"),
    [
        ({"ports": [A, B, UDP]}, []),
        ({"ports": [A, B, A, A]}, ["/spec/ports/2/port", "/spec/ports/3/port"]),
        ({"ports": [A, TCP]}, ["/spec/ports/1/port"]),
        ({"ports": [NAMED, NAMED]}, []),
        ({"ports": [A, "x", None, A]}, ["/spec/ports/3/port"]),
        ({"ports": {"a": A, "b": A}}, []),
        ({"more": {"a/b": [A, A], "c": [A]}}, ["/spec/more/a~1b/1/port"]),
        ({"plain": [A, A]}, []),
        ([A, A], []),
    ],
)
def test_items_of_one_key(maps: ListMaps, spec: object, pointers: list[str]) -> None:
    assert [problem.pointer for problem in maps.problems(thing(spec))] == pointers


def test_kinds_without_a_schema_and_kubernetes_own_are_left_aside(maps: ListMaps) -> None:
    for api_version in ("other.test/v1", "v1", "apps/v1"):
        assert maps.problems(thing({"ports": [A, A]}, api_version)) == []


def test_a_document_without_an_end_is_left(maps: ListMaps) -> None:
    deep: list[Any] = []
    deep.append(deep)
    assert maps.problems(thing({"ports": deep})) == []


@pytest.mark.usefixtures("kubeconform")
def test_lists_that_repeat_are_reported_where_they_do(tmp_path: Path) -> None:
    gateway = (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
        "metadata: {name: a, namespace: default}\nspec:\n  gatewayClassName: a\n  listeners:\n"
        "    - {name: web, port: 80, protocol: HTTP}\n"
        "    - {name: web, port: 81, protocol: HTTP}\n"
    )
    route = (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
        "metadata: {name: a, namespace: default}\nspec:\n  rules:\n    - filters:\n"
        "        - type: RequestHeaderModifier\n          requestHeaderModifier:\n"
        "            remove:\n              - x\n              - z\n              - x\n"
    )
    write(tmp_path, {"gateway.yaml": gateway, "route.yaml": route})
    report = validate(tmp_path, Options(charts="skip", lint=False, jobs=1))
    found = [(f.file, f.line, f.message) for f in report.findings if f.rule == "schema-invalid"]
    assert found == [
        ("gateway.yaml", 8, "name web is that of item 1 already"),
        ("route.yaml", 12, "the same as item 1, in a list without repetitions"),
    ]
