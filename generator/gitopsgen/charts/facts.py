"""What the files of an unpacked chart say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.model import ChartFacts
from gitopsgen.documents.encoding import decode
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LARGEST_FILE = 4 << 20
_MOST_TEMPLATES = 5_000
_DEEPEST = 8


def read_chart(folder: Path, depth: int = 0) -> ChartFacts:
    """Read a chart and the unpacked charts in its charts/; what cannot be read is empty.

    Subcharts that are archives are not looked into: they count as charts of which nothing is known.
    """
    chart = _mapping(_data(folder / "Chart.yaml"))
    dependencies = tuple(
        item for item in _list(chart.get("dependencies")) if isinstance(item, dict)
    )
    values_text = _text(folder / "values.yaml")
    schema = _schema(folder / "values.schema.json")
    return ChartFacts(
        name=_string(chart.get("name")),
        version=_string(chart.get("version")),
        kube_version=_string(chart.get("kubeVersion")),
        values=_mapping(_first(values_text)),
        values_text=values_text,
        schema=schema,
        templates=dict(_templates(folder)),
        dependencies=dependencies,
        subcharts=dict(_subcharts(folder, dependencies, depth)) if depth < _DEEPEST else {},
    )


def _subcharts(
    folder: Path, dependencies: tuple[Mapping[str, Any], ...], depth: int
) -> Iterator[tuple[str, ChartFacts]]:
    """The charts below charts/ by the names under which their values are given."""
    found = {}
    for path in _children(folder / "charts"):
        if (path / "Chart.yaml").is_file():
            facts = read_chart(path, depth + 1)
            found[facts.name or path.name] = facts
    named = set()
    for item in dependencies:
        name, alias = _string(item.get("name")), _string(item.get("alias"))
        if name in found:
            named.add(name)
            yield alias or name, found[name]
    yield from ((name, facts) for name, facts in found.items() if name not in named)


def _templates(folder: Path) -> Iterator[tuple[str, str]]:
    root = folder / "templates"
    for number, path in enumerate(sorted(root.rglob("*"))):
        if number >= _MOST_TEMPLATES:
            return
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), _text(path)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except OSError:
        return []


def _schema(path: Path) -> Mapping[str, Any] | None:
    try:
        data = json.loads(_text(path) or "null")
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _data(path: Path) -> Any:
    return _first(_text(path))


def _first(text: str) -> Any:
    documents = read_documents(text).documents
    return documents[0].data if documents else None


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_FILE:
            return ""
        return decode(path.read_bytes())[0]
    except OSError:
        return ""


def _string(value: object) -> str:
    known = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value) if known else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
