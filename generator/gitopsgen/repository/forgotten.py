"""What no root reaches and somebody may have forgotten."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.applications import GROUP
from gitopsgen.repository.applicationsets.globbing import match_path
from gitopsgen.repository.candidates import loose_files
from gitopsgen.repository.leftovers import is_example, is_put_away
from gitopsgen.repository.manifests import objects_in
from gitopsgen.repository.other_programs import is_for_kubernetes
from gitopsgen.repository.paths import folder_of, folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.nodes import Applied, Node
    from gitopsgen.repository.sources import LocalSources

# What has to be there before a root can sync, so a person applies it along with the root.
_BEFORE_A_ROOT = frozenset(
    {(GROUP, "AppProject"), (GROUP, "ArgoCD"), ("", "Namespace"), ("", "Secret")}
)
# Its objects are applied by a program of its own.
_KARGO = "kargo.akuity.io"


class Leftover:
    """What a repository has beside the nodes that were reached; `nodes` are all that there are."""

    def __init__(
        self,
        files: RepositoryFiles,
        sources: LocalSources,
        nodes: Sequence[Node],
        reached: Sequence[Node],
    ) -> None:
        self._files = files
        self._sources = sources
        self._nodes = nodes
        self._reached = reached

    def unapplied(self, applied: Iterable[Applied]) -> Iterator[Manifest]:
        """What no root reaches, and lies in no folder that a source leads to.

        Nothing at all where a part of the repository may be reached unseen.
        """
        reached = self._reached
        if any(node.expansion is not None and not node.expansion.is_complete for node in reached):
            return
        known = {id(node) for node in reached}
        seen = {item.manifest.file for item in applied} | self._files_of(reached)
        for node in self._nodes:
            if id(node) not in known:
                seen.add(node.manifest.file)
                if not node.taken_in:
                    yield node.manifest
        for path in loose_files(self._files, self._sources, seen):
            yield from filter(is_for_kubernetes, objects_in(self._files, path))

    def forgotten(self, unapplied: Iterable[Manifest], roots: Iterable[Node]) -> Iterator[Manifest]:
        """Those of the manifests that nothing applies of which nothing says that this is meant.

        Somebody applies the roots by hand, and from their folders what they need first. What an
        Application holds that nothing reaches goes with it.
        """
        rooted = {folder_of(root.manifest.file) for root in roots if not root.manifest.rendering}
        items = list(unapplied)
        otherwise = {folder_of(manifest.file) for manifest in items if manifest.group == _KARGO}
        declared = {node.manifest for node in self._nodes}
        for manifest in items:
            folder, kind = folder_of(manifest.file), (manifest.group, manifest.kind)
            if folder in otherwise or self._is_left_out(manifest.file):
                continue
            if manifest.file in self._held and manifest not in declared:
                continue
            if folder not in rooted or kind not in _BEFORE_A_ROOT:
                yield manifest

    def _is_left_out(self, path: str) -> bool:
        """Whether somebody keeps a file out on purpose."""
        return (
            is_put_away(path)
            or is_example(path)
            or path in self._excluded
            or any(match_path(glob, up) for glob in self._globs for up in folders_of(path))
        )

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(self._files_of(self._nodes))

    @cached_property
    def _excluded(self) -> frozenset[str]:
        """The files that the sources of Applications exclude."""
        return frozenset(
            path
            for node in self._reached
            for source in (node.application.sources if node.application else ())
            for path in self._sources.excluded_from(source)
        )

    @cached_property
    def _globs(self) -> tuple[str, ...]:
        """The globs of the folders that ApplicationSets leave out."""
        return tuple(
            glob
            for node in self._reached
            if node.expansion is not None
            for glob in _excluded_folders(_generators_of(node.manifest))
        )

    def _files_of(self, nodes: Iterable[Node]) -> set[str]:
        """The files that the sources of Applications read, or hand to a tool."""
        found: set[str] = set()
        for node in nodes:
            for source in node.application.sources if node.application else ():
                found.update(self._sources.files_of(source))
                folder = self._sources.folder(source)
                if folder is not None and self._sources.directory(source) is None:
                    found.update(self._files.below(folder, recurse=True))
        return found | {self._files.real(path) for path in found}


def _excluded_folders(generators: Any) -> Iterator[str]:
    """The globs of the folders that git generators leave out, nested ones as well."""
    for item in generators if isinstance(generators, list) else ():
        for settings in map(_mapping, _mapping(item).values()):
            yield from _excluded_folders(settings.get("generators"))
            entries = settings.get("directories")
            for entry in map(_mapping, entries if isinstance(entries, list) else ()):
                if entry.get("exclude") is True and isinstance(entry.get("path"), str):
                    yield entry["path"]


def _generators_of(manifest: Manifest) -> object:
    return _mapping(manifest.data.get("spec")).get("generators")


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
