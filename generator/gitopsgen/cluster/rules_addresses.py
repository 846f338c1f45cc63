"""The rules about addresses and networks."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from gitopsgen.cluster.facts import POOL_PATH, Address, Net, PlanFacts
from gitopsgen.cluster.schema_findings import PathProblem
from gitopsgen.findings import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

_E = (Severity.ERROR,)

ADDRESS_RULES = (
    Rule(
        "plan-address-outside-subnet",
        _E,
        "An address that has to be in network.subnet is outside of it.",
        "Machines and addresses that are announced by ARP can only be reached inside of their "
        "own network.",
        "subnet: 192.168.1.0/24\napi_address: 192.168.2.20",
        "subnet: 192.168.1.0/24\napi_address: 192.168.1.20",
    ),
    Rule(
        "plan-reserved-address",
        _E,
        "An address is the network or broadcast address of the subnet.",
        "No machine can hold these two addresses of a network.",
        "subnet: 192.168.1.0/24\napi_address: 192.168.1.255",
        "subnet: 192.168.1.0/24\napi_address: 192.168.1.20",
    ),
    Rule(
        "plan-duplicate-address",
        _E,
        "Two things share one address.",
        "Both would answer for it, and connections break at random.",
        "gateway: 192.168.1.1\napi_address: 192.168.1.1",
        "gateway: 192.168.1.1\napi_address: 192.168.1.20",
    ),
    Rule(
        "plan-pool-overlap",
        _E,
        "The load-balancer pool contains an address that something else holds.",
        "A Service would be given an address that is taken.",
        "api_address: 192.168.1.35\nload_balancer_pool: 192.168.1.30-192.168.1.49",
        "api_address: 192.168.1.20\nload_balancer_pool: 192.168.1.30-192.168.1.49",
    ),
    Rule(
        "plan-pool-order",
        _E,
        "A range of the pool ends before it starts, or the pool is empty.",
        "No Service of type LoadBalancer would ever get an address.",
        "load_balancer_pool: 192.168.1.49-192.168.1.30",
        "load_balancer_pool: 192.168.1.30-192.168.1.49",
    ),
    Rule(
        "plan-address-outside-pool",
        _E,
        "A component's load-balancer address is not in the pool.",
        "Only addresses of the pool are set aside for Services.",
        "load_balancer_pool: 192.168.1.30-192.168.1.49\naddress: 192.168.1.50",
        "load_balancer_pool: 192.168.1.30-192.168.1.49\naddress: 192.168.1.30",
    ),
    Rule(
        "plan-cidr-overlap",
        _E,
        "Subnet, pod CIDR and service CIDR overlap, or a machine's address is in one of the two.",
        "Packets for a machine would be sent to a pod, or the other way round.",
        "subnet: 10.42.1.0/24\npod_cidr: 10.42.0.0/16",
        "subnet: 192.168.1.0/24\npod_cidr: 10.42.0.0/16",
    ),
    Rule(
        "plan-cidr-invalid",
        _E,
        "A network has host bits set, or is too small.",
        "k3s refuses a network with host bits, and gives every node a /24 of the pod CIDR.",
        "pod_cidr: 10.42.1.0/16",
        "pod_cidr: 10.42.0.0/16",
    ),
)


def address_problems(facts: PlanFacts) -> Iterator[PathProblem]:
    """Everything wrong with addresses and networks."""
    yield from _subnet(facts)
    yield from _duplicates(facts)
    yield from _pool(facts)
    yield from _overlaps(facts)
    yield from _sizes(facts)


def _held(facts: PlanFacts) -> list[Address]:
    """Addresses that are somebody's: no two of them may be the same."""
    nodes = facts.node_by_address
    single = [address for address in (facts.gateway, facts.api_address) if address]
    apart = [server for server in facts.file_servers if server.value not in nodes]
    return [*facts.nodes, *single, *facts.load_balancer_addresses, *apart]


def _subnet(facts: PlanFacts) -> Iterator[PathProblem]:
    subnet = facts.subnet
    if subnet is None:
        return
    apart = {server.path for server in facts.file_servers}
    reserved = {subnet.value.network_address, subnet.value.broadcast_address}
    for address in (*_held(facts), *facts.dns):
        elsewhere = address.path in apart or address in facts.dns
        if address.value not in subnet.value and not elsewhere:
            message = f"{address.what}, {address.value}, is outside of the subnet {subnet.value}"
            yield PathProblem("plan-address-outside-subnet", address.path, message)
        elif address.value in reserved and subnet.value.prefixlen < 31:
            which = _reserved_name(address.value, subnet)
            message = f"{address.what}, {address.value}, is the subnet's {which} address"
            yield PathProblem("plan-reserved-address", address.path, message)
    for part in facts.pool or ():
        ends = (part.first,) if part.first == part.last else (part.first, part.last)
        outside = [str(end) for end in ends if end not in subnet.value]
        if outside:
            message = f"the pool's {' and '.join(outside)} is outside of the subnet {subnet.value}"
            yield PathProblem("plan-address-outside-subnet", POOL_PATH, message)
        for end in sorted(reserved):
            if end in part:
                which = _reserved_name(end, subnet)
                message = f"the pool contains {end}, the subnet's {which} address"
                yield PathProblem("plan-reserved-address", POOL_PATH, message)


def _reserved_name(address: IPv4Address, subnet: Net) -> str:
    return "network" if address == subnet.value.network_address else "broadcast"


def _duplicates(facts: PlanFacts) -> Iterator[PathProblem]:
    first: dict[IPv4Address, Address] = {}
    for address in _held(facts):
        other = first.setdefault(address.value, address)
        if other is not address:
            message = f"{address.what} has the address of {other.what}, {address.value}"
            yield PathProblem("plan-duplicate-address", address.path, message)
    for server in facts.dns:
        if facts.api_address and server.value == facts.api_address.value:
            message = f"a DNS server has the API address, {server.value}"
            yield PathProblem("plan-duplicate-address", server.path, message)


def _pool(facts: PlanFacts) -> Iterator[PathProblem]:
    if facts.pool is None:
        return
    if not facts.pool:
        yield PathProblem("plan-pool-order", POOL_PATH, "the load-balancer pool is empty")
        return
    backwards = [part for part in facts.pool if part.last < part.first]
    for part in backwards:
        message = f"the pool's range {part} ends before it starts"
        hint = f"Write {part.last}-{part.first}."
        yield PathProblem("plan-pool-order", POOL_PATH, message, hint)
    api = [facts.api_address] if facts.api_address else []
    gateway = [facts.gateway] if facts.gateway else []
    seen: set[IPv4Address] = set()
    for address in (*api, *facts.nodes, *gateway, *facts.dns, *facts.file_servers):
        if address.value in seen or not any(address.value in part for part in facts.pool):
            continue
        seen.add(address.value)
        message = f"the pool contains {address.value}, {address.what}"
        yield PathProblem("plan-pool-overlap", POOL_PATH, message)
    if backwards:
        return
    for address in facts.load_balancer_addresses:
        if not any(address.value in part for part in facts.pool):
            pool = ", ".join(str(part) for part in facts.pool)
            message = f"{address.what}, {address.value}, is not in the pool {pool}"
            yield PathProblem("plan-address-outside-pool", address.path, message)


def _overlaps(facts: PlanFacts) -> Iterator[PathProblem]:
    for one, other in combinations(facts.nets, 2):
        if not one.value.overlaps(other.value):
            continue
        # What is to be changed is what the file says, rather than a default that it does not.
        at, against = (one, other) if other.default and not one.default else (other, one)
        by_default = ", the default" if against.default else ""
        message = f"{at.what} {at.value} overlaps {against.what} {against.value}{by_default}"
        yield PathProblem("plan-cidr-overlap", at.path, message)
    for net in (facts.pod_cidr, facts.service_cidr):
        if net is None or (facts.subnet and facts.subnet.value.overlaps(net.value)):
            continue  # said once above
        for address in (*facts.nodes, *facts.dns, *facts.file_servers):
            if address.value in net.value:
                message = f"{address.what}, {address.value}, is in {net.what} {net.value}"
                yield PathProblem("plan-cidr-overlap", address.path, message)


def _sizes(facts: PlanFacts) -> Iterator[PathProblem]:
    for net in (*facts.nets, *facts.pool_nets):
        if net.host_bits:
            message = f"{net.what} has host bits set"
            yield PathProblem("plan-cidr-invalid", net.path, message, f"Write {net.value}.")
    subnet, pods = facts.subnet, facts.pod_cidr
    # The nodes, the gateway, the API address, and one for a Service.
    needed = facts.node_count + 3
    if subnet and subnet.value.num_addresses - 2 < needed:
        usable = max(0, subnet.value.num_addresses - 2)
        message = f"the subnet {subnet.value} has {usable} usable addresses, fewer than {needed}"
        hint = "One for each node, the gateway, the API address and a load balancer."
        yield PathProblem("plan-cidr-invalid", subnet.path, message, hint)
    if pods is None:
        return
    blocks = 2 ** (24 - pods.value.prefixlen) if pods.value.prefixlen <= 24 else 0
    if blocks < facts.node_count:
        message = f"the pod CIDR {pods.value} holds {blocks} /24 for {facts.node_count} nodes"
        yield PathProblem(
            "plan-cidr-invalid", pods.path, message, "Every node gets a /24 of it: take a /16."
        )
