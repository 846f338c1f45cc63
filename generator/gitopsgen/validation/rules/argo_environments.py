"""Which Applications belong to one Argo CD, where a repository serves several.

A repository for several environments is often read by an Argo CD in each of their clusters, and
every one of those calls its own cluster `https://kubernetes.default.svc`. Nothing in the
manifests says so; how the roots are named and where they stand does.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.validation.model import Model, Resource

_WORD = re.compile(r"[a-z0-9]+")
# Names of environments, as folders and files are called.
_ENVIRONMENTS = frozenset(
    [
        "acc",
        "acceptance",
        "demo",
        "dev",
        "develop",
        "development",
        "int",
        "integration",
        "live",
        "local",
        "nonprod",
        "preprod",
        "preview",
        "prd",
        "prod",
        "production",
        "qa",
        "sandbox",
        "staging",
        "stage",
        "stg",
        "test",
        "testing",
        "tst",
        "uat",
    ]
)
# Folders that hold one folder for each environment.
_COLLECTIONS = frozenset({"clusters", "environments", "envs"})


class Environments:
    """Tells resources apart that no one Argo CD applies together.

    They have no root in common, and the roots of the one
    - have a name that a root elsewhere has as well,
    - lead to other Applications of the same names as those of the other,
    - stand in folders that differ in the name of an environment alone, or in different ones of a
      folder of clusters or environments; for app-of-apps, the names of their files count as well.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._roots: dict[Application, frozenset[Application]] = {}
        self._answers: dict[tuple[frozenset[Application], frozenset[Application]], bool] = {}

    def separate(self, known: Resource, resource: Resource) -> bool:
        """Whether two resources are of two environments."""
        if known.application is None or resource.application is None:
            return False
        roots = self._roots_of(known.application), self._roots_of(resource.application)
        if roots not in self._answers:
            self._answers[roots] = self._are_separate(*roots)
        return self._answers[roots]

    def _are_separate(self, one: frozenset[Application], other: frozenset[Application]) -> bool:
        if one & other:
            return False
        if not self._shared_names.isdisjoint(root.name for root in one | other):
            return True
        return any(
            self._clash(first, second) or self._stand_apart(first, second)
            for first in one
            for second in other
        )

    def _clash(self, first: Application, second: Application) -> bool:
        """Whether two roots lead to different Applications of one name."""
        here, there = self._below[first], self._below[second]
        return any(here[name].isdisjoint(there[name]) for name in here.keys() & there.keys())

    def _stand_apart(self, first: Application, second: Application) -> bool:
        """Whether the places of two roots name two environments."""
        mine, theirs = first.manifest, second.manifest
        if mine.file == theirs.file and mine.folder != theirs.folder:
            # Two overlays of one base.
            return True
        one, other = _place(mine), _place(theirs)
        if len(self._below[first]) == 1 or len(self._below[second]) == 1:
            # Files for an application are called like an environment that is but a namespace.
            one, other = one.rpartition("/")[0], other.rpartition("/")[0]
        return _in_collection(one, other) or _differ_in_environment(one, other)

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


class Claims:
    """What claims a thing that a cluster has once, such as a name, in the order of asking."""

    def __init__(self, environments: Environments) -> None:
        self._environments = environments
        self._firsts: dict[object, list[Resource]] = {}

    def first(self, thing: object, resource: Resource) -> Resource:
        """What claimed a thing before in the environment of a resource, else the resource."""
        firsts = self._firsts.setdefault(thing, [])
        for known in firsts:
            if known is resource or not self._environments.separate(known, resource):
                return known
        firsts.append(resource)
        return resource


def _place(manifest: Manifest) -> str:
    """The path of a manifest's file, in the folder that it is applied with."""
    return f"{manifest.folder}/{manifest.file.rpartition('/')[2]}".lower()


def _in_collection(one: str, other: str) -> bool:
    """Whether two paths part in a folder that holds environments."""
    before = ""
    for mine, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            return before in _COLLECTIONS
        before = mine
    return False


def _differ_in_environment(one: str, other: str) -> bool:
    """Whether two paths are equal but for words that name environments."""
    mine, theirs = _WORD.findall(one), _WORD.findall(other)
    if _without(mine) != _without(theirs):
        return False
    return {*mine} & _ENVIRONMENTS != {*theirs} & _ENVIRONMENTS


def _without(words: list[str]) -> list[str]:
    return [word for word in words if word not in _ENVIRONMENTS]
