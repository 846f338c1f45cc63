"""Namespaces that a sync option makes where the AppProject does not permit Namespace.

Source: autoCreateNamespace in gitops-engine's pkg/sync/sync_context.go (Argo CD 3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.access import at, sequence
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_installation import GROUP, read_installation
from gitopsgen.validation.rules.argo_order import LOCAL, Order, When, cluster_of
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.argo_project_index import Projects
    from gitopsgen.validation.rules.argo_project_model import Project

_CREATE = "CreateNamespace=true"
_BUILT_IN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


def created_namespaces(model: Model, projects: Projects) -> Iterator[RuleProblem]:
    """Namespaces that a sync option makes where the project does not permit Namespace."""
    if not model.complete:
        return
    creators = [
        (app, found)
        for app in model.applications
        if _CREATE in app.sync_options and (found := projects.of(app))
    ]
    refused = [
        (app, found[0])
        for app, found in creators
        if app.destination.namespace and not _may_create(app, found)
    ]
    if not refused:
        return
    makers = _makers(model, projects)
    own = read_installation(model).namespaces
    order = Order(model, strict=_waves_wait(model))
    for application, project in refused:
        if _is_made(application, makers, order, model, own):
            continue
        options = sequence(at(application.data, "spec", "syncPolicy", "syncOptions"))
        yield RuleProblem(
            "argo-project-kind",
            Severity.ERROR,
            application.manifest,
            ("spec", "syncPolicy", "syncOptions", options.index(_CREATE)),
            f"the AppProject {project.name} does not permit Namespace, which {_CREATE} makes",
            'Permit {group: "", kind: Namespace} in spec.clusterResourceWhitelist of the '
            "AppProject.",
        )


def _may_create(application: Application, projects: tuple[Project, ...]) -> bool:
    name = application.destination.namespace
    return any(item.permits_kind("", "Namespace", name, namespaced=False) for item in projects)


def _makers(model: Model, projects: Projects) -> dict[tuple[str, str], list[Resource | None]]:
    """What makes namespaces, by cluster and name; None is what makes them at any time."""
    makers: dict[tuple[str, str], list[Resource | None]] = {}
    for resource in model.of_kind("", "Namespace"):
        place = (cluster_of(resource.application), resource.name)
        makers.setdefault(place, []).append(resource)
    for manifest in model.unapplied:
        if (manifest.group, manifest.kind) == ("", "Namespace"):
            place = (LOCAL, str(at(manifest.data, "metadata", "name")))
            makers.setdefault(place, []).append(None)
    for app in model.applications:
        found = projects.of(app)
        if _CREATE in app.sync_options and (not found or _may_create(app, found)):
            makers.setdefault((cluster_of(app), app.destination.namespace), []).append(None)
    return makers


def _is_made(
    application: Application,
    makers: dict[tuple[str, str], list[Resource | None]],
    order: Order,
    model: Model,
    own: frozenset[str],
) -> bool:
    """Whether the namespace is there before the sync option asks for it."""
    name, cluster = application.destination.namespace, cluster_of(application)
    members = model.members(application)
    found = makers.get((cluster, name), [])
    if any(item is not None and item.application is application for item in found):
        return True
    metadata = at(application.data, "spec", "syncPolicy", "managedNamespaceMetadata")
    if metadata is not None:
        # The metadata are applied to a namespace that exists as well.
        return False
    if name in _BUILT_IN or name in model.settings.provides.namespaces:
        return True
    if cluster == LOCAL and name in own:
        return True
    return any(
        item is None or not members or order.when(item, members[0]) is not When.LATER
        for item in found
    )


def _waves_wait(model: Model) -> bool:
    config = read_config(model)
    return not config.found or config.has_health_of(GROUP, "Application")
