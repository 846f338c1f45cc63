"""What an AppProject permits, as Argo CD decides it.

Source: Argo CD's pkg/apis/application/v1alpha1/app_project_types.go (3.6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.urls import normal_url
from gitopsgen.validation.rules.access import mapping, sequence, text
from gitopsgen.validation.rules.argo_globs import matches_any, matches_glob, matches_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.repository.applications import Destination

LOCAL_SERVER = "https://kubernetes.default.svc"
LOCAL_NAME = "in-cluster"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as far as an Application tells: None is what nobody here knows of it."""

    server: str | None
    name: str | None


def cluster_named(destination: Destination) -> Cluster | None:
    """The cluster of a destination; None where it names none, or names it twice."""
    server, name = destination.server, destination.name
    if bool(server) == bool(name):
        return None
    server = server.rstrip("/") if server else None
    if server == LOCAL_SERVER or name == LOCAL_NAME:
        return Cluster(LOCAL_SERVER, LOCAL_NAME)
    return Cluster(server, name)


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """An AppProject; `more_sources` are those of its own repository credentials.

    `opaque` is true where more may be permitted than the AppProject says: credentials of clusters
    that belong to it, global projects.
    """

    name: str
    spec: Mapping[str, Any]
    more_sources: tuple[str, ...] = ()
    opaque: bool = False
    _sources: dict[str, bool] = field(default_factory=dict, repr=False)
    _kinds: dict[tuple[str, str, str, bool], bool] = field(default_factory=dict, repr=False)

    @property
    def names_cluster_kinds(self) -> bool:
        """Whether what is permitted depends on the names of cluster-scoped resources."""
        lists = ("clusterResourceWhitelist", "clusterResourceBlacklist")
        items = [mapping(item) for key in lists for item in sequence(self.spec.get(key))]
        return any(item.get("name") for item in items)

    def permits_source(self, url: str) -> bool:
        """Whether a repository is permitted."""
        if url not in self._sources:
            self._sources[url] = self.opaque or self._permits_source(normal_url(url))
        return self._sources[url]

    def _permits_source(self, url: str) -> bool:
        matched = False
        for entry in (*sequence(self.spec.get("sourceRepos")), *self.more_sources):
            pattern = text(entry)
            if pattern.startswith("!"):
                if matches_glob(normal_url(pattern[1:]), url, "/"):
                    return False
                matched = True
            elif pattern == "*" or matches_glob(normal_url(pattern), url, "/"):
                matched = True
        return matched

    def permits_destination(self, cluster: Cluster, namespace: str) -> bool | None:
        """Whether a namespace of a cluster is permitted; None where nobody here can tell."""
        if self.opaque or self.spec.get("permitOnlyProjectScopedClusters") is True:
            return None
        matched = unsure = False
        for item in map(mapping, sequence(self.spec.get("destinations"))):
            server, name = text(item.get("server")), text(item.get("name"))
            place = text(item.get("namespace"))
            by_server, by_name = _match(server, cluster.server), _match(name, cluster.name)
            by_namespace = _match(place, namespace)
            found = _both(_either(by_server, by_name), by_namespace)
            if found:
                matched = True
            elif found is None:
                unsure = True
            elif _denies(name, by_name) or (_denies(server, by_server) and by_namespace):
                return False
            elif _denies(place, by_namespace) and by_server is not False:
                if by_server:
                    return False
                unsure = True
        return True if matched else (None if unsure else False)

    def permits_cluster(self, cluster: Cluster) -> bool:
        """Whether any namespace of a cluster may be permitted."""
        return any(
            _either(
                _match(text(item.get("server")), cluster.server),
                _match(text(item.get("name")), cluster.name),
            )
            is not False
            for item in map(mapping, sequence(self.spec.get("destinations")))
        )

    def permits_kind(self, group: str, kind: str, name: str, *, namespaced: bool) -> bool:
        """Whether a kind is permitted; of a cluster-scoped one the name may matter.

        Without a list of permitted kinds no cluster-scoped one is permitted, and every
        namespaced one.
        """
        key = (group, kind, "" if namespaced else name, namespaced)
        if key not in self._kinds:
            self._kinds[key] = self.opaque or self._permits_kind(*key)
        return self._kinds[key]

    def _permits_kind(self, group: str, kind: str, name: str, namespaced: bool) -> bool:
        if namespaced:
            white = self.spec.get("namespaceResourceWhitelist")
            black = self.spec.get("namespaceResourceBlacklist")
            permitted = not isinstance(white, list) or _in_list(white, group, kind)
            return permitted and not _in_list(black, group, kind)
        white = self.spec.get("clusterResourceWhitelist")
        black = self.spec.get("clusterResourceBlacklist")
        return _in_list(white, group, kind, name) and not _in_list(black, group, kind, name)

    def takes_applications_of(self, namespace: str) -> bool:
        """Whether Applications outside of Argo CD's own namespace may use it."""
        allowed = [text(item) for item in sequence(self.spec.get("sourceNamespaces"))]
        return self.opaque or matches_any(allowed, namespace)


def _in_list(entries: object, group: str, kind: str, name: str | None = None) -> bool:
    for item in map(mapping, sequence(entries)):
        if not matches_path(text(item.get("kind")), kind):
            continue
        if not matches_path(text(item.get("group")), group):
            continue
        wanted = text(item.get("name")) if name is not None else ""
        if not wanted or matches_path(wanted, name or ""):
            return True
    return False


def _match(pattern: str, value: str | None) -> bool | None:
    """Whether a pattern of a destination matches; None where the value is not known."""
    if value is None:
        return True if pattern == "*" else (None if pattern else False)
    if pattern.startswith("!"):
        return not matches_glob(pattern[1:], value)
    return pattern == "*" or matches_glob(pattern, value)


def _denies(pattern: str, matched: bool | None) -> bool:
    return pattern.startswith("!") and matched is False


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True
