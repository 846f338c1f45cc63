"""Pod specs as a whole.

Source: ValidatePodSpec in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.api_server.addresses import is_address
from gitopsgen.validation.rules.api_server.containers import check_container
from gitopsgen.validation.rules.api_server.fields import below, entries
from gitopsgen.validation.rules.api_server.names import check_name
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.scheduling import check_scheduling
from gitopsgen.validation.rules.api_server.selectors import check_metadata
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled
from gitopsgen.validation.rules.api_server.volumes import check_volumes
from gitopsgen.validation.rules.workloads import CONTAINER_LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")


def check_pod(
    data: Mapping[str, Any], template: Path, claims: frozenset[str] = frozenset()
) -> Iterator[LocalProblem]:
    """The pod template at a path; `claims` are volumes that the workload adds to its own."""
    holder = at(data, *template)
    if not isinstance(holder, dict):
        return
    if template:
        yield from check_metadata(holder, template)
    path, spec = (*template, "spec"), holder.get("spec")
    if spec is None:
        yield lacking(path, "the pods have no spec", "Add one with their containers.")
    if not isinstance(spec, dict):
        return
    if spec.get("containers") == []:
        yield lacking((*path, "containers"), "the pod has no container", "Add one.")
    yield from check_name(spec, path, "serviceAccountName", "ServiceAccount")
    yield from check_volumes(spec, path)
    yield from _containers(spec, path, claims)
    yield from check_scheduling(spec, path)
    yield from _network(path, spec)


def _containers(
    spec: Mapping[str, Any], path: Path, claims: frozenset[str]
) -> Iterator[LocalProblem]:
    names: set[str] = set()
    host_ports: set[tuple[object, ...]] = set()
    volumes = _mountable(spec, claims)
    for field in CONTAINER_LISTS:
        for place, container in entries(spec, path, field):
            yield from check_container(container, place, volumes)
            name = text(container.get("name"))
            if name in names and not is_unfilled(name):
                message = f"the pod has two containers called {name[:60]}"
                yield refused((*place, "name"), message, "Give each a name of its own.")
            if name:
                names.add(name)
            if field == "containers":
                yield from _host_ports(container, place, host_ports)
            elif field == "initContainers" and container.get("restartPolicy") != "Always":
                yield from _unprobed(place, container)


def _mountable(spec: Mapping[str, Any], claims: frozenset[str]) -> frozenset[str] | None:
    names = [mapping(volume).get("name") for volume in sequence(spec.get("volumes"))]
    known = [name for name in names if isinstance(name, str) and not is_unfilled(name)]
    return claims.union(known) if len(known) == len(names) else None


def _host_ports(
    container: Mapping[str, Any], path: Path, taken: set[tuple[object, ...]]
) -> Iterator[LocalProblem]:
    for place, port in entries(container, path, "ports"):
        number = port.get("hostPort")
        if not isinstance(number, int) or number == 0:
            continue
        key = (number, port.get("protocol") or "TCP", port.get("hostIP") or "")
        if key in taken:
            message = f"two ports of the pod want port {number} of the node"
            yield refused((*place, "hostPort"), message, "Take another one.")
        taken.add(key)


def _unprobed(path: Path, container: Mapping[str, Any]) -> Iterator[LocalProblem]:
    for field in _PROBES:
        if container.get(field):
            message = f"an init container has no {field}, unless its restartPolicy is Always"
            yield refused((*path, field), message, "Leave it out.", key=True)


def _network(path: Path, spec: Mapping[str, Any]) -> Iterator[LocalProblem]:
    if spec.get("dnsPolicy") == "None" and not below(spec, "dnsConfig").get("nameservers"):
        message = "dnsPolicy None needs a name server"
        yield refused((*path, "dnsPolicy"), message, "Add dnsConfig.nameservers.")
    for place, alias in entries(spec, path, "hostAliases"):
        address = alias.get("ip")
        if isinstance(address, str) and not is_unfilled(address) and not is_address(address):
            message = f'"{address[:60]}" is no address'
            yield refused((*place, "ip"), message, "Write an IP address.")
