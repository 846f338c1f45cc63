"""Where and when Argo CD applies a resource: clusters, hooks, sync waves along the Applications.

Source: gitops-engine's pkg/sync (syncwaves/waves.go, hook/hook.go, sync_tasks.go), Argo CD 3.6.
"""

from __future__ import annotations

import re
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # The wave of what leads to a resource within an Application, and whether later waves may
    # start before the resource is there all the same.
    Level = tuple[int, bool]

WAVE = "argocd.argoproj.io/sync-wave"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
HOOK = "argocd.argoproj.io/hook"
LOCAL = ""
_HELM_HOOK, _HELM_WEIGHT = "helm.sh/hook", "helm.sh/hook-weight"
_SYNC_HOOKS = frozenset({"PreSync", "Sync", "PostSync", "SyncFail"})
_HELM_SYNC_HOOKS = frozenset({"pre-install", "pre-upgrade", "post-install", "post-upgrade"})
_INTEGER = re.compile(r"[+-]?[0-9]+")
_LARGEST = 2**63
_LOCAL_SERVER = "https://kubernetes.default.svc"


def cluster_of(application: Application | None) -> str:
    """Which cluster an Application lands in: `LOCAL` is Argo CD's own.

    A cluster named by address and one named by name are taken for two.
    """
    if application is None:
        return LOCAL
    destination = application.destination
    if destination.server:
        server = destination.server.rstrip("/")
        return LOCAL if server == _LOCAL_SERVER else server
    name = destination.name or "in-cluster"
    return LOCAL if name == "in-cluster" else f"name:{name}"


def atoi(value: object) -> int | None:
    """The number that Go's strconv.Atoi reads from a text, None where it refuses it."""
    if not isinstance(value, str) or not _INTEGER.fullmatch(value) or len(value) > 30:
        return None
    number = int(value)
    return number if -_LARGEST <= number < _LARGEST else None


def wave_of(annotations: Mapping[str, Any]) -> int:
    """The sync wave; what is no number counts as 0, Helm's hook weight stands in for none."""
    for key in (WAVE, _HELM_WEIGHT):
        number = atoi(annotations.get(key))
        if number is not None:
            return number
    return 0


def sync_options(resource: Resource) -> frozenset[str]:
    """The sync options that a resource's own annotation names."""
    return frozenset(options_in(resource.annotations.get(SYNC_OPTIONS)))


def options_in(annotation: object) -> list[str]:
    """The options in the text of an annotation."""
    return [item.strip() for item in text(annotation).split(",") if item.strip()]


def is_hook(resource: Resource) -> bool:
    """Whether Argo CD runs a resource as a hook, or leaves it out because it is one of Helm's."""
    annotations = resource.annotations
    return HOOK in annotations or annotations.get(_HELM_HOOK, "crd-install") != "crd-install"


def is_synced(resource: Resource) -> bool:
    """Whether a sync applies a resource: tests and hooks of a deletion are left out."""
    if not is_hook(resource):
        return True
    own = set(options_in(resource.annotations.get(HOOK)))
    helm = set(options_in(resource.annotations.get(_HELM_HOOK)))
    return bool(own & _SYNC_HOOKS or helm & _HELM_SYNC_HOOKS)


class When(Enum):
    """When something comes, seen from what needs it."""

    SAME = "in the same Application"
    EARLIER = "in an earlier wave"
    EQUAL = "in the same wave"
    UNORDERED = "without waves"
    LATER = "in a later wave"
    UNKNOWN = "nobody knows when"


class Order:
    """Compares when resources of a model are applied.

    The waves of the closest Application above both decide. Where `strict` is false no wave waits
    for an Application, since Argo CD does not ask for its health.
    """

    def __init__(self, model: Model, *, strict: bool = True) -> None:
        self._model = model
        self._strict = strict
        self._above: dict[Application, dict[Application, Level]] = {}
        self._answers: dict[tuple[Application, int, Application, int], When] = {}
        self._owners = {
            id(data): id(item.manifest.data)
            for item in model.generated
            for data in item.expansion.applications
        }
        self._sets: dict[int, list[Resource]] = {}
        for resource in model.of_kind("argoproj.io", "ApplicationSet") if self._owners else ():
            self._sets.setdefault(id(resource.data), []).append(resource)

    def when(self, bringer: Resource, needer: Resource) -> When:
        """When `bringer` comes, seen from `needer`."""
        wave = wave_of(bringer.annotations)
        return self.when_in(bringer.application, wave, needer)

    def when_in(self, source: Application | None, wave: int, needer: Resource) -> When:
        """When a wave of an Application comes, seen from `needer`; None is what stands by hand."""
        if source is None:
            return When.EARLIER
        if needer.application is None:
            return When.UNKNOWN
        if source is needer.application:
            return When.SAME
        key = (source, wave, needer.application, wave_of(needer.annotations))
        if key not in self._answers:
            self._answers[key] = self._compare(*key)
        return self._answers[key]

    def is_above(self, upper: Application | None, lower: Application | None) -> bool:
        """Whether an Application holds another, itself or through others."""
        return upper is not None and lower is not None and upper in self.above(lower)

    def above(self, application: Application) -> Mapping[Application, Level]:
        """The Applications above one, the closest first, with the level that leads down to it."""
        if application not in self._above:
            self._above[application] = self._climb(application)
        return self._above[application]

    def _compare(
        self, source: Application, their_wave: int, target: Application, own_wave: int
    ) -> When:
        theirs = {source: (their_wave, False), **self.above(source)}
        mine = {target: (own_wave, False), **self.above(target)}
        for application, (own, own_loose) in mine.items():
            if application not in theirs:
                continue
            their, loose = theirs[application]
            if their < own:
                return When.EARLIER
            if their > own and self._strict and not loose and not own_loose:
                return When.LATER
            # Within one sync Argo CD applies CRDs and Namespaces before Applications.
            return When.EARLIER if application is source and their == own else When.EQUAL
        alone = not self.above(source) and not self.above(target)
        return When.UNORDERED if alone else When.UNKNOWN

    def _climb(self, application: Application) -> dict[Application, Level]:
        found: dict[Application, Level] = {}
        waiting: deque[tuple[Application, bool]] = deque([(application, False)])
        while waiting:
            child, loose = waiting.popleft()
            for parent, wave, loosens in self._holders(child):
                if parent is not application and parent not in found:
                    found[parent] = (wave, loose or loosens)
                    waiting.append((parent, loose or loosens))
        return found

    def _holders(self, child: Application) -> Iterator[tuple[Application, int, bool]]:
        """Who holds an Application, in which wave; a set does not wait for what it generates."""
        for parent in self._model.parents(child):
            yield parent, wave_of(child.annotations), False
        owner = self._owners.get(id(child.manifest.data))
        for resource in self._sets.get(owner, ()) if owner is not None else ():
            if resource.application is not None:
                yield resource.application, wave_of(resource.annotations), True
