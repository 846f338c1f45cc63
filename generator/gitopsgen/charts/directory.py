"""A folder of charts that a person keeps, as `--charts-dir` names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.charts.folder import read_metadata
from gitopsgen.charts.versions import is_development, is_same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference


@dataclass(frozen=True, slots=True)
class Found:
    """A chart in such a folder: an archive, or a folder with its version."""

    path: Path
    is_archive: bool
    version: str = ""


def find_in(charts_dir: Path, reference: ChartReference) -> Found | None:
    """Find a chart: an archive `<name>-<version>.tgz`, or `<name>/` or `<name>-<version>/`.

    An archive has to be of the version asked for, so has a folder, unless its version is that of
    the sources of a chart (`0.0.0`): no release has it, so it stands for any.
    """
    name = reference.name.rpartition("/")[2]
    if not name or name.startswith(".") or "/" in reference.version or "\0" in name:
        return None
    stems = [f"{name}-{version}" for version in _spellings(reference.version)]
    for stem in stems:
        archive = charts_dir / f"{stem}.tgz"
        if archive.is_file():
            return Found(archive, is_archive=True)
    for stem in (*stems, name):
        folder = charts_dir / stem
        metadata = read_metadata(folder)
        if metadata is not None and _fits(metadata.version, reference.version):
            return Found(folder, is_archive=False, version=metadata.version)
    return None


def _fits(version: str, wanted: str) -> bool:
    return is_same(version, wanted) or is_development(version)


def _spellings(version: str) -> Iterator[str]:
    yield version
    yield version[1:] if version.startswith("v") else f"v{version}"
