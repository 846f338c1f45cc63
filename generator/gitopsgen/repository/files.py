"""The files of a repository: read once, as text, with what could not be read."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.documents.encoding import decode
from gitopsgen.documents.model import Contents
from gitopsgen.errors import UnavailableError
from gitopsgen.findings import Unchecked
from gitopsgen.repository.memory import Known, Memory, Stamp, stamp_of
from gitopsgen.repository.source_file import SourceFile, flags_of
from gitopsgen.tools.git import QUIET_GIT, environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

YAML_SUFFIXES = (".yaml", ".yml", ".json")
# Argo CD itself refuses to read more than this from one source by default
# (reposerver.max.combined.directory.manifests.size).
_LARGEST_FILE = 10 * 1024 * 1024


@dataclass
class RepositoryFiles:
    """The files below `root`; `paths` are relative, with `/`, and sorted.

    In a git work tree these are the files that git tracks or would: a virtual environment or a
    build folder is nobody's manifest. A symbolic link to a file of the repository is that file, as
    it is for Argo CD; links to folders are not followed, and none that leaves the repository.
    """

    root: Path
    unchecked: list[Unchecked] = field(default_factory=list)
    memory: Memory | None = None
    as_committed: bool = False
    _read: dict[str, SourceFile | None] = field(default_factory=dict)
    _stamps: dict[str, Stamp] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every regular file that is the repository's."""
        known = self._known_to_git()
        if known is None:
            return tuple(sorted(self._walk()))
        return tuple(filter(self._is_regular, sorted(known)))

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

    @property
    def are_those_of_git(self) -> bool:
        """Whether the files are those that a clone would have."""
        return self.as_committed or (self.root / ".git").exists()

    @property
    def links(self) -> Mapping[str, str]:
        """Every symbolic link, to files, to folders or to nowhere, with the text it holds."""
        return self._links if self.paths else {}

    def real(self, path: str) -> str:
        """The file or folder of the repository that a path leads to: itself but for links.

        One that leads through a link to nowhere, or out of the repository, stays as it is.
        """
        is_direct = path not in self.links and (path in self or path in self.folders)
        behind = None if is_direct or not self._links else self._behind(path)
        return path if behind is None else behind

    def is_copy(self, path: str) -> bool:
        """Whether a path is a link to a file of the repository that has a name for YAML, too."""
        target = self.real(path) if path in self._links else path
        return target != path and target in self and target.endswith(YAML_SUFFIXES)

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

    def is_known(self, path: str) -> bool:
        """Whether a file was read, or need not be since an earlier run has parsed it."""
        if path in self._read:
            return True
        known = self._recall(path)
        return known is not None and known.contents is not None

    def give(self, path: str, known: Known) -> None:
        """Take over what is known of a file: nobody has to read it any more."""
        self._read[path] = SourceFile(path, partial(self._text_again, path), known)

    @property
    def read_paths(self) -> frozenset[str]:
        """The files that somebody has asked for so far."""
        return frozenset(self._read)

    @property
    def read_count(self) -> int:
        """How many files were read."""
        return sum(file is not None for file in self._read.values())

    def _known_to_git(self) -> set[str] | None:
        """What git tracks or would track; None outside of a work tree."""
        if not (self.root / ".git").exists():
            return None
        arguments = [*QUIET_GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            listed = run(arguments, cwd=self.root, env=environment()).stdout
        except UnavailableError as error:
            self.unchecked.append(Unchecked("git's ignored files", error.message))
            return None
        return {path.decode(errors="surrogateescape") for path in listed.split(b"\0") if path}

    def _walk(self) -> Iterator[str]:
        def note(error: OSError) -> None:
            self._note(os.path.relpath(error.filename, self.root), error)

        for folder, folders, names in os.walk(self.root, onerror=note):
            folders[:] = sorted(name for name in folders if name != ".git")
            relative = Path(folder).relative_to(self.root).as_posix()
            prefix = "" if relative == "." else f"{relative}/"
            for name in folders:
                self._is_regular(prefix + name)
            yield from (prefix + name for name in names if self._is_regular(prefix + name))

    def _is_regular(self, path: str) -> bool:
        try:
            status = os.lstat(f"{self.root}/{path}")
            if stat.S_ISLNK(status.st_mode):
                self._links[path] = os.readlink(f"{self.root}/{path}")  # noqa: PTH115
                if self._behind(path) is not None:
                    status = os.stat(f"{self.root}/{path}")  # noqa: PTH116
        except PermissionError as error:
            self._note(path, error)
            return False
        except (OSError, ValueError, RuntimeError):
            return False
        if not stat.S_ISREG(status.st_mode):
            if path.endswith(YAML_SUFFIXES) and not stat.S_ISDIR(status.st_mode):
                is_link = stat.S_ISLNK(status.st_mode)
                what = "a link to no file of this repository" if is_link else "no regular file"
                self.unchecked.append(Unchecked(path, f"it is {what}"))
            return False
        self._stamps[path] = stamp_of(status)
        return True

    def _note(self, path: str, error: OSError) -> None:
        self.unchecked.append(Unchecked(path, f"cannot be read: {error.strerror}"))

    def _behind(self, path: str) -> str | None:
        """Where a path ends that goes through links; None where that is not in the repository."""
        try:
            target = (self.root / path).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        root = self.root.resolve()
        if not target.is_relative_to(root) or ".git" in target.relative_to(root).parts:
            return None
        behind = target.relative_to(root).as_posix()
        return "" if behind == "." else behind

    def _load(self, path: str) -> SourceFile | None:
        known = self._recall(path)
        if known is not None:
            return SourceFile(path, partial(self._text_again, path), known)
        try:
            content = self._content(path)
        except OSError as error:
            self._note(path, error)
            return None
        if content is None:
            return None
        text, problem = decode(content)
        if problem is not None:
            contents = Contents(documents=(), problems=(problem,))
            return SourceFile(path, str, Known("", list(flags_of("")), contents))
        file = SourceFile(path, lambda: text)
        if self.memory is not None and (before := self.memory.recall(file.digest)):
            file.known.contents = before.contents
        return file

    def _recall(self, path: str) -> Known | None:
        """What an earlier run knew of a file, if it is still the same."""
        if self.memory is None or (path not in self._stamps and not self._is_regular(path)):
            return None
        stamp = self._stamps[path]
        digest = self.memory.digest_of(path, stamp)
        return None if digest is None else self.memory.recall(digest)

    def _content(self, path: str) -> bytes | None:
        """The bytes of a file, None where they are too many."""
        # Without pathlib and a buffer this takes a third of the time.
        with open(f"{self.root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123
            size = os.fstat(file.fileno()).st_size
            content = file.read(min(size, _LARGEST_FILE) + 1)
            if len(content) > size:
                # It has grown meanwhile.
                content += file.read(_LARGEST_FILE)
        if len(content) <= _LARGEST_FILE:
            return content
        reason = f"{size // 1024 // 1024} MiB are more than Argo CD reads (10 MiB)"
        self.unchecked.append(Unchecked(path, reason))
        return None

    def _text_again(self, path: str) -> str:
        try:
            return decode(self._content(path) or b"")[0]
        except OSError:
            return ""

    def remember(self) -> None:
        """Have the memory learn what was read; who asked for it has to save it."""
        if self.memory is not None:
            read = {
                path: (self._stamps[path], file.known)
                for path, file in self._read.items()
                if file is not None and path in self._stamps and file.digest
            }
            self.memory.learn(read)

    @property
    def stamps(self) -> Mapping[str, Stamp]:
        """The stamps of all files, as they were when they were listed."""
        return self._stamps if self.paths else {}


def _is_chart(path: str) -> bool:
    return path == "Chart.yaml" or path.endswith("/Chart.yaml")
