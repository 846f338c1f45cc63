"""Applications where Argo CD does not look for them.

Source: IsNamespaceEnabled in Argo CD's util/security, IsAppNamespacePermitted of AppProjects (3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.argo_globs import matches_any
from gitopsgen.validation.rules.argo_installation import GROUP, parameters, set_of
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of
from gitopsgen.validation.rules.argo_project_index import Projects
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.manifests import Place
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.argo_installation import Installation
    from gitopsgen.validation.rules.argo_project_model import Project

_SET = "ApplicationSet"
_WATCHED_SETS = "applicationsetcontroller.namespaces"


def misplaced(model: Model, installation: Installation) -> Iterator[RuleProblem]:
    """Applications, and sets of them, in namespaces in which Argo CD does not look for any."""
    if installation.watched is None and any(map(_may_install, model.incomplete_applications)):
        return
    projects: Projects | None = None
    by_data = {id(application.data): application for application in model.applications}
    sets: set[Place] = set()
    for resource in (*model.of_kind(GROUP, _SET), *model.of_kind(GROUP, "Application")):
        namespace, application = resource.namespace, by_data.get(id(resource.data))
        if not namespace or namespace in installation.namespaces:
            continue
        if application is None and resource.kind != _SET:
            continue
        # What lands in another cluster is for an Argo CD there, which nobody here knows.
        if cluster_of(resource.application) != LOCAL:
            continue
        projects = projects or Projects(model)
        if application is None:
            hint = _why_not_set(namespace, model, installation)
            sets.update({resource.manifest.place} if hint else ())
        elif set_of(resource.manifest) in sets:
            continue
        else:
            hint = _why_not(namespace, projects.of(application), installation)
        if not hint:
            continue
        yield RuleProblem(
            "argo-application-namespace",
            Severity.ERROR,
            resource.manifest,
            ("metadata", "namespace"),
            f"Argo CD does not look for {resource.kind}s in the namespace {namespace}",
            hint,
        )


def _may_install(application: Application) -> bool:
    """Whether an Application is called as if it brought Argo CD and its settings."""
    names = [application.name, *(source.path or "" for source in application.sources)]
    return any("argocd" in name.lower().replace("-", "") for name in names)


def _why_not_set(namespace: str, model: Model, installation: Installation) -> str:
    """What to do about an ApplicationSet outside of Argo CD's namespace; empty where it may be.

    Its controller has a setting of its own, which may stand where nobody looks (an argument, an
    environment variable); it never has a namespace without that for Applications having it.
    """
    watched = ",".join(parameters(model, _WATCHED_SETS)).split(",")
    names = [name.strip() for name in watched if name.strip()]
    if matches_any((*names, *(installation.watched or ())), namespace):
        return ""
    return f"Argo CD looks for them in {installation.namespace}: move it there."


def _why_not(namespace: str, projects: tuple[Project, ...], installation: Installation) -> str:
    """What to do about an Application outside of Argo CD's namespace; empty where it may be there.

    Both the settings and the project have to allow it; one that nobody here knows counts as
    allowing it where the other does.
    """
    watched = installation.watched
    by_settings = None if watched is None else matches_any(watched, namespace)
    by_project = None
    if projects:
        by_project = any(project.takes_applications_of(namespace) for project in projects)
    if by_settings and by_project is False:
        return f"Add {namespace} to spec.sourceNamespaces of the AppProject {projects[0].name}."
    if by_settings is not False and (by_settings or by_project):
        return ""
    return f"Argo CD looks for them in {installation.namespace}: move it there."
