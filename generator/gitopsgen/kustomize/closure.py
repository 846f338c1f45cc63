"""The files that a kustomization is built from, and what it takes from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.kustomize.inflation import InflatedChart, inflated_charts
from gitopsgen.repository.kustomizations import PATCHES, RESOURCES, kustomization_file
from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.files import RepositoryFiles

_REMOTE = re.compile(
    r"^([a-z+]+://|git@|git::|(www\.)?(github|gitlab)\.com[/:]|[^/]+\.git(/|\?|$))", re.IGNORECASE
)
_LONGEST_PATH = 1024


@dataclass(frozen=True, slots=True)
class Closure:
    """What a kustomization is built from: files of this repository, and things from elsewhere.

    `files` are all files in and below each folder that it names, more than it needs; `patches` are
    those that only change others, `documents` all that have to be YAML. `remote` are URLs and
    `charts` what it has helm render.
    """

    files: tuple[str, ...]
    remote: tuple[str, ...]
    charts: tuple[InflatedChart, ...]
    patches: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()


def closure(
    files: RepositoryFiles, folder: str, settings: Mapping[str, Any] | None = None
) -> Closure:
    """Follow a kustomization, with a source's settings, through what it names."""
    seen: set[str] = set()
    found: set[str] = set()
    remote: set[str] = set()
    patches: set[str] = set()
    documents: set[str] = set()
    charts: list[InflatedChart] = []
    built = _built(files, folder, settings or {})
    waiting = [*built]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current in files:
            found.add(current)
            continue
        found.update(files.below(current, recurse=True))
        data = kustomization_data(files, current)
        own = kustomization_file(files, current)
        changing = {path for text in _patches(data) if (path := _named(current, text))}
        patches |= changing
        if own is not None and current in built:
            charts += inflated_charts(files, own, data)
            entries = (_named(current, entry) for entry in _entries(data))
            taken = {files.real(path) for path in entries if path is not None}
            documents |= {own, *(path for path in taken | changing if path in files)}
        remote.update(entry for entry in _entries(data) if _REMOTE.match(entry))
        remote.update(text for text in _patches(data) if _REMOTE.match(text))
        named = {path for text in _texts(data) if (path := _named(current, text)) is not None}
        if current == folder:
            named |= {path for text in _texts(settings or {}) if (path := _named(folder, text))}
        real = {files.real(path) for path in named}
        waiting += [path for path in real - seen if path in files or path in files.folders]
    charts.sort(key=lambda chart: (chart.place[:2], str(chart.place[2])))
    return Closure(
        tuple(sorted(found)),
        tuple(sorted(remote)),
        tuple(charts),
        frozenset(patches),
        frozenset(documents),
    )


def _built(files: RepositoryFiles, folder: str, settings: Mapping[str, Any]) -> set[str]:
    """The folders whose kustomizations are built: any other text may only look like a path."""
    seen: set[str] = set()
    waiting = [folder]
    waiting += [path for text in _listed(settings, "components") if (path := _named(folder, text))]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            entries = _entries(kustomization_data(files, current))
            named = (path for entry in entries if (path := _named(current, entry)) is not None)
            waiting += [path for path in map(files.real, named) if path in files.folders]
    return seen


def kustomization_data(files: RepositoryFiles, folder: str) -> dict[str, Any]:
    """What the kustomization in a folder says; empty where there is none that can be read."""
    path = kustomization_file(files, folder)
    file = files.read(path) if path is not None else None
    documents = file.contents.documents if file is not None else ()
    data = documents[0].data if documents else None
    return data if isinstance(data, dict) else {}


def host_of(url: str) -> str:
    """The host that something from elsewhere comes from, as far as its form tells."""
    rest = url.partition("://")[2] or url.removeprefix("git::")
    return re.split(r"[/:]", rest.rpartition("@")[2], maxsplit=1)[0].lower()


def is_remote(entry: str) -> bool:
    """Whether an entry of a kustomization is a URL."""
    return _REMOTE.match(entry) is not None


def _entries(data: dict[str, Any]) -> Iterator[str]:
    for name in RESOURCES:
        yield from _listed(data, name)


def _listed(data: Mapping[str, Any], name: str) -> list[str]:
    entries = data.get(name)
    return [e for e in entries if isinstance(e, str)] if isinstance(entries, list) else []


def _patches(data: dict[str, Any]) -> Iterator[str]:
    """The files that a kustomization takes patches from."""
    for name in PATCHES:
        for entry in data[name] if isinstance(data.get(name), list) else ():
            path = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(path, str) and "\n" not in path:
                yield path


def _texts(data: Any) -> Iterator[str]:
    """Every text in a kustomization: any may be a path."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str) and len(item) <= _LONGEST_PATH and "\n" not in item:
            yield item


def _named(folder: str, text: str) -> str | None:
    """The path that a text in the kustomization of a folder names, if it is one."""
    text = text.rpartition("=")[2]
    if not text or text.startswith("/") or _REMOTE.match(text):
        return None
    path = normal(f"{folder}/{text}")
    return None if path in {None, "", folder} else path
