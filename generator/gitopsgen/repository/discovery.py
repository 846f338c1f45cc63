"""What Argo CD would apply from a repository, found the way Argo CD finds it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.repository.applications import read_application
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.graph import Graph, is_argo, is_broken
from gitopsgen.repository.leftovers import Leftovers, is_for_kubernetes, is_for_tests, patches
from gitopsgen.repository.loose import (
    is_for_a_template_engine,
    loose_files,
    set_aside,
    unreached,
)
from gitopsgen.repository.manifests import Manifest, objects_in
from gitopsgen.repository.nodes import Applied, GeneratedBy, Node, reachable, roots_of
from gitopsgen.repository.paths import folders_of
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


@dataclass(frozen=True, slots=True)
class Discovered:
    """What is applied, which files it comes from, and what could not be looked at.

    `unreached` are Applications, sets and manifests that no root reaches; those of them that are
    `set_aside` are so on purpose, or with the Application that holds them. `complete` is false
    where something that is applied could not be looked at; `incomplete` are the Applications of
    which that is so.
    """

    applied: tuple[Applied, ...]
    applications: tuple[Application, ...] = ()
    generated: tuple[GeneratedBy, ...] = ()
    unreached: tuple[Manifest, ...] = ()
    set_aside: frozenset[Manifest] = frozenset()
    manifest_files: tuple[str, ...] = ()
    value_files: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    complete: bool = True
    incomplete: frozenset[Application] = frozenset()

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The manifests of all that is applied."""
        return tuple(item.manifest for item in self.applied)


def local_sources(files: RepositoryFiles, own_urls: Iterable[str]) -> LocalSources:
    """The repository as sources see it; `own_urls` mean it.

    Where there are none, it is the URL that most sources with a path of this repository share.
    """
    urls = tuple(own_urls)
    own = frozenset(map(same_repository_key, urls)) or _guess_own(files)
    return LocalSources(files, own, special_folders(files), urls)


def discover(files: RepositoryFiles, sources: LocalSources, renderer: Renderer) -> Discovered:
    """Follow the roots of a repository to everything that Argo CD would apply.

    Roots are Applications and ApplicationSets that hold or generate Applications and are held by
    nothing but themselves. Without such a root every Application is one. Without any Application
    every Kubernetes-looking file outside of charts and kustomizations counts. What is for tests is
    found only where a source leads there.
    """
    declared = list(_declared(files))
    broken = list(_broken(files, sources))
    if not declared:
        paths = list(loose_files(files, sources))
        found = (manifest for path in paths for manifest in objects_in(files, path))
        return Discovered(
            tuple(Applied(manifest) for manifest in found if is_for_kubernetes(manifest)),
            manifest_files=tuple(sorted({*paths, *broken})),
            # Nothing says what of the charts and kustomizations goes with the rest.
            complete=not broken and not sources.special,
        )
    graph = Graph(files, sources, renderer)
    nodes = graph.declare(declared)
    roots, real = roots_of(nodes, Leftovers(sources))
    done: set[int] = set()
    while fresh := [node for node in reachable(roots) if id(node) not in done]:
        done.update(map(id, fresh))
        graph.follow_charts(fresh)
    reached = sorted(reachable(roots), key=lambda node: _order(node.manifest))
    applied = _applied(roots, reached)
    forgotten: list[Manifest] = []
    if real:
        forgotten = list(unreached(files, sources, nodes, reached, applied))
    aside = frozenset(set_aside(forgotten, nodes, reached, files, sources))
    return replace(
        _result(reached, applied, sources, broken), unreached=tuple(forgotten), set_aside=aside
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


def _applied(roots: Sequence[Node], reached: Sequence[Node]) -> list[Applied]:
    """Everything that is applied, in the order of the files; roots that nothing holds by hand."""
    applied = [item for node in reached for item in node.applied]
    held = {item.manifest.place for item in applied if item.manifest.rendering is None}
    by_hand = [node for node in roots if not node.holds_itself]
    applied += [Applied(node.manifest) for node in by_hand if node.manifest.place not in held]
    return sorted(applied, key=lambda item: _order(item.manifest))


def _declared(files: RepositoryFiles) -> Iterator[Manifest]:
    """Every Application and ApplicationSet in the files, whether something holds it or not."""
    only_change: frozenset[str] | None = None
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates or files.is_copy(path):
            continue
        if is_for_tests(path):
            continue
        file = files.read(path)
        # Most files are none: do not parse those that cannot be.
        if file is None or not file.mentions_argo or file.is_a_template:
            continue
        for manifest in objects_in(files, path):
            if is_argo(manifest, "Application") or is_argo(manifest, "ApplicationSet"):
                only_change = patches(files) if only_change is None else only_change
                if path not in only_change:
                    yield manifest


def _broken(files: RepositoryFiles, sources: LocalSources) -> Iterator[str]:
    """Files that may hold an Application, perhaps the root, and that do not parse."""
    special = frozenset(sources.special)
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates or path.startswith("."):
            continue
        file = files.read(path)
        if file is None or not file.mentions_argo or not file.looks_like_a_manifest:
            continue
        if (
            not file.is_a_template
            and is_broken(files, path)
            and special.isdisjoint(folders_of(path))
            and not files.is_copy(path)
            and not is_for_tests(path)
            and not is_for_a_template_engine(file)
        ):
            yield path


def _value_files(applications: Iterable[Application], sources: LocalSources) -> Iterator[str]:
    for application in applications:
        for source in application.sources:
            for file in value_files(application, source, sources):
                if file.path in sources.files and file.state is ValueFileState.HERE:
                    yield str(file.path)


def _guess_own(files: RepositoryFiles) -> frozenset[str]:
    """The URL that most sources share whose path is here; of equals the first by name."""
    keys = Counter(
        same_repository_key(source.repo_url)
        for manifest in _declared(files)
        for source in read_application(_template(manifest)).sources
        if source.path and source.path.strip("./") in files.folders
    )
    best = min(keys.items(), key=lambda item: (-item[1], item[0]), default=None)
    return frozenset() if best is None else frozenset({best[0]})


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
