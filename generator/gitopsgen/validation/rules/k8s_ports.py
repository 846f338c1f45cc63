"""Ports: their range, and the names by which probes call them.

Source: Kubernetes' pkg/apis/core/validation and pkg/apis/networking/validation.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, sequence
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import LocalProblem
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, containers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import LocalContext, Resource

RULES = (
    Rule(
        "k8s-port",
        (Severity.ERROR,),
        "A port is outside 1–65535, or a targetPort or probe names a port that no container has.",
        "The API server refuses the number; a name that no container has it takes without a word: "
        "the Service reaches nothing, the probe fails for ever.",
        "ports:\n  - {name: http, containerPort: 8080}\nlivenessProbe:\n  httpGet: {port: htpp}",
        "ports:\n  - {name: http, containerPort: 8080}\nlivenessProbe:\n  httpGet: {port: http}",
    ),
)
_LARGEST = 65535
_PROBES: tuple[Path, ...] = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
# Where further kinds have a plain port, and the lists on the way to it.
_PLAIN: Mapping[tuple[str, str], tuple[tuple[Path, Path], ...]] = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (
        (("webhooks",), ("clientConfig", "service", "port")),
    ),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (
        (("webhooks",), ("clientConfig", "service", "port")),
    ),
    ("apiregistration.k8s.io", "APIService"): (((), ("spec", "service", "port")),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        ((), ("spec", "conversion", "webhook", "clientConfig", "service", "port")),
    ),
}


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """Every port of one object."""
    del context
    kind, data = (resource.group, resource.kind), resource.data
    if kind in POD_TEMPLATES:
        for path, container in containers(resource):
            yield from _container(data, path, container)
    elif kind == ("", "Service"):
        yield from _service(data)
    elif kind == ("networking.k8s.io", "Ingress"):
        yield from _ingress(data)
    elif kind == ("networking.k8s.io", "NetworkPolicy"):
        yield from _policy(data)
    for steps, port in _PLAIN.get(kind, ()):
        for path in [path for path, _ in mappings(data, steps)] if steps else [()]:
            yield from _number(data, (*path, *port))


def port_names(container: Mapping[str, Any]) -> set[str]:
    """The names of a container's ports."""
    names = (mapping(port).get("name") for port in sequence(container.get("ports")))
    return {name for name in names if isinstance(name, str) and name}


def nearest_port(name: str, known: set[str]) -> str:
    """A hint at the port that was meant."""
    close = difflib.get_close_matches(name[:60], sorted(known), n=1)
    if close:
        return f"Did you mean {close[0]}?"
    if known:
        return f"Its ports are called {', '.join(sorted(known))}."
    return "Name the port in the container's ports, or write its number."


def _container(
    data: Mapping[str, Any], path: Path, container: Mapping[str, Any]
) -> Iterator[LocalProblem]:
    for port, _ in mappings(data, (*path, "ports")):
        yield from _number(data, (*port, "containerPort"))
        yield from _number(data, (*port, "hostPort"), zero=True)
    for steps in _PROBES:
        probe = at(container, *steps)
        if isinstance(probe, dict):
            place = (*path, *steps)
            yield from _number(data, (*place, "grpc", "port"))
            for way in ("httpGet", "tcpSocket"):
                yield from _probe(data, (*place, way, "port"), container)


def _probe(
    data: Mapping[str, Any], path: Path, container: Mapping[str, Any]
) -> Iterator[LocalProblem]:
    port = at(data, *path)
    if not isinstance(port, str):
        yield from _number(data, path)
    elif port.isdecimal():
        yield _quoted(path, port)
    elif port and not is_templated(port):
        known = port_names(container)
        if port not in known:
            message = f'the container has no port called "{port[:60]}"'
            yield _problem(path, message, nearest_port(port, known))


def _service(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    for path, _ in mappings(data, ("spec", "ports")):
        yield from _number(data, (*path, "port"))
        yield from _number(data, (*path, "nodePort"), zero=True)
        yield from _number_or_name(data, (*path, "targetPort"), zero=True)
    yield from _number(data, ("spec", "healthCheckNodePort"), zero=True)


def _ingress(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    yield from _backend(data, ("spec", "defaultBackend"))
    for rule, _ in mappings(data, ("spec", "rules")):
        for path, _ in mappings(data, (*rule, "http", "paths")):
            yield from _backend(data, (*path, "backend"))


def _backend(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    port = (*path, "service", "port")
    # A number of 0 counts as none where the port has a name.
    yield from _number(data, (*port, "number"), zero=bool(at(data, *port, "name")))
    name = at(data, *port, "name")
    if isinstance(name, str) and name.isdecimal():
        hint = f"Write number: {name} in place of the name."
        yield _problem((*port, "name"), f'"{name[:60]}" is no name of a port', hint)


def _policy(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    for direction in ("ingress", "egress"):
        for rule, _ in mappings(data, ("spec", direction)):
            for path, port in mappings(data, (*rule, "ports")):
                yield from _number_or_name(data, (*path, "port"))
                yield from _number(data, (*path, "endPort"))
                yield from _range(path, port.get("port"), port.get("endPort"))


def _range(path: Path, first: object, last: object) -> Iterator[LocalProblem]:
    if not (_is_number(first) and _is_number(last)):
        return
    if isinstance(first, int) and isinstance(last, int) and 0 < last < first:
        message = f"endPort {last} is before port {first}"
        yield _problem((*path, "endPort"), message, "The first port comes first.")


def _number_or_name(
    data: Mapping[str, Any], path: Path, *, zero: bool = False
) -> Iterator[LocalProblem]:
    port = at(data, *path)
    if isinstance(port, str) and port.isdecimal():
        yield _quoted(path, port)
    else:
        yield from _number(data, path, zero=zero)


def _number(data: Mapping[str, Any], path: Path, *, zero: bool = False) -> Iterator[LocalProblem]:
    port = at(data, *path)
    if _is_number(port) and not (1 <= port <= _LARGEST or (zero and port == 0)):
        yield _problem(path, f"{path[-1]} {_short(port)} is no port", "Ports are 1 to 65535.")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(number: int) -> str:
    # A number of thousands of digits cannot even be written as a text.
    return str(number) if abs(number) < 10**20 else "with so many digits"


def _quoted(path: Path, port: str) -> LocalProblem:
    hint = f"Write {port[:20]} without quotes."
    return _problem(path, f'the text "{port[:20]}" is taken for a name, which needs a letter', hint)


def _problem(path: Path, message: str, hint: str) -> LocalProblem:
    return LocalProblem("k8s-port", Severity.ERROR, path, message, hint)
