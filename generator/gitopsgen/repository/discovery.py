"""What Argo CD would apply from a repository, found the way Argo CD finds it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.findings import Unchecked
from gitopsgen.repository.applications import GROUP, Application, Source, read_application
from gitopsgen.repository.files import YAML_SUFFIXES, RepositoryFiles
from gitopsgen.repository.manifests import Manifest, Place, objects_in
from gitopsgen.repository.sources import LocalSources, is_below, special_folders
from gitopsgen.repository.urls import same_repository_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Discovered:
    """What is applied, which files it comes from, and what could not be looked at."""

    manifests: tuple[Manifest, ...]
    applications: tuple[Application, ...] = ()
    charts: tuple[tuple[Application, Source], ...] = ()
    manifest_files: tuple[str, ...] = ()
    value_files: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


def discover(files: RepositoryFiles, own_urls: Iterable[str]) -> Discovered:
    """Follow the roots of a repository to everything that Argo CD would apply.

    `own_urls` mean this repository; where there are none, it is the URL that most sources with
    a path of this repository share. Roots are Applications that contain Applications and are
    contained by nothing but themselves. Without such a root every Application is one. Without
    any Application every Kubernetes-looking file outside of charts and kustomizations counts.
    """
    declared = {manifest.place: manifest for manifest in _application_manifests(files)}
    special = special_folders(files)
    if not declared:
        return _everything(files, special)
    applications = {
        place: read_application(manifest.data, manifest.file, manifest.document)
        for place, manifest in declared.items()
    }
    own = frozenset(map(same_repository_key, own_urls)) or _guess_own(files, applications.values())
    sources = LocalSources(files, own, special)
    contained = {
        place: [
            manifest
            for path in sorted(sources.files_of(application))
            for manifest in objects_in(files, path, application.name)
        ]
        for place, application in applications.items()
    }
    roots = _roots(contained)
    reached = _reachable(roots, contained)
    manifests = {place: declared[place] for place in roots}
    for place in reached:
        manifests.update({manifest.place: manifest for manifest in contained[place]})
    return _result(
        [applications[place] for place in sorted(reached, key=_order)],
        [manifests[place] for place in sorted(manifests, key=_order)],
        sources,
    )


def _result(
    applications: Sequence[Application], manifests: Sequence[Manifest], sources: LocalSources
) -> Discovered:
    files = {path for application in applications for path in sources.files_of(application)}
    unchecked = [
        item for application in applications for item in _unchecked_sources(application, sources)
    ]
    unchecked += [
        Unchecked(
            f"ApplicationSet {manifest.identity.rpartition(' ')[2]}",
            "ApplicationSets are not expanded yet",
            manifest.application,
        )
        for manifest in manifests
        if _is_argo(manifest, "ApplicationSet")
    ]
    return Discovered(
        manifests=tuple(manifests),
        applications=tuple(applications),
        charts=tuple(
            (app, source) for app in applications for source in app.sources if source.chart
        ),
        manifest_files=tuple(sorted(files | {manifest.file for manifest in manifests})),
        value_files=tuple(sorted(sources.value_files(applications))),
        unchecked=tuple(dict.fromkeys(unchecked)),
    )


def _everything(files: RepositoryFiles, special: Mapping[str, str]) -> Discovered:
    paths = [
        path
        for path in files.paths
        if path.endswith(YAML_SUFFIXES)
        and not path.startswith(".")
        and not any(is_below(path, folder) for folder in special)
        and (file := files.read(path)) is not None
        and file.looks_like_a_manifest
    ]
    manifests = tuple(manifest for path in paths for manifest in objects_in(files, path))
    return Discovered(manifests, manifest_files=tuple(paths))


def _application_manifests(files: RepositoryFiles) -> Iterator[Manifest]:
    """Every Application in the repository, whether something contains it or not."""
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates:
            continue
        file = files.read(path)
        # Most files are none: do not parse those that cannot be.
        if file is None or f"{GROUP}/" not in file.text or file.is_a_template:
            continue
        for manifest in objects_in(files, path):
            if _is_argo(manifest, "Application"):
                yield manifest


def _is_argo(manifest: Manifest, kind: str) -> bool:
    group = manifest.data["apiVersion"].partition("/")[0]
    return bool(group == GROUP and manifest.data["kind"] == kind)


def _guess_own(files: RepositoryFiles, applications: Iterable[Application]) -> frozenset[str]:
    keys = Counter(
        same_repository_key(source.repo_url)
        for application in applications
        for source in application.sources
        if source.path and source.path.strip("./") in files.folders
    )
    return frozenset(key for key, _ in keys.most_common(1))


def _roots(contained: Mapping[Place, Sequence[Manifest]]) -> list[Place]:
    holders: set[Place] = set()
    held: set[Place] = set()
    for place, manifests in contained.items():
        for manifest in manifests:
            if manifest.place in contained:
                holders.add(place)
                if manifest.place != place:
                    held.add(manifest.place)
    return [place for place in contained if place in holders - held] or list(contained)


def _reachable(roots: Iterable[Place], contained: Mapping[Place, Sequence[Manifest]]) -> set[Place]:
    reached: set[Place] = set()
    waiting = list(roots)
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting += [m.place for m in contained[place] if m.place in contained]
    return reached


def _unchecked_sources(application: Application, sources: LocalSources) -> Iterator[Unchecked]:
    for source in application.sources:
        if source.chart or (source.path is None and source.ref):
            continue
        if (reason := sources.why_unchecked(source)) is not None:
            where = source.path or source.repo_url
            yield Unchecked(f"source {where}", reason, application.name)
        for path in sources.jsonnet_of(source):
            yield Unchecked(path, "Jsonnet is not evaluated", application.name)


def _order(place: Place) -> tuple[str, int, tuple[int, ...]]:
    """Files by name, documents and the items of a List as they stand."""
    file, document, path = place
    return (file, document, tuple(step for step in path if isinstance(step, int)))
