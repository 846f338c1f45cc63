"""What has to hold between the keywords of one node of a structural schema.

Source: k8s.io/apiextensions-apiserver (1.37), pkg/apis/apiextensions/validation and
pkg/apiserver/schema. CEL rules are not compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.schemas.problems import Path, Problems

    Schema = Mapping[str, Any]

_LIST_TYPE, _LIST_KEYS = "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
_MAP_TYPE, _EMBEDDED = "x-kubernetes-map-type", "x-kubernetes-embedded-resource"
_PRESERVE, _RULES = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations"
_LIST_TYPES = ("atomic", "set", "map")
_MAP_TYPES = ("atomic", "granular")
_REASONS = ("FieldValueRequired", "FieldValueInvalid", "FieldValueForbidden", "FieldValueDuplicate")
# What a default may be, by the type of its field; whole numbers are integers, too.
_CLASSES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def check_node(node: Schema, path: Path, problems: Problems) -> None:
    """Note what an API server has against a node, its children and values left aside."""
    others = node.get("additionalProperties")
    if node.get("properties") and others is not None and others is not True:
        problems.add((*path, "additionalProperties"), "is not allowed beside properties", key=True)
    if node.get(_PRESERVE) is False:
        problems.add((*path, _PRESERVE), "must be true, or left out")
    if node.get(_EMBEDDED) is True and not node.get("properties") and not node.get(_PRESERVE):
        message = f"needs properties, or {_PRESERVE}: true"
        problems.add((*path, _EMBEDDED), message, key=True)
    _check_collections(node, path, problems)
    _check_rules(node, path, problems)
    if node.get("default") is not None:
        _check_default(node, path, problems)


def check_root(node: object, path: Path, problems: Problems) -> None:
    """Note what an API server has against the node at the root of a version's schema."""
    if not isinstance(node, dict):
        return
    if isinstance(node.get("type"), str) and node["type"] not in ("", "object"):
        problems.add((*path, "type"), "must be object at the root")
    if isinstance(node.get("additionalProperties"), dict):
        message = "is not allowed at the root"
        problems.add((*path, "additionalProperties"), message, key=True)
    properties = node.get("properties")
    metadata = properties.get("metadata") if isinstance(properties, dict) else None
    fields = metadata.get("properties") if isinstance(metadata, dict) else None
    for name in fields if isinstance(fields, dict) else ():
        if name not in ("generateName", "name"):
            where = (*path, "properties", "metadata", "properties", name)
            message = "may not be described: of metadata, only name and generateName can be"
            problems.add(where, message, key=True)


def _check_collections(node: Schema, path: Path, problems: Problems) -> None:
    map_type, list_type = node.get(_MAP_TYPE), node.get(_LIST_TYPE)
    if isinstance(map_type, str):
        _check_word(map_type, _MAP_TYPES, (*path, _MAP_TYPE), problems)
        if node.get("type") != "object":
            problems.add((*path, _MAP_TYPE), "is only for objects", key=True)
    if isinstance(list_type, str):
        _check_word(list_type, _LIST_TYPES, (*path, _LIST_TYPE), problems)
        if node.get("type") != "array":
            problems.add((*path, _LIST_TYPE), "is only for arrays", key=True)
            return
    keys = node.get(_LIST_KEYS)
    if list_type == "map":
        if keys:
            _check_keys(node, keys, path, problems)
        else:
            problems.add((*path, _LIST_TYPE), f"map needs {_LIST_KEYS}")
    elif keys and list_type in (None, *_LIST_TYPES):
        problems.add((*path, _LIST_KEYS), f"is only for {_LIST_TYPE}: map", key=True)


def _check_keys(node: Schema, keys: object, path: Path, problems: Problems) -> None:
    """The names by which a list that is a map tells its items apart."""
    items = node.get("items")
    if not isinstance(items, dict) or not isinstance(keys, list):
        return
    if items.get("type") not in (None, "", "object"):
        problems.add((*path, "items", "type"), f"must be object below {_LIST_TYPE}: map")
        return
    fields, required = items.get("properties"), items.get("required")
    fields = fields if isinstance(fields, dict) else {}
    required = required if isinstance(required, list) else []
    for index, name in enumerate(keys):
        where = (*path, _LIST_KEYS, index)
        field = fields.get(name) if isinstance(name, str) else None
        if not isinstance(field, dict):
            problems.add(where, f"must name a property of the items, and {name} is none")
        elif field.get("type") in ("array", "object"):
            problems.add(where, f"must name a scalar, and {name} is of type {field['type']}")
        elif field.get("default") is None and name not in required:
            problems.add(where, f"{name} must be required in the items, or have a default")
        elif name in keys[:index]:
            problems.add(where, f"names {name} twice")


def _check_word(word: str, known: tuple[str, ...], path: Path, problems: Problems) -> None:
    if word not in known:
        problems.add(path, f"must be one of {', '.join(known)}")


def _check_rules(node: Schema, path: Path, problems: Problems) -> None:
    rules = node.get(_RULES)
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(rule, dict):
            continue
        where = (*path, _RULES, index)
        text, message, reason = (rule.get(name) for name in ("rule", "message", "reason"))
        if isinstance(text, str):
            if not text.strip():
                problems.add((*where, "rule"), "must not be empty")
            elif "\n" in text.strip() and not message:
                problems.add((*where, "rule"), "needs a message: it has more than one line")
        if isinstance(message, str) and "\n" in message.strip():
            problems.add((*where, "message"), "must be one line")
        if isinstance(reason, str):
            _check_word(reason, _REASONS, (*where, "reason"), problems)


def _check_default(node: Schema, path: Path, problems: Problems) -> None:
    default, name = node["default"], node.get("type")
    classes = _CLASSES.get(name, ()) if isinstance(name, str) else ()
    if node.get("x-kubernetes-int-or-string") is True:
        name, classes = "integer or string", (int, str)
    fits = isinstance(default, classes) and (isinstance(default, bool) == (name == "boolean"))
    if classes and not fits and not _is_whole(default, name):
        problems.add((*path, "default"), f"must be of type {name}")
        return
    values = node.get("enum")
    if isinstance(values, list) and values and isinstance(default, str) and default not in values:
        problems.add((*path, "default"), "must be one of the values in enum")


def _is_whole(value: object, name: object) -> bool:
    return name == "integer" and isinstance(value, float) and value.is_integer()
