"""What is remembered of a repository between two runs: what did not change is not read again.

A file is known by its stamp (modification and change time, size, inode), what is in it by a digest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import Contents, Document, Problem
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    import os
    from pathlib import Path

# modification and change time in nanoseconds, size in bytes, inode
Stamp = tuple[int, int, int, int]

# A file that was changed this recently may change again without a new time stamp.
_UNSETTLED_NANOSECONDS = 1_000_000_000
_PARTS = ("stamps", "texts", "notes")


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def settled_until() -> int:
    """The time in nanoseconds before which a file was last changed that cannot change unnoticed."""
    return time.time_ns() - _UNSETTLED_NANOSECONDS


def is_settled(stamp: Stamp, until: int) -> bool:
    """Whether a file with this stamp cannot have changed since unnoticed (see `settled_until`)."""
    return stamp[0] < until and stamp[1] < until


@dataclass(slots=True)
class Known:
    """What is known of a text: `flags` are the answers that need no parsing, in a fixed order.

    `documents` and `problems` are None until somebody has parsed it.
    """

    digest: str
    flags: list[bool]
    contents: Contents | None = None


@dataclass
class Memory:
    """The memory of one repository; `load` reads it, `save` writes what this run has learned.

    `notes` are other things that a stage wants to find again, JSON-like, by name.
    """

    results: Results
    key: str
    stamps: dict[str, list[Any]] = field(default_factory=dict)
    texts: dict[str, list[Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    _changed: bool = False

    @classmethod
    def load(cls, root: Path) -> Memory:
        """The memory of the repository in a folder; empty where there is none."""
        results, key = Results.of("repositories"), result_key("repository", str(root))
        kept = results.get(key)
        memory = cls(results, key)
        parts: list[Any] = [kept.get(name) for name in _PARTS] if isinstance(kept, dict) else []
        if parts and all(isinstance(part, dict) for part in parts):
            memory.stamps, memory.texts, memory.notes = parts
        return memory

    @classmethod
    def none(cls) -> Memory:
        """A memory that knows nothing and is never saved."""
        return cls(Results.of("repositories"), "")

    def digest_of(self, path: str, stamp: Stamp) -> str | None:
        """The digest of a file that has not changed since it was read; None for any other."""
        known = self.stamps.get(path)
        return known[4] if known is not None and tuple(known[:4]) == stamp else None

    def recall(self, digest: str) -> Known | None:
        """What is known of the text with a digest."""
        kept = self.texts.get(digest)
        if kept is None:
            return None
        flags, documents, problems = kept
        contents = None
        if documents is not None:
            contents = Contents(
                tuple(Document(index, data, line) for index, (line, data) in enumerate(documents)),
                tuple(Problem(*problem) for problem in problems),
            )
        return Known(digest, flags, contents)

    def note(self, name: str, value: Any) -> None:
        """Remember something; what is there already under that name is forgotten."""
        if self.notes.get(name) != value:
            self.notes[name] = value
            self._changed = True

    def learn(self, files: dict[str, tuple[Stamp, Known]]) -> None:
        """Remember the files of this run, and nothing else."""
        until = settled_until()
        stamps = {
            path: [*stamp, known.digest]
            for path, (stamp, known) in files.items()
            if is_settled(stamp, until)
        }
        texts = {known.digest: _kept(known, self.texts) for _, known in files.values()}
        if stamps != self.stamps or texts.keys() != self.texts.keys():
            self._changed = True
        self.stamps, self.texts = stamps, texts

    def save(self) -> None:
        """Write the memory, if there is anything new in it."""
        if self._changed:
            parts = (self.stamps, self.texts, self.notes)
            self.results.put(self.key, dict(zip(_PARTS, parts, strict=True)))
            self._changed = False


def _kept(known: Known, before: dict[str, list[Any]]) -> list[Any]:
    """The form in which a text is kept; a parse of an earlier run counts, too."""
    contents = known.contents
    if contents is None:
        return before.get(known.digest) or [known.flags, None, []]
    documents = [[document.line, document.data] for document in contents.documents]
    problems = [[p.rule, p.line, p.column, p.message, p.hint] for p in contents.problems]
    return [known.flags, documents, problems]
