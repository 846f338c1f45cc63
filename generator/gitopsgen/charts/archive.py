"""Unpacking the archive of a chart, which may be anybody's and anything."""

from __future__ import annotations

import io
import posixpath
import shutil
import tarfile
import zlib
from gzip import GzipFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Buffer

# The largest charts in use (those with many CRDs) unpack to some 10 MiB in 1,000 files.
_LARGEST_TOTAL = 100 << 20
_MOST_MEMBERS = 20_000
_CHUNK = 64 << 10


class ArchiveError(Exception):
    """An archive that was not unpacked; the text says why, in words that follow its name."""


def unpack(archive: Path, into: Path) -> None:
    """Unpack the chart in a .tgz: what is below its top folder, whatever that is called.

    `into` must not exist; it is left only when everything is there and it has a Chart.yaml. A
    symbolic or hard link becomes a copy of the file of the archive that it names. Raises
    `ArchiveError` for anything that would land outside, for links that lead nowhere, for devices,
    for more than 100 MiB or 20,000 members, and for what is no archive of a chart.
    """
    into.mkdir(parents=True)
    try:
        with archive.open("rb") as packed:
            _unpack(packed, into)
    # Some wrong headers make tarfile fail in ways of their own.
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        shutil.rmtree(into, ignore_errors=True)
        raise ArchiveError(f"is no readable archive: {_in_words(error)}") from error
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or "it is cut off"


def _unpack(packed: IO[bytes], into: Path) -> None:
    links: dict[str, str] = {}
    budget = _Budget()
    with (
        GzipFile(fileobj=packed) as unzipped,
        tarfile.open(fileobj=_Bounded(unzipped), mode="r|", errorlevel=2) as opened,
    ):
        for count, member in enumerate(opened):
            if count >= _MOST_MEMBERS:
                raise ArchiveError(f"has more than {_MOST_MEMBERS:,} members")
            name = _inside(member.name)
            if not name or member.isdir():
                continue
            if member.issym():
                links[name] = _inside(
                    posixpath.join(posixpath.dirname(member.name), member.linkname)
                )
            elif member.islnk():
                links[name] = _inside(member.linkname)
            elif member.isfile():
                content = opened.extractfile(member)
                assert content is not None
                _write(content, into / name, budget)
            else:
                raise ArchiveError(f"holds {member.name!r}, which is no file")
    for name, target in links.items():
        _copy(into, name, _followed(target, links), budget)
    if not (into / "Chart.yaml").is_file():
        raise ArchiveError("holds no Chart.yaml")


def _inside(name: str) -> str:
    """A member's path below the top folder; raises where it leaves the archive."""
    path = posixpath.normpath(name)
    if name.startswith("/") or "\\" in name or path == ".." or path.startswith("../"):
        raise ArchiveError(f"holds {name!r}, which leads out of it")
    _, _, rest = path.partition("/")
    return rest


def _followed(target: str, links: dict[str, str]) -> str:
    """The end of a chain of links; a circle ends at a link, which is no file."""
    for _ in range(10):
        if target not in links:
            break
        target = links[target]
    return target


def _copy(into: Path, name: str, target: str, budget: _Budget) -> None:
    source = into / target
    if not target or not source.is_file():
        raise ArchiveError(f"holds the link {name!r}, which leads to no file of it")
    with source.open("rb") as content:
        _write(content, into / name, budget)


class _Budget:
    """What may still be written."""

    def __init__(self) -> None:
        self._left = _LARGEST_TOTAL

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ArchiveError(f"unpacks to more than {_LARGEST_TOTAL >> 20} MiB")


class _Bounded(io.RawIOBase):
    """A stream that ends with an error: headers alone can be a bomb, too."""

    def __init__(self, stream: GzipFile) -> None:
        super().__init__()
        self._stream = stream
        self._left = 2 * _LARGEST_TOTAL

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read into `buffer`; returns how many bytes that were."""
        count = self._stream.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise ArchiveError(f"unpacks to more than {_LARGEST_TOTAL >> 20} MiB")
        return count


def _write(content: IO[bytes], path: Path, budget: _Budget) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK):
            budget.take(len(chunk))
            file.write(chunk)
