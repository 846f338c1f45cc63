"""Charts that were put into a repository: their folders, and where each came from."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.splice import scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.charts.store import Chart

ORIGIN_FILE = ".vendored.yaml"
_HEADER = """\
# Put here by `gitopsgen charts vendor`, as it was published.
"""
# A chart's own would hide parts of it from the repository's git.
_LEFT_OUT = frozenset({".gitignore", ".gitattributes", ORIGIN_FILE})


def vendored_folders(paths: Iterable[str]) -> frozenset[str]:
    """The folders of vendored charts among a repository's paths: nobody edits what is there."""
    return frozenset(
        path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == ORIGIN_FILE
    )


def contents_of(folder: Path) -> dict[str, bytes]:
    """The files of a chart that belong into a repository, by path. Raises `OSError`."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.name not in _LEFT_OUT and path.is_file()
    }


def vendored_files(chart: Chart) -> dict[str, bytes]:
    """The files of the folder of a vendored chart, with the one that says where it came from."""
    origin = {
        "repository": chart.reference.repository,
        "name": chart.reference.name,
        "version": chart.version,
        **({"digest": chart.digest} if chart.digest else {}),
    }
    lines = "".join(f"{key}: {scalar(value)}\n" for key, value in origin.items())
    return {**contents_of(chart.folder), ORIGIN_FILE: (_HEADER + lines).encode()}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that is not there, so that it appears whole or not at all.

    Raises `OSError`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for path, content in files.items():
            (temporary / path).parent.mkdir(parents=True, exist_ok=True)
            (temporary / path).write_bytes(content)
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o777 & ~umask)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
