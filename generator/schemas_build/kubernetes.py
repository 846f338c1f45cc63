"""Kubernetes' own schemas, one standalone file a kind, as kubeconform can use them offline."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.archive import as_text
from gitopsgen.schemas.kinds import kinds
from gitopsgen.schemas.layout import schema_file
from gitopsgen.schemas.values import BASE64, DRAFT, INT32
from schemas_build.definitions import definitions, kinds_of, minor_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemas_build.definitions import Definitions

Schema = dict[str, Any]

_REFERENCE = "#/$defs/"


def build_kubernetes(minor: str) -> dict[str, str]:
    """The schemas of a minor version, path -> JSON text: its kinds, and the lists of them."""
    known = kinds(minor).keys()
    simplified = {
        name: _relax(_simplify(schema), _required_at_last(name))
        for name, schema in definitions(minor).items()
    }
    schemas = {}
    for kind, name in kinds_of(minor).items():
        if kind in known or kind._replace(kind=kind.kind.removesuffix("List")) in known:
            schemas[schema_file(*kind)] = as_text(_standalone(name, simplified))
    return schemas


def _standalone(name: str, simplified: Definitions) -> Schema:
    """A kind's schema with the definitions it needs beside it.

    kubeconform compiles that in half the time of a schema with everything inlined: a PodSpec is
    compiled once, not once for each place that refers to it.
    """
    root = {**simplified[name], "type": "object"}
    if "status" in root["properties"]:
        status = _status(root["properties"]["status"], simplified)
        root["properties"] = {**root["properties"], "status": status}
    needed = sorted(_reachable(root, simplified))
    names = _short_names(needed)
    if needed:
        root["definitions"] = {names[other]: simplified[other] for other in needed}
    schema: Schema = _rename(root, names)
    return {"$schema": DRAFT, **schema}


def _status(schema: Schema, simplified: Definitions) -> Schema:
    """The schema of a root's status: no field of it is required.

    API servers drop a status that is applied, so `status: {}` and whatever else generators
    leave in a manifest does no harm; a field that they do not know, or a wrong type, still does.
    """
    referred = _referred(schema)
    if referred is None:
        return schema
    return {key: value for key, value in simplified[referred].items() if key != "required"}


def _simplify(schema: Any) -> Any:
    """A definition without what kubeconform does not need, and right about null."""
    if isinstance(schema, list):
        return [_simplify(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    simple = {
        key: _simplify(value)
        for key, value in schema.items()
        if key in {"$ref", "additionalProperties", "enum", "items", "required", "type"}
    }
    if "properties" in schema:
        simple["properties"] = {
            name: _simplify(value) for name, value in schema["properties"].items()
        }
    if "oneOf" in schema:
        # IntOrString and Quantity: null is in both branches, and one of them has to fail.
        simple["type"] = _types(schema["oneOf"])
    if "enum" in simple:
        del simple["type"]  # only ever the one kind or apiVersion
    return simple | _FORMATS.get(schema.get("format", ""), {})


def _relax(definition: Schema, required: set[str]) -> Schema:
    """A definition that requires nothing but what its latest version requires.

    Kubernetes' published schemas used to require fields that API servers fill or do without
    (roleRef.apiGroup, a StatefulSet's serviceName); 1.33 to 1.37 put that right.
    """
    dropped = set(definition.get("required", [])) - required
    if not dropped:
        return definition
    properties = {
        name: _nullable(schema) if name in dropped else schema
        for name, schema in definition["properties"].items()
    }
    kept = [name for name in definition["required"] if name in required]
    return {**definition, "properties": properties, "required": kept}


def _nullable(schema: Schema) -> Schema:
    named = schema.get("type")
    return {**schema, "type": [named, "null"]} if isinstance(named, str) else schema


@cache
def _required_at_last(name: str) -> set[str]:
    """The fields that a definition requires in the latest version of Kubernetes that has it."""
    latest = next(
        known for minor in reversed(minor_versions()) if name in (known := definitions(minor))
    )
    return set(latest[name].get("required", []))


_FORMATS: dict[str, Schema] = {
    "byte": {"pattern": BASE64},
    "date-time": {"format": "date-time"},
    "int32": INT32,
}


def _types(branches: list[Schema]) -> list[str]:
    types = {name for branch in branches for name in branch["type"]}
    return sorted(types)


def _reachable(root: Schema, simplified: Definitions) -> set[str]:
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in reached:
                reached.add(name)
                waiting.append(simplified[name])
    return reached


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if referred := _referred(schema):
            yield referred
        for value in schema.values():
            yield from _references(value)


def _referred(schema: Schema) -> str | None:
    """The full name that a schema refers to; a field may itself be named `$ref`."""
    reference = schema.get("$ref")
    return reference.removeprefix(_REFERENCE) if isinstance(reference, str) else None


def _rename(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, dict):
        if referred := _referred(schema):
            return {"$ref": f"#/definitions/{names[referred]}"}
        return {key: _rename(value, names) for key, value in schema.items()}
    return schema


def _short_names(full: list[str]) -> dict[str, str]:
    """PodSpec for io.k8s.api.core.v1.PodSpec; with group and version where that is not enough."""
    last = Counter(name.rpartition(".")[2] for name in full)
    return {
        name: short if last[short] == 1 else name.removeprefix("io.k8s.")
        for name in full
        for short in [name.rpartition(".")[2]]
    }
