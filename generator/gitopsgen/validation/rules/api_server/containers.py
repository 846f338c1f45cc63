"""Containers: their names, images, ports, environment, mounts, probes and resources.

Source: Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.api_server.choices import check_one_of
from gitopsgen.validation.rules.api_server.mounts import check_mounts
from gitopsgen.validation.rules.api_server.names import (
    check_data_key,
    check_label,
    check_name,
    check_port_name,
)
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.quantities import amount_of
from gitopsgen.validation.rules.k8s_templating import is_templated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_REFERENCES = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_BULK_SOURCES = ("configMapRef", "secretRef")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_TIMES = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def check_container(
    data: Mapping[str, Any], path: Path, volumes: frozenset[str] | None
) -> Iterator[LocalProblem]:
    """The container at a path; `volumes` are the names it may mount, None where nobody knows."""
    container = mapping(at(data, *path))
    image = container.get("image")
    yield from check_label(data, (*path, "name"), "container")
    if not image and (image is None or isinstance(image, str)):
        yield lacking((*path, "image"), "the container has no image", "Add its image.")
    elif isinstance(image, str) and image != image.strip():
        yield refused((*path, "image"), "a blank is at an end of the image", "Leave it out.")
    yield from _ports(data, path)
    yield from _environment(data, path)
    yield from check_mounts(data, path, volumes)
    yield from _resources(path, mapping(container.get("resources")))
    yield from _privileges(path, mapping(container.get("securityContext")))
    for probe in _PROBES:
        if isinstance(container.get(probe), dict):
            yield from _probe(data, (*path, probe))
            if at(container, probe, "exec", "command") == []:
                place = (*path, probe, "exec", "command")
                yield refused(place, "there is no command", "Add one.", key=True)
    for hook in ("postStart", "preStop"):
        place = (*path, "lifecycle", hook)
        if isinstance(at(data, *place), dict):
            yield from check_one_of(data, place, _HOOKS, "handler")


def _ports(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    names: set[str] = set()
    for place, port in mappings(data, (*path, "ports")):
        name = text(port.get("name"))
        yield from check_port_name(data, (*place, "name"))
        if name in names and name and not is_templated(name):
            message = f"the container has two ports called {name}"
            yield refused((*place, "name"), message, "Give each a name of its own.")
        names.add(name)


def _environment(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, variable in mappings(data, (*path, "env")):
        name, source = variable.get("name"), variable.get("valueFrom")
        if isinstance(name, str) and not _is_variable(name):
            message = f'"{name[:60]}" cannot be the name of a variable'
            yield refused((*place, "name"), message, "Write it without =, and not empty.")
        if not isinstance(source, dict):
            continue
        for field, what in _REFERENCES:
            yield from check_name(data, (*place, "valueFrom", field, "name"), what)
            yield from check_data_key(data, (*place, "valueFrom", field, "key"))
        if variable.get("value"):
            message = "a variable has value or valueFrom, not both"
            yield refused((*place, "valueFrom"), message, "Leave one of them out.", key=True)
        else:
            yield from check_one_of(data, (*place, "valueFrom"), _SOURCES, "source")
    for place, _ in mappings(data, (*path, "envFrom")):
        yield from check_name(data, (*place, "configMapRef", "name"), "ConfigMap")
        yield from check_name(data, (*place, "secretRef", "name"), "Secret")
        yield from check_one_of(data, place, _BULK_SOURCES, "source")


def _is_variable(name: str) -> bool:
    return is_templated(name) or (bool(name) and "=" not in name and name.isprintable())


def _resources(path: Path, resources: Mapping[str, Any]) -> Iterator[LocalProblem]:
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, written in amounts.items():
            amount = amount_of(written)
            if amount is not None and amount < 0:
                place = (*path, "resources", kind, name)
                yield refused(place, f"{name} is below zero", "Write a positive quantity.")
    for name, written in requests.items():
        amount, limit = amount_of(written), amount_of(limits.get(name))
        if amount is not None and limit is not None and amount > limit >= 0:
            yield refused(
                (*path, "resources", "requests", name),
                f"the request of {name}, {written}, is more than its limit, {limits[name]}",
                "Raise the limit, or lower the request.",
            )


def _privileges(path: Path, context: Mapping[str, Any]) -> Iterator[LocalProblem]:
    place = (*path, "securityContext", "allowPrivilegeEscalation")
    if context.get("allowPrivilegeEscalation") is not False:
        return
    added = mapping(context.get("capabilities")).get("add")
    if context.get("privileged") is True:
        message = "a privileged container can always gain privileges"
    elif isinstance(added, list) and "CAP_SYS_ADMIN" in added:
        message = "with CAP_SYS_ADMIN a container can always gain privileges"
    else:
        return
    yield refused(place, message, "Leave it out, or take away the privilege.")


def _probe(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    probe = mapping(at(data, *path))
    yield from check_one_of(data, path, _HANDLERS, "way to probe")
    for name in _TIMES:
        value = probe.get(name)
        if isinstance(value, int) and value < 0:
            yield refused((*path, name), f"{name} is below zero", "Write 1 or more.")
    successes = probe.get("successThreshold")
    if path[-1] != "readinessProbe" and isinstance(successes, int) and successes > 1:
        message = f"successThreshold of a {path[-1]} is 1"
        yield refused((*path, "successThreshold"), message, "Write 1, or leave it out.")
