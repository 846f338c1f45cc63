"""Reading and parsing many files in several processes at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import Contents, Document, Problem
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.memory import Known
from gitopsgen.tools.forks import Forked, may_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitopsgen.repository.files import RepositoryFiles

# With fewer files a second process costs more than it saves.
_FEWEST = 500


def prefetch(
    files: RepositoryFiles, jobs: int, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Read and parse what looks like a manifest and is not yet known, in `jobs` processes.

    It changes nothing but the time: what a process cannot do is done when it is needed. Processes
    are forked, so it does nothing where that is not safe. This process has to wait for the others:
    it does something else `meanwhile`.
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
    # Neighbours are of one size: every process gets some of all.
    shares = [paths[number::jobs] for number in range(jobs)]
    children = [Forked(partial(_parse_all, files, share)) for share in shares[1:]]
    for path in shares[0]:
        _parse(files, path)
    meanwhile()
    for child in children:
        for path, item in (child.result() or {}).items():
            files.give(path, _restored(item))


def _parse_all(files: RepositoryFiles, paths: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    return {path: _kept(known) for path in paths if (known := _parse(files, path))}


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
