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


@dataclass(frozen=True, slots=True)
class Measured:
    """A chart's folder, a digest of all that is in it, and whether it asks what there is."""

    path: Path
    content: str
    asks_for_versions: bool


def measure(folder: Path) -> Measured:
    """Measure a chart; files that cannot be read count as empty."""
    total = hashlib.blake2b(digest_size=20)
    asks = False
    for path in sorted(files_in(folder)):
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        asks = asks or _ASKS_FOR_VERSIONS in content or path.suffix == ".tgz"
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return Measured(folder, total.hexdigest(), asks)


def files_in(folder: Path) -> Iterator[Path]:
    """The regular files of a chart; links are not followed."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path
