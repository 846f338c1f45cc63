"""The frozen model of a repository that rules look at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gitopsgen.charts.model import ChartUse
    from gitopsgen.cluster.model import Cluster
    from gitopsgen.kustomize.renderer import KustomizeUse
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.discovery import Applied, GeneratedBy
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources

    # Tells whether a kind (group, kind) is namespaced; None where nobody knows.
    ScopeOf = Callable[[str, str], bool | None]


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """An object as it lands in the cluster.

    `namespace` is its own or else the destination's of its Application, and empty for a
    cluster-scoped one; `namespaced` is None where the scope of its kind is not known.
    `application` and its `source` are None for what is applied by hand (a root).
    """

    manifest: Manifest
    group: str
    version: str
    kind: str
    name: str
    namespace: str
    namespaced: bool | None
    application: Application | None = None
    source: Source | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The object as it was written."""
        return self.manifest.data

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Its annotations as they stand: values may have the wrong type."""
        return _mapping(_mapping(self.data.get("metadata")).get("annotations"))

    @property
    def labels(self) -> Mapping[str, Any]:
        """Its labels as they stand: values may have the wrong type."""
        return _mapping(_mapping(self.data.get("metadata")).get("labels"))


@dataclass(frozen=True, slots=True)
class LocalContext:
    """What a rule may know when it looks at one object alone.

    `domains` are the cluster's own domains: no placeholders, even where they look like one.
    """

    minor: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Everything that rules may know: what is applied, by whom, and how much of it is known.

    `complete` is false where something that could bring resources was not looked at (charts
    that were skipped, sources elsewhere): a rule that says that nothing brings a thing stays
    silent then. `incomplete_applications` are those of which something was not looked at.
    `unreached` are Applications and manifests that no root reaches; those of them that are
    `set_aside` are so on purpose, or with the Application that holds them. `sources` answers what
    lies in the repository. `lock` has the digests of .gitopsgen/lock.yaml by repository, name and
    version of a chart, None where there is no such file.
    """

    resources: tuple[Resource, ...]
    sources: LocalSources
    applications: tuple[Application, ...] = ()
    generated: tuple[GeneratedBy, ...] = ()
    charts: tuple[ChartUse, ...] = ()
    kustomizations: tuple[KustomizeUse, ...] = ()
    unreached: tuple[Manifest, ...] = ()
    set_aside: frozenset[Manifest] = frozenset()
    cluster: Cluster | None = None
    settings: Settings = field(default_factory=Settings)
    minor: str = ""
    complete: bool = True
    incomplete_applications: frozenset[Application] = frozenset()
    lock: Mapping[tuple[str, str, str], str] | None = None
    _kinds: dict[tuple[str, str], list[Resource]] = field(init=False, repr=False, compare=False)
    _names: dict[tuple[str, str, str, str], list[Resource]] = field(
        init=False, repr=False, compare=False
    )
    _members: dict[Application | None, list[Resource]] = field(
        init=False, repr=False, compare=False
    )
    _parents: dict[Application, list[Application]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        names: dict[tuple[str, str, str, str], list[Resource]] = defaultdict(list)
        members: dict[Application | None, list[Resource]] = defaultdict(list)
        parents: dict[Application, list[Application]] = defaultdict(list)
        declared = {id(app.manifest.data): app for app in self.applications}
        for item in self.resources:
            kinds[(item.group, item.kind)].append(item)
            names[(item.group, item.kind, item.namespace, item.name)].append(item)
            members[item.application].append(item)
            child = declared.get(id(item.data))
            if child is not None and item.application is not None:
                parents[child].append(item.application)
        object.__setattr__(self, "_kinds", dict(kinds))
        object.__setattr__(self, "_names", dict(names))
        object.__setattr__(self, "_members", dict(members))
        object.__setattr__(self, "_parents", dict(parents))

    def of_kind(self, group: str, kind: str) -> tuple[Resource, ...]:
        """The resources of a kind, in any version; the core group is the empty string."""
        return tuple(self._kinds.get((group, kind), ()))

    def find(self, group: str, kind: str, namespace: str, name: str) -> tuple[Resource, ...]:
        """The resources of one identity: more than one where two places bring it."""
        return tuple(self._names.get((group, kind, namespace, name), ()))

    def kinds(self) -> tuple[tuple[str, str], ...]:
        """The kinds that occur, as (group, kind)."""
        return tuple(self._kinds)

    def identities(self) -> Mapping[tuple[str, str, str, str], list[Resource]]:
        """The resources by (group, kind, namespace, name)."""
        return self._names

    def members(self, application: Application | None) -> tuple[Resource, ...]:
        """What an Application applies; of None, what is applied by hand."""
        return tuple(self._members.get(application, ()))

    def parents(self, application: Application) -> tuple[Application, ...]:
        """The Applications that hold an Application, itself among them if it does."""
        return tuple(self._parents.get(application, ()))

    def is_complete(self, application: Application) -> bool:
        """Whether everything that an Application applies is known."""
        return application not in self.incomplete_applications


def build_resources(applied: Iterable[Applied], scope_of: ScopeOf) -> tuple[Resource, ...]:
    """The resources of what is applied; CRDs among it tell the scope of their kinds."""
    applied = tuple(applied)
    brought = dict(_scopes(item.manifest for item in applied))
    resources = []
    for item in applied:
        data = item.manifest.data
        group, _, version = data["apiVersion"].rpartition("/")
        kind = data["kind"]
        namespaced = brought.get((group, kind), scope_of(group, kind))
        metadata = _mapping(data.get("metadata"))
        application = item.application
        default = application.destination.namespace if application else ""
        namespace = "" if namespaced is False else _text(metadata.get("namespace")) or default
        name = _text(metadata.get("name"))
        resources.append(
            Resource(
                item.manifest,
                group,
                version,
                kind,
                name,
                namespace,
                namespaced,
                application,
                item.source,
            )
        )
    return tuple(resources)


def _scopes(manifests: Iterable[Manifest]) -> Iterable[tuple[tuple[str, str], bool]]:
    for manifest in manifests:
        if manifest.data["kind"] != "CustomResourceDefinition":
            continue
        spec = _mapping(manifest.data.get("spec"))
        names = _mapping(spec.get("names"))
        if spec.get("scope"):
            key = (_text(spec.get("group")), _text(names.get("kind")))
            yield key, spec["scope"] == "Namespaced"


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
