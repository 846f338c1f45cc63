"""What can be said of a source's files from the work tree at hand."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

from gitopsgen.validation.rules.argo_hints import Speller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.validation.model import Model

_DEFAULT = "HEAD"
_SUBMODULES = ".gitmodules"
_USUAL = frozenset({"main", "master"})
_NO_BRANCH = re.compile(
    r"[0-9a-fA-F]{7,40}|v?[0-9]+(\.[0-9*x]+)*([-+].*)?|refs/tags/.*|.*[*^~<>=].*"
)


class WorkTree:
    """The branch that the files at hand are taken to be of, their paths, and a speller for them."""

    def __init__(self, model: Model) -> None:
        self.speller = Speller()
        self._sources = model.sources
        used = Counter(
            source.target_revision
            for application in model.applications
            for source in application.sources
            if not source.chart and model.sources.is_own(source)
        )
        branches = {_DEFAULT}
        if model.cluster is not None:
            branches.add(model.cluster.repository.branch)
        named = [name for name in used if not _NO_BRANCH.fullmatch(name)]
        usual = _USUAL & used.keys()
        if usual or _DEFAULT in used:
            branches |= usual
        elif len(named) == 1:
            # Of several nobody knows which one is at hand: each environment may have its own.
            branches |= {*named}
        self._branches = frozenset(branches)
        self._submodules = frozenset(_submodules(model.sources.files))

    def has(self, source: Source) -> bool:
        """Whether a source is of this repository and of the branch at hand."""
        return self._sources.is_own(source) and source.target_revision in self._branches

    def is_elsewhere(self, path: str) -> bool:
        """Whether a path leads to where nobody looks: a link, a submodule, what cannot be read."""
        files = self._sources.files
        steps = path.split("/")
        folders = ["/".join(steps[: end + 1]) for end in range(len(steps))]
        if not self._submodules.isdisjoint(folders):
            return True
        return any(_is_closed(files, folder) for folder in folders if folder)

    def has_links(self, folder: str, *, recurse: bool) -> bool:
        """Whether there are symbolic links in a folder: what they lead to counts in Argo CD."""
        files = self._sources.files
        base = files.root / folder
        for where, folders, names in os.walk(base):
            if any(os.path.islink(os.path.join(where, name)) for name in (*folders, *names)):  # noqa: PTH114,PTH118
                return True
            if not recurse:
                break
        return False


def _submodules(files: RepositoryFiles) -> Iterator[str]:
    file = files.read(_SUBMODULES) if _SUBMODULES in files else None
    for line in file.text.splitlines() if file is not None else ():
        key, _, value = line.partition("=")
        if key.strip() == "path":
            yield value.strip().strip('"/')


def _is_closed(files: RepositoryFiles, path: str) -> bool:
    try:
        place = files.root / path
        return place.is_symlink() or (place.is_dir() and not os.access(place, os.R_OK | os.X_OK))
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
