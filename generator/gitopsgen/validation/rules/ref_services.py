"""Services that Ingresses name, and ServiceAccounts that workloads name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, sequence, text
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import Lookup, is_name, located, where
from gitopsgen.validation.rules.ref_operators import Operators
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, pod_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "ref-service",
        (Severity.ERROR,),
        "An Ingress backend names a Service, or a port of it, that its namespace lacks.",
        "The API server takes it; the Ingress controller answers 503.",
        "# the Service web has the port 80\nbackend: {service: {name: web, port: {number: 8080}}}",
        "# the Service web has the port 80\nbackend: {service: {name: web, port: {number: 80}}}",
    ),
    Rule(
        "ref-service-account",
        (Severity.ERROR,),
        "A workload names a ServiceAccount that nothing makes.",
        "Its pods are refused at creation: the workload stays without any.",
        "# the only ServiceAccount here is web\nserviceAccountName: wbe",
        "# the only ServiceAccount here is web\nserviceAccountName: web",
    ),
)
_INGRESSES = (("networking.k8s.io", "Ingress"), ("extensions", "Ingress"))
# `default` is everywhere; OpenShift adds two to every namespace.
_ACCOUNTS = frozenset({"default", "builder", "deployer"})


def check(model: Model) -> Iterator[RuleProblem]:
    """Services and ServiceAccounts that are named and that nothing brings."""
    lookup, operators = Lookup(model), Operators(model)
    yield from _Backends(model, lookup, operators).check()
    yield from _accounts(model, lookup, operators)


def _accounts(model: Model, lookup: Lookup, operators: Operators) -> Iterator[RuleProblem]:
    for kind in POD_TEMPLATES:
        for cluster, resource in located(model.of_kind(*kind)):
            found = pod_spec(resource)
            if found is None:
                continue
            path, spec = found
            key = "serviceAccountName" if spec.get("serviceAccountName") else "serviceAccount"
            name, namespace = spec.get(key), resource.namespace
            if not isinstance(name, str) or not is_name(name) or name in _ACCOUNTS:
                continue
            names = lookup.names("", "ServiceAccount")
            if (
                names.has(cluster, namespace, name)
                or not lookup.knows_namespace(cluster, namespace)
                or operators.are_in(cluster, namespace, name)
            ):
                continue
            near = names.nearest(cluster, namespace, name)
            yield RuleProblem(
                "ref-service-account",
                Severity.ERROR,
                resource.manifest,
                (*path, key),
                f"no ServiceAccount is called {name}{where(namespace)}",
                f"Did you mean {near}?" if near else "Add the ServiceAccount beside the workload.",
            )


class _Backends:
    """Looks at the backends of Ingresses."""

    def __init__(self, model: Model, lookup: Lookup, operators: Operators) -> None:
        self._model = model
        self._lookup = lookup
        self._operators = operators
        self._services: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)

    def check(self) -> Iterator[RuleProblem]:
        """Every backend whose Service or port is missing."""
        ingresses = [item for kind in _INGRESSES for item in located(self._model.of_kind(*kind))]
        if not ingresses:
            return
        for cluster, service in located(self._model.of_kind("", "Service")):
            self._services[(cluster, service.namespace, service.name)].append(service)
        for cluster, ingress in ingresses:
            for path, backend in _backends(ingress):
                yield from self._look(cluster, ingress, path, backend)

    def _look(
        self, cluster: str, ingress: Resource, path: Path, backend: Mapping[str, Any]
    ) -> Iterator[RuleProblem]:
        old = "serviceName" in backend
        name_path = (*path, "serviceName") if old else (*path, "service", "name")
        name = backend.get("serviceName") if old else at(backend, "service", "name")
        port = backend.get("servicePort") if old else _port(at(backend, "service", "port"))
        if not isinstance(name, str) or not is_name(name) or port == "use-annotation":
            # The AWS controller takes such a name for an action in an annotation.
            return
        namespace = ingress.namespace
        services = self._services.get((cluster, namespace, name), [])
        if not services:
            yield from self._missing(cluster, ingress, name, name_path)
            return
        ports = [item for service in services for item in _ports(service)]
        if port is None or not ports or any(_is_open(service) for service in services):
            return
        if not any(port in (item.get("port"), item.get("name")) for item in ports):
            declared = ", ".join(_describe(item) for item in ports)
            yield RuleProblem(
                "ref-service",
                Severity.ERROR,
                ingress.manifest,
                (*path, "servicePort") if old else (*path, "service", "port", _port_key(backend)),
                f"the Service {name} has no port {port}",
                f"Its ports: {declared}.",
            )

    def _missing(
        self, cluster: str, ingress: Resource, name: str, path: Path
    ) -> Iterator[RuleProblem]:
        namespace, lookup = ingress.namespace, self._lookup
        names = lookup.names("", "Service")
        if (
            names.has(cluster, namespace, name)
            or (namespace, name) == ("default", "kubernetes")
            or not lookup.knows_namespace(cluster, namespace)
            or self._operators.are_in(cluster, namespace, name)
        ):
            return
        near = names.nearest(cluster, namespace, name)
        other = names.elsewhere(cluster, name)
        hint = "Name a Service of the Ingress' own namespace."
        if near:
            hint = f"Did you mean {near}?"
        elif other:
            hint = f"Namespace {other} has it: an Ingress only reaches Services of its own."
        yield RuleProblem(
            "ref-service",
            Severity.ERROR,
            ingress.manifest,
            path,
            f"no Service is called {name}{where(namespace)}",
            hint,
        )


def _backends(ingress: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    spec = mapping(ingress.data.get("spec"))
    for key in ("defaultBackend", "backend"):
        if isinstance(spec.get(key), dict):
            yield ("spec", key), spec[key]
    for rule_path, _ in mappings(ingress.data, ("spec", "rules")):
        for path, item in mappings(ingress.data, (*rule_path, "http", "paths")):
            if isinstance(item.get("backend"), dict):
                yield (*path, "backend"), item["backend"]


def _port(port: object) -> object:
    """The number or the name of a port, None where it has neither or both."""
    port = mapping(port)
    values = [value for key in ("number", "name") if (value := port.get(key))]
    return values[0] if len(values) == 1 else None


def _port_key(backend: Mapping[str, Any]) -> str:
    return "number" if at(backend, "service", "port", "number") else "name"


def _ports(service: Resource) -> list[dict[str, Any]]:
    ports = sequence(at(service.data, "spec", "ports"))
    return [port for port in ports if isinstance(port, dict)]


def _is_open(service: Resource) -> bool:
    """Whether a Service says too little about its ports: it stands for a name elsewhere."""
    return text(at(service.data, "spec", "type")) == "ExternalName"


def _describe(port: Mapping[str, Any]) -> str:
    name = text(port.get("name"))
    return f"{port.get('port')} ({name})" if name else str(port.get("port"))
