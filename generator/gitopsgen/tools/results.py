"""Results that are kept from run to run, each under a key that names all it depends on.

They are kept in `marshal`'s form: it is read and written several times as fast as JSON. Whoever can
write to the cache can as well replace the programs that lie there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import marshal
import os
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gitopsgen import __version__
from gitopsgen.tools.cache import cache_dir

_KEEP_SECONDS = 30 * 24 * 3600
_TIDY_SECONDS = 24 * 3600


def result_key(*parts: object) -> str:
    """A key of JSON-like parts, of this very gitopsgen and of Python's version: 40 hex digits."""
    own = [__version__, sys.implementation.cache_tag, _own_code()]
    text = json.dumps([*own, *parts], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


@cache
def _own_code() -> str:
    """A key of the installed code: a version that is worked on changes without its number."""
    found = []
    waiting = [str(Path(__file__).parents[1])]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.endswith(".py"):
                    status = entry.stat()
                    found.append(f"{entry.path} {status.st_mtime_ns} {status.st_size}")
    return hashlib.blake2b("\n".join(sorted(found)).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Results:
    """A folder of results by key; what cannot be read or written is not kept.

    Each has its digest before it: what a full disk or anything else has spoiled is not used.

    A result that nobody asked for in thirty days goes.
    """

    folder: Path

    @classmethod
    def of(cls, kind: str) -> Results:
        """The results of one kind, in gitopsgen's cache."""
        return cls(cache_dir() / "results" / kind)

    def get(self, key: str) -> Any:
        """What was kept under a key, or None."""
        path = self._path(key)
        try:
            digest, _, content = path.read_bytes().partition(b"\n")
            if digest != _digest(content):
                return None
            value = marshal.loads(content)
            os.utime(path)
        except (OSError, ValueError, EOFError, TypeError):
            return None
        return value

    def put(self, key: str, value: Any) -> None:
        """Keep a value of dicts, lists, tuples, texts and the like; it appears whole or not at all.

        Raises `ValueError` for a value of anything else.
        """
        content = marshal.dumps(value)
        path = self._path(key)
        fresh = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(_digest(content) + b"\n" + content)
            fresh.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
        self._tidy()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.kept"

    def _tidy(self) -> None:
        """Once a day, forget what has not been asked for in a long time."""
        marker, now = self.folder / ".tidied", time.time()
        try:
            if marker.exists() and now - marker.stat().st_mtime < _TIDY_SECONDS:
                return
            marker.touch()
            for path in self.folder.glob("*/*"):
                with contextlib.suppress(OSError):
                    if now - path.stat().st_mtime > _KEEP_SECONDS:
                        path.unlink()
        except OSError:
            return


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=20).hexdigest().encode()
