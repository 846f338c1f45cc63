"""Custom resources whose operators make further objects, and what those may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.validation.rules.ref_lookup import Names, is_name, located, strings_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.validation.model import Model, Resource

_SEPARATOR = re.compile(r"[-.]")
_MOST_PARTS = 12
# No namespace is called so: only what has none, and may be in any, is found there.
_NO_NAMESPACE = "-"
# Kubernetes' own groups: nothing of theirs makes a Secret, a Service or a class on its own.
_BUILT_IN = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
# Custom kinds that only configure what is there, or whose makings are named explicitly.
_PASSIVE = frozenset(
    {
        "acme.cert-manager.io",
        "autoscaling.k8s.io",
        "bitnami.com",
        "cert-manager.io",
        "cilium.io",
        "configuration.konghq.com",
        "crd.projectcalico.org",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "gateway.networking.x-k8s.io",
        "keda.sh",
        "metallb.io",
        "networking.istio.io",
        "projectcalico.org",
        "security.istio.io",
        "snapshot.storage.k8s.io",
        "traefik.containo.us",
        "traefik.io",
    }
)
_PASSIVE_KINDS = frozenset(
    {
        ("argoproj.io", "AnalysisTemplate"),
        ("argoproj.io", "AppProject"),
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("argoproj.io", "ClusterAnalysisTemplate"),
        ("argoproj.io", "ClusterWorkflowTemplate"),
        ("argoproj.io", "CronWorkflow"),
        ("argoproj.io", "Rollout"),
        ("argoproj.io", "WorkflowTemplate"),
        ("helm.cattle.io", "HelmChartConfig"),
        ("monitoring.coreos.com", "PodMonitor"),
        ("monitoring.coreos.com", "Probe"),
        ("monitoring.coreos.com", "PrometheusRule"),
        ("monitoring.coreos.com", "ServiceMonitor"),
        ("upgrade.cattle.io", "Plan"),
    }
)


class Operators:
    """The custom resources of a model that may make further objects; they are read when asked."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._owners: Names | None = None
        self._words: Names | None = None
        self._places: Names | None = None

    def are_in(self, cluster: str, namespace: str, name: str) -> bool:
        """Whether a namespace has a custom resource that may make anything at all.

        One without a namespace of its own may where it names the namespace or the object.
        """
        if self._places is None:
            self._places = Names()
            # A Gateway's controller runs its proxy behind a Service beside it.
            gateways = self._model.of_kind("gateway.networking.k8s.io", "Gateway")
            for where, resource in located((*self._makers(), *gateways)):
                if resource.namespace:
                    self._places.add(where, resource.namespace, "")
        return self._places.has(cluster, namespace, "") or any(
            self._named().has(cluster, _NO_NAMESPACE, word) for word in (namespace, name)
        )

    def name(self, cluster: str, namespace: str, name: str) -> bool:
        """Whether a custom resource names an object, or the object is called after one."""
        return self._named().has(cluster, namespace, name) or any(
            self._owned().has(cluster, namespace, part) for part in _parts(name)
        )

    def _named(self) -> Names:
        if self._words is None:
            self._words = Names()
            for cluster, resource in located(self._makers()):
                for word in strings_in([v for k, v in resource.data.items() if k != "metadata"]):
                    if is_name(word):
                        self._words.add(cluster, _reach(resource), word)
        return self._words

    def _owned(self) -> Names:
        if self._owners is None:
            self._owners = Names()
            for cluster, resource in located(self._makers()):
                if resource.namespace:
                    self._owners.add(cluster, resource.namespace, resource.name)
        return self._owners

    def _makers(self) -> Iterator[Resource]:
        for group, kind in self._model.kinds():
            if group in _BUILT_IN or group in _PASSIVE or (group, kind) in _PASSIVE_KINDS:
                continue
            yield from self._model.of_kind(group, kind)


def _reach(resource: Resource) -> str:
    """The namespace in which a custom resource works, nothing where it may be any.

    By custom, a kind that is called Cluster… is cluster-scoped.
    """
    kind = resource.kind
    guessed = resource.namespaced is None and kind.startswith("Cluster") and kind != "Cluster"
    return "" if guessed else resource.namespace


def _parts(name: str) -> Iterator[str]:
    """What a name may have been made of: itself, and runs of its parts, like `b-c` of `a-b-c`."""
    breaks = [match.start() for match in _SEPARATOR.finditer(name)][:_MOST_PARTS]
    starts = [0, *(index + 1 for index in breaks)]
    ends = [*breaks, len(name)]
    for first, start in enumerate(starts):
        for end in ends[first:]:
            if start < end:
                yield name[start:end]
