"""The files of a repository: read once, as text, with what could not be read."""

from __future__ import annotations

import hashlib
import os
import stat
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.documents.encoding import decode
from gitopsgen.documents.model import Contents
from gitopsgen.documents.positions import Locator
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UnavailableError
from gitopsgen.findings import Unchecked
from gitopsgen.tools.git import environment
from gitopsgen.tools.programs import run

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
    def digest(self) -> str:
        """A key of the text: equal texts have equal keys."""
        content = self.text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, digest_size=16).hexdigest()

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

    In a git work tree these are the files that git tracks or would: a virtual environment or a
    build folder is nobody's manifest. Symbolic links are not followed: they may leave the
    repository or run in circles.
    """

    root: Path
    unchecked: list[Unchecked] = field(default_factory=list)
    _read: dict[str, SourceFile | None] = field(default_factory=dict)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every regular file that is the repository's."""
        known = self._known_to_git()
        return tuple(sorted(self._walk() if known is None else filter(self._is_regular, known)))

    @cached_property
    def templates(self) -> frozenset[str]:
        """Templates of charts: they only look like YAML."""
        charts = [path.removesuffix("Chart.yaml") for path in self.paths if _is_chart(path)]
        return frozenset(
            path for chart in charts for path in self.below(f"{chart}templates", recurse=True)
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    def __contains__(self, path: object) -> bool:
        return path in self._known

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

    def _known_to_git(self) -> set[str] | None:
        """What git tracks or would track; None outside of a work tree."""
        if not (self.root / ".git").exists():
            return None
        arguments = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            listed = run(arguments, cwd=self.root, env=environment()).stdout
        except UnavailableError as error:
            self.unchecked.append(Unchecked("git's ignored files", error.message))
            return None
        return {path.decode(errors="surrogateescape") for path in listed.split(b"\0") if path}

    def _walk(self) -> Iterator[str]:
        def note(error: OSError) -> None:
            self.unchecked.append(
                Unchecked(str(error.filename), f"cannot be read: {error.strerror}")
            )

        for folder, folders, names in os.walk(self.root, onerror=note):
            folders[:] = sorted(name for name in folders if name != ".git")
            relative = Path(folder).relative_to(self.root).as_posix()
            prefix = "" if relative == "." else f"{relative}/"
            yield from (prefix + name for name in names if self._is_regular(prefix + name))

    def _is_regular(self, path: str) -> bool:
        try:
            return stat.S_ISREG(os.lstat(self.root / path).st_mode)
        except OSError:
            return False

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


def _is_chart(path: str) -> bool:
    return path == "Chart.yaml" or path.endswith("/Chart.yaml")
