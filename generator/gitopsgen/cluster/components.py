"""What cluster.yaml has to know of a component, and the marks by which options join the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MARK = "x-gitopsgen"
LOAD_BALANCER_ADDRESS = "load-balancer-address"
FILE_SERVER_ADDRESS = "file-server-address"
EXPOSED_HOST = "exposed-host"
CERTIFICATE_ZONES = "certificate-zones"


@dataclass(frozen=True, slots=True)
class ComponentSpec:
    """A component as cluster.yaml's schema and plan see it.

    `options` is the JSON Schema of its options; `requires` names roles or components.
    `lifecycle_state` is `active`, or `retired` or `unreleased` with a message and perhaps the
    name of what to use instead. The tested Kubernetes range is in minor versions ("1.30").
    """

    name: str
    summary: str
    options: Mapping[str, Any]
    role: str | None = None
    requires: tuple[str, ...] = ()
    lifecycle_state: str = "active"
    lifecycle_message: str = ""
    lifecycle_instead: str = ""
    kubernetes_minimum: str | None = None
    kubernetes_maximum: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedValue:
    """A value of cluster.yaml that its schema marks, with its path in the document."""

    mark: str
    value: Any
    path: tuple[str | int, ...]
    component: str


def marked_values(spec: ComponentSpec, options: object) -> Iterator[MarkedValue]:
    """The marked values among a component's options, at any depth."""
    start = ("components", spec.name)
    yield from _walk(spec.options, options, start, spec.name)


def _walk(
    schema: object, value: object, path: tuple[str | int, ...], component: str
) -> Iterator[MarkedValue]:
    if not isinstance(schema, dict):
        return
    if isinstance(mark := schema.get(MARK), str):
        yield MarkedValue(mark, value, path, component)
    properties = schema.get("properties")
    if isinstance(value, dict) and isinstance(properties, dict):
        for key, inner in properties.items():
            if key in value:
                yield from _walk(inner, value[key], (*path, key), component)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _walk(schema["items"], item, (*path, index), component)
