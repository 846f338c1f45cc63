"""Containers: their names, images, ports, environment, mounts, probes and resources.

Source: Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text
from gitopsgen.validation.rules.api_server.choices import check_one_of
from gitopsgen.validation.rules.api_server.fields import below, entries
from gitopsgen.validation.rules.api_server.mounts import check_mounts
from gitopsgen.validation.rules.api_server.names import (
    check_data_key,
    check_label,
    check_name,
    check_port_name,
)
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.quantities import amount_of
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_REFERENCES = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_BULK_SOURCES = ("configMapRef", "secretRef")
_BULK_REFERENCES = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_TIMES = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def check_container(
    container: Mapping[str, Any], path: Path, volumes: frozenset[str] | None
) -> Iterator[LocalProblem]:
    """The container at a path; `volumes` are the names it may mount, None where nobody knows."""
    image = container.get("image")
    yield from check_label(container, path, "name", "container")
    if not image and (image is None or isinstance(image, str)):
        yield lacking((*path, "image"), "the container has no image", "Add its image.")
    elif isinstance(image, str) and image != image.strip():
        yield refused((*path, "image"), "a blank is at an end of the image", "Leave it out.")
    yield from _ports(container, path)
    yield from _environment(container, path)
    yield from check_mounts(container, path, volumes)
    resources = container.get("resources")
    if resources and isinstance(resources, dict):
        yield from _resources(path, resources)
    yield from _privileges(path, below(container, "securityContext"))
    for field in _PROBES:
        probe = container.get(field)
        if isinstance(probe, dict):
            yield from _probe(probe, (*path, field))
    for hook in ("postStart", "preStop") if container.get("lifecycle") else ():
        handlers = below(container, "lifecycle").get(hook)
        if isinstance(handlers, dict):
            yield from check_one_of(handlers, (*path, "lifecycle", hook), _HOOKS, "handler")


def _ports(container: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    names: set[str] = set()
    for place, port in entries(container, path, "ports"):
        name = text(port.get("name"))
        yield from check_port_name(port, place, "name")
        if name in names and name and not is_unfilled(name):
            message = f"the container has two ports called {name}"
            yield refused((*place, "name"), message, "Give each a name of its own.")
        names.add(name)


def _environment(container: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, variable in entries(container, path, "env"):
        name, source = variable.get("name"), variable.get("valueFrom")
        if isinstance(name, str) and not _is_variable(name):
            message = f'"{name[:60]}" cannot be the name of a variable'
            yield refused((*place, "name"), message, "Write it without =, and not empty.")
        if isinstance(source, dict):
            yield from _source(variable, source, (*place, "valueFrom"))
    for place, source in entries(container, path, "envFrom"):
        for field, what in _BULK_REFERENCES:
            yield from check_name(below(source, field), (*place, field), "name", what)
        yield from check_one_of(source, place, _BULK_SOURCES, "source")


def _source(
    variable: Mapping[str, Any], source: Mapping[str, Any], path: Path
) -> Iterator[LocalProblem]:
    for field, what in _REFERENCES:
        if field in source:
            yield from check_name(below(source, field), (*path, field), "name", what)
            yield from check_data_key(below(source, field), (*path, field), "key")
    if variable.get("value"):
        message = "a variable has value or valueFrom, not both"
        yield refused(path, message, "Leave one of them out.", key=True)
    else:
        yield from check_one_of(source, path, _SOURCES, "source")


def _is_variable(name: str) -> bool:
    return is_unfilled(name) or (bool(name) and "=" not in name and name.isprintable())


def _resources(path: Path, resources: Mapping[str, Any]) -> Iterator[LocalProblem]:
    limits, requests = below(resources, "limits"), below(resources, "requests")
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, written in amounts.items():
            if isinstance(written, str | int) and str(written).startswith("-"):
                place = (*path, "resources", kind, name)
                yield refused(place, f"{name} is below zero", "Write a positive quantity.")
    for name, written in requests.items():
        if name not in limits or written == limits[name]:
            continue
        amount, limit = amount_of(written), amount_of(limits[name])
        if amount is not None and limit is not None and amount > limit >= 0:
            yield refused(
                (*path, "resources", "requests", name),
                f"the request of {name}, {written}, is more than its limit, {limits[name]}",
                "Raise the limit, or lower the request.",
            )


def _privileges(path: Path, context: Mapping[str, Any]) -> Iterator[LocalProblem]:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    added = below(context, "capabilities").get("add")
    if context.get("privileged") is True:
        message = "a privileged container can always gain privileges"
    elif isinstance(added, list) and "CAP_SYS_ADMIN" in added:
        message = "with CAP_SYS_ADMIN a container can always gain privileges"
    else:
        return
    place = (*path, "securityContext", "allowPrivilegeEscalation")
    yield refused(place, message, "Leave it out, or take away the privilege.")


def _probe(probe: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    yield from check_one_of(probe, path, _HANDLERS, "way to probe")
    if below(probe, "exec").get("command") == []:
        yield lacking((*path, "exec", "command"), "there is no command", "Add one.")
    for name in _TIMES:
        value = probe.get(name)
        if isinstance(value, int) and value < 0:
            yield refused((*path, name), f"{name} is below zero", "Write 1 or more.")
    successes = probe.get("successThreshold")
    if path[-1] != "readinessProbe" and isinstance(successes, int) and successes > 1:
        message = f"successThreshold of a {path[-1]} is 1"
        yield refused((*path, "successThreshold"), message, "Write 1, or leave it out.")
