"""What a cluster keeps of a component that its repository no longer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.blueprints.metadata import Component, GroupKind

_PERSISTENT = "PersistentVolume"
_DEFINITIONS = "CustomResourceDefinition"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What stays in the cluster when a component's Application leaves the repository.

    With `keeps_all` that is the Application and everything that it made: it carries Prune=false
    and has no finalizer. Otherwise Argo CD deletes what the project still permits at that time
    (`getPermittedAppLiveObjects` in Argo CD's controller), and the project is narrowed by the same
    commit: in `namespaces` everything stays, and so do the objects of `kinds`, elsewhere.
    `secrets` (namespace, name) never came from git.
    """

    name: str
    keeps_all: bool
    namespaces: tuple[str, ...]
    kinds: tuple[GroupKind, ...]
    secrets: tuple[tuple[str, str], ...] = ()

    @property
    def holds_definitions(self) -> bool:
        """Whether there are CRDs among it: with one go all objects of its kind."""
        return any(kind.kind == _DEFINITIONS for kind in self.kinds)

    @property
    def holds_volumes(self) -> bool:
        """Whether it may have made volumes."""
        return any(kind.kind == _PERSISTENT for kind in self.kinds)


def leftovers(component: Component, others: Sequence[Component]) -> Leftovers:
    """What stays of a component; `others` are those that remain installed."""
    own = component.needs
    if component.keep:
        namespaces, kinds = {component.namespace}, {*own.cluster_kinds}
    else:
        namespaces = {component.namespace, *own.namespaces} - _namespaces(others)
        kinds = {*own.cluster_kinds} - {k for other in others for k in other.needs.cluster_kinds}
        kinds |= {*own.namespaced_kinds} - {
            k for other in others for k in other.needs.namespaced_kinds
        }
    shared = {"kube-system", "default"} | _namespaces(others)
    return Leftovers(
        component.name,
        component.keep,
        tuple(sorted(namespaces - shared)),
        tuple(sorted(kind for kind in kinds if kind.kind != "Namespace")),
        tuple((secret.namespace, secret.name) for secret in component.secrets),
    )


def _namespaces(components: Iterable[Component]) -> set[str]:
    return {name for c in components for name in (c.namespace, *c.needs.namespaces)}


def describe(left: Leftovers) -> list[str]:
    """What is left to do by hand, a line each."""
    name = left.name
    lines = []
    if left.keeps_all:
        lines += [
            f"Argo CD leaves {name} in the cluster: its Application carries Prune=false and has no",
            "finalizer, so that a lost file destroys nothing. When nothing needs it any more:",
        ]
        lines.append(f"  kubectl -n argocd delete application {name}   # what it installed stays")
    else:
        lines.append(f"Once this is pushed, Argo CD deletes the Application {name}.")
        if left.namespaces or left.kinds:
            lines.append(
                "It leaves what projects/platform.yaml no longer permits. Look, then delete:"
            )
    for namespace in left.namespaces:
        lines.append(f"  kubectl -n {namespace} get all,pvc,configmap,secret")
        lines.append(f"  kubectl delete namespace {namespace}   # with everything in it, data too")
    if left.kinds:
        kinds = ",".join(_resource(kind) for kind in left.kinds)
        # Argo CD's default since 3.0: an annotation on whatever it applies names the Application.
        lines.append(f"  kubectl get {kinds} -A -o yaml | grep 'tracking-id: {name}:'")
    for namespace, secret in left.secrets:
        if namespace not in left.namespaces:
            lines.append(f"  kubectl -n {namespace} delete secret {secret}   # it was never in git")
    if left.holds_definitions:
        lines.append("  Deleting a CustomResourceDefinition deletes all objects of its kind.")
    if left.holds_volumes:
        lines.append(
            "  Data in PersistentVolumes, and on the file server, stays until you delete it."
        )
    return lines


def _resource(kind: GroupKind) -> str:
    return f"{kind.kind.lower()}.{kind.group}" if kind.group else kind.kind.lower()
