"""What a render of an unpacked chart depends on."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a chart of these does depends on which kinds the cluster has.
_ASKS_FOR_VERSIONS = b"APIVersions"
# helm's own limit for one file of a chart (pkg/chart/loader/archive.MaxDecompressedFileSize).
_LARGEST_FILE = 5 << 20

# Larger than any chart: so many files are behind a link that leads to where there is no end.
_MOST_FILES = 5_000


@dataclass(frozen=True, slots=True)
class Measured:
    """A chart's folder, a digest of all that is in it, and whether it asks what there is."""

    path: Path
    content: str
    asks_for_versions: bool


def _hash(content: bytes = b"") -> hashlib.blake2b:
    return hashlib.blake2b(content, digest_size=20)


def measure(folder: Path) -> Measured:
    """Measure a chart; files that cannot be read count as empty.

    helm follows links, and fails over what is no file: so both count with what they are.
    """
    total = _hash()
    asks = False
    for path in islice(_all_in(folder, set()), _MOST_FILES):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            content, digest = _read(path)
            asks = asks or content is None or _ASKS_FOR_VERSIONS in content or path.suffix == ".tgz"
            kind = digest.hex()
        else:
            kind = _kind(path)
        link = path.readlink() if path.is_symlink() else ""
        total.update(f"{name}\0{kind}\0{link}\0".encode(errors="surrogateescape"))
    return Measured(folder, total.hexdigest(), asks)


def _all_in(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """All that is in a folder but folders, sorted; no folder twice, whatever links there are."""
    here = folder.resolve()
    if here in seen:
        return
    seen.add(here)
    for path in sorted(_listed(folder)):
        if path.is_dir():
            yield from _all_in(path, seen)
        else:
            yield path


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _kind(path: Path) -> str:
    try:
        return f"{stat.S_IFMT(path.stat().st_mode):o}"
    except OSError:
        return "nothing"


def _read(path: Path) -> tuple[bytes | None, bytes]:
    """A file with its digest; None in place of one that helm would not read for its size."""
    try:
        status = path.stat()
        if status.st_size > _LARGEST_FILE:
            return None, _hash(f"{status.st_size} {status.st_mtime_ns}".encode()).digest()
        with open(path, "rb", opener=_without_waiting) as file:
            content = file.read(_LARGEST_FILE)
    except OSError:
        content = b""
    return content, _hash(content).digest()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def files_in(folder: Path) -> Iterator[Path]:
    """The regular files of a chart; links are not followed."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path
