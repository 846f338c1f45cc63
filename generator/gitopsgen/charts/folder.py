"""Unpacked charts: what Chart.yaml says, and the dependencies that are not there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.encoding import decode
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

_LARGEST_METADATA = 1 << 20
# Charts of the apiVersion v1 name their dependencies in a file of its own.
_DEPENDENCY_FILES = ("Chart.yaml", "requirements.yaml")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as Chart.yaml names it; `version` may be a range."""

    name: str
    version: str
    repository: str
    alias: str
    condition: str
    tags: tuple[str, ...]

    def is_enabled(self, values: Mapping[str, Any]) -> bool:
        """Whether helm uses it with these values, those of the chart and of people as one.

        The first path of `condition` that leads to true or false decides, then the tags: any true
        one enables, otherwise any false one disables. Source: helm's
        pkg/chartutil/dependencies.go (processDependencyConditions, processDependencyTags).
        """
        for path in self.condition.split(","):
            decided = _lookup(values, path.strip())
            if isinstance(decided, bool):
                return decided
        tags = values.get("tags")
        known = tags if isinstance(tags, dict) else {}
        decisions = [known[tag] for tag in self.tags if isinstance(known.get(tag), bool)]
        return not decisions or any(decisions)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What Chart.yaml says, tolerantly read: what is missing or wrong is empty."""

    name: str
    version: str
    dependencies: tuple[Dependency, ...]


def read_metadata(folder: Path) -> Metadata | None:
    """The metadata of an unpacked chart; None where there is no readable Chart.yaml."""
    data = _read(folder / "Chart.yaml")
    if data is None:
        return None
    entries = [
        entry
        for name in _DEPENDENCY_FILES
        for entry in _dependencies_of(_read(folder / name) or {})
    ]
    dependencies = tuple(_dependency(entry) for entry in entries)
    return Metadata(_text(data.get("name")), _text(data.get("version")), dependencies)


def missing_dependencies(folder: Path) -> tuple[Dependency, ...]:
    """The dependencies that helm would miss: it renders no chart that lacks one, enabled or not.

    Source: helm's pkg/action/package.go and install.go (CheckDependencies), which compares names.
    """
    metadata = read_metadata(folder)
    if metadata is None:
        return ()
    here = set(_subcharts(folder / "charts"))
    return tuple(item for item in metadata.dependencies if item.name not in here)


def without_dependencies(folder: Path, names: Collection[str], into: Path) -> Path:
    """Copy a chart to `into` (which must not exist) without the dependencies of these names.

    Nothing but the lists of dependencies differs from the chart; the lock of the dependencies is
    left out. Symbolic links are not followed. Raises `OSError`.
    """
    import yaml

    shutil.copytree(folder, into, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    for name in _DEPENDENCY_FILES:
        path = into / name
        data = _read(path)
        if data is None or "dependencies" not in data:
            continue
        kept = [entry for entry in _dependencies_of(data) if _text(entry.get("name")) not in names]
        data["dependencies"] = kept
        path.unlink()
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    for name in ("Chart.lock", "requirements.lock"):
        (into / name).unlink(missing_ok=True)
    return into


def _subcharts(folder: Path) -> Iterator[str]:
    """The names of the charts in charts/, folders or archives."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "_")):
            continue
        if entry.suffix == ".tgz":
            yield from _names_of_archive(entry.name)
        elif (metadata := read_metadata(entry)) is not None:
            yield metadata.name


def _names_of_archive(file: str) -> Iterator[str]:
    """The names that `name-1.2.3.tgz` may stand for: both parts may have dashes."""
    stem = file.removesuffix(".tgz")
    for position, letter in enumerate(stem):
        if letter == "-":
            yield stem[:position]


def _dependencies_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = data.get("dependencies")
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict) and _text(entry.get("name"))]


def _dependency(entry: Mapping[str, Any]) -> Dependency:
    tags = entry.get("tags")
    return Dependency(
        name=_text(entry.get("name")),
        version=_text(entry.get("version")),
        repository=_text(entry.get("repository")),
        alias=_text(entry.get("alias")),
        condition=_text(entry.get("condition")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _lookup(values: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(values, dict):
            return None
        values = values.get(step)
    return values


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_METADATA:
            return None
        text, problem = decode(path.read_bytes())
    except OSError:
        return None
    documents = read_documents(text).documents if problem is None else ()
    data = documents[0].data if documents else None
    return data if isinstance(data, dict) else None


def _text(value: object) -> str:
    """Text as helm reads it: `version: 1.2` is a number in YAML."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)
