"""What brings custom kinds to a cluster: CRDs, controllers, the distribution itself, scripts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of
from gitopsgen.validation.rules.install_scripts import InstallScripts
from gitopsgen.validation.rules.k3s_extras import TRAEFIK, keeps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # Group and kind.
    GroupKind = tuple[str, str]

_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
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


class CrdMakers:
    """What brings custom kinds to each cluster.

    `definitions` are the CRDs by cluster and kind.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._scripts = InstallScripts(model)
        self._groups = frozenset(_groups(model))
        self.definitions: dict[tuple[str, GroupKind], list[Resource]] = {}
        for resource in model.of_kind(*_DEFINITION):
            cluster = cluster_of(resource.application)
            self.definitions.setdefault((cluster, _defined(resource.data)), []).append(resource)

    @cached_property
    def _anything(self) -> frozenset[str]:
        """The clusters where nobody can say what comes."""
        return frozenset(
            cluster_of(resource.application)
            for kind in _INSTALLERS
            for resource in self._model.of_kind(*kind)
        )

    def may_bring(self, cluster: str, group: str, kind: str) -> bool:
        """Whether a kind may come to a cluster though no CRD in git says so."""
        return (
            not self._model.complete
            or cluster in self._anything
            or (cluster, group) in self._groups
            or self._is_provided(group, kind)
        )

    def scripts_may_bring(self, group: str) -> bool:
        """Whether a script may bring a group; a bootstrap of ours brings Argo CD alone."""
        return self._model.cluster is None and self._scripts.may_bring(group)

    def _is_provided(self, group: str, kind: str) -> bool:
        """Whether a cluster has a kind by itself, or the settings say that this one has it."""
        if group in _K3S_GROUPS or f"{group}/{kind}" in self._model.settings.provides.crds:
            return True
        if self._model.cluster is not None:
            return group in _TRAEFIK_GROUPS and keeps(self._model, LOCAL, TRAEFIK)
        return group in _TRAEFIK_GROUPS or any(
            group == own or group.endswith(f".{own}") for own in _PLATFORM_GROUPS
        )


def _groups(model: Model) -> Iterator[tuple[str, str]]:
    """The groups that something may bring to a cluster while it runs."""
    for resource in model.of_kind("apiregistration.k8s.io", "APIService"):
        yield cluster_of(resource.application), text(at(resource.data, "spec", "group"))
    yield from _made_while_running(model)
    # What stands in files that no root reaches is applied by hand, or the rule for that says so.
    for manifest in model.unapplied:
        if (manifest.group, manifest.kind) == _DEFINITION:
            for application in model.applications:
                yield cluster_of(application), _defined(manifest.data)[0]


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
