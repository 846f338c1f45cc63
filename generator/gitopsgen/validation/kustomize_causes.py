"""Which line of a kustomization or a patch caused what stands in a manifest that kustomize made."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.kustomizations import PATCHES
from gitopsgen.repository.sources import KUSTOMIZATIONS
from gitopsgen.repository.values import ValuesPart
from gitopsgen.validation.causes import cause_in, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest, Place

_GENERATORS = ("configMapGenerator", "secretGenerator")


def cause_in_kustomization(manifest: Manifest, path: Path, files: RepositoryFiles) -> Place | None:
    """Where a kustomization or a patch says what stands at `path` of a manifest that it made.

    None where that stands so in the object's own file, or where nobody can tell.
    """
    rendering = manifest.rendering
    if rendering is None or _is_own(manifest, path, files):
        return None
    parts = [part for name in rendering.changed_by for part in _parts(files, name)]
    generators = [part for part in parts if part.file.rpartition("/")[2] in KUSTOMIZATIONS]
    return _generator(generators, manifest.data, path) or cause_in(parts, manifest.data, path)


def _is_own(manifest: Manifest, path: Path, files: RepositoryFiles) -> bool:
    """Whether an object's own file says the same, or the manifest has nothing at the path."""
    if manifest.path and manifest.path[0] != "items":
        # It stands in no file: this is the path of an Application's source.
        return False
    file = files.read(manifest.file)
    documents = file.contents.documents if file is not None else ()
    document = next((d.data for d in documents if d.index == manifest.document), None)
    own = value_at(document, manifest.path)
    for length in range(len(path) + 1):
        if _has(manifest.data, path[:length]) and not _has(own, path[:length]):
            return False
    return bool(value_at(own, path) == value_at(manifest.data, path))


def _has(data: Any, path: Path) -> bool:
    if not path:
        return True
    holder, step = value_at(data, path[:-1]), path[-1]
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and str(step).isdecimal() and int(step) < len(holder)


def _parts(files: RepositoryFiles, name: str) -> Iterator[ValuesPart]:
    """The documents of a file, and the patches that a kustomization has in itself."""
    file = files.read(name)
    for document in file.contents.documents if file is not None else ():
        for path, data in _changes(document.data):
            yield ValuesPart(name, document.index, path, data)
        for path, text in _inline_patches(document.data):
            patches = _documents(text)
            for patch in patches:
                for inner, data in _changes(patch):
                    several = len(patches) > 1
                    where = path if several else (*path, *inner)
                    yield ValuesPart(name, document.index, where, data, inline=several)


def _changes(data: Any) -> Iterator[tuple[Path, Any]]:
    """What a document says, with its path: a JSON patch says things of fields named otherwise."""
    if not isinstance(data, list):
        yield (), data
        return
    for index, operation in enumerate(data):
        if isinstance(operation, dict) and isinstance(operation.get("path"), str):
            field = operation["path"].rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            yield (index, "value"), {field: operation.get("value")}


def _inline_patches(data: Any) -> Iterator[tuple[Path, str]]:
    for field in PATCHES:
        entries = data.get(field) if isinstance(data, dict) else None
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and isinstance(entry.get("patch"), str):
                yield (field, index, "patch"), entry["patch"]
            elif isinstance(entry, str):
                yield (field, index), entry


@lru_cache(maxsize=256)
def _documents(text: str) -> tuple[Any, ...]:
    return tuple(document.data for document in read_documents(text).documents)


def _generator(parts: Sequence[ValuesPart], data: dict[str, Any], path: Path) -> Place | None:
    """The entry of a generator that an item of a ConfigMap or Secret comes from, else its name."""
    name = value_at(data, ("metadata", "name"))
    if data.get("kind") not in {"ConfigMap", "Secret"} or not isinstance(name, str):
        return None
    # Prefixes, suffixes and a digest come to the name that the generator gives.
    makers = [
        (len(own), number, part, where, entry)
        for number, part in enumerate(parts)
        for where, entry in _generators(part.data)
        if isinstance(own := entry.get("name"), str) and own and own in name
    ]
    if not makers:
        return None
    _, _, part, where, entry = max(makers, key=lambda maker: maker[:2])
    item = _item(entry, str(path[1])) if path[:1] == ("data",) and path[1:] else None
    return (part.file, part.document, (*where, *(item or ("name",))))


def _generators(data: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for field in _GENERATORS:
        entries = data.get(field) if isinstance(data, dict) else None
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield (field, index), entry


def _item(entry: dict[str, Any], key: str) -> Path | None:
    """Where a generator names a key: a literal, a file that is called so, or else its one envs."""
    for field in ("literals", "files"):
        texts = entry.get(field)
        for index, text in enumerate(texts if isinstance(texts, list) else ()):
            if not isinstance(text, str):
                continue
            before, assigned, _ = text.partition("=")
            if key == (before if assigned else text.rpartition("/")[2]):
                return (field, index)
    variables = entry.get("envs")
    return ("envs", 0) if isinstance(variables, list) and len(variables) == 1 else None
