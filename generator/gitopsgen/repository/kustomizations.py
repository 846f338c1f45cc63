"""The kustomizations of a repository, and which files they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.repository.paths import normal
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.files import RepositoryFiles

# Lists whose entries may be whole kustomizations, of git or of the web.
RESOURCES = ("resources", "bases", "components")
# Lists of patches: in a file that an entry names, or in the entry itself.
PATCHES = ("patches", "patchesJson6902", "patchesStrategicMerge")


def kustomization_file(files: RepositoryFiles, folder: str) -> str | None:
    """The path of the kustomization in a folder, None where there is none."""
    prefix = f"{folder}/" if folder else ""
    return next((prefix + name for name in KUSTOMIZATIONS if prefix + name in files), None)


def kustomizations(files: RepositoryFiles) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kustomization, with its folder."""
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        file = files.read(path) if name in KUSTOMIZATIONS else None
        for document in file.contents.documents if file is not None else ():
            if isinstance(document.data, dict):
                yield folder, document.data


def named_in(folder: str, entries: Iterable[object]) -> Iterator[str]:
    """The paths that entries of the kustomization in a folder name."""
    for entry in entries:
        path = normal(f"{folder}/{entry}") if isinstance(entry, str) and "\n" not in entry else None
        if path is not None:
            yield path


def patches(files: RepositoryFiles) -> frozenset[str]:
    """The files that kustomizations take for patches of other objects."""
    found: set[str] = set()
    for folder, data in kustomizations(files):
        for field in PATCHES:
            entries = data.get(field)
            for entry in entries if isinstance(entries, list) else ():
                found.update(
                    named_in(folder, [entry.get("path") if isinstance(entry, dict) else entry])
                )
    return frozenset(found)
