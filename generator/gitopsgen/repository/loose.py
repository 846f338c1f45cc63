"""Manifests that no source reads: what is applied where there are no sources, or was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import SYNTAX
from gitopsgen.repository.applicationsets.globbing import match_path
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.leftovers import is_example, is_for_tests, is_put_away
from gitopsgen.repository.manifests import Manifest, objects_in
from gitopsgen.repository.paths import folders_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.nodes import Applied, Node
    from gitopsgen.repository.source_file import SourceFile
    from gitopsgen.repository.sources import LocalSources


def loose_files(
    files: RepositoryFiles, sources: LocalSources, seen: Container[str] = ()
) -> Iterator[str]:
    """Files that look like manifests and belong to no chart, kustomization or hidden folder.

    Those that were `seen` are left out.
    """
    special = frozenset(sources.special)
    for path in files.paths:
        if (
            path not in seen
            and path.endswith(YAML_SUFFIXES)
            and not path.startswith(".")
            and not is_for_tests(path)
            and special.isdisjoint(folders_of(path))
            and not files.is_copy(path)
            and (file := files.read(path)) is not None
            and file.looks_like_a_manifest
            and not file.is_a_template
            and not is_for_a_template_engine(file)
        ):
            yield path


def is_for_a_template_engine(file: SourceFile) -> bool:
    """Whether a file that nothing applies is YAML only after somebody has filled it in."""
    if not any(problem.rule == SYNTAX for problem in file.contents.problems):
        return False
    return "{{" in file.text or "{%" in file.text


def unreached(
    files: RepositoryFiles,
    sources: LocalSources,
    nodes: Sequence[Node],
    reached: Sequence[Node],
    applied: Sequence[Applied],
) -> Iterator[Manifest]:
    """What no root reaches; nothing where a part of the repository may be reached unseen."""
    if any(node.expansion is not None and not node.expansion.is_complete for node in reached):
        return
    known = {id(node) for node in reached}
    seen = {item.manifest.file for item in applied} | _files_of(reached, files, sources)
    for node in nodes:
        if id(node) not in known:
            seen.add(node.manifest.file)
            if not node.taken_in:
                yield node.manifest
    for path in loose_files(files, sources, seen):
        yield from objects_in(files, path)


def set_aside(
    manifests: Iterable[Manifest],
    nodes: Sequence[Node],
    reached: Sequence[Node],
    files: RepositoryFiles,
    sources: LocalSources,
) -> Iterator[Manifest]:
    """Those of the unreached manifests of which nobody has to be told.

    Somebody keeps them out on purpose, or they belong to an Application that nothing reaches.
    """
    declared = {node.manifest for node in nodes}
    held = _files_of(nodes, files, sources)
    excluded = {
        path
        for node in reached
        for source in (node.application.sources if node.application else ())
        for path in sources.excluded_from(source)
    }
    globs = [
        glob
        for node in reached
        if node.expansion is not None
        for glob in _excluded_folders(_mapping(node.manifest.data.get("spec")).get("generators"))
    ]
    for manifest in manifests:
        path = manifest.file
        if (
            path in excluded
            or (path in held and manifest not in declared)
            or is_put_away(path)
            or is_example(path)
            or any(match_path(glob, folder) for glob in globs for folder in folders_of(path))
        ):
            yield manifest


def _files_of(nodes: Iterable[Node], files: RepositoryFiles, sources: LocalSources) -> set[str]:
    """The files that the sources of Applications read, or hand to a tool."""
    found: set[str] = set()
    for node in nodes:
        for source in node.application.sources if node.application else ():
            found.update(sources.files_of(source))
            folder = sources.folder(source)
            if folder is not None and sources.directory(source) is None:
                found.update(files.below(folder, recurse=True))
    return found | {files.real(path) for path in found}


def _excluded_folders(generators: Any) -> Iterator[str]:
    """The globs of the folders that git generators leave out, nested ones as well."""
    for item in generators if isinstance(generators, list) else ():
        for settings in map(_mapping, _mapping(item).values()):
            yield from _excluded_folders(settings.get("generators"))
            entries = settings.get("directories")
            for entry in map(_mapping, entries if isinstance(entries, list) else ()):
                if entry.get("exclude") is True and isinstance(entry.get("path"), str):
                    yield entry["path"]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
