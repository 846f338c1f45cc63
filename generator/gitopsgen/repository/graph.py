"""Applications and ApplicationSets, and what each of them holds or generates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import SYNTAX
from gitopsgen.findings import Unchecked
from gitopsgen.repository.applications import GROUP, read_application
from gitopsgen.repository.by_hand import stand_in
from gitopsgen.repository.manifests import Manifest, Place, Rendering, objects_in
from gitopsgen.repository.nodes import Applied, Node, is_again
from gitopsgen.repository.paths import folder_of
from gitopsgen.repository.rendering import RenderedSource, RenderRequest, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.applications import Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.rendering import Renderer
    from gitopsgen.repository.sources import LocalSources

# Argo CD's own chart for Applications: what it renders to are Applications of this repository.
_CHARTS_OF_APPLICATIONS = frozenset({"argocd-apps"})
_DECLARING = ("Application", "ApplicationSet")
_TOOLS = frozenset({"Helm", "Kustomize"})
# More than anybody nests Applications that stand in no file, and than anybody has of them.
_DEEPEST = 6
_MOST_RENDERED = 10_000


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
        self._rendered = 0

    def declare(self, manifests: Iterable[Manifest]) -> list[Node]:
        """Take in Applications and sets that stand in files, and all that they lead to."""
        nodes = [self._node(manifest) for manifest in manifests]
        self._explore(nodes)
        return nodes

    @property
    def nodes(self) -> list[Node]:
        """All Applications and sets that were found so far."""
        return list(self._declared.values())

    def apply(self, files: Iterable[str], tool: str) -> list[Node]:
        """Render what somebody applies by hand with a tool, and explore what that brings.

        The files are the Chart.yaml or kustomization of each, the tool is `helm` or `kustomize`.
        Returns a node for each, which stands for that person.
        """
        manifests = [stand_in(file, tool) for file in files]
        nodes = [Node(item, read_application(item), by_hand=True) for item in manifests]
        apps = [(node, node.application.sources[0]) for node in nodes if node.application]
        self._explore(self._render(apps))
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
                for manifest in objects_in(self._files, path, node.label):
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
        node.complete &= node.expansion.is_complete
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
            yield from self._hold(node, manifest)

    def _add(self, node: Node, source: Source, manifest: Manifest) -> Iterator[Node]:
        node.applied.append(Applied(manifest, node.application, source))
        if is_declaring(manifest):
            yield from self._hold(node, manifest)

    def _hold(self, node: Node, manifest: Manifest) -> Iterator[Node]:
        """Have a node hold an Application or a set, which may be one that it came out of."""
        child = None
        if manifest.rendering is not None:
            original = self._declared.get(manifest.place)
            above = list(node.above)
            child = next((n for n in above if n is original or is_again(n, manifest, node)), None)
            if child is not None:
                child.holds_itself = True
            elif original is not None:
                original.taken_in = True
        if child is None and self._is_endless(node, manifest):
            reason = "Applications make each other without an end"
            what = manifest.identity.partition(" ")[2]
            node.unchecked.append(Unchecked(f"Application {what}", reason, manifest.application))
            node.complete = False
            return
        if child is None:
            child = self._node(manifest)
            child.parent = child.parent or node
            self._rendered += manifest.rendering is not None
        node.children.append(child)
        yield child

    def _is_endless(self, node: Node, manifest: Manifest) -> bool:
        """Whether what a node makes is too deep, or too much."""
        if manifest.rendering is None:
            return False
        return len(list(node.above)) > _DEEPEST or self._rendered >= _MOST_RENDERED

    def _note_unchecked(self, node: Node, source: Source) -> None:
        name = node.label
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
        folder = folder_of(node.manifest.file) if node.by_hand else self._sources.folder(source)
        return RenderRequest(node.application, source, tool, folder)

    def _take(
        self, node: Node, source: Source, request: RenderRequest, answer: RenderedSource
    ) -> Iterator[Node]:
        name = node.label
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


def is_declaring(manifest: Manifest) -> bool:
    """Whether a manifest is an Application or a set of them, in any version."""
    return manifest.group == GROUP and manifest.kind in _DECLARING
