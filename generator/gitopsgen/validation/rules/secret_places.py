"""What a person wrote: manifests that stand in files, and values for charts."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.options import helm_options, own_values
from gitopsgen.charts.strvals import SetError, path_of
from gitopsgen.validation.rules.access import at, mappings
from gitopsgen.validation.rules.secret_forms import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.repository.values import ValuesPart
    from gitopsgen.validation.model import Model

_AUTHENTICATIONS = (["auth"], ["authentication"])
# Fields of Chart.yaml that a chart for one's own use has no need of.
_PUBLISHED = frozenset({"annotations", "home", "icon", "keywords", "maintainers", "sources"})
# Source: kustomize's api/hasher.
_DIGEST = re.compile(r"-[245-9bcdfghkmt]{10}$")


def is_written(manifest: Manifest) -> bool:
    """Whether an object stands in a file, whole or as a kustomization takes it in.

    A rendered object that nobody wrote is placed at the path or chart of its source.
    """
    if manifest.rendering is None:
        return True
    from_file = not manifest.path or manifest.path[0] == "items"
    return from_file and manifest.rendering.what.startswith("kustomization ")


def is_generated(manifest: Manifest) -> bool:
    """Whether a kustomization made an object of what lies beside it, or of literals in it.

    The names of such ones end in ten characters of a digest, which know no vowels.
    """
    rendering, name = manifest.rendering, at(manifest.data, "metadata", "name")
    return (
        rendering is not None
        and rendering.what.startswith("kustomization ")
        and isinstance(name, str)
        and _DIGEST.search(name) is not None
    )


def scalars(data: Any) -> Iterator[tuple[Path, Any]]:
    """Everything in data that is neither a mapping nor a list, in no particular order."""
    for path, value, _ in _held(data):
        yield path, value


@dataclass(frozen=True, slots=True)
class ChartValue:
    """A value that is given to a chart: for whom, where it stands, itself.

    `path` leads to it within the values, `holder` is the mapping or list that holds it.
    """

    application: Application
    place: Place
    path: Path
    value: Any
    holder: Any


def chart_values(model: Model) -> Iterator[ChartValue]:
    """Every value that is given to a chart; a file that several Applications take is read once."""
    seen: set[Place] = set()
    for application, source, parts in _given(model):
        for default in _defaults(model, source, parts):
            place, path, value, holder = default
            if place not in seen:
                seen.add(place)
                yield ChartValue(application, place, path, value, holder)
        for part in parts:
            place = (part.file, part.document, part.path)
            if place in seen:
                continue
            seen.add(place)
            for path, value, holder in _held(part.data):
                where = part.path if part.inline else (*part.path, *path)
                place = (part.file, part.document, where)
                yield ChartValue(application, place, path, value, holder)
        yield from _parameters(application, source.location, source.helm)


def _defaults(
    model: Model, source: Source, parts: tuple[ValuesPart, ...]
) -> Iterator[tuple[Place, Path, Any, Any]]:
    """What a chart of the repository's owner has in its own values.yaml, as far as it is used.

    What is not: what the source gives another value, and what belongs to a part that is turned
    off. A chart that came from elsewhere has the defaults that everybody knows.
    """
    folder = None if source.chart else model.sources.folder(source)
    if folder is None or model.sources.tool(source) != "Helm" or _is_foreign(model, folder):
        return
    for own in own_values(folder, model.sources):
        for path, value, holder in _held(own.data):
            switches = [(*path[:depth], "enabled") for depth in range(len(path))]
            off = any(
                at(own.data, *switch) is False and _last(parts, switch) is not True
                for switch in switches
            )
            if not off and _last(parts, path) is None and not _is_set(source, path):
                yield (own.file, own.document, path), path, value, holder


def _is_foreign(model: Model, folder: str) -> bool:
    """Whether the Chart.yaml of a folder has what those of published charts have."""
    file = model.sources.files.read(f"{folder}/Chart.yaml" if folder else "Chart.yaml")
    documents = file.contents.documents if file is not None else ()
    data = documents[0].data if documents else None
    return not isinstance(data, dict) or not _PUBLISHED.isdisjoint(data)


def is_turned_off(model: Model, item: ChartValue) -> bool:
    """Whether a value is of an authentication that is off wherever its file is used.

    A chart looks at what stands in `auth` only if `auth.enabled` does not say false; what other
    parts of a chart do with a password of theirs, if `enabled` is false there, nobody can tell.
    """
    switch = (*item.path[:-1], "enabled")
    if len(switch) < 2 or words_of(str(switch[-2]))[-1:] not in _AUTHENTICATIONS:
        return False
    if not isinstance(item.holder, dict) or item.holder.get("enabled") is not False:
        return False
    return all(
        _last(parts, switch) is False and not _is_set(source, switch)
        for _, source, parts in _given(model)
        if any(_is_of(item, part) for part in parts)
    )


def _is_of(item: ChartValue, part: ValuesPart) -> bool:
    file, document, path = item.place
    return (part.file, part.document) == (file, document) and part.path == path[: len(part.path)]


def _last(parts: tuple[ValuesPart, ...], path: Path) -> Any:
    """What the last of several values says at a path."""
    for part in reversed(parts):
        holder = at(part.data, *path[:-1])
        if isinstance(holder, dict) and path[-1] in holder:
            return holder[path[-1]]
    return None


def _is_set(source: Source, path: Path) -> bool:
    for _, item in mappings(source.helm, ("parameters",)):
        with suppress(SetError):
            if path_of(str(item.get("name"))) == path:
                return True
    return False


def _given(model: Model) -> Iterator[tuple[Application, Source, tuple[ValuesPart, ...]]]:
    """Sources with the values that they give, whether their charts were looked at or not."""
    rendered = set()
    for use in model.charts:
        rendered.add((id(use.application), id(use.source)))
        yield use.application, use.source, use.values
    for application in model.applications:
        for source in application.sources:
            if (id(application), id(source)) not in rendered and (
                source.helm or model.sources.tool(source) == "Helm"
            ):
                options = helm_options(application, source, model.sources)
                yield application, source, options.parts


def _held(data: Any) -> Iterator[tuple[Path, Any, Any]]:
    waiting: list[tuple[Path, Any, Any]] = [((), data, None)]
    while waiting:
        path, value, holder = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, key), item, value) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), item, value) for index, item in enumerate(value)]
        else:
            yield path, value, holder


def _parameters(application: Application, location: Path, helm: Any) -> Iterator[ChartValue]:
    manifest = application.manifest
    for path, item in mappings(helm, ("parameters",)):
        name = item.get("name")
        if isinstance(name, str):
            where = (*manifest.path, *location, "helm", *path, "value")
            place = (manifest.file, manifest.document, where)
            yield ChartValue(application, place, tuple(name.split(".")), item.get("value"), {})
