""".gitopsgen/validate.yaml: what a repository tells `gitopsgen validate` about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_FORM = "x-gitopsgen-form"
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1, _FORM: "a name"}}
_KINDS = {
    "type": "array",
    "items": {
        "type": "string",
        "pattern": r"^[^/\s]+/[^/\s]+$",
        _FORM: "group/Kind, such as monitoring.coreos.com/ServiceMonitor",
    },
}

# The format of the file (JSON Schema, draft 2020-12).
SETTINGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "kubernetes": {
            "type": "string",
            "pattern": r"^1\.[0-9]{1,3}$",
            _FORM: 'a minor version, such as "1.36"',
        },
        "repository": _NAMES,
        "provides": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "crds": _KINDS,
                "namespaces": _NAMES,
                "storageClasses": _NAMES,
                "ingressClasses": _NAMES,
                "secrets": _NAMES,
            },
        },
        "waivers": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rule", "path", "reason"],
                "properties": {
                    "rule": {"type": "string", "minLength": 1},
                    "path": {"type": "string", "minLength": 1},
                    "reason": {"type": "string", "minLength": 1},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Provided:
    """What the cluster has though git does not bring it."""

    crds: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    storage_classes: frozenset[str] = frozenset()
    ingress_classes: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings of a rule in files that match a path are meant, for a reason."""

    rule: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a repository; without a file they say nothing."""

    kubernetes: str | None = None
    repository: tuple[str, ...] = ()
    provides: Provided = field(default_factory=Provided)
    waivers: tuple[Waiver, ...] = ()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Settings:
        """Build the settings from data that is valid."""
        provides = data.get("provides") or {}
        return cls(
            kubernetes=data.get("kubernetes"),
            repository=tuple(data.get("repository", ())),
            provides=Provided(
                crds=frozenset(provides.get("crds", ())),
                namespaces=frozenset(provides.get("namespaces", ())),
                storage_classes=frozenset(provides.get("storageClasses", ())),
                ingress_classes=frozenset(provides.get("ingressClasses", ())),
                secrets=frozenset(provides.get("secrets", ())),
            ),
            waivers=tuple(Waiver(**waiver) for waiver in data.get("waivers", ())),
        )
