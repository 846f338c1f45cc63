"""Rules on AppProjects: whether there is one, and whether it permits what its Applications do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, text
from gitopsgen.validation.rules.argo_hints import Speller
from gitopsgen.validation.rules.argo_installation import read_installation
from gitopsgen.validation.rules.argo_order import is_synced
from gitopsgen.validation.rules.argo_project_creation import created_namespaces
from gitopsgen.validation.rules.argo_project_index import DEFAULT_PROJECT, Projects
from gitopsgen.validation.rules.argo_project_model import cluster_named
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.argo_installation import Installation
    from gitopsgen.validation.rules.argo_project_model import Project

RULES = (
    Rule(
        "argo-project-missing",
        (Severity.ERROR,),
        "An Application's project is no AppProject.",
        "Argo CD refuses the Application: `Application referencing project … which does not "
        "exist`. Only `default` exists by itself.",
        "# the only AppProject here is web\nkind: Application\nspec: {project: wbe}",
        "# the only AppProject here is web\nkind: Application\nspec: {project: web}",
    ),
    Rule(
        "argo-project-source",
        (Severity.ERROR,),
        "The AppProject does not permit the repository of a source.",
        "Argo CD refuses the Application: `application repo … is not permitted in project`. "
        "`*` in sourceRepos stops at a slash, `**` does not.",
        "# the source is of https://github.com/owner/repo\nkind: AppProject\n"
        "spec: {sourceRepos: ['https://github.com/*']}",
        "# the source is of https://github.com/owner/repo\nkind: AppProject\n"
        "spec: {sourceRepos: ['https://github.com/owner/*']}",
    ),
    Rule(
        "argo-project-destination",
        (Severity.ERROR,),
        "The AppProject does not permit the namespace of an Application or of its resources.",
        "Argo CD refuses the Application, or applies nothing of it: `namespace … is not "
        "permitted in project`.",
        "# the Application lands in web\nkind: AppProject\nspec:\n"
        "  destinations: [{name: in-cluster, namespace: shop}]",
        "# the Application lands in web\nkind: AppProject\nspec:\n"
        "  destinations: [{name: in-cluster, namespace: web}]",
    ),
    Rule(
        "argo-project-kind",
        (Severity.ERROR,),
        "The AppProject does not permit a kind that the Application contains.",
        "Argo CD applies nothing of the Application. Of cluster-scoped kinds nothing is "
        "permitted that clusterResourceWhitelist does not name.",
        "# the Application contains a ClusterRole\nkind: AppProject\n"
        "spec: {clusterResourceWhitelist: []}",
        "# the Application contains a ClusterRole\nkind: AppProject\nspec:\n"
        "  clusterResourceWhitelist: [{group: rbac.authorization.k8s.io, kind: ClusterRole}]",
    ),
)
# Argo CD leaves these out before it asks a project (resource.exclusions' default).
_EXCLUDED = frozenset(
    {("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice"), ("coordination.k8s.io", "Lease")}
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Projects that are missing, and what projects do not permit."""
    if not model.applications:
        return
    projects, speller = Projects(model), Speller()
    installation = read_installation(model)
    for application in model.applications:
        known = projects.of(application)
        if known:
            yield from _misplaced(application, projects, installation)
            yield from _sources(application, known)
            yield from _destination(application, known)
        elif model.complete:
            yield from _missing(application, projects, speller)
    yield from _Resources(model, projects).check()
    yield from created_namespaces(model, projects)


def _missing(
    application: Application, projects: Projects, speller: Speller
) -> Iterator[RuleProblem]:
    name = application.project or DEFAULT_PROJECT
    if name == DEFAULT_PROJECT or "{{" in name:
        return
    near = speller.nearest(name, projects.names)
    yield RuleProblem(
        "argo-project-missing",
        Severity.ERROR,
        application.manifest,
        ("spec", "project"),
        f"there is no AppProject {name}",
        f"Did you mean {near}?" if near else "Add an AppProject of that name.",
    )


def _misplaced(
    application: Application, projects: Projects, installation: Installation
) -> Iterator[RuleProblem]:
    """A project that is there, in a namespace in which Argo CD does not look for any."""
    name = application.project or DEFAULT_PROJECT
    places = projects.namespaces_of(name)
    # An Application beside its project is for another Argo CD, which lives there.
    if name == DEFAULT_PROJECT or places & {"", application.namespace, *installation.namespaces}:
        return
    yield RuleProblem(
        "argo-project-missing",
        Severity.ERROR,
        application.manifest,
        ("spec", "project"),
        f"the AppProject {name} is in the namespace {min(places)}",
        f"Argo CD looks for AppProjects in {installation.namespace}: move it there.",
    )


def _sources(application: Application, projects: tuple[Project, ...]) -> Iterator[RuleProblem]:
    urls: list[tuple[Path, str]] = [
        ((*source.location, "repoURL"), source.repo_url) for source in application.sources
    ]
    synced = ("spec", "sourceHydrator", "syncSource", "repoURL")
    for path, url in (*urls, (synced, text(at(application.data, *synced)))):
        if url and not any(project.permits_source(url) for project in projects):
            yield RuleProblem(
                "argo-project-source",
                Severity.ERROR,
                application.manifest,
                path,
                f"the AppProject {projects[0].name} does not permit the repository {url}",
                "Add it to spec.sourceRepos of the AppProject.",
            )


def _destination(application: Application, projects: tuple[Project, ...]) -> Iterator[RuleProblem]:
    destination = application.destination
    cluster = cluster_named(destination)
    namespace = destination.namespace
    if cluster is None or any(
        project.permits_destination(cluster, namespace) is not False for project in projects
    ):
        return
    name = projects[0].name
    if any(project.permits_cluster(cluster) for project in projects):
        key = "namespace"
        what = f"the namespace {namespace}" if namespace else "a destination without a namespace"
    else:
        key = "server" if destination.server else "name"
        what = f"the cluster {destination.server or destination.name}"
    yield RuleProblem(
        "argo-project-destination",
        Severity.ERROR,
        application.manifest,
        ("spec", "destination", key),
        f"the AppProject {name} does not permit {what}",
        "Add it to spec.destinations of the AppProject.",
    )


class _Resources:
    """Looks at the kinds and the namespaces of what Applications contain, each once."""

    def __init__(self, model: Model, projects: Projects) -> None:
        self._model = model
        self._projects = projects
        self._kinds: set[tuple[Application, str, str, bool | None, str]] = set()
        self._told: set[tuple[Application, str, str]] = set()
        self._namespaces: set[tuple[Application, str]] = set()

    def check(self) -> Iterator[RuleProblem]:
        """What projects do not permit of what their Applications contain."""
        known = {
            app: found for app in self._model.applications if (found := self._projects.of(app))
        }
        by_name = {
            app for app, found in known.items() if any(item.names_cluster_kinds for item in found)
        }
        for resource in self._model.resources if known else ():
            application = resource.application
            projects = known.get(application) if application is not None else None
            if application is None or not projects:
                continue
            name = resource.name if application in by_name else ""
            key = (application, resource.group, resource.kind, resource.namespaced, name)
            place = (application, resource.namespace)
            new_kind = key not in self._kinds
            new_place = resource.namespaced is True and place not in self._namespaces
            if not (new_kind or new_place):
                continue
            if (resource.group, resource.kind) in _EXCLUDED or not is_synced(resource):
                continue
            if new_kind:
                self._kinds.add(key)
                yield from self._kind(resource, application, projects)
            if new_place:
                self._namespaces.add(place)
                yield from self._namespace(resource, application, projects)

    def _kind(
        self, resource: Resource, application: Application, projects: tuple[Project, ...]
    ) -> Iterator[RuleProblem]:
        scopes = (True, False) if resource.namespaced is None else (resource.namespaced,)
        group, kind = resource.group, resource.kind
        if (application, group, kind) in self._told or any(
            project.permits_kind(group, kind, resource.name, namespaced=namespaced)
            for project in projects
            for namespaced in scopes
        ):
            return
        self._told.add((application, group, kind))
        key = "namespaceResourceWhitelist" if scopes[0] else "clusterResourceWhitelist"
        yield RuleProblem(
            "argo-project-kind",
            Severity.ERROR,
            resource.manifest,
            _path(resource, ("kind",)),
            f"the AppProject {projects[0].name} does not permit {_kind_name(group, kind)}",
            f'Permit {{group: "{group}", kind: {kind}}} in spec.{key} of the AppProject.',
        )

    def _namespace(
        self, resource: Resource, application: Application, projects: tuple[Project, ...]
    ) -> Iterator[RuleProblem]:
        cluster = cluster_named(application.destination)
        namespace = resource.namespace
        # What the destination itself may not is told there.
        if cluster is None or not namespace or namespace == application.destination.namespace:
            return
        if any(
            project.permits_destination(cluster, namespace) is not False for project in projects
        ):
            return
        yield RuleProblem(
            "argo-project-destination",
            Severity.ERROR,
            resource.manifest,
            _path(resource, ("metadata", "namespace")),
            f"the AppProject {projects[0].name} does not permit the namespace {namespace}",
            "Add it to spec.destinations of the AppProject, or change the namespace.",
        )


def _path(resource: Resource, path: tuple[str, ...]) -> tuple[str, ...]:
    """The path of what is wrong; of what a tool made, the source it came out of."""
    if resource.manifest.rendering is not None and path == ("kind",):
        return ()
    return path


def _kind_name(group: str, kind: str) -> str:
    return f"the kind {kind} of {group}" if group else f"the kind {kind}"
