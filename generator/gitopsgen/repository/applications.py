"""Applications as plain facts, read tolerantly: what is wrong with them is a schema finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Manifest

GROUP = "argoproj.io"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One source of an Application; `location` is its path within the Application's manifest.

    `data` is the source as it was written; the properties read it tolerantly.
    """

    location: Path
    data: Mapping[str, Any]

    @property
    def is_single(self) -> bool:
        """Whether it is none of `sources`: then it has no others beside it, and no refs."""
        return not isinstance(self.location[-1], int)

    @property
    def repo_url(self) -> str:
        """The repository: of git, or of charts."""
        return _text(self.data.get("repoURL")) or ""

    @property
    def path(self) -> str | None:
        """The folder in the git repository."""
        return _text(self.data.get("path"))

    @property
    def chart(self) -> str | None:
        """The name of the chart in a chart repository."""
        return _text(self.data.get("chart"))

    @property
    def target_revision(self) -> str:
        """The branch, tag, commit or chart version; HEAD where none is named."""
        return _text(self.data.get("targetRevision")) or "HEAD"

    @property
    def ref(self) -> str | None:
        """The name by which other sources take value files from this one."""
        return _text(self.data.get("ref"))

    @property
    def helm(self) -> Mapping[str, Any]:
        """Its Helm settings."""
        return _mapping(self.data.get("helm"))

    @property
    def kustomize(self) -> Mapping[str, Any]:
        """Its Kustomize settings."""
        return _mapping(self.data.get("kustomize"))

    @property
    def directory(self) -> Mapping[str, Any]:
        """Its settings for a folder of plain manifests."""
        return _mapping(self.data.get("directory"))

    @property
    def recurse(self) -> bool:
        """Whether folders below count."""
        return self.directory.get("recurse") is True

    @property
    def include(self) -> str:
        """The glob that files must match, or nothing."""
        return _text(self.directory.get("include")) or ""

    @property
    def exclude(self) -> str:
        """The glob that files must not match, or nothing."""
        return _text(self.directory.get("exclude")) or ""

    @property
    def forced_type(self) -> str | None:
        """The type that its settings force on it, whatever the folder holds."""
        kinds = ("plugin", "kustomize", "helm", "directory")
        return next((kind for kind in kinds if isinstance(self.data.get(kind), dict)), None)

    @property
    def value_files(self) -> tuple[str, ...]:
        """The value files of Helm, in order."""
        return _texts(self.helm.get("valueFiles"))


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an Application lands: a cluster by its address or its name, and a namespace."""

    server: str | None
    name: str | None
    namespace: str


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """An Application and the manifest that declares it.

    `annotations` are as they stand: a sync wave may be anything at all.
    """

    manifest: Manifest
    name: str
    namespace: str
    project: str
    sources: tuple[Source, ...]
    destination: Destination
    annotations: Mapping[str, Any]
    sync_options: tuple[str, ...]
    automated: bool
    prunes: bool

    @property
    def data(self) -> Mapping[str, Any]:
        """The Application as it was written."""
        return self.manifest.data


def read_application(manifest: Manifest) -> Application:
    """The facts of an Application's manifest."""
    data = manifest.data
    spec = _mapping(data.get("spec"))
    metadata = _mapping(data.get("metadata"))
    destination = _mapping(spec.get("destination"))
    policy = _mapping(spec.get("syncPolicy"))
    automated = policy.get("automated")
    enabled = isinstance(automated, dict) and automated.get("enabled") is not False
    return Application(
        manifest=manifest,
        name=_text(metadata.get("name")) or "",
        namespace=_text(metadata.get("namespace")) or "",
        project=_text(spec.get("project")) or "",
        sources=read_sources(spec),
        destination=Destination(
            server=_text(destination.get("server")),
            name=_text(destination.get("name")),
            namespace=_text(destination.get("namespace")) or "",
        ),
        annotations=_mapping(metadata.get("annotations")),
        sync_options=_texts(policy.get("syncOptions")),
        automated=enabled,
        prunes=enabled and _mapping(automated).get("prune") is True,
    )


def read_sources(spec: Mapping[str, Any]) -> tuple[Source, ...]:
    """The sources in an Application's spec; where there are `sources`, `source` is ignored.

    With a source hydrator it is the one that manifests are made from.
    """
    hydrator = spec.get("sourceHydrator")
    if isinstance(hydrator, dict):
        return (
            Source(("spec", "sourceHydrator", "drySource"), _mapping(hydrator.get("drySource"))),
        )
    several = spec.get("sources")
    if isinstance(several, list) and several:
        return tuple(
            Source(("spec", "sources", index), _mapping(item)) for index, item in enumerate(several)
        )
    return (Source(("spec", "source"), _mapping(spec["source"])),) if "source" in spec else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
