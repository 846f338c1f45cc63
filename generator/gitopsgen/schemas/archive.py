"""Archives of schemas: what they look like, and how they are unpacked for kubeconform.

An archive is an xz-compressed text with one schema a line: its path in the layout of
`gitopsgen.schemas.layout`, a tab, and the schema as JSON without line breaks.

A warm start must not pay for unpacking: lzma and shutil are imported where they are needed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from gitopsgen.errors import UnavailableError
from gitopsgen.tools.cache import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MARKER = ".complete"
# Other processes may be replacing the same damaged folder: each of them can be in the way once.
_ATTEMPTS = 20
_TAKEN = {errno.EEXIST, errno.ENOTDIR, errno.ENOTEMPTY}


def as_text(schema: Mapping[str, Any]) -> str:
    """A schema as JSON on one line; equal schemas give equal texts."""
    return json.dumps(schema, separators=(",", ":"), sort_keys=True)


def pack(schemas: Mapping[str, str]) -> bytes:
    """The archive of some schemas, given as path -> JSON text."""
    import lzma

    lines = "".join(f"{path}\t{text}\n" for path, text in sorted(schemas.items()))
    return lzma.compress(lines.encode(), preset=6 | lzma.PRESET_EXTREME)


def contents(archive: bytes) -> dict[str, str]:
    """The schemas in an archive: path -> JSON text."""
    import lzma

    lines = lzma.decompress(archive).decode().split("\n")[:-1]
    return {path: text for path, _, text in (line.partition("\t") for line in lines)}


def unpack(archive: Path, label: str) -> Path:
    """The folder below the cache that holds the archive's schemas, unpacked if it is not there.

    The folder's name carries the archive's digest, so another release never reads this one's
    schemas. It appears by a rename, complete or not at all; one that was damaged since (a
    cleaner took files, the power failed before they were on disk) is replaced.
    Raises `UnavailableError` when the cache cannot be written.
    """
    packed = archive.read_bytes()
    name = f"{label}-{hashlib.sha256(packed).hexdigest()[:16]}"
    target = cache_dir() / "schemas" / name
    try:
        return target if _is_complete(target) else _install(packed, target)
    except OSError as error:
        raise UnavailableError(
            f"the schemas cannot be unpacked into {target}: {error.strerror or error}",
            "make that folder writable, or set GITOPSGEN_CACHE to a folder that is",
        ) from error


def _install(packed: bytes, target: Path) -> Path:
    import shutil

    target.parent.mkdir(parents=True, exist_ok=True)
    work = _sibling(target)
    try:
        _write(contents(packed), work)
        for _ in range(_ATTEMPTS):
            if _rename(work, target) or _is_complete(target):  # another process may be quicker
                return target
            _remove(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    raise OSError("other processes keep changing it")


def _rename(work: Path, target: Path) -> bool:
    """Whether a folder could get its place; not while something else is there."""
    try:
        work.rename(target)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


def _write(schemas: Mapping[str, str], folder: Path) -> None:
    folder.mkdir()
    for parent in {path.rpartition("/")[0] for path in schemas}:
        (folder / parent).mkdir(parents=True, exist_ok=True)
    for path, text in schemas.items():
        (folder / path).write_text(text, encoding="utf-8")
    (folder / _MARKER).write_text(_measure(folder), encoding="utf-8")


def _is_complete(folder: Path) -> bool:
    """Whether the folder holds as many files and bytes as its marker, written last, says."""
    try:
        return (folder / _MARKER).read_text(encoding="utf-8") == _measure(folder)
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return False


def _measure(folder: Path) -> str:
    sizes = [entry.stat().st_size for entry in _files(folder) if entry.name != _MARKER]
    return f"{len(sizes)} files, {sum(sizes)} bytes\n"


def _files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry


def _remove(target: Path) -> None:
    """Take something away in one step: nobody ever sees half of it."""
    import shutil

    aside = _sibling(target)
    try:
        target.rename(aside)
    except FileNotFoundError:
        return  # another process did
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.unlink(missing_ok=True)


def _sibling(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}")
