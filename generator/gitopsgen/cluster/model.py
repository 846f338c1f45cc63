"""The cluster that a valid cluster.yaml describes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Repository:
    """The git repository that Argo CD reads."""

    url: str
    branch: str


@dataclass(frozen=True, slots=True)
class Ssh:
    """How nodes are reached."""

    user: str
    port: int


@dataclass(frozen=True, slots=True)
class Node:
    """One machine; `role` is `server` or `worker`."""

    name: str
    address: str
    role: str


@dataclass(frozen=True, slots=True)
class Network:
    """The network of the machines; addresses and networks as they are written."""

    subnet: str
    gateway: str
    dns: tuple[str, ...]
    interface: str
    api_address: str
    load_balancer_pool: str
    pod_cidr: str
    service_cidr: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """All of cluster.yaml, defaults filled in; `components` maps names to options."""

    name: str
    domain: str
    kubernetes: str
    repository: Repository
    ssh: Ssh
    nodes: tuple[Node, ...]
    network: Network
    components: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Cluster:
        """Build the model from data that is valid and has its defaults filled in."""
        network = data["network"]
        return cls(
            name=data["name"],
            domain=data["domain"],
            kubernetes=data["kubernetes"],
            repository=Repository(**data["repository"]),
            ssh=Ssh(**data["ssh"]),
            nodes=tuple(Node(**node) for node in data["nodes"]),
            network=Network(**{**network, "dns": tuple(network["dns"])}),
            components=dict(data["components"]),
        )

    @property
    def kubernetes_minor(self) -> str:
        """The Kubernetes minor version: `1.35` of `v1.35.7+k3s1`."""
        return minor_version(self.kubernetes)

    @property
    def servers(self) -> tuple[Node, ...]:
        """The nodes that run the control plane, in the order of cluster.yaml."""
        return tuple(node for node in self.nodes if node.role == "server")

    @property
    def workers(self) -> tuple[Node, ...]:
        """The nodes that only run workloads, in the order of cluster.yaml."""
        return tuple(node for node in self.nodes if node.role == "worker")

    def as_context(self) -> dict[str, Any]:
        """The cluster as plain data for templates."""
        data = asdict(self)
        data["nodes"] = list(data["nodes"])
        data["network"]["dns"] = list(data["network"]["dns"])
        return data


def minor_version(release: str) -> str:
    """`1.35` of a k3s release `v1.35.7+k3s1`."""
    return ".".join(release.removeprefix("v").split(".")[:2])
