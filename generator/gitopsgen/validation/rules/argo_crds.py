"""Rules on custom resources and what brings their CustomResourceDefinitions.

Source: gitops-engine's pkg/sync/sync_context.go (getSyncTasks: one kind that the cluster does not
know fails the whole sync, unless its CRD is in the sync or SkipDryRunOnMissingResource is set).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_order import (
    Order,
    When,
    cluster_of,
    is_synced,
    sync_options,
)
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # Group and kind.
    GroupKind = tuple[str, str]

_SKIP = "SkipDryRunOnMissingResource=true"
_API_VERSION = ("apiVersion",)
_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
_ARGO = frozenset({"Application", "ApplicationSet", "AppProject"})
# k3s brings these groups: the first two always, Traefik's unless it is disabled.
_K3S_GROUPS = frozenset({"helm.cattle.io", "k3s.cattle.io"})
_TRAEFIK_GROUPS = frozenset({"traefik.io", "traefik.containo.us", "hub.traefik.io"})
# Groups of managed clusters, which bring them themselves.
_PLATFORM_GROUPS = ("openshift.io", "gke.io", "cloud.google.com", "k8s.aws", "amazonaws.com")
# Objects of these kinds make a controller install things that are in no file here.
_INSTALLERS: frozenset[GroupKind] = frozenset(
    {
        ("apiextensions.crossplane.io", "CompositeResourceDefinition"),
        ("cdi.kubevirt.io", "CDI"),
        ("fleet.cattle.io", "GitRepo"),
        ("fluxcd.controlplane.io", "FluxInstance"),
        ("helm.cattle.io", "HelmChart"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ("kro.run", "ResourceGraphDefinition"),
        ("kubevirt.io", "KubeVirt"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization"),
        ("olm.operatorframework.io", "ClusterExtension"),
        ("operator.istio.io", "IstioOperator"),
        ("operator.knative.dev", "KnativeEventing"),
        ("operator.knative.dev", "KnativeServing"),
        ("operator.tigera.io", "Installation"),
        ("operators.coreos.com", "ClusterServiceVersion"),
        ("operators.coreos.com", "Subscription"),
        ("pkg.crossplane.io", "Configuration"),
        ("pkg.crossplane.io", "Provider"),
        ("templates.gatekeeper.sh", "ConstraintTemplate"),
    }
)
_MANIFEST = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}"

RULES = (
    Rule(
        "argo-crd-order",
        (Severity.ERROR, Severity.WARNING),
        "Another Application brings the CRD of a custom resource, and not before.",
        "A sync fails as a whole on a kind that the cluster does not know. In a later wave of the "
        "same parent the CRD never comes (error); in an equal one a retry often finds it.",
        "# of Application web, wave 1; the CRD comes with Application gadgets, wave 2\n"
        f"{_MANIFEST}",
        "# of Application web, wave 2; the CRD comes with Application gadgets, wave 1\n"
        f"{_MANIFEST}",
    ),
    Rule(
        "argo-crd-missing",
        (Severity.ERROR,),
        "Nothing brings the CRD of a custom resource.",
        "The cluster does not know the kind: Argo CD applies nothing of the Application.",
        f"# and no CRD of gadgets anywhere\n{_MANIFEST}",
        f"# the CRD is in the same folder\n{_MANIFEST}",
    ),
)


@dataclass(frozen=True, slots=True)
class _Brought:
    """What brings custom kinds to each cluster.

    `definitions` are CRDs by cluster and kind, `groups` the groups that something may bring while
    it runs, `anything` the clusters where nobody can say what comes.
    """

    definitions: Mapping[tuple[str, GroupKind], Sequence[Resource]]
    groups: frozenset[tuple[str, str]]
    anything: frozenset[str]


def check(model: Model) -> Iterator[RuleProblem]:
    """Custom resources whose CRD nothing brings, or another Application too late."""
    custom = [key for key in model.kinds() if _is_custom(key[0]) and not _is_argo(key)]
    if not custom:
        return
    brought = _brought(model)
    order = Order(model, strict=_is_strict(model))
    for kind in custom:
        told: set[object] = set()
        for resource in model.of_kind(*kind):
            application = resource.application
            if application is None or not is_synced(resource):
                continue
            # What one source renders stands at one line: say it once.
            key = resource if resource.manifest.rendering is None else resource.source
            if key in told:
                continue
            definitions = brought.definitions.get((cluster_of(application), kind), ())
            if definitions:
                found = _order_problem(resource, application, definitions, order, model)
            else:
                found = _missing_problem(resource, application, brought, model)
            if found is not None:
                told.add(key)
                yield found


def _order_problem(
    resource: Resource,
    application: Application,
    definitions: Sequence[Resource],
    order: Order,
    model: Model,
) -> RuleProblem | None:
    """What is wrong with the time at which a CRD comes; the best of several counts."""
    if (
        _SKIP in application.sync_options
        or _SKIP in sync_options(resource)
        or not model.is_complete(application)
    ):
        return None
    answers = [(order.when(definition, resource), definition) for definition in definitions]
    for when, definition in answers:
        if when in {When.SAME, When.UNKNOWN}:
            return None
        if when is When.EARLIER and not order.is_above(application, definition.application):
            return None
    for when, definition in answers:
        below = order.is_above(application, definition.application)
        if when in {When.EQUAL, When.UNORDERED} and not below:
            return _late(resource, Severity.WARNING, definition, when.value)
    when, definition = answers[0]
    if order.is_above(application, definition.application):
        return _late(resource, Severity.ERROR, definition, "only when this sync has begun")
    return _late(resource, Severity.ERROR, definition, when.value)


def _late(resource: Resource, severity: Severity, definition: Resource, when: str) -> RuleProblem:
    holder = definition.application
    assert holder is not None
    end = "no sync gets past it" if severity is Severity.ERROR else "the first sync fails"
    return RuleProblem(
        "argo-crd-order",
        severity,
        resource.manifest,
        _API_VERSION,
        f"the CRD of {resource.kind} ({resource.group}) comes with Application {holder.name}, "
        f"{when}: {end}",
        f"Give {holder.name} an earlier wave, or set {_SKIP}.",
    )


def _missing_problem(
    resource: Resource, application: Application, brought: _Brought, model: Model
) -> RuleProblem | None:
    cluster = cluster_of(application)
    if (
        not model.complete
        or cluster in brought.anything
        or (cluster, resource.group) in brought.groups
        or _is_provided(resource.group, resource.kind, model)
    ):
        return None
    near = _near_kind(resource, cluster, brought)
    add = "Add the chart or the manifest that brings it, or name it in .gitopsgen/validate.yaml"
    hint = f"{add}: provides: {{crds: [{resource.group}/{resource.kind}]}}."
    return RuleProblem(
        "argo-crd-missing",
        Severity.ERROR,
        resource.manifest,
        ("kind",) if near else _API_VERSION,
        f"nothing brings the CRD of {resource.kind} ({resource.group})",
        f"Did you mean {near}?" if near else hint,
    )


def _near_kind(resource: Resource, cluster: str, brought: _Brought) -> str:
    """A kind of the same group that the kind of a resource may be a misspelling of."""
    kinds = [
        kind
        for (where, (group, kind)) in brought.definitions
        if (where, group) == (cluster, resource.group)
    ]
    if resource.group == "argoproj.io":
        kinds += _ARGO
    return next(iter(difflib.get_close_matches(resource.kind[:60], sorted({*kinds}), 1, 0.8)), "")


def _brought(model: Model) -> _Brought:
    definitions: dict[tuple[str, GroupKind], list[Resource]] = {}
    groups: set[tuple[str, str]] = set()
    for resource in model.of_kind(*_DEFINITION):
        cluster = cluster_of(resource.application)
        definitions.setdefault((cluster, _defined(resource.data)), []).append(resource)
    for resource in model.of_kind("apiregistration.k8s.io", "APIService"):
        group = text(at(resource.data, "spec", "group"))
        groups.add((cluster_of(resource.application), group))
    groups.update(_made_while_running(model))
    # What stands in files that no root reaches is applied by hand, or the rule for that says so.
    for manifest in model.unreached:
        if (manifest.group, manifest.kind) == _DEFINITION:
            groups.update(
                (cluster_of(application), _defined(manifest.data)[0])
                for application in model.applications
            )
    anything = {
        cluster_of(resource.application)
        for kind in _INSTALLERS
        for resource in model.of_kind(*kind)
    }
    return _Brought(definitions, frozenset(groups), frozenset(anything))


def _made_while_running(model: Model) -> Iterator[tuple[str, str]]:
    """The groups of controllers that may create CRDs themselves, as Cilium's operator does.

    Such a controller has a right to create CRDs, and rights to the kinds that they define.
    """
    creators: set[Application | None] = set()
    groups: dict[Application | None, set[str]] = {}
    for role in model.of_kind("rbac.authorization.k8s.io", "ClusterRole"):
        for rule in map(mapping, sequence(role.data.get("rules"))):
            named = {group for group in sequence(rule.get("apiGroups")) if isinstance(group, str)}
            groups.setdefault(role.application, set()).update(named)
            if _DEFINITION[0] in named and _creates_definitions(rule):
                creators.add(role.application)
    for application in creators:
        for group in groups[application]:
            yield cluster_of(application), group


def _creates_definitions(rule: Mapping[str, Any]) -> bool:
    verbs, resources = sequence(rule.get("verbs")), sequence(rule.get("resources"))
    return ("create" in verbs or "*" in verbs) and (
        "customresourcedefinitions" in resources or "*" in resources
    )


def _defined(definition: Mapping[str, Any]) -> GroupKind:
    spec = definition.get("spec")
    return text(at(spec, "group")), text(at(spec, "names", "kind"))


def _is_custom(group: str) -> bool:
    """Whether a group is not Kubernetes' own, whatever its name looks like."""
    return "." in group and group not in _built_in_groups()


def _is_argo(kind: GroupKind) -> bool:
    """Whether Argo CD brings a kind itself."""
    return kind[0] == "argoproj.io" and kind[1] in _ARGO


def _is_provided(group: str, kind: str, model: Model) -> bool:
    if group in _K3S_GROUPS or f"{group}/{kind}" in model.settings.provides.crds:
        return True
    if model.cluster is not None:
        # Its bootstrap disables Traefik.
        return False
    return group in _TRAEFIK_GROUPS or any(
        group == own or group.endswith(f".{own}") for own in _PLATFORM_GROUPS
    )


@cache
def _built_in_groups() -> frozenset[str]:
    from gitopsgen.schemas.kinds import kinds, removed_apis

    return frozenset(name.group for name in (*kinds(), *removed_apis()))


def _is_strict(model: Model) -> bool:
    """Whether waves wait for Applications, as far as that is known."""
    config = read_config(model)
    return not config.found or config.has_health_of("argoproj.io", "Application")
