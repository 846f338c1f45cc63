"""AppProjects that come in a later sync wave than Applications that are of them.

Where Argo CD asks for the health of Applications, a wave waits for them. One whose project does not
exist is never compared, hence never healthy: the project's wave does not come. Source: Argo CD's
controller/appcontroller.go (an invalid spec ends the comparison), gitops-engine's
pkg/sync/sync_context.go (Argo CD 3.6).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_installation import GROUP
from gitopsgen.validation.rules.argo_order import WAVE, wave_of
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.validation.model import Model, Resource

# It is argo-project-missing that argo_projects describes: the project is missing when it counts.
RULES: tuple[Rule, ...] = ()


def check(model: Model) -> Iterator[RuleProblem]:
    """Each such AppProject once, with the first Application that waits for it."""
    projects: dict[str, list[Resource]] = defaultdict(list)
    for project in model.of_kind(GROUP, "AppProject"):
        projects[project.name].append(project)
    if not projects or not read_config(model).has_health_of(GROUP, "Application"):
        return
    told: set[str] = set()
    for application in model.of_kind(GROUP, "Application"):
        name = at(application.data, "spec", "project")
        if not isinstance(name, str) or name in told or name not in projects:
            continue
        found = projects[name]
        if all(_is_later(project, application) for project in found):
            told.add(name)
            yield _problem(found[0], application)


def _is_later(project: Resource, application: Resource) -> bool:
    """Whether one Application applies both, the project in a later wave."""
    parent = project.application
    return (
        parent is not None
        and parent is application.application
        and wave_of(project.annotations) > wave_of(application.annotations)
    )


def _problem(project: Resource, application: Resource) -> RuleProblem:
    wave = wave_of(application.annotations)
    return RuleProblem(
        "argo-project-missing",
        Severity.ERROR,
        project.manifest,
        ("metadata", "annotations", WAVE),
        f"wave {wave_of(project.annotations)} does not come: Application {application.name}, in "
        f"wave {wave}, waits for this AppProject",
        f"Give the AppProject an earlier wave than {wave}.",
    )
