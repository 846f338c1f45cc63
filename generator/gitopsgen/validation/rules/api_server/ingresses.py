"""Ingresses and NetworkPolicies.

Source: Kubernetes' pkg/apis/networking/validation.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, text
from gitopsgen.validation.rules.api_server.addresses import Network, is_address, network
from gitopsgen.validation.rules.api_server.fields import below, entries, texts
from gitopsgen.validation.rules.api_server.forms import subdomain_refusal, wildcard_refusal
from gitopsgen.validation.rules.api_server.names import check_label, check_name, check_port_name
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.selectors import check_selector
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_VERSION = "networking.k8s.io/v1"
_CLASS_ANNOTATION: Path = ("metadata", "annotations", "kubernetes.io/ingress.class")
_ABSOLUTE = ("Exact", "Prefix")
_SPEC: Path = ("spec",)


def check_ingress(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One Ingress."""
    if data.get("apiVersion") != _VERSION:
        # Older versions had other backends; they are gone.
        return
    spec = below(data, "spec")
    if not spec.get("rules") and not spec.get("defaultBackend"):
        yield lacking(_SPEC, "the Ingress has neither rules nor a defaultBackend", "Add a rule.")
    if spec.get("ingressClassName") and at(data, *_CLASS_ANNOTATION):
        message = "the class is in spec.ingressClassName as well, which a new Ingress may not have"
        yield refused(_CLASS_ANNOTATION, message, "Leave the annotation out.", key=True)
    yield from check_name(spec, _SPEC, "ingressClassName", "IngressClass")
    yield from _backend(spec, _SPEC, "defaultBackend")
    for place, rule in entries(spec, _SPEC, "rules"):
        yield from _host((*place, "host"), text(rule.get("host")))
        http, inside = below(rule, "http"), (*place, "http")
        if http.get("paths") == []:
            yield lacking((*inside, "paths"), "the rule has no path", "Add one.")
        for spot, item in entries(http, inside, "paths"):
            yield from _path(spot, item)
            yield from _backend(item, spot, "backend")
    for place, item in entries(spec, _SPEC, "tls"):
        yield from check_name(item, place, "secretName", "Secret")
        for spot, host in texts(item, place, "hosts"):
            yield from _host(spot, host, address=True)


def _host(path: Path, host: str, *, address: bool = False) -> Iterator[LocalProblem]:
    if not host or is_unfilled(host):
        return
    why = wildcard_refusal(host) if "*" in host else subdomain_refusal(host)
    if not why and not address and is_address(host):
        why = "it is an address, and not a name"
    if why:
        yield refused(path, f'"{host[:60]}" cannot be the host of an Ingress: {why}', "Mend it.")


def _path(path: Path, item: Mapping[str, Any]) -> Iterator[LocalProblem]:
    kind, written = item.get("pathType"), item.get("path")
    if kind not in _ABSOLUTE or (isinstance(written, str) and is_unfilled(written)):
        return
    if written is None or written == "":
        yield lacking((*path, "path"), f"a path of type {kind} is missing", "Write path: /.")
    elif isinstance(written, str) and not written.startswith("/"):
        message = f"a path of type {kind} begins with /"
        yield refused((*path, "path"), message, f"Did you mean /{written[:60]}?")
    elif isinstance(written, str):
        for part in ("//", "/./", "/../", "%2f", "%2F"):
            if part in written:
                message = f"a path of type {kind} does not have {part} in it"
                yield refused((*path, "path"), message, "Leave it out.")
        if written.endswith(("/..", "/.")):
            message = f"a path of type {kind} does not end like this"
            yield refused((*path, "path"), message, "Write where it leads to.")


def _backend(holder: Mapping[str, Any], path: Path, field: str) -> Iterator[LocalProblem]:
    backend = holder.get(field)
    if not isinstance(backend, dict):
        return
    path = (*path, field)
    service, resource = backend.get("service"), backend.get("resource")
    if service and resource:
        message = "a backend is a service or a resource, not both"
        yield refused((*path, "resource"), message, "Leave one of them out.", key=True)
    elif not service and not resource and (service is None or isinstance(service, dict)):
        yield lacking(path, "the backend names no service", "Add a service.")
    elif isinstance(service, dict):
        yield from check_label(service, (*path, "service"), "name", "Service")
        yield from _port(service, (*path, "service", "port"))


def _port(service: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    if not isinstance(service.get("port", {}), dict | None):
        return
    port = below(service, "port")
    yield from check_port_name(port, path, "name")
    if port.get("name") and port.get("number"):
        message = "a port has a name or a number, not both"
        yield refused((*path, "number"), message, "Leave one of them out.", key=True)
    elif not port.get("name") and port.get("number") in (None, ""):
        message = "the service of the backend has no port"
        yield lacking(path, message, "Add port.number or port.name.")


def check_network_policy(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One NetworkPolicy."""
    spec = below(data, "spec")
    yield from check_selector(spec, _SPEC, "podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for place, rule in entries(spec, _SPEC, direction):
            for spot, port in entries(rule, place, "ports"):
                yield from check_port_name(port, spot, "port")
            for spot, peer in entries(rule, place, peers):
                yield from check_selector(peer, spot, "podSelector")
                yield from check_selector(peer, spot, "namespaceSelector")
                yield from _peer(spot, peer)


def _peer(path: Path, peer: Mapping[str, Any]) -> Iterator[LocalProblem]:
    block = peer.get("ipBlock")
    selectors = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    if not selectors and block is None:
        hint = "Add a podSelector, a namespaceSelector or an ipBlock."
        yield refused(path, "the peer selects nothing", hint)
    if not isinstance(block, dict):
        return
    if selectors:
        message = f"a peer with an ipBlock has no {selectors[0]}"
        yield refused((*path, selectors[0]), message, "Make two peers of it.", key=True)
    cidr = block.get("cidr")
    if not isinstance(cidr, str) or is_unfilled(cidr):
        return
    whole = network(cidr)
    if whole is None:
        place = (*path, "ipBlock", "cidr")
        yield refused(place, f'"{cidr[:60]}" is no network', "Write a CIDR, such as 10.0.0.0/8.")
        return
    for place, value in texts(block, (*path, "ipBlock"), "except"):
        part = network(value)
        if is_unfilled(value):
            continue
        if part is None:
            yield refused(place, f'"{value[:60]}" is no network', "Write a CIDR, as 10.1.0.0/16.")
        elif not _is_part(part, whole):
            message = f"{value[:60]} is not a part of {cidr[:60]}"
            yield refused(place, message, "Except smaller networks that are in it.")


def _is_part(part: Network, whole: Network) -> bool:
    if isinstance(part, IPv4Network) and isinstance(whole, IPv4Network):
        return part != whole and part.subnet_of(whole)
    if isinstance(part, IPv6Network) and isinstance(whole, IPv6Network):
        return part != whole and part.subnet_of(whole)
    return False
