"""Locking the charts of a repository: their digests go into .gitopsgen/lock.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.charts.lock import lock_charts, new_lock
from gitopsgen.charts.splice import SpliceError, write_text
from gitopsgen.charts.store import Chart, ChartMissing
from gitopsgen.charts.versions import is_same
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import ChartStore


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """What came of locking.

    `left` are charts that are not locked and need not be, each with the reason; `missing` are
    those that could not be had.
    """

    written: tuple[Chart, ...]
    unchanged: tuple[Chart, ...]
    differing: tuple[Chart, ...]
    left: tuple[tuple[ChartReference, str], ...]
    missing: tuple[ChartMissing, ...]


def lock_repository(
    root: Path, references: Sequence[ChartReference], store: ChartStore
) -> LockOutcome:
    """Write the digests of charts into the lock.yaml of the repository in `root`.

    Raises `UsageError` where the file cannot be edited, `UnavailableError` where it cannot be
    read or written.
    """
    path = root / LOCK_FILE
    text = _read(path)
    answers = store.get(references)
    found = [answer for answer in answers.values() if isinstance(answer, Chart)]
    left = {chart: reason for chart in found if (reason := _why_not(chart))}
    locked = [chart for chart in found if chart not in left]
    try:
        edit = lock_charts(text, locked, references)
    except SpliceError as error:
        raise UsageError(
            f"{path} cannot be edited: {error}",
            "Write its charts one key a line, or remove `charts` from it.",
        ) from error
    if edit.text != text and edit.written:
        try:
            write_text(path, edit.text)
        except OSError as error:
            raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error
    changed = {*edit.written, *edit.differing}
    return LockOutcome(
        written=edit.written,
        unchanged=tuple(chart for chart in locked if chart not in changed),
        differing=edit.differing,
        left=tuple((chart.reference, reason) for chart, reason in left.items()),
        missing=tuple(answer for answer in answers.values() if isinstance(answer, ChartMissing)),
    )


def _why_not(chart: Chart) -> str:
    if not chart.digest:
        return "it was taken from a folder, and only an archive has a digest"
    if not is_same(chart.version, chart.reference.version):
        return f"{chart.reference.version} is a range (now {chart.version}): pin a version"
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return new_lock()
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
