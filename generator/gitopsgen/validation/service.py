"""`gitopsgen validate`: a report over a repository, the last one where nothing has changed."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.memory import Memory
from gitopsgen.repository.prefetch import prefetch
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.resolver import ensure_tool
from gitopsgen.tools.results import result_key
from gitopsgen.validation.remembered import State, keep_report, recall_report, state_of
from gitopsgen.validation.remotes import Remotes, remotes_of
from gitopsgen.validation.selection import EVERY_RULE, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitopsgen.findings import Report

    Progress = Callable[[int, int], None]


# Parsed files are many objects in no cycle: looking for cycles as often as Python does by default
# takes longer than parsing them.
_GARBAGE_THRESHOLDS = (200_000, 50, 100)


@dataclass(frozen=True, slots=True)
class Options:
    """How to validate: `charts` is `require`, `auto` or `skip`; `jobs` None is one a CPU.

    `charts_dir` is a folder to take charts from. `repository_urls` mean this repository, beside
    those of its git remotes. `as_committed` says that the folder holds a commit and nothing else.
    """

    charts: str = "require"
    charts_dir: Path | None = None
    repository_urls: tuple[str, ...] = ()
    lint: bool = True
    jobs: int | None = None
    selection: Selection = EVERY_RULE
    as_committed: bool = False

    @property
    def processes(self) -> int:
        """How many processes may work at once."""
        return self.jobs or os.cpu_count() or 1


def validate(root: Path, options: Options, progress: Progress | None = None) -> Report:
    """Check what Argo CD would apply from the repository in `root`.

    `progress` is told how many of the charts that have to be fetched are done, and how many there
    are.
    What an earlier run has found out about files that did not change is not found out again.
    Raises `UsageError` where there is nothing to validate, `UnavailableError` where kubeconform
    cannot be had or trusted.
    """
    root = root.absolute()
    files = RepositoryFiles(root, as_committed=options.as_committed)
    remotes = remotes_of(root)
    folders = (options.charts_dir,) if options.charts_dir is not None else ()
    state = state_of(files, [asdict(options), *remotes], folders)
    key = result_key("report", str(root))
    if state is not None and (known := recall_report(key, state)) is not None:
        return known
    with _collecting_seldom():
        memory = files.memory = Memory.load(root)
        prefetch(files, options.processes, _load_stages)
        # Everything else takes longer to import than a report takes to find again.
        from gitopsgen.validation.run import run_stages

        report, lasting = run_stages(files, options, remotes, memory, progress)
        files.remember()
        memory.save()
    if state is not None and lasting:
        keep_report(key, state, report)
    return report


def validate_content(root: Path, content: str, options: Options) -> Report:
    """Check a folder that is only passing, known by a digest of its files and nothing else.

    The same content was perhaps checked before. Raises what `validate` does.
    """
    program = ensure_tool(KUBECONFORM)
    state = State(result_key(content, asdict(options), str(program), program.stat().st_mtime_ns))
    if (known := recall_report(state.key, state)) is not None:
        return known
    from gitopsgen.validation.run import run_stages

    with _collecting_seldom():
        report, lasting = run_stages(
            RepositoryFiles(root.absolute()), options, Remotes(), Memory.none()
        )
    if lasting:
        keep_report(state.key, state, report)
    return report


def _load_stages() -> None:
    from gitopsgen.validation import run
    from gitopsgen.validation.rules_stage import load_rules

    del run
    load_rules()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
