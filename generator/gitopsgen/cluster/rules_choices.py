"""The rules about nodes, names and components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.cluster.components import CERTIFICATE_ZONES, EXPOSED_HOST
from gitopsgen.cluster.facts import NODES_PATH, PlanFacts
from gitopsgen.cluster.model import minor_version
from gitopsgen.cluster.schema_findings import PathProblem
from gitopsgen.findings import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.cluster.components import ComponentSpec

_E = (Severity.ERROR,)
_W = (Severity.WARNING,)

CHOICE_RULES = (
    Rule(
        "plan-schema",
        _E,
        "An unknown key, a wrong type, a missing key, or a value of the wrong form.",
        "A misspelt key would silently do nothing.",
        "network:\n  gatewy: 192.168.1.1",
        "network:\n  gateway: 192.168.1.1",
    ),
    Rule(
        "plan-server-count",
        (Severity.ERROR, Severity.WARNING),
        "No server or an even number of servers (error); a single server (warning).",
        "etcd needs a majority: two servers survive no failure, four no more than three do.",
        "nodes:\n  - {name: a, address: 192.168.1.11, role: server}\n"
        "  - {name: b, address: 192.168.1.12, role: server}",
        "nodes: three servers, and workers as you like",
    ),
    Rule(
        "plan-node-name",
        _E,
        "A node's name is not a DNS label, or is used twice.",
        "k3s names a node after its machine, and refuses a second one of the same name.",
        "name: K_M1",
        "name: k-m1",
    ),
    Rule(
        "plan-domain",
        _E,
        "The domain is not a DNS name, or no certificate zone covers an exposed host.",
        "A wildcard covers one label: *.example.net does not cover a.b.example.net.",
        "argocd: {host: argocd.lab.example.net}\nloopia: {zones: [example.net]}",
        "argocd: {host: argocd.example.net}\nloopia: {zones: [example.net]}",
    ),
    Rule(
        "plan-component-needs",
        (Severity.ERROR, Severity.WARNING),
        "A component lacks what it needs, or two have one exclusive role (errors); it was not "
        "tested with this Kubernetes version (warning).",
        "It would never become healthy, or the two would fight.",
        "components:\n  ingress-nginx: {address: 192.168.1.30}   # and no load balancer",
        "components:\n  kube-vip: {}\n  ingress-nginx: {address: 192.168.1.30}",
    ),
    Rule(
        "plan-nfs-on-client",
        _W,
        "The file server is a node that also mounts its export.",
        "Under memory pressure a machine that mounts its own NFS export can deadlock.",
        "nfs-subdir-external-provisioner: {server: 192.168.1.21}   # a worker",
        "nfs-subdir-external-provisioner: {server: 192.168.1.5}   # a machine of its own",
    ),
    Rule(
        "plan-component-retired",
        _W,
        "A component is no longer maintained.",
        "It gets no security fixes; plan the move while there is time.",
        "components:\n  ingress-nginx: {address: 192.168.1.30}",
        "components:\n  traefik: {address: 192.168.1.30}",
    ),
)


def choice_problems(facts: PlanFacts) -> Iterator[PathProblem]:
    """Everything wrong with nodes, names and the choice of components."""
    yield from _servers(facts)
    yield from _node_names(facts)
    yield from _hosts(facts)
    yield from _needs(facts)
    yield from _file_servers(facts)
    for spec in facts.installed:
        yield from _lifecycle(spec)
        yield from _kubernetes(spec, facts.kubernetes)


def _servers(facts: PlanFacts) -> Iterator[PathProblem]:
    count = facts.server_count
    if count is None or (count % 2 == 1 and count != 1):
        return
    if count == 1:
        message = "a single server: the cluster is down whenever that machine is"
        yield PathProblem(
            "plan-server-count",
            NODES_PATH,
            message,
            "Three servers survive the loss of one.",
            at_key=True,
            warning=True,
        )
        return
    message = "no node is a server" if count == 0 else f"{count} servers: etcd needs an odd number"
    hint = "Take one server or three." if count == 0 else f"Take {count - 1} or {count + 1}."
    yield PathProblem("plan-server-count", NODES_PATH, message, hint, at_key=True)


def _node_names(facts: PlanFacts) -> Iterator[PathProblem]:
    seen: set[str] = set()
    for name, path in facts.node_names:
        if name in seen:
            yield PathProblem("plan-node-name", path, f'two nodes are called "{name}"')
        seen.add(name)


def _hosts(facts: PlanFacts) -> Iterator[PathProblem]:
    zones = [
        zone
        for item in facts.marked
        if item.mark == CERTIFICATE_ZONES and isinstance(item.value, list)
        for zone in item.value
        if isinstance(zone, str)
    ]
    if not zones:
        return
    for item in facts.marked:
        if item.mark != EXPOSED_HOST or not isinstance(item.value, str):
            continue
        parent = item.value.partition(".")[2]
        if item.value not in zones and parent not in zones:
            message = f"no certificate covers {item.value}: the zones are {', '.join(zones)}"
            hint = "A wildcard covers one label. Rename the host, or add its zone."
            yield PathProblem("plan-domain", item.path, message, hint)


def _needs(facts: PlanFacts) -> Iterator[PathProblem]:
    names = {spec.name for spec in facts.installed}
    roles: dict[str, str] = {}
    for spec in facts.installed:
        if spec.role and (other := roles.setdefault(spec.role, spec.name)) != spec.name:
            message = f"{spec.name} and {other} both have the role {spec.role}"
            yield PathProblem(
                "plan-component-needs", _path(spec), message, "Keep one of them.", at_key=True
            )
    for spec in facts.installed:
        for need in spec.requires:
            if need not in names and need not in roles:
                message = f"{spec.name} needs {need}, and no component here is that"
                yield PathProblem("plan-component-needs", _path(spec), message, at_key=True)


def _file_servers(facts: PlanFacts) -> Iterator[PathProblem]:
    nodes = facts.node_by_address
    for server in facts.file_servers:
        if node := nodes.get(server.value):
            message = f"{server.what}, {server.value}, is {node}, which mounts its own export"
            hint = "It can deadlock under memory pressure: a machine of its own is better."
            yield PathProblem("plan-nfs-on-client", server.path, message, hint, warning=True)


def _lifecycle(spec: ComponentSpec) -> Iterator[PathProblem]:
    if spec.lifecycle_state == "active":
        return
    message = f"{spec.name}: {spec.lifecycle_message or 'no longer maintained'}"
    hint = f"Use {spec.lifecycle_instead} instead." if spec.lifecycle_instead else ""
    yield PathProblem(
        "plan-component-retired", _path(spec), message, hint, at_key=True, warning=True
    )


def _kubernetes(spec: ComponentSpec, release: str | None) -> Iterator[PathProblem]:
    if release is None or spec.kubernetes_minimum is None or spec.kubernetes_maximum is None:
        return
    minor = minor_version(release)
    if _number(spec.kubernetes_minimum) <= _number(minor) <= _number(spec.kubernetes_maximum):
        return
    message = (
        f"{spec.name} is tested with Kubernetes {spec.kubernetes_minimum} to "
        f"{spec.kubernetes_maximum}, not {minor}"
    )
    yield PathProblem("plan-component-needs", ("kubernetes",), message, warning=True)


def _number(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split(".") if part.isdecimal())


def _path(spec: ComponentSpec) -> tuple[str, str]:
    return ("components", spec.name)
