"""Where the values stand that a chart was given."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.strvals import SetError, path_of
from gitopsgen.validation.rules.access import at, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.charts.model import ChartFacts, ChartUse
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Place
    from gitopsgen.repository.values import ValuesPart


def chart_path(use: ChartUse) -> Path:
    """The path within the Application that names the chart."""
    return (*use.source.location, "chart" if use.source.chart else "path")


def chart_name(use: ChartUse) -> str:
    """The chart as a person calls it: its name with the version, or its folder."""
    if use.source.chart:
        return f"{use.source.chart} {use.version or use.source.target_revision}"
    return use.source.path or "."


def place_of_values(use: ChartUse, path: Path) -> tuple[Place, bool] | None:
    """The line that gives the value at `path`, or as much of the path as anybody gives.

    Returned with whether it is all of the path; None where nobody gives even its first key. What
    wins in helm wins here: parameters over the Application's own values, these over value files,
    the last of them over the first.
    """
    steps = [str(step) for step in path]
    for index, name in reversed(list(parameters(use))):
        if steps and [str(step) for step in name[: len(steps)]] == steps:
            return parameter_place(use, index, "value"), True
    deepest, best = 0, None
    for part in reversed(use.values):
        depth = _depth(part.data, path)
        if depth > deepest:
            deepest, best = depth, part
    if best is None:
        return None
    return place_in_part(best, path[:deepest]), deepest == len(path)


def place_of_default(use: ChartUse, path: Path) -> Place | None:
    """The line of the chart's own values that has the value at `path`, if the chart is here.

    None where somebody gives something else in place of what leads there.
    """
    if use.own is None or not path or _depth(use.own.data, path) < len(path):
        return None
    for part in use.values:
        depth = _depth(part.data, path)
        if 0 < depth < len(path) and not isinstance(at(part.data, *path[:depth]), dict | list):
            return None
    return place_in_part(use.own, path)


def place_in_part(part: ValuesPart, path: Path) -> Place:
    """The place of a path within values; that of the whole text where several are in it."""
    return (part.file, part.document, part.path if part.inline else (*part.path, *path))


def parameters(use: ChartUse) -> Iterator[tuple[int, Path]]:
    """The paths that the Application's parameters set, with the indexes of the parameters."""
    for index, item in enumerate(sequence(use.source.helm.get("parameters"))):
        name = mapping(item).get("name")
        if isinstance(name, str) and name:
            with suppress(SetError):
                yield index, path_of(name)


def parameter_place(use: ChartUse, index: int, field: str) -> Place:
    """The place of a field of a parameter."""
    manifest = use.application.manifest
    path = (*manifest.path, *use.source.location, "helm", "parameters", index, field)
    return (manifest.file, manifest.document, path)


def subchart_paths(facts: ChartFacts | None) -> dict[str, Path]:
    """Where the values of a chart's subcharts are, by the names of the subcharts."""
    found: dict[str, Path] = {}
    waiting: list[tuple[Path, ChartFacts]] = [] if facts is None else [((), facts)]
    while waiting:
        path, chart = waiting.pop(0)
        for name, subchart in chart.subcharts.items():
            found.setdefault(name, (*path, name))
            waiting.append(((*path, name), subchart))
    return found


def follow(data: object, steps: Sequence[str]) -> Path:
    """Steps as a path within data: those into lists become numbers."""
    path: list[str | int] = []
    for step in steps:
        if isinstance(data, list) and step.isdecimal():
            number = int(step)
            path.append(number)
            data = data[number] if number < len(data) else None
        else:
            path.append(step)
            data = data.get(step) if isinstance(data, dict) else None
    return tuple(path)


def _depth(data: Any, path: Path) -> int:
    for depth, step in enumerate(path):
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and str(step).isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return depth
    return len(path)
