"""The cache of charts: archives by their content, and which content a name and version had.

    archives/<sha256>.tgz     as they came
    versions/<key>.json       repository, name and version, and the digest of the archive
    unpacked/<sha256>/        the chart; beside it <sha256>.digest, by which damage is noticed

Everything appears whole, by renaming, so that several runs can share it at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.archive import unpack
from gitopsgen.tools.cache import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.charts.model import ChartReference

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class ChartCache:
    """The cache below `folder`; what is damaged counts as absent."""

    folder: Path

    @classmethod
    def default(cls) -> ChartCache:
        """The one in gitopsgen's cache."""
        return cls(cache_dir() / "charts")

    def find(self, reference: ChartReference) -> Path | None:
        """The archive of an exact version, if it was put here whole."""
        try:
            digest = json.loads(self._version(reference).read_bytes())["digest"]
            archive = self._archive(str(digest))
            return archive if sha256_of(archive) == digest else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, reference: ChartReference, archive: Path) -> Path:
        """Keep an archive as what `reference`, an exact version, stands for. Raises `OSError`."""
        kept = self.keep(archive)
        entry = {
            "repository": reference.repository,
            "name": reference.name,
            "version": reference.version,
            "digest": kept.stem,
        }
        with _fresh(self._version(reference)) as path:
            path.write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")
        return kept

    def keep(self, archive: Path) -> Path:
        """Keep an archive under its digest alone. Raises `OSError`."""
        kept = self._archive(sha256_of(archive))
        with _fresh(kept) as path:
            shutil.copyfile(archive, path)
        return kept

    def unpacked(self, archive: Path) -> Path:
        """The chart in an archive, unpacked here once.

        Raises `gitopsgen.charts.archive.ArchiveError`, or `OSError` where it cannot be written.
        """
        target = self.folder / "unpacked" / sha256_of(archive)
        mark = target.with_name(f"{target.name}.digest")
        try:
            if mark.read_text(encoding="ascii") == _digest_of(target):
                return target
        except (OSError, ValueError):
            pass
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as temporary:
            fresh = Path(temporary) / "chart"
            unpack(archive, fresh)
            digest = _digest_of(fresh)
            _replace(fresh, target, digest, Path(temporary) / "damaged")
        with _fresh(mark) as path:
            path.write_text(digest, encoding="ascii")
        return target

    def _version(self, reference: ChartReference) -> Path:
        url = reference.repository.removesuffix("/")
        key = json.dumps([url, reference.name, reference.version.removeprefix("v")])
        return self.folder / "versions" / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def _archive(self, digest: str) -> Path:
        return self.folder / "archives" / f"{digest}.tgz"


def _replace(fresh: Path, target: Path, digest: str, damaged: Path) -> None:
    """Put a folder where another one may be; one of another run that is whole may stay."""
    for _ in range(5):
        try:
            fresh.rename(target)
        except OSError:
            if target.is_dir() and _digest_of(target) == digest:
                return
            with contextlib.suppress(OSError):
                target.rename(damaged)
        else:
            return
    fresh.rename(target)


def _digest_of(folder: Path) -> str:
    """A digest of all files of a folder: their paths and their contents. Raises `OSError`."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
            digest.update(hashlib.sha256(name).digest())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def _fresh(target: Path) -> Iterator[Path]:
    """A path to write to; what is there when the block ends becomes `target` at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        yield path
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)
