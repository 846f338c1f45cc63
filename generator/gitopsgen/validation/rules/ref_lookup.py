"""What a cluster has by name, and where everything that it has is known.

Nothing is ever joined across clusters, with one reservation: a cluster that one Application calls
by its address and another by a name may be the same, so what one of them has is no proof that the
other lacks it.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

ANYWHERE = "*"
_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
_WORD = re.compile(r"[a-z0-9][-a-z0-9.]*")
# Names that are compared in all for the hints of one kind; some microseconds each.
_MOST_SEARCHED = 20_000
_BUILT_IN_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
# Controllers that install whole charts or folders from what these objects say.
_INSTALLERS = (
    ("helm.cattle.io", "HelmChart"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    ("operators.coreos.com", "Subscription"),
    ("fleet.cattle.io", "Bundle"),
    ("fleet.cattle.io", "GitRepo"),
)


def is_name(value: object) -> bool:
    """Whether a value can be an object's name; other rules speak of placeholders and bad names."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def strings_in(data: object) -> Iterator[str]:
    """Every string value in data of any shape."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _may_be_same(one: str, other: str) -> bool:
    if one == other or ANYWHERE in (one, other):
        return True
    return one.startswith("name:") != other.startswith("name:")


class Names:
    """Names that exist, each in a namespace of a cluster.

    A namespace that is not known is the empty string: it may be any.
    """

    def __init__(self) -> None:
        self._places: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._names: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._clusters: set[str] = set()
        self._searched = 0

    def add(self, cluster: str, namespace: str, name: str) -> None:
        """Take in a name; `ANYWHERE` is every cluster, the empty string every namespace."""
        self._places[name] |= {(cluster, namespace), (cluster, ANYWHERE)}
        self._names[(cluster, namespace)].add(name)
        self._clusters.add(cluster)

    def has(self, cluster: str, namespace: str, name: str) -> bool:
        """Whether a name exists, or may exist, in a namespace of a cluster."""
        places = self._places.get(name)
        if places is None:
            return False
        wanted = (namespace, "") if namespace else (ANYWHERE,)
        if any((cluster, where) in places for where in wanted):
            return True
        return any(
            (other, where) in places
            for other in self._clusters
            if _may_be_same(cluster, other)
            for where in wanted
        )

    def nearest(self, cluster: str, namespace: str, name: str) -> str:
        """The name there that is most like another, empty where none is near.

        Only so many are looked for: to compare everything with everything takes too long.
        """
        known = self._names.get((cluster, namespace), set())
        if not self._may_search(len(known)):
            return ""
        return next(iter(difflib.get_close_matches(name, sorted(known), 1)), "")

    def elsewhere(self, cluster: str, name: str) -> str:
        """A namespace of the cluster that has a name, empty where none does, or too many do."""
        if not self._may_search(len(self._places.get(name, ()))):
            return ""
        found = (where for key, where in self._places.get(name, ()) if key == cluster)
        return min((where for where in found if where not in ("", ANYWHERE)), default="")

    def hint(self, cluster: str, namespace: str, name: str, otherwise: str) -> str:
        """What to do about a name that is missing: the one that was meant, or else `otherwise`."""
        if near := self.nearest(cluster, namespace, name):
            return f"Did you mean {near}?"
        other = self.elsewhere(cluster, name)
        if other and other != namespace:
            return f"Namespace {other} has one of that name: it is not seen from here."
        return otherwise

    def _may_search(self, cost: int) -> bool:
        self._searched += cost
        return self._searched <= _MOST_SEARCHED


class Lookup:
    """Looks for things in the clusters of a model, and tells where what is absent is missing."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._kinds: dict[tuple[str, str], Names] = {}
        self._gaps: dict[str, set[str]] = defaultdict(set)
        self._blind = self._find_gaps()
        self._foreign = self._find_foreign()

    def names(self, group: str, kind: str) -> Names:
        """The names of a kind, in namespaces as the resources land in them."""
        key = (group, kind)
        if key not in self._kinds:
            self._kinds[key] = names = Names()
            for resource in self.model.of_kind(group, kind):
                where = "" if resource.namespaced is False else resource.namespace
                names.add(cluster_of(resource.application), where, resource.name)
            for manifest in self.model.unapplied:
                # Somebody may apply by hand what no Application does.
                if (manifest.group, manifest.kind) == key:
                    metadata = mapping(manifest.data.get("metadata"))
                    where = text(metadata.get("namespace"))
                    names.add(ANYWHERE, where, text(metadata.get("name")))
        return self._kinds[key]

    def has(self, group: str, kind: str, cluster: str, namespace: str, name: str) -> bool:
        """Whether a namespace of a cluster has, or may have, an object."""
        return self.names(group, kind).has(cluster, namespace, name)

    def knows_cluster(self, cluster: str, *kinds: tuple[str, str]) -> bool:
        """Whether cluster-scoped things of these kinds are missing where they are absent.

        A pile of manifests without Applications is a whole cluster only if it has such things.
        """
        if self._blind or any(_may_be_same(cluster, gap) for gap in self._gaps):
            return False
        return bool(self.model.applications) or any(self.model.of_kind(*kind) for kind in kinds)

    def knows_namespace(self, cluster: str, namespace: str) -> bool:
        """Whether what is absent from a namespace is missing there.

        A chart that could not be rendered brings something into its own namespace, and into
        those that its values name.
        """
        if (
            self._blind
            or namespace in _BUILT_IN_NAMESPACES
            or (cluster, namespace) in self._foreign
        ):
            return False
        if namespace in self.model.settings.provides.namespaces:
            return False
        return not any(
            not namespace or "" in words or namespace in words
            for gap, words in self._gaps.items()
            if _may_be_same(cluster, gap)
        )

    def _find_gaps(self) -> bool:
        """Note which namespaces are not known; true where nothing at all is."""
        model = self.model
        for kind in _INSTALLERS:
            for resource in model.of_kind(*kind):
                self._gaps[cluster_of(resource.application)].add("")
        if any(item.expansion.unchecked for item in model.generated):
            return True
        if not model.complete and not model.incomplete_applications:
            return True
        values: dict[Application, list[object]] = defaultdict(list)
        for use in model.charts:
            values[use.application] += [part.data for part in use.values]
        for application in model.incomplete_applications:
            if not all(item.chart or model.sources.is_own(item) for item in application.sources):
                return True
            if not any(item.chart for item in application.sources):
                return True
            words = self._gaps[cluster_of(application)]
            words.add(application.destination.namespace)
            helm = [dict(item.helm) for item in application.sources]
            for line in strings_in([helm, values[application]]):
                words.update(_WORD.findall(line))
        return False

    def _find_foreign(self) -> frozenset[tuple[str, str]]:
        """Argo CD's own namespace where the repository does not bring Argo CD."""
        for kind in ("StatefulSet", "Deployment"):
            for resource in self.model.of_kind("apps", kind):
                if resource.labels.get("app.kubernetes.io/part-of") == "argocd":
                    return frozenset()
        spaces = {"argocd", *(item.namespace for item in self.model.applications)}
        return frozenset((LOCAL, namespace) for namespace in spaces if namespace)


def located(resources: Iterable[Resource]) -> Iterator[tuple[str, Resource]]:
    """Resources with the cluster that each of them lands in."""
    for resource in resources:
        yield cluster_of(resource.application), resource


def where(namespace: str) -> str:
    """` in namespace web`, nothing where it is not known."""
    return f" in namespace {namespace}" if namespace else ""


def listed(data: Any, *steps: str | int) -> list[str]:
    """The strings in the list that steps lead to."""
    return [item for item in sequence(at(data, *steps)) if isinstance(item, str)]
