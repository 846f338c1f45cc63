"""Raising the versions of charts in a repository's files and in its lock.yaml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.charts.lock import lock_charts, lock_entries
from gitopsgen.charts.pins import set_versions
from gitopsgen.charts.semver import is_exact
from gitopsgen.charts.splice import SpliceError, write_text
from gitopsgen.charts.store import Chart
from gitopsgen.charts.versions import is_same
from gitopsgen.errors import UnavailableError
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.newest import Newest
    from gitopsgen.charts.pins import Pin
    from gitopsgen.charts.store import ChartStore


@dataclass(frozen=True, slots=True)
class Bump:
    """A pin and the version that it is to have."""

    pin: Pin
    version: str

    @property
    def reference(self) -> ChartReference:
        """The chart in its new version."""
        return replace(self.pin.reference, version=self.version)


@dataclass(frozen=True, slots=True)
class BumpPlan:
    """What raising versions makes of a repository; nothing is written yet.

    `left` are pins that stay as they are, each with the reason. `texts` are files with what they
    are to hold; `locked` are the charts whose entry in lock.yaml changes. `note` says why that
    file stays as it is where it should not.
    """

    bumps: tuple[Bump, ...]
    left: tuple[tuple[Pin, str], ...]
    texts: Mapping[str, str]
    locked: tuple[Chart, ...] = ()
    note: str = ""


def wanted_version(newest: Newest, *, major: bool) -> str:
    """The version that a pin moves to: the newest of its major version, or of all. "" for none."""
    return newest.newest if major else newest.same_major


def plan_bumps(
    root: Path, bumps: Sequence[Bump], pins: Sequence[Pin], store: ChartStore
) -> BumpPlan:
    """Plan to give pins other versions; `pins` are all of the repository in `root`.

    Every chart is got in its new version first: what cannot be had is left, and its digest goes
    into lock.yaml where the chart is there already. So does that of a chart whose version someone
    else has changed, such as Renovate.
    """
    text, note = _read_lock(root)
    entries = list(lock_entries(text))
    known = {(entry.repository, entry.name) for entry in entries}
    exact = {entry.chart for entry in entries}
    overtaken = [
        pin.reference
        for pin in pins
        if pin not in {bump.pin for bump in bumps}
        and is_exact(pin.reference.version)
        and (pin.reference.repository, pin.reference.name) in known
        and (pin.reference.repository, pin.reference.name, pin.reference.version) not in exact
    ]
    answers = store.get([*(bump.reference for bump in bumps), *overtaken])
    left: list[tuple[Pin, str]] = []
    possible = []
    for bump in bumps:
        answer = answers[bump.reference]
        if isinstance(answer, Chart):
            possible.append(bump)
        else:
            left.append((bump.pin, answer.reason))
    edit = set_versions(root, [(bump.pin, bump.version) for bump in possible])
    left += [(pin, f"{pin.file} cannot be edited there: {why}") for pin, why in edit.failed]
    done = [bump for bump in possible if bump.pin not in dict(edit.failed)]
    moved = {bump.pin: bump.reference for bump in done}
    used = [moved.get(pin, pin.reference) for pin in pins]
    charts = [answers[reference] for reference in (*moved.values(), *overtaken)]
    listed = [
        chart
        for chart in charts
        if isinstance(chart, Chart)
        and (chart.reference.repository, chart.reference.name) in known
        and chart.digest
        and is_same(chart.version, chart.reference.version)
    ]
    texts = dict(edit.texts)
    try:
        lock = lock_charts(text, listed, used)
    except SpliceError as error:
        note = f"{LOCK_FILE} cannot be edited ({error}): it stays as it is"
        return BumpPlan(tuple(done), tuple(left), texts, note=note)
    if lock.written:
        texts[LOCK_FILE] = lock.text
    if lock.differing:
        names = ", ".join(f"{c.reference.name} {c.reference.version}" for c in lock.differing)
        note = f"{names} is not the archive that was locked: see `gitopsgen charts lock`"
    return BumpPlan(tuple(done), tuple(left), texts, lock.written, note)


def _read_lock(root: Path) -> tuple[str, str]:
    """The text of lock.yaml, and why it has to stay as it is."""
    try:
        return (root / LOCK_FILE).read_bytes().decode("utf-8"), ""
    except FileNotFoundError:
        return "", ""
    except (OSError, UnicodeDecodeError):
        return "", f"{LOCK_FILE} cannot be read: it stays as it is"


def carry_out(root: Path, plan: BumpPlan) -> None:
    """Write what was planned, each file whole or not at all. Raises `UnavailableError`."""
    for path, text in plan.texts.items():
        try:
            write_text(root / path, text)
        except OSError as error:
            raise UnavailableError(f"{root / path} cannot be written: {error.strerror}") from error
