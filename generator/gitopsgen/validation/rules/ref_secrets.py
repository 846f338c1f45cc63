"""Secrets and ConfigMaps that something names and nothing makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, sequence, text
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_issuers import ANNOTATED_KINDS
from gitopsgen.validation.rules.ref_lookup import Lookup, is_name, located, where
from gitopsgen.validation.rules.ref_makers import Makers
from gitopsgen.validation.rules.ref_uses import (
    CONFIG_MAP,
    SECRET,
    Use,
    issuer_uses,
    pull_uses,
    tls_uses,
    workload_uses,
)
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, containers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "ref-tls-secret",
        (Severity.WARNING,),
        "A TLS secret of an Ingress that no Certificate, annotation or Secret makes.",
        "The controller serves its own self-signed certificate in its place.",
        "kind: Ingress\nspec:\n  tls: [{hosts: [web.example.net], secretName: web-tls}]",
        "kind: Ingress\nmetadata:\n  annotations: {cert-manager.io/cluster-issuer: letsencrypt}\n"
        "spec:\n  tls: [{hosts: [web.example.net], secretName: web-tls}]",
    ),
    Rule(
        "ref-secret",
        (Severity.WARNING,),
        "A workload, its ServiceAccount or an issuer names a Secret that nothing makes.",
        "Its pods never start, or the issuer never becomes ready.",
        "# the only Secret here is db\nenvFrom: [{secretRef: {name: bd}}]",
        "# the only Secret here is db\nenvFrom: [{secretRef: {name: db}}]",
    ),
    Rule(
        "ref-configmap",
        (Severity.WARNING,),
        "A workload names a ConfigMap that nothing makes.",
        "Its pods never start: they wait for the volume or the variable.",
        "# the only ConfigMap here is web\nenvFrom: [{configMapRef: {name: wbe}}]",
        "# the only ConfigMap here is web\nenvFrom: [{configMapRef: {name: web}}]",
    ),
)
_RULE_OF = {SECRET: "ref-secret", CONFIG_MAP: "ref-configmap"}
_RESOURCE_NAMESPACE = "--cluster-resource-namespace="


def check(model: Model) -> Iterator[RuleProblem]:
    """Names of Secrets and ConfigMaps that nothing makes."""
    search = _Search(Lookup(model), Makers(model))
    for kind in POD_TEMPLATES:
        for cluster, resource in located(model.of_kind(*kind)):
            yield from search.missing(cluster, resource, workload_uses(resource))
    for cluster, resource in located(model.of_kind("", "ServiceAccount")):
        yield from search.missing(cluster, resource, pull_uses(resource))
    for cluster, resource in located(model.of_kind("cert-manager.io", "Issuer")):
        yield from search.missing(cluster, resource, issuer_uses(resource, resource.namespace))
    cluster_issuers = model.of_kind("cert-manager.io", "ClusterIssuer")
    namespaces = _resource_namespaces(model) if cluster_issuers else {}
    for cluster, resource in located(cluster_issuers):
        uses = issuer_uses(resource, namespaces.get(cluster))
        yield from search.missing(cluster, resource, uses)
    for kind in ANNOTATED_KINDS:
        for cluster, resource in located(model.of_kind(*kind)):
            uses = tls_uses(resource.data, resource.namespace)
            yield from search.missing(cluster, resource, uses, "ref-tls-secret")


class _Search:
    """Looks for what is named; says each name once for a resource."""

    def __init__(self, lookup: Lookup, makers: Makers) -> None:
        self._lookup = lookup
        self._makers = makers

    def missing(
        self, cluster: str, resource: Resource, uses: Iterable[Use], rule: str = ""
    ) -> Iterator[RuleProblem]:
        """What of the uses nothing makes."""
        seen: set[tuple[str, str | None, str]] = set()
        for use in uses:
            key = (use.kind, use.namespace, use.name)
            if key in seen or not is_name(use.name):
                continue
            seen.add(key)
            namespace = use.namespace or ""
            if not self._makers.may_make(
                use.kind, cluster, namespace, use.name, resource
            ) and self._lookup.knows_namespace(cluster, namespace):
                yield self._problem(cluster, resource, use, rule or _RULE_OF[use.kind])

    def _problem(self, cluster: str, resource: Resource, use: Use, rule: str) -> RuleProblem:
        namespace = use.namespace or ""
        otherwise = f"Add what makes it, or name one that exists{where(namespace)}."
        if use.kind == SECRET:
            wanted = f"{namespace or '<namespace>'}/{use.name}"
            otherwise = (
                f"Add it sealed, or list {wanted} in provides.secrets if it is made elsewhere."
            )
        hint = self._makers.names[use.kind].hint(cluster, namespace, use.name, otherwise)
        return RuleProblem(
            rule,
            Severity.WARNING,
            resource.manifest,
            use.path,
            f"nothing makes the {use.kind} {use.name}{where(namespace)}",
            hint,
        )


def _resource_namespaces(model: Model) -> dict[str, str]:
    """By cluster, the namespace in which cert-manager looks for what ClusterIssuers name.

    It is the controller's own unless its flag names another; clusters without a controller that
    could be looked at are left out.
    """
    found: dict[str, str] = {}
    for cluster, resource in located(model.of_kind("apps", "Deployment")):
        for _, container in containers(resource):
            if "cert-manager-controller" not in text(container.get("image")):
                continue
            flags = [str(flag) for flag in sequence(at(container, "args"))]
            named = [
                flag.removeprefix(_RESOURCE_NAMESPACE)
                for flag in flags
                if flag.startswith(_RESOURCE_NAMESPACE)
            ]
            own = not named or not is_name(named[-1])
            found[cluster] = resource.namespace if own else named[-1]
    return found
