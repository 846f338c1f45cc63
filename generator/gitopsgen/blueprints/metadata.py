"""A component's blueprint.yaml: what it declares about itself, read strictly."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.components import ComponentSpec
from gitopsgen.documents.positions import Locator
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import jsonschema_rs

METADATA_FILE = "blueprint.yaml"

_NAME = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
_MINOR = {"type": "string", "pattern": r"^1\.[0-9]+$"}
_TEXT = {"type": "string", "minLength": 1}
_KINDS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["group", "kind"],
        "additionalProperties": False,
        "properties": {"group": {"type": "string"}, "kind": _TEXT},
    },
}

# The format of blueprint.yaml (JSON Schema, draft 2020-12).
METADATA_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "version", "summary", "wave", "namespace", "options"],
    "properties": {
        "name": _NAME,
        "version": {"type": "integer", "minimum": 1},
        "summary": _TEXT,
        "role": _NAME,
        "wave": {"type": "integer"},
        "namespace": _NAME,
        "kubernetes": {
            "type": "object",
            "additionalProperties": False,
            "required": ["minimum", "maximum"],
            "properties": {"minimum": _MINOR, "maximum": _MINOR},
        },
        "chart": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "repository", "version"],
            "properties": {"name": _TEXT, "repository": _TEXT, "version": _TEXT},
        },
        "requires": {"type": "array", "items": _NAME},
        "keep": {"type": "boolean"},
        "project": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "namespaces": {"type": "array", "items": _NAME},
                "sources": {"type": "array", "items": _TEXT},
                "cluster_kinds": _KINDS,
                "namespaced_kinds": _KINDS,
            },
        },
        "options": {"type": "object"},
        "lifecycle": {
            "type": "object",
            "additionalProperties": False,
            "required": ["state"],
            "properties": {
                "state": {"enum": ["active", "retired", "unreleased"]},
                "message": _TEXT,
                "instead": _TEXT,
            },
        },
        "secrets": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "namespace", "keys", "purpose"],
                "properties": {
                    "name": _TEXT,
                    "namespace": _NAME,
                    "keys": {"type": "array", "items": _TEXT, "minItems": 1},
                    "purpose": _TEXT,
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A Helm chart, pinned: `repository` is an HTTP(S) chart repository or an OCI registry path."""

    name: str
    repository: str
    version: str


@dataclass(frozen=True, slots=True, order=True)
class GroupKind:
    """A Kubernetes kind with its API group; the core group is the empty string."""

    group: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProjectNeeds:
    """What an AppProject must permit for a component, beside its namespace and chart."""

    namespaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    cluster_kinds: tuple[GroupKind, ...] = ()
    namespaced_kinds: tuple[GroupKind, ...] = ()


@dataclass(frozen=True, slots=True)
class NeededSecret:
    """A Secret that a component reads and that git does not carry."""

    name: str
    namespace: str
    keys: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Component:
    """A component's blueprint: where its templates are and what it says about itself.

    `keep` marks what must outlive the deletion of its Application: no finalizer, Prune=false.
    """

    spec: ComponentSpec
    folder: Path
    version: int
    wave: int
    namespace: str
    keep: bool = False
    chart: Chart | None = None
    needs: ProjectNeeds = ProjectNeeds()
    secrets: tuple[NeededSecret, ...] = ()

    @property
    def name(self) -> str:
        """The component's name: its key in cluster.yaml and the name of its Application."""
        return self.spec.name


def load_component(folder: Path) -> Component:
    """Read `folder`/blueprint.yaml.

    Raises `UsageError` that lists everything wrong with the file, each with its line.
    """
    file = folder / METADATA_FILE
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    contents = read_documents(text)
    problems = [f"{file}:{p.line}:{p.column}: {p.message}" for p in contents.problems]
    data: Any = contents.documents[0].data if contents.documents else None
    if not problems:
        locator = Locator(text)
        for wrong in _validator().iter_errors(data):
            at = locator.value(0, tuple(wrong.instance_path))
            problems.append(f"{file}:{at.line}:{at.column}: {wrong.message}")
        if not problems and data["name"] != folder.name:
            problems.append(f"{file}: name is {data['name']!r}, but the folder is {folder.name!r}")
    if problems:
        raise UsageError("\n".join(problems), "Mend the blueprint, or leave its folder out.")
    return _component(data, folder)


@functools.cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(METADATA_SCHEMA)


def _component(data: Mapping[str, Any], folder: Path) -> Component:
    lifecycle = data.get("lifecycle", {})
    tested = data.get("kubernetes", {})
    spec = ComponentSpec(
        name=data["name"],
        summary=data["summary"],
        role=data.get("role"),
        requires=tuple(data.get("requires", ())),
        options=data["options"],
        lifecycle_state=lifecycle.get("state", "active"),
        lifecycle_message=lifecycle.get("message", ""),
        lifecycle_instead=lifecycle.get("instead", ""),
        kubernetes_minimum=tested.get("minimum"),
        kubernetes_maximum=tested.get("maximum"),
    )
    project = data.get("project", {})
    return Component(
        spec=spec,
        folder=folder,
        version=data["version"],
        wave=data["wave"],
        namespace=data["namespace"],
        keep=data.get("keep", False),
        chart=Chart(**data["chart"]) if "chart" in data else None,
        needs=ProjectNeeds(
            namespaces=tuple(project.get("namespaces", ())),
            sources=tuple(project.get("sources", ())),
            cluster_kinds=_kinds(project.get("cluster_kinds", ())),
            namespaced_kinds=_kinds(project.get("namespaced_kinds", ())),
        ),
        secrets=tuple(
            NeededSecret(**{**secret, "keys": tuple(secret["keys"])})
            for secret in data.get("secrets", ())
        ),
    )


def _kinds(entries: list[dict[str, str]] | tuple[()]) -> tuple[GroupKind, ...]:
    return tuple(GroupKind(**entry) for entry in entries)
