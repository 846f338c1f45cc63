"""What the plan's rules look at: the parts of a cluster.yaml that are valid, each with its path.

Nothing here is certain to be there: a part that is missing or wrong is left out, and the rules
that need it stay silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.addresses import AddressRange, parse_pool
from gitopsgen.cluster.components import ComponentSpec, MarkedValue, marked_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gitopsgen.documents.positions import Path


@dataclass(frozen=True, slots=True)
class Address:
    """An address, where it stands, and what it is for in words."""

    value: IPv4Address
    path: Path
    what: str


@dataclass(frozen=True, slots=True)
class Net:
    """A network; `host_bits` says that it was written with an address inside of it.

    `default` says that the file does not name it.
    """

    value: IPv4Network
    path: Path
    what: str
    host_bits: bool
    default: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The valid parts of a cluster.yaml."""

    nodes: tuple[Address, ...]
    node_names: tuple[tuple[str, Path], ...]
    node_count: int
    server_count: int | None
    gateway: Address | None
    api_address: Address | None
    dns: tuple[Address, ...]
    subnet: Net | None
    pod_cidr: Net | None
    service_cidr: Net | None
    pool: tuple[AddressRange, ...] | None
    pool_nets: tuple[Net, ...]
    kubernetes: str | None
    installed: tuple[ComponentSpec, ...]
    marked: tuple[MarkedValue, ...]
    load_balancer_addresses: tuple[Address, ...]
    file_servers: tuple[Address, ...]

    @property
    def nets(self) -> tuple[Net, ...]:
        """The networks that are valid."""
        return tuple(n for n in (self.subnet, self.pod_cidr, self.service_cidr) if n is not None)

    @property
    def node_by_address(self) -> dict[IPv4Address, str]:
        """What the node with an address is called."""
        return {node.value: node.what for node in self.nodes}


POOL_PATH: Path = ("network", "load_balancer_pool")
NODES_PATH: Path = ("nodes",)


def gather(
    data: Mapping[str, Any],
    filled: Mapping[str, Any],
    specs: Sequence[ComponentSpec],
    refused: Collection[Path],
) -> PlanFacts:
    """Take the valid parts out of `filled`, which is `data` with its defaults.

    Paths in `refused` count as invalid, and so does a list of options that holds one.
    """
    reader = _Reader(filled, frozenset(refused))
    network = data.get("network")
    given = network if isinstance(network, dict) else {}
    chosen = reader.get(("components",))
    by_name = {spec.name: spec for spec in specs}
    names = chosen if isinstance(chosen, dict) else {}
    installed = tuple(by_name[name] for name in names if name in by_name)
    marked = tuple(
        item
        for spec in installed
        for item in marked_values(spec, names[spec.name])
        if not reader.refuses(item)
    )
    kubernetes = reader.get(("kubernetes",))
    nodes = reader.items(NODES_PATH)
    roles = [reader.get((*NODES_PATH, i, "role")) for i in range(len(nodes))]
    known = isinstance(reader.get(NODES_PATH), list) and all(isinstance(r, str) for r in roles)
    return PlanFacts(
        nodes=reader.addresses(
            ((*NODES_PATH, i, "address"), f"node {_label(n, i)}") for i, n in enumerate(nodes)
        ),
        node_names=tuple(
            (name, (*NODES_PATH, i, "name"))
            for i in range(len(nodes))
            if isinstance(name := reader.get((*NODES_PATH, i, "name")), str)
        ),
        node_count=len(nodes),
        server_count=sum(role == "server" for role in roles) if known else None,
        gateway=reader.address(("network", "gateway"), "the gateway"),
        api_address=reader.address(("network", "api_address"), "the API address"),
        dns=reader.addresses(
            (("network", "dns", i), "a DNS server")
            for i in range(len(reader.items(("network", "dns"))))
        ),
        subnet=reader.net("subnet", "the subnet", given),
        pod_cidr=reader.net("pod_cidr", "the pod CIDR", given),
        service_cidr=reader.net("service_cidr", "the service CIDR", given),
        pool=reader.pool(),
        pool_nets=reader.pool_nets(),
        kubernetes=kubernetes if isinstance(kubernetes, str) else None,
        installed=installed,
        marked=marked,
        load_balancer_addresses=reader.marked(marked, "load-balancer-address", "the address of"),
        file_servers=reader.marked(marked, "file-server-address", "the file server of"),
    )


def _label(node: object, index: int) -> str:
    name = node.get("name") if isinstance(node, dict) else None
    return name if isinstance(name, str) else f"number {index + 1}"


class _Reader:
    """Typed look-ups that give None for whatever is missing or invalid."""

    def __init__(self, data: Mapping[str, Any], refused: frozenset[Path]) -> None:
        self._data = data
        self.refused = refused

    def get(self, path: Path) -> Any:
        found: Any = self._data
        for depth, step in enumerate(path):
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
            if path[: depth + 1] in self.refused and not isinstance(found, dict | list):
                return None
        return found

    def refuses(self, item: MarkedValue) -> bool:
        parts = len(item.value) if isinstance(item.value, list) else 0
        within = ((*item.path, index) for index in range(parts))
        return not self.refused.isdisjoint((item.path, *within))

    def items(self, path: Path) -> list[Any]:
        found = self.get(path)
        return found if isinstance(found, list) else []

    def address(self, path: Path, what: str) -> Address | None:
        value = self.get(path)
        if not isinstance(value, str):
            return None
        try:
            return Address(IPv4Address(value), path, what)
        except AddressValueError:
            return None

    def addresses(self, places: Any) -> tuple[Address, ...]:
        found = (self.address(path, what) for path, what in places)
        return tuple(address for address in found if address is not None)

    def marked(self, items: Sequence[MarkedValue], mark: str, what: str) -> tuple[Address, ...]:
        return self.addresses(
            (item.path, f"{what} {item.component}") for item in items if item.mark == mark
        )

    def net(self, key: str, what: str, given: Mapping[str, Any]) -> Net | None:
        path: Path = ("network", key)
        value = self.get(path)
        return _net(value, path, what, key not in given) if isinstance(value, str) else None

    def pool(self) -> tuple[AddressRange, ...] | None:
        value = self.get(POOL_PATH)
        if not isinstance(value, str):
            return None
        try:
            return parse_pool(value)
        except ValueError:
            return None

    def pool_nets(self) -> tuple[Net, ...]:
        value = self.get(POOL_PATH)
        parts = map(str.strip, value.split(",")) if isinstance(value, str) else ()
        nets = (_net(part, POOL_PATH, f"the pool's {part}", False) for part in parts)
        return tuple(net for net in nets if net is not None)


def _net(text: str, path: Path, what: str, default: bool) -> Net | None:
    if "/" not in text:
        return None
    try:
        network = IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
    host_bits = text.split("/")[0] != str(network.network_address)
    return Net(network, path, what, host_bits, default)
