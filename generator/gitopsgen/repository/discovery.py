"""What Argo CD would apply from a repository, found the way Argo CD finds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.repository.applications import read_application
from gitopsgen.repository.by_hand import (
    brought,
    charts_of_applications,
    installers,
    not_installed,
)
from gitopsgen.repository.candidates import broken_in, declared_in, loose_files
from gitopsgen.repository.forgotten import Leftover
from gitopsgen.repository.graph import Graph, is_declaring
from gitopsgen.repository.leftovers import Leftovers
from gitopsgen.repository.manifests import Manifest, objects_in
from gitopsgen.repository.nodes import Applied, GeneratedBy, Node, reachable, roots_of
from gitopsgen.repository.other_programs import is_for_kubernetes
from gitopsgen.repository.overlaid import Overlays
from gitopsgen.repository.sources import LocalSources, special_folders
from gitopsgen.repository.urls import same_repository_key
from gitopsgen.repository.value_files import ValueFileState, value_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitopsgen.findings import Unchecked
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.rendering import Renderer

__all__ = ["Applied", "Discovered", "GeneratedBy", "discover", "local_sources"]
# Fewer paths may be here by chance, though the sources are of another repository.
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Discovered:
    """What is applied, which files it comes from, and what could not be looked at.

    `unapplied` are Applications, sets and manifests that nothing here applies, `unreached` those
    of them that somebody may have forgotten. `complete` is false where something that is applied
    could not be looked at; `incomplete` are the Applications of which that is so. `stand_ins` are
    nobody's Applications, but in the place of persons who install charts.
    """

    applied: tuple[Applied, ...]
    applications: tuple[Application, ...] = ()
    generated: tuple[GeneratedBy, ...] = ()
    unapplied: tuple[Manifest, ...] = ()
    unreached: tuple[Manifest, ...] = ()
    manifest_files: tuple[str, ...] = ()
    value_files: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    complete: bool = True
    incomplete: frozenset[Application] = frozenset()
    stand_ins: frozenset[Application] = frozenset()

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The manifests of all that is applied."""
        return tuple(item.manifest for item in self.applied)


def local_sources(
    files: RepositoryFiles, own_urls: Iterable[str], urls_around: Iterable[str] = ()
) -> LocalSources:
    """The repository as sources see it; `own_urls` mean it.

    `urls_around` mean the repository that it is only a folder of.

    Where there are none, or no source has one of them, the sources tell which one it is.
    """
    urls = tuple(own_urls)
    own = frozenset(map(same_repository_key, urls))
    around = frozenset(map(same_repository_key, urls_around))
    return LocalSources(files, own | _guess_own(files, own), special_folders(files), urls, around)


def discover(files: RepositoryFiles, sources: LocalSources, renderer: Renderer) -> Discovered:
    """Follow the roots of a repository to everything that Argo CD would apply.

    Roots are Applications and ApplicationSets that hold or generate Applications and are held by
    nothing but themselves. Without such a root every Application is one. Without any Application
    every Kubernetes-looking file outside of charts and kustomizations counts. What is for tests is
    found only where a source leads there.
    """
    declared = list(declared_in(files))
    broken = list(broken_in(files, sources))
    graph = Graph(files, sources, renderer)
    nodes = graph.declare(declared)
    installed = _installed(graph, files, sources, nodes)
    nodes += brought(installed)
    if not nodes:
        return _without_applications(files, sources, broken, installed)
    roots, real = roots_of(nodes, Leftovers(sources))
    done: set[int] = set()
    while fresh := [node for node in reachable(roots) if id(node) not in done]:
        done.update(map(id, fresh))
        graph.follow_charts(fresh)
    reached = sorted(reachable(roots), key=lambda node: _order(node.manifest))
    applied = _applied(roots, reached, installed)
    left = Leftover(files, sources, nodes, reached)
    unapplied = list(left.unapplied(applied))
    unreached = list(left.forgotten(unapplied, roots)) if real else []
    result = _result(reached, applied, sources, broken)
    missing = (item for node in installed for item in node.unchecked)
    return replace(
        result,
        unapplied=tuple(unapplied),
        unreached=tuple(unreached),
        unchecked=tuple(dict.fromkeys((*result.unchecked, *missing))),
        complete=result.complete and all(node.complete for node in installed),
        stand_ins=installers(installed),
    )


def _installed(
    graph: Graph, files: RepositoryFiles, sources: LocalSources, nodes: Sequence[Node]
) -> list[Node]:
    """What persons render and apply by hand: overlays over Applications, or charts of them."""
    if not nodes:
        return graph.apply(charts_of_applications(files), "helm")
    free = {node.manifest.file for node in nodes if not node.taken_in and node.parent is None}
    named = {
        sources.folder(source)
        for node in graph.nodes
        for source in (node.application.sources if node.application is not None else ())
    }
    return graph.apply(Overlays(files).applied_by_hand(free, named), "kustomize")


def _without_applications(
    files: RepositoryFiles,
    sources: LocalSources,
    broken: Iterable[str],
    installed: Sequence[Node],
) -> Discovered:
    """What a repository has that names no Application: its manifests."""
    paths = list(loose_files(files, sources))
    found = (manifest for path in paths for manifest in objects_in(files, path))
    return Discovered(
        tuple(Applied(manifest) for manifest in found if is_for_kubernetes(manifest)),
        manifest_files=tuple(sorted({*paths, *broken})),
        unchecked=tuple(not_installed(installed)),
        # Nothing says what of the charts and kustomizations goes with the rest.
        complete=not broken and not sources.special,
        stand_ins=installers(installed),
    )


def _result(
    reached: Sequence[Node],
    applied: Sequence[Applied],
    sources: LocalSources,
    broken: Sequence[str],
) -> Discovered:
    applications = tuple(node.application for node in reached if node.application is not None)
    manifest_files = {*broken, *(item.manifest.file for item in applied)}
    for application in applications:
        for source in application.sources:
            manifest_files.update(sources.files_of(source))
    unchecked = dict.fromkeys(item for node in reached for item in node.unchecked)
    return Discovered(
        applied=tuple(applied),
        applications=applications,
        generated=tuple(
            GeneratedBy(node.manifest, node.expansion) for node in reached if node.expansion
        ),
        manifest_files=tuple(sorted(manifest_files)),
        value_files=tuple(sorted(set(_value_files(applications, sources)))),
        unchecked=tuple(unchecked),
        complete=not broken and all(node.complete for node in reached),
        incomplete=frozenset(
            node.application for node in reached if node.application and not node.complete
        ),
    )


def _applied(
    roots: Sequence[Node], reached: Sequence[Node], installed: Iterable[Node]
) -> list[Applied]:
    """Everything that is applied, in the order of the files; roots that nothing holds by hand."""
    applied = [item for node in reached for item in node.applied]
    for node in installed:
        if not any(child.holds_itself for child in node.children):
            others = (i.manifest for i in node.applied if not is_declaring(i.manifest))
            applied += map(Applied, others)
    held = {item.manifest.place for item in applied if item.manifest.rendering is None}
    by_hand = [node for node in roots if not node.holds_itself]
    applied += [Applied(node.manifest) for node in by_hand if node.manifest.place not in held]
    return sorted(applied, key=lambda item: _order(item.manifest))


def _value_files(applications: Iterable[Application], sources: LocalSources) -> Iterator[str]:
    for application in applications:
        for source in application.sources:
            for file in value_files(application, source, sources):
                if file.path in sources.files and file.state is ValueFileState.HERE:
                    yield str(file.path)


def _guess_own(files: RepositoryFiles, given: frozenset[str]) -> frozenset[str]:
    """The URL that most sources share whose path is here; of equals the first by name.

    Where URLs are given that no source has, this may be a fork, a mirror, or known to ssh alone by
    its remote's name: then it has to be called the same, or all of several paths have to be here.
    """
    here: dict[str, list[str]] = {}
    elsewhere: set[str] = set()
    for manifest in declared_in(files):
        for source in read_application(_template(manifest)).sources:
            key = same_repository_key(source.repo_url)
            if key in given:
                return frozenset()
            path = (source.path or "").strip("./")
            if source.path and path in files.folders:
                here.setdefault(key, []).append(path)
            elif source.path and "{{" not in source.path:
                elsewhere.add(key)
    if not here:
        return frozenset()
    best = min(here, key=lambda key: (-len(here[key]), key))
    names = {key.rpartition("/")[2] for key in given}
    sure = best not in elsewhere and len({*here[best]} - {""}) >= _SEVERAL
    if given and best.rpartition("/")[2] not in names and not sure:
        return frozenset()
    return frozenset({best})


def _template(manifest: Manifest) -> Manifest:
    """An Application itself, or what an ApplicationSet makes Applications from."""
    if manifest.kind == "Application":
        return manifest
    spec = manifest.data.get("spec")
    template = spec.get("template") if isinstance(spec, dict) else None
    data = {**(template if isinstance(template, dict) else {}), "apiVersion": "", "kind": ""}
    return Manifest(manifest.file, manifest.document, manifest.path, data, "")


def _order(manifest: Manifest) -> tuple[str, int, tuple[int, ...]]:
    """Files by name, documents and the items of a List as they stand."""
    steps = tuple(step for step in manifest.path if isinstance(step, int))
    return (manifest.file, manifest.document, steps)
