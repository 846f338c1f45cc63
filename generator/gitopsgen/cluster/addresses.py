"""The load-balancer pool and the table of all addresses."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from gitopsgen.cluster.components import (
    FILE_SERVER_ADDRESS,
    LOAD_BALANCER_ADDRESS,
    marked_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.cluster.components import ComponentSpec, MarkedValue
    from gitopsgen.cluster.model import Cluster


@dataclass(frozen=True, slots=True)
class AddressRange:
    """Addresses from `first` to `last`, both included; `last` may be before `first`."""

    first: IPv4Address
    last: IPv4Address

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def parse_pool(text: str) -> tuple[AddressRange, ...]:
    """The ranges of a pool: `A-B`, a network or one address, separated by commas.

    Raises `ValueError` where a part is none of these.
    """
    return tuple(_parse_range(part.strip()) for part in text.split(",") if part.strip())


def _parse_range(part: str) -> AddressRange:
    if "-" in part:
        first, last = part.split("-", 1)
        return AddressRange(IPv4Address(first.strip()), IPv4Address(last.strip()))
    network = IPv4Network(part, strict=False)
    return AddressRange(network.network_address, network.broadcast_address)


def free_ranges(cluster: Cluster, specs: Sequence[ComponentSpec]) -> str:
    """The pool without the addresses that components hold, as comma-separated ranges.

    A load balancer that hands out addresses knows only those in use by now: on a rebuild it
    would give the ingress controller's address to whoever asks first.
    """
    held = sorted(
        IPv4Address(item.value)
        for item in _marked(cluster, specs)
        if item.mark == LOAD_BALANCER_ADDRESS
    )
    free: list[AddressRange] = []
    for part in parse_pool(cluster.network.load_balancer_pool):
        first = part.first
        for address in held:
            if address not in AddressRange(first, part.last):
                continue
            if first < address:
                free.append(AddressRange(first, address - 1))
            first = address + 1
        if first <= part.last:
            free.append(AddressRange(first, part.last))
    return ",".join(str(part) for part in free)


def address_table(cluster: Cluster, specs: Sequence[ComponentSpec]) -> list[dict[str, str]]:
    """Every address of the plan as a row with `address`, `what` and `kind`, sorted by address."""
    network = cluster.network
    nodes = {node.address: node.name for node in cluster.nodes}
    rows = [(network.gateway, "gateway", "gateway")]
    rows += [
        (address, "name server", "dns") for address in network.dns if address != network.gateway
    ]
    rows += [(node.address, f"{node.name} ({node.role})", "node") for node in cluster.nodes]
    rows.append((network.api_address, "Kubernetes API", "api"))
    for item in _marked(cluster, specs):
        if item.mark == LOAD_BALANCER_ADDRESS:
            rows.append((str(item.value), item.component, "component"))
        elif item.mark == FILE_SERVER_ADDRESS and item.value not in nodes:
            rows.append((str(item.value), "file server", "file-server"))
    for part in parse_pool(network.load_balancer_pool):
        rows.append((str(part), "load-balancer pool", "pool"))
    return [
        {"address": address, "what": what, "kind": kind}
        for address, what, kind in sorted(rows, key=lambda row: (_order(row[0]), row[2] != "pool"))
    ]


def _order(text: str) -> IPv4Address:
    return IPv4Address(text.split("-")[0])


def _marked(cluster: Cluster, specs: Sequence[ComponentSpec]) -> Iterator[MarkedValue]:
    for spec in specs:
        if spec.name in cluster.components:
            yield from marked_values(spec, cluster.components[spec.name])
