"""CustomResourceDefinitions with the schemas that gitopsgen ships."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.custom import custom_kinds, custom_schema_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a JSON Schema has of its own, and a structural schema must not have.
_FOREIGN = frozenset({"$schema", "definitions", "if", "then", "else"})


def definitions(group: str, kinds: Iterable[str]) -> str:
    """The CRDs of kinds of a group, as a stream; JSON, which is YAML."""
    found = {name.kind: custom for name, custom in custom_kinds().items() if name.group == group}
    return "---\n".join(
        json.dumps(_definition(group, kind, found[kind].plural, found[kind].namespaced)) + "\n"
        for kind in kinds
    )


def _definition(group: str, kind: str, plural: str, namespaced: bool) -> dict[str, Any]:
    version = next(n.version for n in custom_kinds() if (n.group, n.kind) == (group, kind))
    file = custom_schema_directory() / group / f"{kind.lower()}_{version}.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    openapi = _structural(schema, schema.get("definitions", {}))
    names = ("apiVersion", "kind")
    openapi["properties"].update({name: {"type": "string"} for name in names})
    openapi["properties"]["metadata"] = {"type": "object"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"helm.sh/resource-policy": "keep"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {"kind": kind, "plural": plural},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": openapi},
                }
            ],
        },
    }


def _structural(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A schema as a CRD writes it: null is `nullable`, unknown fields need no mention."""
    if "$ref" in schema:
        return _structural(shared[schema["$ref"].rpartition("/")[2]], shared)
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "type" and isinstance(value, list):
            types = [name for name in value if name != "null"]
            result.update(
                {"x-kubernetes-int-or-string": True} if len(types) > 1 else {"type": types[0]}
            )
            if "null" in value:
                result["nullable"] = True
        elif key == "properties":
            result[key] = {name: _structural(part, shared) for name, part in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            result[key] = _structural(value, shared)
        elif key not in _FOREIGN and not (key == "additionalProperties" and value is False):
            result[key] = value
    if not result.keys() & {"type", "x-kubernetes-int-or-string"}:
        # Anything: a structural schema has to say so.
        result |= {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return result
