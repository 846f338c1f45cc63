"""The files of a repository: read once, as text, with what could not be read."""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.documents.encoding import decode
from gitopsgen.documents.model import Contents
from gitopsgen.documents.positions import Locator
from gitopsgen.documents.reader import read_documents
from gitopsgen.findings import Unchecked

if TYPE_CHECKING:
    from collections.abc import Iterator

YAML_SUFFIXES = (".yaml", ".yml", ".json")
# Argo CD itself refuses to read more than this from one source by default
# (reposerver.max.combined.directory.manifests.size).
_LARGEST_FILE = 10 * 1024 * 1024


@dataclass
class SourceFile:
    """A text file; it is parsed when its documents are first asked for."""

    path: str
    text: str

    @cached_property
    def contents(self) -> Contents:
        """Its documents and the problems of its YAML."""
        return read_documents(self.text)

    @cached_property
    def locator(self) -> Locator:
        """Positions of what is in it."""
        return Locator(self.text)

    @property
    def is_a_template(self) -> bool:
        """Whether its author told Argo CD to leave it alone."""
        return "+argocd:skip-file-rendering" in self.text

    @property
    def looks_like_a_manifest(self) -> bool:
        """Argo CD's own test for a file that it cannot parse: an error, or nobody's business."""
        return all(word in self.text for word in ("apiVersion:", "kind:", "metadata:"))


@dataclass
class RepositoryFiles:
    """The files below `root`; `paths` are relative, with `/`, and sorted.

    Symbolic links are not followed: they may leave the repository or run in circles.
    """

    root: Path
    unchecked: list[Unchecked] = field(default_factory=list)
    _read: dict[str, SourceFile | None] = field(default_factory=dict)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every regular file but git's own."""
        return tuple(sorted(self._walk()))

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that has a file in or below it; the root is the empty string."""
        found = {""}
        for path in self.paths:
            while (path := path.rpartition("/")[0]) not in found:
                found.add(path)
        return frozenset(found)

    def below(self, folder: str, *, recurse: bool) -> Iterator[str]:
        """The files in `folder`, and with `recurse` those below it."""
        prefix = f"{folder}/" if folder else ""
        for position in range(bisect_left(self.paths, prefix), len(self.paths)):
            path = self.paths[position]
            if not path.startswith(prefix):
                return
            if recurse or "/" not in path[len(prefix) :]:
                yield path

    def read(self, path: str) -> SourceFile | None:
        """The file, or None where it is no readable text (noted in `unchecked`)."""
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    @property
    def read_count(self) -> int:
        """How many files were read."""
        return sum(file is not None for file in self._read.values())

    def _walk(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name != ".git")
            relative = Path(folder).relative_to(self.root).as_posix()
            prefix = "" if relative == "." else f"{relative}/"
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118, pathlib is slow here
                if not os.path.islink(path) and os.path.isfile(path):  # noqa: PTH113, PTH114
                    yield prefix + name

    def _load(self, path: str) -> SourceFile | None:
        full = self.root / path
        try:
            size = full.stat().st_size
            if size > _LARGEST_FILE:
                reason = f"{size // 1024 // 1024} MiB are more than Argo CD reads (10 MiB)"
                self.unchecked.append(Unchecked(path, reason))
                return None
            content = full.read_bytes()
        except OSError as error:
            self.unchecked.append(Unchecked(path, f"cannot be read: {error.strerror}"))
            return None
        text, problem = decode(content)
        if problem is None:
            return SourceFile(path, text)
        broken = SourceFile(path, "")
        broken.contents = Contents(documents=(), problems=(problem,))
        return broken
