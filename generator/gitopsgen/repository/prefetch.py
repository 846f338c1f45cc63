"""Reading and parsing many files in several processes at once."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import Contents, Document, Problem
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.memory import Known
from gitopsgen.tools.forks import Forked, Turns, may_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitopsgen.repository.files import RepositoryFiles

# With fewer files a second process costs more than it saves.
_FEWEST = 500
# Of equal size; processes take one after the other until none is left.
_SHARES = 64


def prefetch(
    files: RepositoryFiles, jobs: int, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Read and parse what looks like a manifest and is not yet known, in `jobs` processes.

    It changes nothing but the time: what a process cannot do is done when it is needed. Processes
    are forked, so it does nothing where that is not safe. This one does something else first:
    `meanwhile` the others begin.
    """
    if jobs < 2 or not may_fork() or len(files.paths) < _FEWEST:
        return
    paths = [
        path
        for path in files.paths
        if path.endswith(YAML_SUFFIXES) and path not in files.templates and not files.is_known(path)
    ]
    if len(paths) < _FEWEST:
        return
    with closing(Turns(_SHARES)) as turns:
        children = [Forked(partial(_parse_all, files, paths, turns)) for _ in range(1, jobs)]
        meanwhile()
        for share in turns:
            # Neighbours are of one size: every share has some of all.
            for path in paths[share::_SHARES]:
                _parse(files, path)
    for child in children:
        for path, item in (child.result() or {}).items():
            files.give(path, _restored(item))


def _parse_all(
    files: RepositoryFiles, paths: Sequence[str], turns: Iterable[int]
) -> dict[str, tuple[Any, ...]]:
    mine = (path for share in turns for path in paths[share::_SHARES])
    return {path: _kept(known) for path in mine if (known := _parse(files, path))}


def _parse(files: RepositoryFiles, path: str) -> Known | None:
    file = files.read(path)
    # A file that cannot be read is for the parent to note; one without a text needs no parsing.
    if file is None or not file.digest:
        return None
    if file.looks_like_a_manifest:
        _ = file.contents
    return file.known


def _kept(known: Known) -> tuple[Any, ...]:
    contents = known.contents
    if contents is None:
        return known.digest, known.flags, None, ()
    documents = [(document.line, document.data) for document in contents.documents]
    problems = [(p.rule, p.line, p.column, p.message, p.hint) for p in contents.problems]
    return known.digest, known.flags, documents, problems


def _restored(item: tuple[Any, ...]) -> Known:
    digest, flags, documents, problems = item
    contents = None
    if documents is not None:
        contents = Contents(
            tuple(Document(index, data, line) for index, (line, data) in enumerate(documents)),
            tuple(Problem(*problem) for problem in problems),
        )
    return Known(digest, flags, contents)
