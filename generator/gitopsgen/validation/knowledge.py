"""What a run knows of a repository: everything that is applied, rendered as Argo CD would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.render import api_versions
from gitopsgen.repository.discovery import discover
from gitopsgen.schemas.kinds import kinds
from gitopsgen.validation.renderers import Renderers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.repository.discovery import Discovered
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.settings import Settings
    from gitopsgen.repository.sources import LocalSources
    from gitopsgen.validation.renderers import RenderSettings


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is applied, and the renderers that know what came of charts and kustomizations."""

    found: Discovered
    renderers: Renderers


def explore(
    files: RepositoryFiles, sources: LocalSources, settings: RenderSettings, minor: str
) -> Knowledge:
    """Find everything that is applied.

    Charts may look at which kinds the cluster has: when what they bring adds kinds, everything is
    looked at once more, and only what depends on them is rendered again.
    """
    known = _versions(minor, (), settings.api_versions)
    renderers = Renderers(settings, sources).with_api_versions(known)
    found = discover(files, sources, renderers)
    crds = [m for m in found.manifests if m.kind == "CustomResourceDefinition"]
    more = _versions(minor, crds, settings.api_versions)
    inflated = any(use.charts for use in renderers.kustomizations)
    if more != known and (renderers.charts or inflated):
        renderers = renderers.with_api_versions(more)
        found = discover(files, sources, renderers)
    return Knowledge(found, renderers)


def provided_versions(settings: Settings) -> tuple[str, ...]:
    """The API versions of the CRDs that the cluster has though git does not bring them."""
    found = []
    for name in sorted(settings.provides.crds):
        group, _, kind = name.rpartition("/")
        found += [f"{group}/v1", f"{group}/v1/{kind}"]
    return tuple(found)


def _versions(minor: str, crds: Iterable[Manifest], further: tuple[str, ...]) -> tuple[str, ...]:
    pairs = [(name.api_version, name.kind) for name in kinds(minor)]
    pairs += [pair for crd in crds for pair in _kinds_of(crd.data)]
    return (*api_versions(pairs), *further)


def _kinds_of(crd: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return
    group, kind, versions = spec.get("group"), names.get("kind"), spec.get("versions")
    for version in versions if isinstance(versions, list) else ():
        name = version.get("name") if isinstance(version, dict) else None
        if all(isinstance(part, str) for part in (group, kind, name)):
            yield f"{group}/{name}", str(kind)
