"""The yamllint stage: a repository's YAML against the repository's own yamllint settings."""

from __future__ import annotations

import signal
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from gitopsgen.documents.reader import (
    MAX_SIZE,
    Problem,
    decode,
    read_documents,
    syntax_problem,
)
from gitopsgen.findings import Finding, Severity
from gitopsgen.repository.layout import YAMLLINT_FILES
from gitopsgen.validation.lint_file import CONFIG_RULE, style_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from gitopsgen.validation.lint_settings import Settings

    _Files = list[tuple[str, bool]]

# yamllint's rules -> ours that say the same of the same place.
_OURS = {
    "key-duplicates": "yaml-duplicate-key",
    "truthy": "yaml-ambiguous-scalar",
    "octal-values": "yaml-ambiguous-scalar",
}
_WARNINGS = frozenset({"yaml-ambiguous-scalar"})
# yamllint takes 10 ms for a small file; worker processes are up and running after 200 ms.
_FILES_FOR_WORKERS = 60
_CHUNK = 25


def lint(
    root: Path,
    files: Sequence[Path | str],
    checked: Collection[str] | None = None,
    jobs: int = 1,
) -> tuple[Finding, ...]:
    """Return what yamllint finds in files of the repository `root`, in order.

    `files` are relative to `root`, or below it; which of them yamllint looks at is up to its
    settings (`ignore`, `yaml-files`). `checked` are those that the YAML stage reads (None: all):
    what it reports in them is not repeated. Many files are shared among `jobs` processes. Settings
    that yamllint cannot use are one finding, `yamllint/config`.
    """
    root = root.resolve()
    name = next((name for name in YAMLLINT_FILES if (root / name).is_file()), None)
    if name is None:
        return ()
    # yamllint costs 60 ms to import.
    from gitopsgen.validation.lint_settings import SettingsError, load_settings

    try:
        settings = load_settings(root, name)
    except SettingsError as error:
        place = error.position
        message = f"yamllint cannot use these settings: {error.message}"
        line, column = place.line, place.column
        return (Finding(CONFIG_RULE, Severity.ERROR, name, line, column, message),)
    config = settings.config()
    wanted = [
        (file, checked is None or file in checked)
        for file in dict.fromkeys(_relative(root, files))
        if config.is_yaml_file(file) and not config.is_file_ignored(file)
    ]
    chunks = [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
    run = partial(_lint_files, root, settings)
    many = jobs > 1 and len(wanted) >= _FILES_FOR_WORKERS
    found = _in_processes(run, chunks, jobs) if many else map(run, chunks)
    return tuple(sorted(chain.from_iterable(found), key=lambda finding: finding.sort_key))


def _relative(root: Path, files: Sequence[Path | str]) -> Iterator[str]:
    """Yield the files that really are in the repository, relative and with `/`."""
    for file in files:
        path = root / file
        # A symbolic link out of the repository, a device or a pipe is no file of it.
        if path.is_file() and path.resolve().is_relative_to(root):
            yield (path.parent.resolve() / path.name).relative_to(root).as_posix()


def _in_processes(
    run: Callable[[_Files], list[Finding]], chunks: list[_Files], jobs: int
) -> list[list[Finding]]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Forking a process that has threads (other stages do) can hang.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_leave_interrupts_to_parent)
    try:
        return list(pool.map(run, chunks))
    except (BrokenProcessPool, OSError):
        # No processes can be had here: it takes longer, that is all.
        return list(map(run, chunks))
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lint_files(root: Path, settings: Settings, files: _Files) -> list[Finding]:
    """Lint some files, each given with whether the YAML stage reads it, too."""
    config = settings.config()
    findings: list[Finding] = []
    for file, is_checked in files:
        text, problem = _read(root / file)
        # yamllint takes quadratic time over deep nesting, and does not get through some files at
        # all; the style of what does not parse can wait.
        problem = problem or syntax_problem(text)
        if problem is None:
            found = style_problems(file, text, config)
            findings += _without_repeats(found, text) if is_checked else found
        elif not is_checked:
            findings.append(_syntax(file, problem.line, problem.column, problem.message))
    return findings


def _read(path: Path) -> tuple[str, Problem | None]:
    try:
        if path.stat().st_size > MAX_SIZE:
            return "", Problem("yaml-syntax", 1, 1, f"the file has more than {MAX_SIZE:,} bytes")
        return decode(path.read_bytes())
    except OSError as error:
        return "", Problem("yaml-syntax", 1, 1, f"the file cannot be read: {error.strerror}")


def _syntax(file: str, line: int, column: int, message: str) -> Finding:
    return Finding("yamllint/syntax", Severity.ERROR, file, line, column, message)


def _without_repeats(findings: list[Finding], text: str) -> list[Finding]:
    """Leave out what the YAML stage reports of the same place, unless it is less severe there."""
    if not any(_ours(finding) for finding in findings):
        return findings
    reported = {(p.rule, p.line, p.column) for p in read_documents(text).problems}
    return [
        finding
        for finding in findings
        if (_ours(finding), finding.line, finding.column) not in reported
        or (_ours(finding) in _WARNINGS and finding.severity is Severity.ERROR)
    ]


def _ours(finding: Finding) -> str | None:
    return _OURS.get(finding.rule.removeprefix("yamllint/"))
