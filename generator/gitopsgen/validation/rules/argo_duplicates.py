"""The rule on resources that two places bring.

Source: Argo CD's controller/state.go (NormalizeTargetObjects, SharedResourceWarning), 3.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.argo_environments import Claims, Environments
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of, is_hook
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "argo-duplicate-resource",
        (Severity.ERROR,),
        "Two places bring the same resource of a cluster.",
        "Two Applications fight for it for ever; within one Application the last one wins, "
        "without a word.",
        "# in two files of what Argo CD applies\nkind: Namespace\nmetadata: {name: web}",
        "# in one of them alone\nkind: Namespace\nmetadata: {name: web}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Every place of a resource but the first."""
    if not model.applications and not model.complete:
        # Nothing says what of all these files is applied, and what only changes other objects.
        return
    environments = Environments(model)
    for (_, _, _, name), resources in model.identities().items():
        if len(resources) > 1 and name:
            yield from _repeated(resources, Claims(environments))


def _repeated(resources: Sequence[Resource], claims: Claims) -> Iterator[RuleProblem]:
    """The resources of one identity that some cluster has already."""
    for resource in resources:
        # Hooks come and go: equal names in different phases are usual. What no Application holds,
        # of a kind that nobody knows, may be another program's.
        if is_hook(resource) or (resource.application is None and resource.namespaced is None):
            continue
        known = claims.first(_applied_to(resource), resource)
        if known is not resource and not _is_told_elsewhere(known, resource):
            yield _problem(known, resource)


def _applied_to(resource: Resource) -> tuple[str, str | None]:
    """What a resource shares with those that are applied with it.

    Of what no Application holds that is the folder: others may be another environment's.
    """
    if resource.application is None:
        return LOCAL, resource.manifest.folder
    return cluster_of(resource.application), None


def _is_told_elsewhere(known: Resource, resource: Resource) -> bool:
    """What is another rule's, or harmless: a chart that renders the same thing twice."""
    if (resource.group, resource.kind) == ("argoproj.io", "Application"):
        # Different Applications of one name are argo-duplicate-application.
        return known.manifest.place != resource.manifest.place
    one, other = known.application, resource.application
    if one is not None and other is not None and one is not other:
        # So is what they bring: only one of the two is there.
        return (one.name, one.namespace) == (other.name, other.namespace)
    return (
        resource.manifest.rendering is not None
        and known.source is resource.source
        and known.application is resource.application
        and known.data == resource.data
    )


def _problem(known: Resource, resource: Resource) -> RuleProblem:
    place = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
    cluster = cluster_of(resource.application)
    there = "" if cluster == LOCAL else f" of cluster {cluster.removeprefix('name:')}"
    where = _origin(known)
    one_application = known.application is resource.application
    if known.application is not None and not one_application:
        where = f"{where}, by Application {known.application.name}"
    return RuleProblem(
        "argo-duplicate-resource",
        Severity.ERROR,
        resource.manifest,
        ("metadata", "name"),
        f"{resource.kind} {place}{there} is applied already: from {where}",
        "The last one wins: keep one of them."
        if one_application
        else "Keep it in one Application, or give one of them another name.",
    )


def _origin(resource: Resource) -> str:
    rendering = resource.manifest.rendering
    return resource.manifest.file if rendering is None else rendering.what
