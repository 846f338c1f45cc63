"""Issuers of cert-manager that certificates name.

Source: cert-manager's pkg/controller/certificate-shim (annotations) and the API's issuerRef, with
its internal/apis/certmanager/validation.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, text
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import Lookup, is_name, located, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

GROUP = "cert-manager.io"
CLUSTER_ISSUER = "cert-manager.io/cluster-issuer"
ISSUER = "cert-manager.io/issuer"
ANNOTATED_KINDS = (
    ("networking.k8s.io", "Ingress"),
    ("extensions", "Ingress"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "ListenerSet"),
    ("gateway.networking.x-k8s.io", "XListenerSet"),
)
_KINDS = ("Issuer", "ClusterIssuer")
_ISSUER_KINDS = ((GROUP, "Issuer"), (GROUP, "ClusterIssuer"))

RULES = (
    Rule(
        "ref-issuer",
        (Severity.ERROR,),
        "An issuerRef, or an annotation of an Ingress or Gateway, names no Issuer or "
        "ClusterIssuer.",
        "cert-manager waits for the issuer for ever, and the certificate is never made.",
        "# the only issuer is the ClusterIssuer letsencrypt\n"
        "kind: Ingress\nmetadata:\n  annotations: {cert-manager.io/cluster-issuer: letsencryt}",
        "# the only issuer is the ClusterIssuer letsencrypt\n"
        "kind: Ingress\nmetadata:\n  annotations: {cert-manager.io/cluster-issuer: letsencrypt}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Names of issuers that nothing brings."""
    lookup = Lookup(model)
    for kind in ((GROUP, "Certificate"), (GROUP, "CertificateRequest")):
        for cluster, resource in located(model.of_kind(*kind)):
            yield from _of_reference(lookup, cluster, resource)
    for kind in ANNOTATED_KINDS:
        for cluster, resource in located(model.of_kind(*kind)):
            yield from _of_annotations(lookup, cluster, resource)


def _of_reference(lookup: Lookup, cluster: str, resource: Resource) -> Iterator[RuleProblem]:
    reference = at(resource.data, "spec", "issuerRef")
    if isinstance(reference, dict) and (reference.get("group") or GROUP) == GROUP:
        kind = text(reference.get("kind") or "Issuer")
        path = ("spec", "issuerRef", "name")
        yield from _missing(lookup, cluster, resource, kind, reference.get("name"), path)
        if kind and kind not in _KINDS and "{" not in kind:
            yield _no_kind(resource, kind)


def _no_kind(resource: Resource, kind: str) -> RuleProblem:
    """A kind that is not cert-manager's, whose webhook refuses it."""
    near = next(iter(difflib.get_close_matches(kind, _KINDS, n=1)), "")
    return RuleProblem(
        "ref-issuer",
        Severity.ERROR,
        resource.manifest,
        ("spec", "issuerRef", "kind"),
        f"cert-manager has no issuers of kind {kind}",
        f"Did you mean {near}?" if near else "An issuer of another group needs its group, too.",
    )


def _of_annotations(lookup: Lookup, cluster: str, resource: Resource) -> Iterator[RuleProblem]:
    annotations = resource.annotations
    if (annotations.get("cert-manager.io/issuer-group") or GROUP) != GROUP:
        return
    own_kind = text(annotations.get("cert-manager.io/issuer-kind") or "Issuer")
    for key, kind in ((CLUSTER_ISSUER, "ClusterIssuer"), (ISSUER, own_kind)):
        path = ("metadata", "annotations", key)
        yield from _missing(lookup, cluster, resource, kind, annotations.get(key), path)


def _missing(
    lookup: Lookup, cluster: str, resource: Resource, kind: str, name: object, path: Path
) -> Iterator[RuleProblem]:
    if kind not in _KINDS or not isinstance(name, str) or not is_name(name):
        return
    namespace = resource.namespace if kind == "Issuer" else ""
    names = lookup.names(GROUP, kind)
    if names.has(cluster, namespace, name) or not lookup.knows_cluster(cluster, *_ISSUER_KINDS):
        return
    if kind == "Issuer" and not lookup.knows_namespace(cluster, namespace):
        return
    other = "ClusterIssuer" if kind == "Issuer" else "Issuer"
    near = names.nearest(cluster, namespace, name)
    if near:
        hint = f"Did you mean {near}?"
    elif lookup.has(GROUP, other, cluster, resource.namespace, name):
        hint = f"There is {_article(other)} of that name: name that kind."
    else:
        hint = f"Add the {kind}, or name one that exists."
    yield RuleProblem(
        "ref-issuer",
        Severity.ERROR,
        resource.manifest,
        path,
        f"no {kind} is called {name}{where(namespace)}",
        hint,
    )


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "Issuer" else f"a {kind}"
