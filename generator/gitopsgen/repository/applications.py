"""Applications as plain facts, read tolerantly: what is wrong with them is a schema finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path

GROUP = "argoproj.io"


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an Application; `location` is its path in the document."""

    location: Path
    repo_url: str
    path: str | None
    chart: str | None
    target_revision: str
    ref: str | None
    recurse: bool
    include: str
    exclude: str
    forced_type: str | None
    value_files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """An Application, and the file and document that declare it."""

    name: str
    file: str
    document: int
    sources: tuple[Source, ...]


def read_application(data: dict[str, Any], file: str, document: int) -> Application:
    """The facts of an Application's manifest."""
    spec = _mapping(data.get("spec"))
    several = spec.get("sources")
    if isinstance(several, list) and several:
        sources = tuple(
            _source(item, ("spec", "sources", index)) for index, item in enumerate(several)
        )
    else:
        sources = (_source(spec["source"], ("spec", "source")),) if "source" in spec else ()
    name = _text(_mapping(data.get("metadata")).get("name")) or ""
    return Application(name, file, document, sources)


def _source(item: object, location: Path) -> Source:
    data = _mapping(item)
    directory = _mapping(data.get("directory"))
    helm = _mapping(data.get("helm"))
    files = helm.get("valueFiles")
    forced = next((key for key in ("plugin", "kustomize") if data.get(key) is not None), None)
    return Source(
        location=location,
        repo_url=_text(data.get("repoURL")) or "",
        path=_text(data.get("path")),
        chart=_text(data.get("chart")),
        target_revision=_text(data.get("targetRevision")) or "HEAD",
        ref=_text(data.get("ref")),
        recurse=directory.get("recurse") is True,
        include=_text(directory.get("include")) or "",
        exclude=_text(directory.get("exclude")) or "",
        forced_type=forced,
        value_files=tuple(f for f in files if isinstance(f, str))
        if isinstance(files, list)
        else (),
    )


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
