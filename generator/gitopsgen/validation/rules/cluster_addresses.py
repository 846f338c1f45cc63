"""Addresses that Services ask of a load balancer.

Sources: the documents of kube-vip (several Services on one address, with ports of their own),
MetalLB (address sharing) and Cilium (LB IPAM sharing keys).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mappings, text
from gitopsgen.validation.rules.argo_environments import Environments
from gitopsgen.validation.rules.argo_order import LOCAL
from gitopsgen.validation.rules.cluster_pools import Pools
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import located

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "load-balancer-address",
        (Severity.ERROR,),
        "A Service asks for a load-balancer address outside the pool, or for one that another "
        "has without sharing it.",
        "It stays without an address, or takes one that belongs to another machine.",
        "# the pool is 192.168.1.30-192.168.1.49\n"
        "kind: Service\nmetadata:\n  annotations: {kube-vip.io/loadbalancerIPs: 192.168.1.50}",
        "# the pool is 192.168.1.30-192.168.1.49\n"
        "kind: Service\nmetadata:\n  annotations: {kube-vip.io/loadbalancerIPs: 192.168.1.30}",
    ),
)
_KUBE_VIP, _METALLB, _CILIUM, _FIELD = "kube-vip", "MetalLB", "Cilium", ""
_ANNOTATIONS = {
    "kube-vip.io/loadbalancerIPs": _KUBE_VIP,
    "metallb.io/loadBalancerIPs": _METALLB,
    "metallb.universe.tf/loadBalancerIPs": _METALLB,
    "lbipam.cilium.io/ips": _CILIUM,
    "io.cilium/lb-ipam-ips": _CILIUM,
}
_SHARING = (
    "metallb.io/allow-shared-ip",
    "metallb.universe.tf/allow-shared-ip",
    "lbipam.cilium.io/sharing-key",
    "io.cilium/lb-ipam-sharing-key",
)
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class _Request:
    service: Resource
    address: Address
    path: Path
    giver: str


def check(model: Model) -> Iterator[RuleProblem]:
    """Addresses outside the pool, and those that two Services ask for."""
    pools: Pools | None = None
    environments = Environments(model)
    asked: dict[tuple[str, Address], list[_Request]] = defaultdict(list)
    for cluster, service in located(model.of_kind("", "Service")):
        for request in _requests(service):
            pools = pools or Pools(model)
            problem = _outside(model, pools, cluster, request)
            earlier = asked[(cluster, request.address)]
            others = (item for item in earlier if _collide(item, request))
            first = next(
                (item for item in others if not environments.separate(item.service, service)), None
            )
            if problem is not None:
                yield problem
            elif first is not None:
                yield _twice(request, first)
            earlier.append(request)


def _requests(service: Resource) -> Iterator[_Request]:
    """The addresses that a Service asks for, each once; 0.0.0.0 lets kube-vip ask by DHCP."""
    if at(service.data, "spec", "type") != "LoadBalancer":
        return
    seen: set[Address] = set()
    annotations = service.annotations
    values: list[tuple[str, object, Path]] = [
        (giver, annotations.get(key), ("metadata", "annotations", key))
        for key, giver in _ANNOTATIONS.items()
        if key in annotations
    ]
    values.append((_FIELD, at(service.data, "spec", "loadBalancerIP"), ("spec", "loadBalancerIP")))
    for giver, value, path in values:
        for part in text(value).split(","):
            address = _address(part.strip())
            if address is not None and not address.is_unspecified and address not in seen:
                seen.add(address)
                yield _Request(service, address, path, giver)


def _address(written: str) -> Address | None:
    try:
        return ip_address(written)
    except ValueError:
        return None


def _outside(model: Model, pools: Pools, cluster: str, request: _Request) -> RuleProblem | None:
    planned = model.cluster if cluster == LOCAL else None
    if planned is not None and str(request.address) == planned.network.api_address:
        return _problem(
            request,
            f"{request.address} is the address of the Kubernetes API",
            "Ask for one of the load-balancer pool.",
        )
    pool = pools.of(cluster)
    if pool is None or pool.has(request.address):
        return None
    return _problem(
        request,
        f"{request.address} is outside the load-balancer pool {pool}",
        "Ask for an address of the pool, or widen the pool.",
    )


def _twice(request: _Request, first: _Request) -> RuleProblem:
    other = first.service
    name = f"{other.namespace}/{other.name}" if other.namespace else other.name
    return _problem(
        request,
        f"{request.address} is asked for by the Service {name} ({other.manifest.file}) already",
        "Ask for another address, or let both say that they share it.",
    )


def _problem(request: _Request, message: str, hint: str) -> RuleProblem:
    return RuleProblem(
        "load-balancer-address",
        Severity.ERROR,
        request.service.manifest,
        request.path,
        message,
        hint,
    )


def _collide(one: _Request, other: _Request) -> bool:
    """Whether two Services can't both have an address.

    Those that declare to share it can; so can those with ports of their own, unless the address
    comes from MetalLB or Cilium, which want the declaration.
    """
    first, second = one.service, other.service
    if (first.namespace, first.name) == (second.namespace, second.name):
        return False
    keys = [_sharing(service) for service in (first, second)]
    if keys[0] and keys[0] == keys[1]:
        return False
    if {one.giver, other.giver} & {_METALLB, _CILIUM}:
        return True
    return bool(_ports(first) & _ports(second))


def _sharing(service: Resource) -> str:
    found = (text(service.annotations.get(key)) for key in _SHARING)
    return next((key for key in found if key), "")


def _ports(service: Resource) -> set[tuple[str, object]]:
    return {
        (text(port.get("protocol")) or "TCP", port["port"])
        for _, port in mappings(service.data, ("spec", "ports"))
        if isinstance(port.get("port"), int)
    }
