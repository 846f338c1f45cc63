"""Kubernetes objects in the files of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.positions import Path
from gitopsgen.repository.paths import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.values import ValuesPart


Place = tuple[str, int, Path]
"""Where something stands: its file, its document there, its path within the document."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """The tool and the input that manifests came out of: `chart cert-manager v1.21.1`.

    `values` are the parts of the input that a person wrote, the last wins; `changed_by` are the
    files of kustomizations and patches that may have made or changed what came out. `folder` is
    that of the kustomization, None for another tool.
    """

    what: str
    values: tuple[ValuesPart, ...] = ()
    changed_by: tuple[str, ...] = ()
    folder: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """A Kubernetes object that is applied: where it stands, and through which Application.

    `path` leads to it within its document: empty, or into the items of a List. A manifest with a
    `rendering` stands in no file: file, document and path then name the source it came out of.
    Manifests with equal `content` have equal data; it is empty where nobody knows.
    """

    file: str
    document: int
    path: Path
    data: dict[str, Any]
    application: str
    content: str = ""
    rendering: Rendering | None = None

    @property
    def place(self) -> Place:
        """Where it stands: no two manifests that stand in files have one place."""
        return (self.file, self.document, self.path)

    @property
    def folder(self) -> str:
        """The folder that it is applied with: of its file, or of the kustomization it came from."""
        rendered = self.rendering.folder if self.rendering is not None else None
        return folder_of(self.file) if rendered is None else rendered

    @property
    def group(self) -> str:
        """The API group; the core group is the empty string."""
        group: str = self.data["apiVersion"].rpartition("/")[0]
        return group

    @property
    def kind(self) -> str:
        """The kind."""
        kind: str = self.data["kind"]
        return kind

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
        content = f"{file.digest}:{document.index}"
        for inner, data in objects_of(document.data):
            key = f"{content}:{inner[1]}" if inner else content
            yield Manifest(path, document.index, inner, data, application, key)


def objects_of(data: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The Kubernetes objects in a document, each with its path: itself, or the items of a List."""
    if not _is_object(data):
        return
    items = data.get("items")
    if str(data["kind"]).endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            if _is_object(item):
                yield ("items", index), item
    else:
        yield (), data


def _is_object(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("apiVersion"), str)
        and isinstance(data.get("kind"), str)
        and bool(data["apiVersion"])
        and bool(data["kind"])
    )
