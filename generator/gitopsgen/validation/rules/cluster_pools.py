"""The addresses that a cluster's load balancer may hand out."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from gitopsgen.validation.rules.access import at, mappings, text
from gitopsgen.validation.rules.argo_order import LOCAL
from gitopsgen.validation.rules.ref_lookup import Lookup, listed, located

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.validation.model import Model

    Address = IPv4Address | IPv6Address

_METALLB_POOL = ("metallb.io", "IPAddressPool")
_CILIUM_POOL = ("cilium.io", "CiliumLoadBalancerIPPool")
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Pool:
    """Ranges of addresses, ends included, and how they are written."""

    ranges: tuple[tuple[Address, Address], ...]
    written: tuple[str, ...]

    def has(self, address: Address) -> bool:
        """Whether an address is in the pool, or of a family that the pool says nothing about."""
        own = [(first, last) for first, last in self.ranges if first.version == address.version]
        return not own or any(int(first) <= int(address) <= int(last) for first, last in own)

    def __str__(self) -> str:
        more = ", …" if len(self.written) > _LONGEST else ""
        return ", ".join(self.written[:_LONGEST]) + more


class Pools:
    """The pools of the clusters of a model.

    cluster.yaml has that of its cluster, MetalLB's and Cilium's own pools add to it. The range
    that kube-vip's cloud provider hands out on its own is none: Services ask for fixed addresses
    because they are kept out of it.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lookup = Lookup(model)
        self._written: dict[str, list[str]] = {}
        if model.cluster is not None:
            self._written[LOCAL] = model.cluster.network.load_balancer_pool.split(",")
        for cluster, resource in located(model.of_kind(*_METALLB_POOL)):
            self._add(cluster, listed(resource.data, "spec", "addresses"))
        for cluster, resource in located(model.of_kind(*_CILIUM_POOL)):
            for key in ("blocks", "cidrs"):
                self._add(cluster, _blocks(resource.data, key))
        self._pools: dict[str, Pool | None] = {}

    def of(self, cluster: str) -> Pool | None:
        """The pool of a cluster, None where it is not known, or not all of it."""
        if cluster not in self._pools:
            self._pools[cluster] = self._read(cluster)
        return self._pools[cluster]

    def _add(self, cluster: str, written: Iterable[str]) -> None:
        self._written.setdefault(cluster, []).extend(written)

    def _read(self, cluster: str) -> Pool | None:
        planned = self._model.cluster is not None and cluster == LOCAL
        if not planned and not self._lookup.knows_cluster(cluster, _METALLB_POOL, _CILIUM_POOL):
            return None
        written = [part.strip() for part in self._written.get(cluster, ()) if part.strip()]
        ranges = [_range(part) for part in written]
        known = tuple(item for item in ranges if item is not None)
        return Pool(known, tuple(written)) if known and len(known) == len(ranges) else None


def _blocks(data: object, key: str) -> Iterator[str]:
    """Cilium's blocks: a network, or a start and perhaps a stop."""
    for _, block in mappings(data, ("spec", key)):
        start = text(at(block, "start"))
        stop = text(at(block, "stop")) or start
        yield text(at(block, "cidr")) or f"{start}-{stop}"


def _range(written: str) -> tuple[Address, Address] | None:
    """The ends of `A-B`, of a network or of one address; None for what is none of these."""
    first, dash, last = (part.strip() for part in written.partition("-"))
    try:
        if dash:
            return ip_address(first), ip_address(last)
        network = ip_network(written, strict=False)
    except ValueError:
        return None
    return network[0], network[-1]
