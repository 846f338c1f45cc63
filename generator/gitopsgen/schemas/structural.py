"""Structural schemas, as CRDs carry them, turned into JSON Schema that is as strict as they are.

Structural schemas look like JSON Schema and mean something else. A field that they do not name
is pruned (then Argo CD syncs for ever, or fails where it applies server-side), so it is refused
here. A null is dropped, and a default filled in, before anything is checked. The rules are those
of k8s.io/apiextensions-apiserver (pkg/apiserver/schema); only CEL rules are not carried over. JSON
Schema has no words for the keys of list maps: they keep their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.invariants import check_node, check_root
from gitopsgen.schemas.sharing import share
from gitopsgen.schemas.validations import Validations, child_of, has_default
from gitopsgen.schemas.values import DRAFT, OBJECT_META

if TYPE_CHECKING:
    from gitopsgen.schemas.problems import Path, Problems

Schema = dict[str, Any]

_TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
# Parts of JSON Schema that a structural schema must not have.
_FORBIDDEN = (
    "$ref",
    "additionalItems",
    "definitions",
    "dependencies",
    "id",
    "patternProperties",
)
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_LIST_TYPE, _LIST_KEYS = "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
_META_FIELD: Schema = {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class StructuralConverter:
    """Converts the schemas of one CRD; what is wrong in them goes to `problems`.

    With `preserve`, unknown fields are kept everywhere, as a CRD's `preserveUnknownFields` says.
    """

    problems: Problems
    preserve: bool = False

    def root(
        self, node: object, path: Path, *, api_version: str, kind: str, status_dropped: bool
    ) -> Schema:
        """The JSON Schema of a whole resource.

        `status_dropped` says that the kind has a status subresource: its status is dropped when
        it is applied, so that no value in it is checked.
        """
        check_root(node, path, self.problems)
        schema = self._node(node, path, unchecked="status" if status_dropped else "")
        self._add_meta_fields(schema, node, path)
        schema["properties"] |= {"apiVersion": {"enum": [api_version]}, "kind": {"enum": [kind]}}
        return share({"$schema": DRAFT, **schema, "type": "object"})

    def _node(
        self,
        node: object,
        path: Path,
        *,
        null: bool = False,
        checked: bool = True,
        unchecked: str = "",
    ) -> Schema:
        """The JSON Schema of one node.

        `null` says that API servers drop a null here. Without `checked`, only types and field
        names are carried over; `unchecked` names a property to treat in this way.
        """
        if not self.problems.enter(node, path):
            return {}
        assert isinstance(node, dict)
        for keyword in _FORBIDDEN:
            if node.get(keyword) is not None:
                message = "is not allowed in a structural schema"
                self.problems.add((*path, keyword), message, key=True)
        check_node(node, path, self.problems)
        types = self._types(node, path)
        null = self.problems.flag(node, "nullable", path) or null
        schema: Schema = {}
        if types:
            schema["type"] = [*types, "null"] if null else types[0] if len(types) == 1 else types
        validations = Validations(self.problems)
        required = validations.required(node, path)
        self._add_properties(schema, node, path, required, checked, unchecked)
        self._add_rest(schema, node, path, types, checked)
        if self.problems.flag(node, "x-kubernetes-embedded-resource", path):
            self._add_meta_fields(schema, node, path)
        if checked:
            needed = [name for name in required if not has_default(node, name)]
            if needed:
                schema["required"] = sorted({*schema.get("required", []), *needed})
            validations.add(schema, node, path, types=types, null=null)
            _add_list_type(schema, node)
        return schema

    def _types(self, node: Schema, path: Path) -> list[str]:
        if self.problems.flag(node, "x-kubernetes-int-or-string", path):
            return ["integer", "string"]
        name = node.get("type")
        if isinstance(name, str) and name in _TYPES:
            return [name]
        if name not in (None, ""):
            self.problems.add((*path, "type"), f"must be one of {', '.join(sorted(_TYPES))}")
        elif not (self.problems.flag(node, _PRESERVE, path) or node.get("$ref") is not None):
            self.problems.add(path, "type is missing", key=True)
        return []

    def _add_properties(
        self,
        schema: Schema,
        node: Schema,
        path: Path,
        required: list[str],
        checked: bool,
        unchecked: str,
    ) -> None:
        properties = self.problems.mapping(node, "properties", path)
        needed = set(required)
        if properties:
            schema["properties"] = {
                name: self._node(
                    child,
                    (*path, "properties", name),
                    null=name not in needed or has_default(node, name),
                    checked=checked and name != unchecked,
                )
                for name, child in properties.items()
            }

    def _add_rest(
        self, schema: Schema, node: Schema, path: Path, types: list[str], checked: bool
    ) -> None:
        """What stands for names that are not given, and for a list's items."""
        others = node.get("additionalProperties")
        if isinstance(others, dict):
            others_path = (*path, "additionalProperties")
            schema["additionalProperties"] = self._node(
                others, others_path, null=True, checked=checked
            )
        elif others is not None and not isinstance(others, bool):
            self.problems.add((*path, "additionalProperties"), "must be an object or a boolean")
        elif "object" in types and not others and not self._keeps_unknown(node, path):
            schema["additionalProperties"] = False
        items = node.get("items")
        if items is not None:
            schema["items"] = self._node(items, (*path, "items"), checked=checked)
        elif types == ["array"]:
            self.problems.add(path, "items is missing", key=True)

    def _add_meta_fields(self, schema: Schema, node: object, path: Path) -> None:
        """apiVersion, kind and metadata, which every resource has without naming them."""
        metadata: Schema = OBJECT_META
        restriction = self._restriction(node, "metadata", path)
        if restriction:
            metadata = {**OBJECT_META, "allOf": [restriction]}
        schema["properties"] = {
            **schema.get("properties", {}),
            "apiVersion": _META_FIELD,
            "kind": _META_FIELD,
            "metadata": metadata,
        }
        schema["required"] = sorted({*schema.get("required", []), "apiVersion", "kind"})

    def _restriction(self, node: object, name: str, path: Path) -> Schema:
        """What the schema of a metadata field says about values, such as a length of the name."""
        child = child_of(node, "properties", name)
        if child is None:
            return {}
        restriction = Validations(self.problems).nested(
            child, (*path, "properties", name), child, typed=True
        )
        restriction.pop("type", None)
        return restriction

    def _keeps_unknown(self, node: Schema, path: Path) -> bool:
        return self.preserve or self.problems.flag(node, _PRESERVE, path)


def _add_list_type(schema: Schema, node: Schema) -> None:
    """That no two items of a list are equal, or none of their keys; defaults of keys count."""
    keys = node.get(_LIST_KEYS)
    if node.get(_LIST_TYPE) == "set":
        schema["uniqueItems"] = True
    elif node.get(_LIST_TYPE) == "map" and isinstance(keys, list):
        schema |= {_LIST_TYPE: "map", _LIST_KEYS: [key for key in keys if isinstance(key, str)]}
        for key in schema[_LIST_KEYS]:
            if has_default(node.get("items"), key):
                default = child_of(node, "items", "properties", key, "default")
                schema["items"]["properties"][key]["default"] = default
