"""Applications and ApplicationSets as a graph of who holds whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.applications import read_application
from gitopsgen.repository.leftovers import is_put_away
from gitopsgen.repository.paths import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.findings import Unchecked
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.applicationsets.model import Expansion
    from gitopsgen.repository.leftovers import Leftovers
    from gitopsgen.repository.manifests import Manifest

# The cluster that Argo CD itself is in, by its address and by its name.
_HERE = "https://kubernetes.default.svc"
_NAME_OF_HERE = "in-cluster"
# Fewer Applications that no root reaches may have been forgotten.
_MANY = 10


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
    One that `holds_itself` comes out of what it applies. One `by_hand` stands for the person who
    installs a chart. `parent` is the first that holds it.
    """

    manifest: Manifest
    application: Application | None
    expansion: Expansion | None = None
    applied: list[Applied] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    complete: bool = True
    taken_in: bool = False
    holds_itself: bool = False
    by_hand: bool = False
    parent: Node | None = None

    @property
    def label(self) -> str:
        """The name of the Application, as reports give it; a person has none."""
        return self.application.name if self.application and not self.by_hand else ""

    @property
    def above(self) -> Iterator[Node]:
        """This node and those that it came out of, up to one that stands in a file."""
        node = self
        yield node
        while node.manifest.rendering is not None and node.parent is not None:
            node = node.parent
            yield node


def is_again(node: Node, manifest: Manifest, by: Node) -> bool:
    """Whether a node is the object that another one renders or generates now.

    In the cluster of Argo CD itself a name and the places of its sources say so, elsewhere only
    the whole object does.
    """
    if node.manifest.data == manifest.data:
        return True
    destination = by.application.destination if by.application is not None else None
    if destination and destination.server != _HERE and destination.name != _NAME_OF_HERE:
        return False
    return _identity(node.manifest) == _identity(manifest) and _may_share_namespace(
        node.manifest, manifest
    )


def _identity(manifest: Manifest) -> tuple[object, ...]:
    sources: tuple[object, ...] = ()
    if manifest.kind == "Application":
        sources = tuple((s.repo_url, s.path, s.chart) for s in read_application(manifest).sources)
    return manifest.group, manifest.kind, _metadata(manifest).get("name"), sources


def _may_share_namespace(one: Manifest, other: Manifest) -> bool:
    """Many say no namespace, and there is mostly only one in which Argo CD looks for them."""
    first, second = (_metadata(manifest).get("namespace") for manifest in (one, other))
    return first is None or second is None or first == second


def _metadata(manifest: Manifest) -> Mapping[str, Any]:
    metadata = manifest.data.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def roots_of(nodes: Sequence[Node], leftovers: Leftovers) -> tuple[list[Node], bool]:
    """The roots among declared nodes, and whether they are roots at all.

    Roots hold or generate Applications and are held by nothing but themselves. Without one every
    node that nothing holds is one, and so is everything else: then nothing is unreachable. The
    same goes for a repository whose roots leave out most of it: then they are not all in git; and
    where nobody here knows all that they generate.
    Leftovers are no roots. Others in the file of a root are roots.
    """
    free = [node for node in nodes if not node.taken_in] or _starts(nodes)
    held = {id(child) for node in free for child in _below(node) if child is not node}
    holders = [
        node
        for node in free
        if (node.application is None or node.children) and not is_put_away(node.manifest.file)
    ]
    roots = [node for node in holders if id(node) not in held]
    if not roots:
        return free, False
    # Who applies a root by hand applies all that stands beside it.
    together = {_applied_with(node) for node in roots} - {None}
    # Without an app-of-apps that is a whole folder.
    folders = {folder_of(node.manifest.file) for node in roots if not node.manifest.rendering}
    if any(node.application is not None for node in roots):
        folders.clear()
    known = {id(node) for node in roots}
    roots += [
        node
        for node in free
        if id(node) not in held
        and id(node) not in known
        and (_applied_with(node) in together or folder_of(node.manifest.file) in folders)
    ]
    found = reachable(roots)
    reached = {id(node) for node in found}
    # What a set generates may hold the rest.
    unseen = any(node.expansion is not None and node.expansion.unchecked for node in found)
    rest = [n for n in free if id(n) not in reached and n.manifest.file not in leftovers]
    if unseen or (len(rest) >= _MANY and len(rest) > len(reached)):
        return [*roots, *(node for node in rest if id(node) not in held)], False
    return roots, True


def _starts(nodes: Sequence[Node]) -> list[Node]:
    """Where rings begin of nodes that all come out of kustomizations.

    Applications that come out of themselves were there first; what comes out of one is no start.
    """
    starts: list[Node] = []
    found: set[object] = set()
    for node in sorted(nodes, key=lambda node: (not node.holds_itself, node.application is None)):
        if node.manifest.place not in found:
            starts.append(node)
            found = {each.manifest.place for each in reachable(starts)}
    return starts


def _applied_with(node: Node) -> object:
    """What a person applies to apply a node by hand: its file, or what it comes out of."""
    if node.manifest.rendering is None:
        return node.manifest.file
    return node.parent if node.parent is not None and node.parent.by_hand else None


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
