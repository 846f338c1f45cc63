"""Kubernetes' ideas of some values, as pieces of JSON Schema for kubeconform.

A piece is there to find mistakes, and takes everything that an API server takes, oddities such
as IPv4 addresses with leading zeros excepted.
"""

from __future__ import annotations

from typing import Any

# The draft of everything that is written for kubeconform: the newest in which it checks formats.
DRAFT = "http://json-schema.org/draft-07/schema#"

# Go's decoder fails on a number that an int32 cannot hold. (int64 has no such piece: kubeconform
# reads numbers as floats, and the largest int64 would be too large.)
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}

# Go's decoder skips line breaks anywhere in base64.
_BREAKS = r"[\r\n]*"
_CHARACTER = f"[A-Za-z0-9+/]{_BREAKS}"
BASE64 = (
    f"^{_BREAKS}(({_CHARACTER}){{4}})*"
    f"(({_CHARACTER}){{2}}(={_BREAKS}){{2}}|({_CHARACTER}){{3}}={_BREAKS})?$"
)

# The formats of CRD schemas, by their names without dashes, as API servers compare them
# (k8s.io/apiextensions-apiserver, pkg/apiserver/validation/formats.go). Where kubeconform's
# idea of a format is narrower (a `uri` may be a path, a `uuid` have no dashes), a pattern
# stands in for it; formats that nobody uses are left out.
_STRING_FORMATS: dict[str, dict[str, Any]] = {
    "byte": {"pattern": BASE64},
    "cidr": {"pattern": "^[0-9A-Fa-f.:]+/[0-9]{1,3}$"},
    "date": {"format": "date"},
    "datetime": {"format": "date-time"},
    "duration": {"format": "duration"},  # kubeconform checks Go's durations here
    "email": {"pattern": "@"},
    "ipv4": {"format": "ipv4"},
    "ipv6": {"format": "ipv6"},
    "mac": {"pattern": "^[0-9A-Fa-f.:-]+$"},
    "uri": {"pattern": "^(/|[A-Za-z][A-Za-z0-9+.-]*:)"},
    "uuid": {"pattern": "^[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}$"},
}


def format_piece(name: str, types: list[str]) -> dict[str, Any]:
    """What a CRD's `format` demands of values of these types; {} for what API servers ignore."""
    if types == ["integer"]:
        return INT32 if name == "int32" else {}
    if types in ([], ["string"]):
        return _STRING_FORMATS.get(name.replace("-", ""), {})
    return {}


_TEXT = {"type": ["string", "null"]}
_TEXTS = {"type": ["array", "null"], "items": _TEXT}
_TEXT_MAP = {"type": ["object", "null"], "additionalProperties": _TEXT}
_COUNT = {"type": ["integer", "null"]}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_NEEDED = {"type": "string"}

# metadata of a custom resource: API servers decode it as they do that of their own kinds.
OBJECT_META: dict[str, Any] = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "annotations": _TEXT_MAP,
        "creationTimestamp": _TIME,
        "deletionGracePeriodSeconds": _COUNT,
        "deletionTimestamp": _TIME,
        "finalizers": _TEXTS,
        "generateName": _TEXT,
        "generation": _COUNT,
        "labels": _TEXT_MAP,
        "managedFields": {"type": ["array", "null"], "items": {"type": "object"}},
        "name": _TEXT,
        "namespace": _TEXT,
        "ownerReferences": {
            "type": ["array", "null"],
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["apiVersion", "kind", "name", "uid"],
                "properties": {
                    "apiVersion": _NEEDED,
                    "blockOwnerDeletion": {"type": ["boolean", "null"]},
                    "controller": {"type": ["boolean", "null"]},
                    "kind": _NEEDED,
                    "name": _NEEDED,
                    "uid": _NEEDED,
                },
            },
        },
        "resourceVersion": _TEXT,
        "selfLink": _TEXT,
        "uid": _TEXT,
    },
}
