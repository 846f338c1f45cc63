"""Kubernetes objects in the files of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.positions import Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.files import RepositoryFiles


Place = tuple[str, int, Path]
"""Where a manifest stands: its file, its document there, its path within the document."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A Kubernetes object that is applied: where it stands, and through which Application.

    `path` leads to it within its document: empty, or into the items of a List.
    """

    file: str
    document: int
    path: Path
    data: dict[str, Any]
    application: str

    @property
    def place(self) -> Place:
        """Where it stands: no two manifests have one place."""
        return (self.file, self.document, self.path)

    @property
    def identity(self) -> str:
        """`group/version/Kind namespace/name`, as far as the manifest itself says it."""
        metadata = self.data.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        namespace, name = metadata.get("namespace"), metadata.get("name", "")
        place = f"{namespace}/{name}" if namespace else name
        return f"{self.data['apiVersion']}/{self.data['kind']} {place}".strip()


def objects_in(files: RepositoryFiles, path: str, application: str = "") -> Iterator[Manifest]:
    """The Kubernetes objects in a file, those in a List one by one; other YAML is nobody's.

    Argo CD ignores what has no apiVersion and kind without a word.
    """
    file = files.read(path)
    if file is None:
        return
    for document in file.contents.documents:
        data = document.data
        if not _is_object(data):
            continue
        items = data.get("items")
        if str(data["kind"]).endswith("List") and isinstance(items, list):
            for index, item in enumerate(items):
                if _is_object(item):
                    place: Path = ("items", index)
                    yield Manifest(path, document.index, place, item, application)
        else:
            yield Manifest(path, document.index, (), data, application)


def _is_object(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("apiVersion"), str)
        and isinstance(data.get("kind"), str)
        and bool(data["apiVersion"])
        and bool(data["kind"])
    )
