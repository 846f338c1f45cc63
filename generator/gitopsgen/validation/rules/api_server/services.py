"""Services.

Source: ValidateService in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text
from gitopsgen.validation.rules.api_server.addresses import is_address, network
from gitopsgen.validation.rules.api_server.fields import below, entries, texts
from gitopsgen.validation.rules.api_server.names import check_label, check_port_name
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.selectors import check_labels
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_SPEC: Path = ("spec",)
_WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def check_service(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One Service."""
    spec = below(data, "spec")
    kind, address = text(spec.get("type")) or "ClusterIP", spec.get("clusterIP")
    yield from check_labels(spec, _SPEC, "selector")
    if kind == "ExternalName":
        if not spec.get("externalName"):
            message = "a Service of type ExternalName needs an externalName"
            yield lacking((*_SPEC, "externalName"), message, "Add the name of a host.")
    elif not spec.get("ports") and address != "None":
        hint = "Add one, or clusterIP: None for a Service without an address."
        yield lacking((*_SPEC, "ports"), "the Service has no port", hint)
    if kind in _WITH_NODE_PORTS and address == "None":
        message = f"a Service of type {kind} has an address"
        yield refused((*_SPEC, "clusterIP"), message, "Leave clusterIP out.")
    yield from _ports(spec, kind)
    yield from _addresses(spec, kind)


def _ports(spec: Mapping[str, Any], kind: str) -> Iterator[LocalProblem]:
    ports = list(entries(spec, _SPEC, "ports"))
    names: set[str] = set()
    taken: set[tuple[object, str]] = set()
    for place, port in ports:
        name = text(port.get("name"))
        if not name and len(ports) > 1:
            message = "each of several ports of a Service needs a name"
            yield lacking((*place, "name"), message, "Add a name.")
        elif name in names and name and not is_unfilled(name):
            message = f"the Service has two ports called {name}"
            yield refused((*place, "name"), message, "Give each a name of its own.")
        names.add(name)
        yield from check_label(port, place, "name", "port")
        yield from check_port_name(port, place, "targetPort")
        number, protocol = port.get("port"), text(port.get("protocol")) or "TCP"
        if isinstance(number, int) and (number, protocol) in taken:
            message = f"the Service has port {number} for {protocol} twice"
            yield refused((*place, "port"), message, "Leave one of them out.")
        taken.add((number, protocol))
        node_port = port.get("nodePort")
        if kind not in _WITH_NODE_PORTS and isinstance(node_port, int) and node_port:
            message = f"a Service of type {kind} has no nodePort"
            hint = "Leave it out, or write type: NodePort."
            yield refused((*place, "nodePort"), message, hint, key=True)


def _addresses(spec: Mapping[str, Any], kind: str) -> Iterator[LocalProblem]:
    ranges = spec.get("loadBalancerSourceRanges")
    if ranges and kind != "LoadBalancer":
        message = f"a Service of type {kind} has no loadBalancerSourceRanges"
        field = "loadBalancerSourceRanges"
        yield refused((*_SPEC, field), message, "Leave them out.", key=True)
    for place, value in texts(spec, _SPEC, "loadBalancerSourceRanges"):
        if network(value.strip()) is None and not is_unfilled(value):
            yield refused(place, f'"{value[:60]}" is no network', "Write a CIDR, as 10.0.0.0/8.")
    for place, value in texts(spec, _SPEC, "externalIPs"):
        if not is_address(value) and not is_unfilled(value):
            yield refused(place, f'"{value[:60]}" is no address', "Write an IP address.")
    policy = spec.get("externalTrafficPolicy")
    if policy and kind not in _WITH_NODE_PORTS and not spec.get("externalIPs"):
        message = f"a Service of type {kind} has no externalTrafficPolicy"
        yield refused((*_SPEC, "externalTrafficPolicy"), message, "Leave it out.", key=True)
