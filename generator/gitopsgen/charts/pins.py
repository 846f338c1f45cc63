"""The versions of charts that a repository pins: where they stand, and writing other ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.splice import SpliceError, Splicer
from gitopsgen.charts.uses import declared, used_charts
from gitopsgen.repository.applications import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.documents.positions import Path as Place
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest

_KEY = "targetRevision"


@dataclass(frozen=True, slots=True)
class Pin:
    """A chart that a source in a file names, with its version.

    `kind` and `name` are those of the Application or ApplicationSet; for a Kustomization the name
    is its folder. `line` is that of the version in `file`; `place` leads to the source within its
    document, and `key` is what the version is called there. Where an ApplicationSet has
    `generated` the Application the version stands in what that is made from, and nowhere that it
    could be written.
    """

    kind: str
    name: str
    file: str
    line: int
    document: int
    place: Place
    reference: ChartReference
    key: str = _KEY
    generated: bool = False


def pins_in(files: RepositoryFiles) -> list[Pin]:
    """Every chart that Applications and templates of ApplicationSets take from a repository.

    In the order of files. Left out is what a generator fills in (`{{…}}`), and what has no
    version that stands in the file.
    """
    return [pin for manifest in _manifests(files) for pin in _pins_of(files, manifest)]


def generated_pins(applications: Sequence[Application], known: Sequence[Pin]) -> list[Pin]:
    """The charts of Applications that ApplicationSets generate, those of `known` left out.

    `applications` are those that `gitopsgen.charts.uses.applications_in` finds.
    """
    written = {(pin.file, pin.reference) for pin in known}
    found = []
    for use in used_charts(list(applications)):
        manifest = use.application.manifest
        given = "targetRevision" in use.source.data and use.source.repo_url
        if use.stands_in_a_file or not given or (manifest.file, use.reference) in written:
            continue
        name = use.application.name
        found.append(
            Pin("Application", name, manifest.file, 1, 0, (), use.reference, generated=True)
        )
    return sorted(found, key=lambda pin: (pin.file, pin.name, pin.reference.name))


def _manifests(files: RepositoryFiles) -> Iterator[Manifest]:
    found = [*declared(files, "Application"), *declared(files, "ApplicationSet")]
    yield from sorted(found, key=lambda manifest: (manifest.file, manifest.document))


def _pins_of(files: RepositoryFiles, manifest: Manifest) -> Iterator[Pin]:
    metadata = manifest.data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    start: Place = ()
    data: Any = manifest.data
    if manifest.kind == "ApplicationSet":
        start = ("spec", "template")
        for step in start:
            data = data.get(step) if isinstance(data, dict) else None
    spec = data.get("spec") if isinstance(data, dict) else None
    file = files.read(manifest.file)
    for source in read_sources(spec if isinstance(spec, dict) else {}):
        version = source.data.get(_KEY)
        if not source.chart or not source.repo_url or not isinstance(version, str) or not version:
            continue
        reference = ChartReference(source.repo_url, source.chart, version)
        if "{{" in f"{reference.repository}{reference.name}{reference.version}":
            continue
        place = (*manifest.path, *start, *source.location)
        at = (*place, _KEY)
        line = file.locator.value(manifest.document, at).line if file is not None else 1
        yield Pin(
            manifest.kind, str(name), manifest.file, line, manifest.document, place, reference
        )


@dataclass(frozen=True, slots=True)
class PinEdit:
    """What setting versions makes of files: their new texts, and the pins that cannot be set."""

    texts: Mapping[str, str]
    failed: Sequence[tuple[Pin, str]]


def set_versions(root: Path, versions: Sequence[tuple[Pin, str]]) -> PinEdit:
    """The texts of files below `root` in which pins have other versions.

    Nothing is written, and nothing around the versions changes: quotes and comments stay.
    """
    splicers: dict[str, Splicer] = {}
    failed: list[tuple[Pin, str]] = []
    for pin, version in versions:
        try:
            if pin.file not in splicers:
                splicers[pin.file] = Splicer(_text_of(root / pin.file))
            splicers[pin.file].replace(pin.document, (*pin.place, pin.key), version)
        except SpliceError as error:
            failed.append((pin, str(error)))
    texts = {}
    for path, splicer in splicers.items():
        mine = [pin for pin, _ in versions if pin.file == path]
        try:
            if any(pin not in dict(failed) for pin in mine):
                texts[path] = splicer.text()
        except SpliceError as error:
            failed += [(pin, str(error)) for pin in mine]
    return PinEdit(texts, tuple(failed))


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpliceError("it cannot be read as UTF-8") from error
