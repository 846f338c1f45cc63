"""Hosts and paths that two Ingresses claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mappings, text
from gitopsgen.validation.rules.argo_environments import Claims, Environments
from gitopsgen.validation.rules.argo_order import cluster_of
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_classes import CLASS_ANNOTATION, INGRESS_CLASS
from gitopsgen.validation.rules.ref_lookup import located

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "ingress-host-duplicate",
        (Severity.ERROR,),
        "Two Ingresses of one class claim the same host and path.",
        "One of them wins, which is up to the controller; ingress-nginx refuses the other.",
        "# another Ingress of this class has the same rule\n"
        "rules:\n  - host: web.example.net\n"
        "    http: {paths: [{path: /, pathType: Prefix, backend: …}]}",
        "# another Ingress of this class has the path / of this host\n"
        "rules:\n  - host: web.example.net\n"
        "    http: {paths: [{path: /api, pathType: Prefix, backend: …}]}",
    ),
)
# Annotations with which controllers tell equal hosts and paths apart.
_DISTINCTIONS = (
    "konghq.com/headers",
    "konghq.com/methods",
    "konghq.com/protocols",
    "traefik.ingress.kubernetes.io/router.entrypoints",
    "traefik.ingress.kubernetes.io/router.priority",
    "traefik.ingress.kubernetes.io/router.rule-type",
)
_CANARIES = ("nginx.ingress.kubernetes.io/canary", "nginx.org/mergeable-ingress-type")
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
# Each Ingress of theirs is a load balancer of its own.
_OWN_BALANCER = ("alb", "gce", "gce-internal", "tailscale")
_OWN_PREFIX = "alb.ingress.kubernetes.io/"


def check(model: Model) -> Iterator[RuleProblem]:
    """Hosts and paths that a former Ingress of the same cluster and class claims already."""
    ingresses = model.of_kind("networking.k8s.io", "Ingress")
    defaults = _default_classes(model) if ingresses else {}
    claims = Claims(Environments(model))
    for cluster, ingress in located(ingresses):
        own_class = _class_of(ingress) or defaults.get(cluster, "")
        if not _is_shared(ingress, own_class):
            continue
        marks = tuple(text(ingress.annotations.get(key)) for key in _DISTINCTIONS)
        for rule in _rules(ingress):
            taken = []
            for route, kind, place in rule.routes:
                key = (cluster, own_class, marks, rule.host, route, kind)
                first = claims.first(key, ingress)
                if (first.namespace, first.name) != (ingress.namespace, ingress.name):
                    taken.append((route, place, first))
            if taken:
                yield _problem(ingress, rule, taken)


def _problem(
    ingress: Resource, rule: _Rule, taken: list[tuple[str, Path, Resource]]
) -> RuleProblem:
    """One problem for a host, however many of its paths are taken.

    A single path below the root is what differs from other Ingresses of one host, else the host.
    """
    route, place, first = taken[0]
    more = f" and {len(taken) - 1} more of its paths" if len(taken) > 1 else ""
    verb = "belong" if more else "belongs"
    return RuleProblem(
        "ingress-host-duplicate",
        Severity.ERROR,
        ingress.manifest,
        rule.host_path if more or route == "/" else place,
        f"{rule.host}{route}{more} {verb} to the Ingress {_label(first)} "
        f"({first.manifest.file}) already",
        "Change the host or the path of one of them.",
    )


def _default_classes(model: Model) -> dict[str, str]:
    """By cluster, the class that an Ingress gets which names none."""
    return {
        cluster_of(item.application): item.name
        for item in model.of_kind(*INGRESS_CLASS)
        if item.annotations.get(_DEFAULT_CLASS) == "true"
    }


def _class_of(ingress: Resource) -> str:
    named = text(at(ingress.data, "spec", "ingressClassName"))
    return named or text(ingress.annotations.get(CLASS_ANNOTATION))


def _is_shared(ingress: Resource, own_class: str) -> bool:
    annotations = ingress.annotations
    return not (
        own_class in _OWN_BALANCER
        or any(annotations.get(key) in ("true", "master", "minion") for key in _CANARIES)
        or any(str(key).startswith(_OWN_PREFIX) for key in annotations)
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of an Ingress: its host, where that stands, and its paths with type and place."""

    host: str
    host_path: Path
    routes: tuple[tuple[str, str, Path], ...]


def _rules(ingress: Resource) -> Iterator[_Rule]:
    """The rules that claim something; one for any host claims nothing."""
    for path, rule in mappings(ingress.data, ("spec", "rules")):
        host = text(rule.get("host")).lower()
        if host:
            yield _Rule(host, (*path, "host"), tuple(_routes(ingress, path)))


def _routes(ingress: Resource, rule: Path) -> Iterator[tuple[str, str, Path]]:
    for place, item in mappings(ingress.data, (*rule, "http", "paths")):
        kind, route = text(item.get("pathType")), text(item.get("path")) or "/"
        if kind == "Prefix":
            # Kubernetes ignores the slash at the end of a prefix.
            route = route.rstrip("/") or "/"
        yield route, kind, (*place, "path")


def _label(ingress: Resource) -> str:
    return f"{ingress.namespace}/{ingress.name}" if ingress.namespace else ingress.name
