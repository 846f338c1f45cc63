"""The report of a run in which nothing has changed: it is that of the run before."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.findings import Counts, Finding, Report, Unchecked
from gitopsgen.repository.memory import is_settled, settled_until, stamp_of
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.files import RepositoryFiles


@dataclass(frozen=True, slots=True)
class State:
    """A key of everything that a report depends on, as far as stamps tell it.

    `unsettled` are digests of the files that had only just changed: they may change again without
    another stamp.
    """

    key: str
    unsettled: Mapping[str, str] = field(default_factory=dict)


def state_of(files: RepositoryFiles, further: object, folders: tuple[Path, ...]) -> State | None:
    """The state of a repository; None where a file cannot be looked at.

    `further` is JSON-like; `folders` are read beside the repository.
    """
    stamps = {f"{files.root}/{path}": stamp for path, stamp in files.stamps.items()}
    others: list[tuple[str, str]] = []
    try:
        for folder in (*folders, *_charts(files)):
            for place, below, names in os.walk(folder):
                below[:] = [name for name in below if name != ".git"]
                for name in (*below, *names):
                    path = f"{place}/{name}"
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode):
                        stamps[path] = stamp_of(status)
                    elif not stat.S_ISDIR(status.st_mode):
                        others.append((path, _irregular(path, status)))
        until = settled_until()
        unsettled = {
            path: _digest(path) for path, stamp in stamps.items() if not is_settled(stamp, until)
        }
    except OSError:
        return None
    programs = {name: value for name, value in os.environ.items() if name.startswith("GITOPSGEN_")}
    # As JSON these thousands would take four times as long; form 0 is the same for equal values.
    content = marshal.dumps(sorted(stamps.items()), 0)
    key = result_key(
        hashlib.blake2b(content).hexdigest(),
        sorted(others),
        sorted(files.links.items()),
        further,
        programs,
        os.environ.get("PATH"),
    )
    return State(key, unsettled)


def _charts(files: RepositoryFiles) -> Iterator[Path]:
    """The folders of charts: helm reads more in them than git knows of."""
    for path in files.paths:
        if path.rpartition("/")[2] == "Chart.yaml":
            yield files.root / path.rpartition("/")[0]


def _irregular(path: str, status: os.stat_result) -> str:
    """What is no file: a link with where it leads to, or the kind."""
    return (
        str(Path(path).readlink())
        if stat.S_ISLNK(status.st_mode)
        else f"{stat.S_IFMT(status.st_mode):o}"
    )


def recall_report(key: str, state: State) -> Report | None:
    """The report that was kept under a key, if it is of the same state."""
    kept = _results().get(key)
    if not isinstance(kept, dict) or kept.get("state") != state.key:
        return None
    try:
        if any(_digest(path) != digest for path, digest in kept["unsettled"].items()):
            return None
    except OSError:
        return None
    return Report(
        tuple(Finding.from_plain(item) for item in kept["findings"]),
        tuple(Unchecked(**item) for item in kept["unchecked"]),
        Counts(**kept["counts"]),
    )


def keep_report(key: str, state: State, report: Report) -> None:
    """Keep a report under a key, in place of the one that is there."""
    kept = {
        "state": state.key,
        "unsettled": dict(state.unsettled),
        "findings": [finding.as_plain() for finding in report.findings],
        "unchecked": [asdict(item) for item in report.unchecked],
        "counts": asdict(report.counts),
    }
    _results().put(key, kept)


def _digest(path: str) -> str:
    # A file may be of any size.
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()


def _results() -> Results:
    return Results.of("reports")
