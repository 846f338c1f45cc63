"""Claims, roles and workloads that others of their namespace name, and that nothing brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, text
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
        "ref-claim",
        (Severity.WARNING,),
        "A workload mounts a PersistentVolumeClaim that nothing makes.",
        "The API server takes it; its pods wait for the claim and never start.",
        "# the only claim here is web-data\n"
        "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]",
        "# the only claim here is web-data\n"
        "volumes: [{name: data, persistentVolumeClaim: {claimName: web-data}}]",
    ),
    Rule(
        "ref-role",
        (Severity.WARNING,),
        "A RoleBinding names a Role that nothing makes.",
        "It grants nothing, and nobody says so until something is forbidden.",
        "# the only Role here is reader\nroleRef: {kind: Role, name: raeder}",
        "# the only Role here is reader\nroleRef: {kind: Role, name: reader}",
    ),
    Rule(
        "ref-scale-target",
        (Severity.WARNING,),
        "An autoscaler scales a workload that nothing brings.",
        "It waits for the workload for ever, and the one that was meant is never scaled.",
        "# the only Deployment here is web\nscaleTargetRef: {kind: Deployment, name: wbe}",
        "# the only Deployment here is web\nscaleTargetRef: {kind: Deployment, name: web}",
    ),
)
_CLAIM = ("", "PersistentVolumeClaim")
_ROLE = ("rbac.authorization.k8s.io", "Role")
_STATEFUL_SET = ("apps", "StatefulSet")
# What is scaled: other kinds may be anybody's.
_SCALED = frozenset(
    {
        ("", "ReplicationController"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        _STATEFUL_SET,
        ("apps", "DaemonSet"),
        ("argoproj.io", "Rollout"),
    }
)
# Autoscalers by kind: the field that names what they scale, and the kind where it names none.
_SCALERS: Mapping[tuple[str, str], tuple[Path, str]] = {
    ("autoscaling", "HorizontalPodAutoscaler"): (("spec", "scaleTargetRef"), ""),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler"): (("spec", "targetRef"), ""),
    ("keda.sh", "ScaledObject"): (("spec", "scaleTargetRef"), "Deployment"),
}


@dataclass(frozen=True, slots=True)
class _Use:
    """An object of a kind (group, kind) that a rule looks for; it is named at `path`."""

    rule: str
    kind: tuple[str, str]
    name: str
    path: Path


def check(model: Model) -> Iterator[RuleProblem]:
    """Claims, roles and workloads that are named and that nothing brings."""
    lookup, operators = Lookup(model), Operators(model)
    makers = _ClaimMakers(model)
    for kind in (*POD_TEMPLATES, ("rbac.authorization.k8s.io", "RoleBinding"), *_SCALERS):
        for cluster, resource in located(model.of_kind(*kind)):
            for use in _uses(kind, resource):
                if not is_name(use.name) or makers.make(cluster, resource, use):
                    continue
                if _is_missing(lookup, operators, cluster, resource.namespace, use):
                    yield _problem(lookup, cluster, resource, use)


def _uses(kind: tuple[str, str], resource: Resource) -> Iterator[_Use]:
    if kind in POD_TEMPLATES:
        yield from _claims(resource)
    elif kind in _SCALERS:
        yield from _scaled(resource, *_SCALERS[kind])
    elif at(resource.data, "roleRef", "kind") == "Role":
        name = text(at(resource.data, "roleRef", "name"))
        yield _Use("ref-role", _ROLE, name, ("roleRef", "name"))


def _claims(resource: Resource) -> Iterator[_Use]:
    found = pod_spec(resource)
    if found is None or not found[1].get("volumes"):
        return
    for path, volume in mappings(resource.data, (*found[0], "volumes")):
        name = text(mapping(volume.get("persistentVolumeClaim")).get("claimName"))
        if name:
            yield _Use("ref-claim", _CLAIM, name, (*path, "persistentVolumeClaim", "claimName"))


def _scaled(resource: Resource, path: Path, default: str) -> Iterator[_Use]:
    target = mapping(at(resource.data, *path))
    group = text(target.get("apiVersion")).rpartition("/")[0]
    kind = text(target.get("kind")) or default
    if not target.get("apiVersion") and kind in ("Deployment", "StatefulSet"):
        group = "apps"
    if (group, kind) in _SCALED:
        yield _Use("ref-scale-target", (group, kind), text(target.get("name")), (*path, "name"))


class _ClaimMakers:
    """The StatefulSets of a model, which make claims for their pods."""

    def __init__(self, model: Model) -> None:
        self._prefixes: set[tuple[str, str, str]] = set()
        for cluster, resource in located(model.of_kind(*_STATEFUL_SET)):
            for _, claim in mappings(resource.data, ("spec", "volumeClaimTemplates")):
                name = f"{text(mapping(claim.get('metadata')).get('name'))}-{resource.name}"
                self._prefixes.add((cluster, resource.namespace, name))

    def make(self, cluster: str, resource: Resource, use: _Use) -> bool:
        """Whether the claim that is named is one of a StatefulSet's pod."""
        name, _, ordinal = use.name.rpartition("-")
        return (
            use.kind == _CLAIM
            and ordinal.isdecimal()
            and (cluster, resource.namespace, name) in self._prefixes
        )


def _is_missing(
    lookup: Lookup, operators: Operators, cluster: str, namespace: str, use: _Use
) -> bool:
    return not (
        lookup.has(*use.kind, cluster, namespace, use.name)
        or not lookup.knows_namespace(cluster, namespace)
        or operators.are_in(cluster, namespace, use.name)
    )


def _problem(lookup: Lookup, cluster: str, resource: Resource, use: _Use) -> RuleProblem:
    kind, namespace = use.kind[1], resource.namespace
    otherwise = f"Add it, or name one that exists{where(namespace)}."
    hint = lookup.names(*use.kind).hint(cluster, namespace, use.name, otherwise)
    message = f"nothing makes the {kind} {use.name}{where(namespace)}"
    return RuleProblem(use.rule, Severity.WARNING, resource.manifest, use.path, message, hint)
