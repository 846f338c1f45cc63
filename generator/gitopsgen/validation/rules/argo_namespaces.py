"""The rule on namespaces that resources land in and nothing makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_options import options_of
from gitopsgen.validation.rules.argo_order import LOCAL, Order, When, cluster_of, is_synced
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

_BUILT_IN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
# Where operators of OpenShift live; nobody else has such names.
_PLATFORM = "openshift"
# The kinds whose objects become a namespace of their name.
_KINDS = (
    ("", "Namespace"),
    ("project.openshift.io", "Project"),
    ("project.openshift.io", "ProjectRequest"),
    ("hnc.x-k8s.io", "SubnamespaceAnchor"),
)
_CREATE = "CreateNamespace=true"
_DESTINATION: Path = ("spec", "destination", "namespace")
_OWN: Path = ("metadata", "namespace")

RULES = (
    Rule(
        "argo-namespace-missing",
        (Severity.ERROR,),
        "Resources land in a namespace that nothing creates.",
        'Argo CD stops with `namespaces "web" not found`, and applies nothing of the Application.',
        "kind: Application\nspec:\n  destination: {namespace: web}\n  syncPolicy: {}",
        "kind: Application\nspec:\n  destination: {namespace: web}\n"
        "  syncPolicy: {syncOptions: [CreateNamespace=true]}",
    ),
)


@dataclass(slots=True)
class _Made:
    """What makes namespaces, by cluster and name: at any time, or when a resource is applied."""

    always: set[tuple[str, str]] = field(default_factory=set)
    by: dict[tuple[str, str], list[Resource]] = field(default_factory=dict)


def check(model: Model) -> Iterator[RuleProblem]:
    """Every namespace that an Application needs and nothing makes in time."""
    if not model.complete:
        return
    made = _made(model)
    order: Order | None = None
    told: set[tuple[Application, str]] = set()
    for resource in model.resources:
        name, application = resource.namespace, resource.application
        if application is None or not name or resource.namespaced is not True:
            continue
        key = (cluster_of(application), name)
        if (application, name) in told or key in made.always or _is_there(name, model):
            continue
        if not is_synced(resource):
            continue
        order = order or Order(model, strict=_is_strict(model))
        late = [when for by in made.by.get(key, ()) if (when := order.when(by, resource))]
        if any(when is not When.LATER for when in late):
            continue
        told.add((application, name))
        yield _problem(resource, application, made.by.get(key, ()))


def _problem(
    resource: Resource, application: Application, late: list[Resource] | tuple[()]
) -> RuleProblem:
    name = resource.namespace
    message = f'nothing creates the namespace "{name}" that {application.name} applies to'
    if late:
        message = f'the namespace "{name}" is created in a later wave, from {late[0].manifest.file}'
    if name == application.destination.namespace:
        hint = f"Add {_CREATE} to spec.syncPolicy.syncOptions of {application.name}."
        manifest, path = application.manifest, _DESTINATION
    else:
        hint = "Add a Namespace to the same Application, or name one that exists."
        manifest, path = resource.manifest, _OWN
    return RuleProblem("argo-namespace-missing", Severity.ERROR, manifest, path, message, hint)


def _made(model: Model) -> _Made:
    made = _Made()
    argo = {item.namespace for item in model.of_kind("argoproj.io", "Application")} - {""}
    made.always.update((LOCAL, name) for name in argo or {"argocd"})
    for application in model.applications:
        if _CREATE in options_of(application):
            made.always.add((cluster_of(application), application.destination.namespace))
    # What stands in files that no root reaches is applied by hand, or the rule for that says so.
    for manifest in model.unapplied:
        if (manifest.group, manifest.kind) in _KINDS:
            metadata = manifest.data.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            made.always.add((LOCAL, str(name)))
    for group, kind in _KINDS:
        for resource in model.of_kind(group, kind):
            place = (cluster_of(resource.application), resource.name)
            made.by.setdefault(place, []).append(resource)
    return made


def _is_there(name: str, model: Model) -> bool:
    return (
        name in _BUILT_IN
        or name in model.settings.provides.namespaces
        or name == _PLATFORM
        or name.startswith(f"{_PLATFORM}-")
    )


def _is_strict(model: Model) -> bool:
    """Whether waves wait for Applications, as far as that is known."""
    config = read_config(model)
    return not config.found or config.has_health_of("argoproj.io", "Application")
