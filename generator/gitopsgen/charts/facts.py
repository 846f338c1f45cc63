"""What the files of an unpacked chart say."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.charts.archive import ArchiveError, unpack
from gitopsgen.charts.model import ChartFacts
from gitopsgen.documents.encoding import decode
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNREADABLE: Final = "{{"
"""Stands for a template that was not read: no reader of templates takes it for one."""

# What `.Files` lacks, and what is written for people.
_NO_FILES = frozenset(
    ("charts", "templates", "ci", "Chart.yaml", "values.yaml", "values.schema.json")
)
_DOCUMENTS = frozenset((".md", ".gotmpl"))
_LARGEST_FILE = 4 << 20
_LARGEST_ARCHIVE = 8 << 20
_DEEPEST = 8
# Of a chart with all its subcharts; the largest have some 1,000 files and 10 MiB.
_MOST_FILES = 10_000
_MOST_BYTES = 64 << 20
_MOST_ARCHIVES = 50


def read_chart(folder: Path) -> ChartFacts:
    """Read a chart and the charts in its charts/, folders and archives.

    Nothing is raised, whatever the folder holds: what cannot be read, or is too much, is empty, or
    `UNREADABLE` in place of a template. Links that lead out of the chart are not followed.
    """
    return _Reader(folder.resolve()).chart(folder, 0)


@dataclass
class _Reader:
    """Reads the files of one chart; what it may still read goes down with each."""

    root: Path
    files: int = field(default_factory=lambda: _MOST_FILES)
    bytes: int = _MOST_BYTES
    archives: int = _MOST_ARCHIVES

    def chart(self, folder: Path, depth: int) -> ChartFacts:
        """The facts of a chart; `depth` is the number of charts around it."""
        metadata_text = self._text(folder / "Chart.yaml")
        # Charts of the apiVersion v1 name their dependencies in a file of its own.
        more_text = self._text(folder / "requirements.yaml")
        values_text = self._text(folder / "values.yaml")
        schema_text = self._text(folder / "values.schema.json")
        metadata, more = _mapping(_first(metadata_text)), _mapping(_first(more_text))
        listed = [*_list(metadata.get("dependencies")), *_list(more.get("dependencies"))]
        dependencies = tuple(item for item in listed if isinstance(item, dict))
        read = read_documents(values_text or "")
        values = read.documents[0].data if read.documents else None
        schema = _json(schema_text)
        templates = dict(self._templates(folder / "templates"))
        # With less than all that a chart says, nothing can be called unknown to it.
        is_broken = any(problem.rule == "yaml-syntax" for problem in read.problems)
        if is_broken or not isinstance(values, dict | None) or (schema_text and schema is None):
            templates["../values.yaml"] = UNREADABLE
        if None in (metadata_text, more_text, values_text, schema_text):
            templates["../Chart.yaml"] = UNREADABLE
        subcharts: dict[str, ChartFacts] = {}
        if depth < _DEEPEST:
            found, whole = self._charts(folder / "charts", depth)
            subcharts = dict(_named(found, dependencies))
            if not whole:
                templates["../charts"] = UNREADABLE
        files = dict(self._files(folder)) if _evaluates_files(templates, subcharts) else {}
        return ChartFacts(
            name=_string(metadata.get("name")),
            version=_string(metadata.get("version")),
            kube_version=_string(metadata.get("kubeVersion")),
            values=_mapping(values),
            values_text=values_text or "",
            schema=schema,
            templates=templates,
            dependencies=dependencies,
            subcharts=subcharts,
            files=files,
        )

    def _charts(self, folder: Path, depth: int) -> tuple[dict[str, ChartFacts], bool]:
        """The charts in charts/ by their own names, and whether that is all of them."""
        found: dict[str, ChartFacts] = {}
        whole = True
        for path in _children(folder):
            # helm leaves these out.
            if path.name.startswith((".", "_")):
                continue
            if path.suffix == ".tgz":
                facts = self._archive(path, depth)
                whole = whole and facts is not None
            elif (path / "Chart.yaml").is_file() and self._is_inside(path):
                facts = self.chart(path, depth + 1)
            else:
                facts = None
            if facts is not None:
                found[facts.name or path.name] = facts
        return found, whole

    def _archive(self, path: Path, depth: int) -> ChartFacts | None:
        self.archives -= 1
        try:
            if self.archives < 0 or path.is_symlink() or not path.is_file():
                return None
            if path.stat().st_size > _LARGEST_ARCHIVE:
                return None
            with tempfile.TemporaryDirectory(prefix="gitopsgen-chart-") as temporary:
                folder = Path(temporary).resolve() / "chart"
                unpack(path, folder)
                reader = _Reader(folder, self.files, self.bytes, self.archives)
                facts = reader.chart(folder, depth + 1)
                self.files, self.bytes, self.archives = reader.files, reader.bytes, reader.archives
                return facts
        except (ArchiveError, OSError):
            return None

    def _files(self, root: Path) -> Iterator[tuple[str, str]]:
        """The files that `.Files` has and that may be templates."""
        for folder, folders, files in os.walk(root):
            inner = Path(folder) != root
            folders[:] = sorted(name for name in folders if inner or name not in _NO_FILES)
            for name in sorted(files):
                path = Path(folder) / name
                if not inner and (name in _NO_FILES or path.suffix in _DOCUMENTS):
                    continue
                text = self._text(path)
                if text is None or "{{" in text:
                    yield path.relative_to(root).as_posix(), UNREADABLE if text is None else text
                if self.files < 0:
                    return

    def _templates(self, root: Path) -> Iterator[tuple[str, str]]:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                path = Path(folder) / name
                text = self._text(path)
                yield path.relative_to(root).as_posix(), UNREADABLE if text is None else text
                if self.files < 0:
                    return

    def _text(self, path: Path) -> str | None:
        """The text of a file: empty where there is none, None where it cannot be read."""
        self.files -= 1
        try:
            if not path.is_file():
                return None if path.is_symlink() or path.exists() else ""
            size = path.stat().st_size
            self.bytes -= size
            if self.files < 0 or self.bytes < 0 or size > _LARGEST_FILE:
                return None
            if not self._is_inside(path):
                return None
            text, problem = decode(path.read_bytes())
        except (OSError, ValueError):
            return None
        return None if problem is not None else text

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError):
            return False


def _named(
    found: Mapping[str, ChartFacts], dependencies: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[str, ChartFacts]]:
    """The charts by the names under which their values are given: an alias, else their own."""
    named = set()
    for item in dependencies:
        name, alias = _string(item.get("name")), _string(item.get("alias"))
        if name in found:
            named.add(name)
            yield alias or name, found[name]
    yield from ((name, facts) for name, facts in found.items() if name not in named)


def _evaluates_files(templates: Mapping[str, str], subcharts: Mapping[str, ChartFacts]) -> bool:
    """Whether a chart, or a library of it, may evaluate its files as templates."""
    texts = [templates, *(chart.templates for chart in subcharts.values())]
    every = [text for one in texts for text in one.values()]
    return any("Files" in text for text in every) and any("tpl" in text for text in every)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _json(text: str | None) -> Mapping[str, Any] | None:
    try:
        data = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _first(text: str | None) -> Any:
    documents = read_documents(text or "").documents
    return documents[0].data if documents else None


def _string(value: object) -> str:
    known = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value) if known else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
