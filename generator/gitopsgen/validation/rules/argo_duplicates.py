"""The rule on resources that two places bring.

Source: Argo CD's controller/state.go (NormalizeTargetObjects, SharedResourceWarning), 3.6.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of, is_hook
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.repository.applications import Application
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
    worlds = _Worlds(model)
    for (_, _, _, name), resources in model.identities().items():
        if len(resources) > 1 and name:
            yield from _repeated(resources, worlds)


def _repeated(resources: Sequence[Resource], worlds: _Worlds) -> Iterator[RuleProblem]:
    """The resources of one identity that some cluster has already."""
    first: dict[tuple[str, str | None], Resource] = {}
    for resource in resources:
        # Hooks come and go: equal names in different phases are usual.
        if is_hook(resource):
            continue
        known = first.setdefault(_applied_to(resource), resource)
        if known is resource or _is_told_elsewhere(known, resource):
            continue
        if not worlds.separate(known, resource):
            yield _problem(known, resource)


def _applied_to(resource: Resource) -> tuple[str, str | None]:
    """What a resource shares with those that are applied with it.

    Of what no Application holds that is the folder: others may be another environment's.
    """
    if resource.application is None:
        return LOCAL, resource.manifest.file.rpartition("/")[0]
    return cluster_of(resource.application), None


class _Worlds:
    """Which resources come from roots that cannot be in one Argo CD.

    A repository with a root of one name for every environment has an Argo CD for each, and so
    has one whose roots lead to different Applications of one name.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._roots: dict[Application, frozenset[Application]] = {}

    def separate(self, known: Resource, resource: Resource) -> bool:
        """Whether two resources are of two worlds."""
        if known.application is None or resource.application is None:
            return False
        one, other = self._roots_of(known.application), self._roots_of(resource.application)
        if one & other:
            return False
        if not self._shared_names.isdisjoint(root.name for root in one | other):
            return True
        return any(self._clash(first, second) for first in one for second in other)

    def _clash(self, first: Application, second: Application) -> bool:
        """Whether two roots lead to different Applications of one name."""
        here, there = self._below[first], self._below[second]
        return any(here[name].isdisjoint(there[name]) for name in here.keys() & there.keys())

    @cached_property
    def _below(self) -> dict[Application, dict[str, set[Application]]]:
        """What each root leads to, by name."""
        found: dict[Application, dict[str, set[Application]]] = {}
        for application in self._model.applications:
            for root in self._roots_of(application):
                found.setdefault(root, {}).setdefault(application.name, set()).add(application)
        return found

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        """The names that several roots have."""
        roots = (app for app in self._model.applications if self._is_root(app))
        counts = Counter(root.name for root in roots)
        return frozenset(name for name, count in counts.items() if count > 1)

    def _is_root(self, application: Application) -> bool:
        return all(parent is application for parent in self._holders(application))

    def _roots_of(self, application: Application) -> frozenset[Application]:
        """The Applications that lead to one and are held by nothing but themselves."""
        if application not in self._roots:
            seen: set[Application] = set()
            waiting = [application]
            while waiting:
                current = waiting.pop()
                if current not in seen:
                    seen.add(current)
                    waiting += self._holders(current)
            self._roots[application] = frozenset(filter(self._is_root, seen))
        return self._roots[application]

    def _holders(self, application: Application) -> list[Application]:
        """What holds an Application; of one that a set generates, what holds the set."""
        held = list(self._model.parents(application))
        if held or application.manifest.rendering is None:
            return held
        name = application.manifest.application
        sets = self._model.find("argoproj.io", "ApplicationSet", application.namespace, name)
        return [item.application for item in sets if item.application is not None]


def _is_told_elsewhere(known: Resource, resource: Resource) -> bool:
    """What is another rule's, or harmless: a chart that renders the same thing twice."""
    if (resource.group, resource.kind) == ("argoproj.io", "Application"):
        # Different Applications of one name are argo-duplicate-application.
        return known.manifest.place != resource.manifest.place
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
