"""Applications and ApplicationSets, and what each of them holds or generates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import SYNTAX
from gitopsgen.findings import Unchecked
from gitopsgen.repository.applications import GROUP, Application, Source, read_application
from gitopsgen.repository.manifests import Manifest, Place, Rendering, objects_in
from gitopsgen.repository.rendering import RenderedSource, RenderRequest, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitopsgen.repository.applicationsets.model import Expansion
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.rendering import Renderer
    from gitopsgen.repository.sources import LocalSources

# Argo CD's own chart for Applications: what it renders to are Applications of this repository.
_CHARTS_OF_APPLICATIONS = frozenset({"argocd-apps"})
_TOOLS = frozenset({"Helm", "Kustomize"})


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """A manifest that is applied, by which Application and source; None for one applied by hand."""

    manifest: Manifest
    application: Application | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedBy:
    """An ApplicationSet, and what it generates."""

    manifest: Manifest
    expansion: Expansion


@dataclass(eq=False)
class Node:
    """An Application or an ApplicationSet, with what it applies or generates so far.

    One that is `taken_in` stands in a file of a kustomization: what counts is what comes out there.
    """

    manifest: Manifest
    application: Application | None
    expansion: Expansion | None = None
    applied: list[Applied] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    complete: bool = True
    taken_in: bool = False


class Graph:
    """All Applications and ApplicationSets of a repository, found by following what is declared.

    Charts from chart repositories are left for `follow_charts`: whether they matter is known only
    when the roots are.
    """

    def __init__(self, files: RepositoryFiles, sources: LocalSources, renderer: Renderer) -> None:
        self._files = files
        self._sources = sources
        self._renderer = renderer
        self._declared: dict[Any, Node] = {}

    def declare(self, manifests: Iterable[Manifest]) -> list[Node]:
        """Take in Applications and sets that stand in files, and all that they lead to."""
        nodes = [self._node(manifest) for manifest in manifests]
        self._explore(nodes)
        return nodes

    def follow_charts(self, nodes: Iterable[Node]) -> None:
        """Render the charts from chart repositories of these nodes, and explore what they bring."""
        wanted = [
            (node, source)
            for node in nodes
            if node.application is not None
            for source in node.application.sources
            if source.chart and source.chart not in _CHARTS_OF_APPLICATIONS
        ]
        self._explore(self._render(wanted))

    def _node(self, manifest: Manifest) -> Node:
        key = id(manifest.data) if manifest.rendering is not None else self._place(manifest)
        node = self._declared.get(key)
        if node is None:
            is_application = manifest.kind == "Application"
            node = Node(manifest, read_application(manifest) if is_application else None)
            self._declared[key] = node
        return node

    def _place(self, manifest: Manifest) -> Place:
        """Where it stands, in a file that is no link."""
        return (self._files.real(manifest.file), manifest.document, manifest.path)

    def _explore(self, nodes: Iterable[Node]) -> None:
        waiting = list(nodes)
        seen = {id(node) for node in waiting}
        while waiting:
            found = [child for node in waiting for child in self._read(node)]
            found += self._render(
                (node, source) for node in waiting for source in self._local_tools(node)
            )
            waiting = []
            for node in found:
                if id(node) not in seen and not node.applied and node.expansion is None:
                    seen.add(id(node))
                    waiting.append(node)

    def _read(self, node: Node) -> Iterator[Node]:
        """Read what needs no tool: directory sources, and what a set generates."""
        if node.application is None:
            yield from self._generate(node)
            return
        for source in node.application.sources:
            self._note_unchecked(node, source)
            for path in self._sources.files_of(source):
                if is_broken(self._files, path):
                    # Nobody knows what it would bring.
                    node.complete = False
                for manifest in objects_in(self._files, path, node.application.name):
                    yield from self._add(node, source, manifest)

    def _generate(self, node: Node) -> Iterator[Node]:
        if node.expansion is not None:
            return
        # Few repositories have any, and much comes with it.
        from gitopsgen.repository.applicationsets.expand import expand

        node.expansion = expand(node.manifest, self._sources)
        metadata = node.manifest.data.get("metadata")
        name = metadata.get("name", "") if isinstance(metadata, dict) else ""
        for reason in node.expansion.unchecked:
            item = Unchecked(f"ApplicationSet {name}", reason, node.manifest.application)
            node.unchecked.append(item)
            node.complete = False
        rendering = Rendering(f"ApplicationSet {name}")
        for data in node.expansion.applications:
            manifest = Manifest(
                node.manifest.file,
                node.manifest.document,
                (*node.manifest.path, "spec", "template"),
                data,
                str(name),
                rendering=rendering,
            )
            child = self._node(manifest)
            node.children.append(child)
            yield child

    def _add(self, node: Node, source: Source, manifest: Manifest) -> Iterator[Node]:
        node.applied.append(Applied(manifest, node.application, source))
        if is_argo(manifest, "Application") or is_argo(manifest, "ApplicationSet"):
            child = self._node(manifest)
            node.children.append(child)
            original = self._declared.get(manifest.place)
            if manifest.rendering is not None and original is not None:
                original.taken_in = original.manifest is not manifest
            yield child

    def _note_unchecked(self, node: Node, source: Source) -> None:
        assert node.application is not None
        name = node.application.name
        if not source.chart and not (source.path is None and source.ref):
            reason = self._sources.why_unchecked(source)
            if reason is not None:
                what = f"source {source.path or source.repo_url}"
                node.unchecked.append(Unchecked(what, reason, name))
                node.complete = False
        for path in self._sources.jsonnet_of(source):
            node.unchecked.append(Unchecked(path, "Jsonnet is not evaluated", name))
            node.complete = False

    def _local_tools(self, node: Node) -> Iterator[Source]:
        for source in node.application.sources if node.application else ():
            if source.chart:
                if source.chart in _CHARTS_OF_APPLICATIONS:
                    yield source
            elif self._sources.folder(source) is not None and self._sources.tool(source) in _TOOLS:
                yield source

    def _render(self, wanted: Iterable[tuple[Node, Source]]) -> list[Node]:
        """Render sources; returns the Applications and sets among what they render to."""
        pairs = list(wanted)
        requests = [self._request(node, source) for node, source in pairs]
        found: list[Node] = []
        if not requests:
            return found
        for (node, source), request, answer in zip(
            pairs, requests, self._renderer.render(requests), strict=True
        ):
            found += self._take(node, source, request, answer)
        return found

    def _request(self, node: Node, source: Source) -> RenderRequest:
        assert node.application is not None
        tool = "Helm" if source.chart else self._sources.tool(source) or "Helm"
        return RenderRequest(node.application, source, tool, self._sources.folder(source))

    def _take(
        self, node: Node, source: Source, request: RenderRequest, answer: RenderedSource
    ) -> Iterator[Node]:
        assert node.application is not None
        name = node.application.name
        if answer.unchecked or answer.failed:
            node.complete = False
        if answer.unchecked:
            what = describe(request)
            node.unchecked.append(Unchecked(what, answer.unchecked, name, answer.required))
        declared = node.manifest
        named = "chart" if source.chart else "path"
        where = (declared.file, declared.document, (*declared.path, *source.location, named))
        for item in answer.objects:
            file, document, path = item.place or where
            manifest = Manifest(
                file, document, path, item.data, name, item.content, answer.rendering
            )
            yield from self._add(node, source, manifest)


def is_broken(files: RepositoryFiles, path: str) -> bool:
    """Whether a file holds something that does not parse."""
    file = files.read(path)
    return file is not None and any(problem.rule == SYNTAX for problem in file.contents.problems)


def is_argo(manifest: Manifest, kind: str) -> bool:
    """Whether a manifest is of one of Argo CD's own kinds, in any version."""
    return manifest.group == GROUP and manifest.kind == kind


def roots_of(nodes: Sequence[Node]) -> tuple[list[Node], bool]:
    """The roots among declared nodes, and whether they are roots at all.

    Roots hold or generate Applications and are held by nothing but themselves. Without one every
    node that nothing holds is one, and so is everything else: then nothing is unreachable.
    """
    free = [node for node in nodes if not node.taken_in]
    held = {id(child) for node in free for child in _below(node) if child is not node}
    holders = [node for node in free if node.application is None or node.children]
    roots = [node for node in holders if id(node) not in held]
    return (roots, True) if roots else (free, False)


def _below(node: Node) -> Iterator[Node]:
    """What a node holds, through nodes that stand in no file as well."""
    waiting = list(node.children)
    seen: set[int] = set()
    while waiting:
        child = waiting.pop()
        if id(child) in seen:
            continue
        seen.add(id(child))
        yield child
        if child.manifest.rendering is not None:
            waiting += child.children


def reachable(roots: Iterable[Node]) -> list[Node]:
    """The nodes that roots lead to, themselves included, each once and in the order found."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += node.children
    return list(found.values())
