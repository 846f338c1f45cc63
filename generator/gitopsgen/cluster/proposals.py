"""Answers that can be worked out from other answers, and the cluster.yaml of all answers."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.addresses import free_ranges, parse_pool
from gitopsgen.cluster.components import (
    CERTIFICATE_ZONES,
    EXPOSED_HOST,
    FILE_SERVER_ADDRESS,
    LOAD_BALANCER_ADDRESS,
    MARK,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitopsgen.cluster.components import ComponentSpec
    from gitopsgen.cluster.model import Cluster

# Newest k3s that Argo CD and the ingress controller of the blueprints are tested with.
KUBERNETES = "v1.35.7+k3s1"
_POOL_SIZE = 20


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has said; `options` holds component options that cannot be proposed."""

    name: str
    domain: str
    repository: str
    servers: tuple[str, ...]
    workers: tuple[str, ...]
    interface: str
    components: tuple[str, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworkProposal:
    """A network that fits the machines: all addresses as text."""

    subnet: str
    gateway: str
    api_address: str
    pool: str
    pool_first: str


def propose_network(machines: Sequence[str]) -> NetworkProposal:
    """Propose the /24 of the machines, its first address as gateway, and free addresses.

    The API address is the first free one above the first machine's tens, the pool the first run
    of free addresses after it. Raises `ValueError` where the machines are not in one /24.
    """
    addresses = {IPv4Address(machine) for machine in machines}
    subnet = IPv4Network(f"{min(addresses)}/24", strict=False)
    if outside := sorted(address for address in addresses if address not in subnet):
        raise ValueError(f"{outside[0]} is not in {subnet}, the network of the others")
    taken = addresses | {subnet.network_address + 1}
    start = int(min(addresses)) - int(subnet.network_address)
    api = _free_run(subnet, taken, 1, after=start)
    pool = _free_run(subnet, taken | {api}, _POOL_SIZE, after=int(api) - int(subnet[0]))
    return NetworkProposal(
        subnet=str(subnet),
        gateway=str(subnet.network_address + 1),
        api_address=str(api),
        pool=f"{pool}-{pool + _POOL_SIZE - 1}",
        pool_first=str(pool),
    )


def _free_run(subnet: IPv4Network, taken: set[IPv4Address], size: int, after: int) -> IPv4Address:
    """The first of `size` free addresses in a row; a round number of the last part is best."""
    starts = [*range((after // 10 + 1) * 10, 255 - size, 10), *range(2, 255 - size)]
    for start in starts:
        first: IPv4Address = subnet.network_address + start
        if not any(first + offset in taken for offset in range(size)):
            return first
    raise ValueError(f"{subnet} has no {size} free addresses in a row")


def propose_options(
    spec: ComponentSpec, answers: Answers, network: NetworkProposal
) -> dict[str, Any]:
    """Options of a component that follow from the other answers, by the marks of its schema."""
    proposed: dict[str, Any] = {}
    required = spec.options.get("required", [])
    for key, schema in spec.options.get("properties", {}).items():
        mark = schema.get(MARK)
        if mark == EXPOSED_HOST:
            proposed[key] = f"{spec.name}.{answers.domain}"
        elif mark == CERTIFICATE_ZONES:
            proposed[key] = [answers.domain]
        elif mark == LOAD_BALANCER_ADDRESS:
            proposed[key] = network.pool_first
        elif mark == FILE_SERVER_ADDRESS:
            proposed[key] = (answers.workers or answers.servers)[0]
        elif key in required and "default" in schema:
            proposed[key] = schema["default"]
    return proposed


def propose_for(
    spec: ComponentSpec, cluster: Cluster, specs: Sequence[ComponentSpec]
) -> dict[str, Any]:
    """Options of a further component that follow from the cluster, by the marks of its schema.

    An address is the first of the pool that nothing in the plan has; `specs` describe what is
    installed. Where there is none it is left out.
    """
    proposed: dict[str, Any] = {}
    for key, schema in spec.options.get("properties", {}).items():
        mark = schema.get(MARK)
        if mark == EXPOSED_HOST:
            proposed[key] = f"{spec.name}.{cluster.domain}"
        elif mark == CERTIFICATE_ZONES:
            proposed[key] = [cluster.domain]
        elif mark == LOAD_BALANCER_ADDRESS and (address := _free_in_pool(cluster, specs)):
            proposed[key] = address
        elif mark == FILE_SERVER_ADDRESS:
            proposed[key] = (cluster.workers or cluster.servers)[0].address
    return proposed


def _free_in_pool(cluster: Cluster, specs: Sequence[ComponentSpec]) -> str | None:
    network = cluster.network
    taken = {network.gateway, network.api_address, *network.dns}
    taken |= {node.address for node in cluster.nodes}
    installed = [spec for spec in specs if spec.name in cluster.components]
    for part in parse_pool(free_ranges(cluster, installed)):
        address = part.first
        while address <= part.last and str(address) in taken:
            address += 1
        if address <= part.last:
            return str(address)
    return None


def compose_text(answers: Answers, specs: Iterable[ComponentSpec]) -> str:
    """The cluster.yaml of some answers, in the layout that people edit afterwards."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    network = propose_network([*answers.servers, *answers.workers])

    def flow(**values: Any) -> CommentedMap:
        mapping = CommentedMap(values)
        mapping.fa.set_flow_style()
        return mapping

    def inline(values: Iterable[Any]) -> CommentedSeq:
        items = CommentedSeq(values)
        items.fa.set_flow_style()
        return items

    nodes = CommentedSeq()
    for role, letter, machines in (
        ("server", "m", answers.servers),
        ("worker", "w", answers.workers),
    ):
        for number, address in enumerate(machines, 1):
            nodes.append(flow(name=f"k-{letter}{number}", address=address, role=role))
    components = CommentedMap()
    for spec in specs:
        if spec.name in answers.components:
            options = propose_options(spec, answers, network) | dict(
                answers.options.get(spec.name, {})
            )
            shown = {k: inline(v) if isinstance(v, list) else v for k, v in options.items()}
            components[spec.name] = flow(**shown)
    document = CommentedMap(
        apiVersion="gitopsgen/v1",
        name=answers.name,
        domain=answers.domain,
        kubernetes=KUBERNETES,
        repository=flow(url=answers.repository, branch="main"),
        ssh=flow(user="ubuntu", port=22),
        nodes=nodes,
        network=CommentedMap(
            subnet=network.subnet,
            gateway=network.gateway,
            dns=inline([network.gateway]),
            interface=answers.interface,
            api_address=network.api_address,
            load_balancer_pool=network.pool,
            pod_cidr="10.42.0.0/16",
            service_cidr="10.43.0.0/16",
        ),
        components=components,
    )
    document.yaml_set_start_comment("yaml-language-server: $schema=.gitopsgen/cluster.schema.json")
    for key, comment in (
        ("nodes", "The machines: servers run the control plane, workers only workloads."),
        ("network", "IPv4 addresses; the API address and the pool must be free."),
        ("components", "A key that is present is installed; its value is its options."),
    ):
        document.yaml_set_comment_before_after_key(key, before=f"\n{comment}")
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().replace("#\n# ", "\n# ")
