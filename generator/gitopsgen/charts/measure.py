"""What a render of an unpacked chart depends on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a chart of these does depends on which kinds the cluster has.
_ASKS_FOR_VERSIONS = b"APIVersions"
# helm's own limit for one file of a chart (pkg/chart/loader/archive.MaxDecompressedFileSize).
_LARGEST_FILE = 5 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """A chart's folder, a digest of all that is in it, and whether it asks what there is."""

    path: Path
    content: str
    asks_for_versions: bool


def _hash(content: bytes = b"") -> hashlib.blake2b:
    return hashlib.blake2b(content, digest_size=20)


def measure(folder: Path) -> Measured:
    """Measure a chart; files that cannot be read count as empty."""
    total = _hash()
    asks = False
    for path in sorted(files_in(folder)):
        content, digest = _read(path)
        asks = asks or content is None or _ASKS_FOR_VERSIONS in content or path.suffix == ".tgz"
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{digest.hex()}\0".encode(errors="surrogateescape"))
    return Measured(folder, total.hexdigest(), asks)


def _read(path: Path) -> tuple[bytes | None, bytes]:
    """A file with its digest; None in place of one that helm would not read for its size."""
    try:
        with path.open("rb") as file:
            if path.stat().st_size > _LARGEST_FILE:
                return None, hashlib.file_digest(file, _hash).digest()
            content = file.read()
    except OSError:
        content = b""
    return content, _hash(content).digest()


def files_in(folder: Path) -> Iterator[Path]:
    """The regular files of a chart; links are not followed."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path
