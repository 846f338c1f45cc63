"""Digests of charts in .gitopsgen/lock.yaml: what was fetched once must not change unseen.

    charts:
      cert-manager:
        repository: https://charts.jetstack.io
        version: v1.21.1
        digest: sha256:…

An entry is named after its chart; one with a `name` of its own is a further version of that chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.charts.splice import Splicer
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import Chart

_HEADER = """\
# Written by gitopsgen: the digests of the charts, so that none changes unseen.
"""


@dataclass(frozen=True, slots=True)
class LockEntry:
    """An entry of lock.yaml under `key`; its digest is "" where none was written yet."""

    key: str
    repository: str
    name: str
    version: str
    digest: str

    @property
    def chart(self) -> tuple[str, str, str]:
        """Repository, name and version."""
        return (self.repository, self.name, self.version)


@dataclass(frozen=True, slots=True)
class LockEdit:
    """What locking charts makes of lock.yaml.

    `written` are charts whose digest was not there, `differing` those that have another digest
    than the locked one: these stay as they are.
    """

    text: str
    written: tuple[Chart, ...]
    differing: tuple[Chart, ...]


def locked_digests(text: str) -> dict[tuple[str, str, str], str]:
    """The digests in a lock.yaml by repository, name and version; empty where none is known.

    Takes any text: what is no entry is left out.
    """
    return {entry.chart: entry.digest for entry in lock_entries(text)}


def lock_charts(
    text: str, charts: Sequence[Chart], used: Collection[ChartReference] = ()
) -> LockEdit:
    """Write the digests of charts into the text of a lock.yaml, which may be empty.

    `used` are all charts that the repository uses, also those that could not be had: an entry of
    a version that is not among them is taken over by another version of its chart. Nothing but
    these entries changes. Raises `gitopsgen.charts.splice.SpliceError`.
    """
    wanted = {(r.repository, r.name, r.version) for r in used}
    wanted |= {_chart_of(chart) for chart in charts}
    entries = {entry.chart: entry for entry in lock_entries(text)}
    stale = {entry.key: entry for entry in entries.values() if entry.chart not in wanted}
    keys = {entry.key for entry in entries.values()}
    splicer = Splicer(text)
    written, differing, added = [], [], {}
    for chart in dict.fromkeys(charts):
        entry = entries.get(_chart_of(chart))
        if entry is not None and entry.digest not in ("", chart.digest):
            differing.append(chart)
            continue
        if entry is not None and entry.digest == chart.digest:
            continue
        written.append(chart)
        if entry is None:
            entry = next((e for e in stale.values() if e.name == chart.reference.name), None)
        if entry is not None:
            stale.pop(entry.key, None)
            _update(splicer, entry, chart)
            continue
        reference = chart.reference
        key = reference.name
        fields = {"repository": reference.repository, "version": reference.version}
        if key in keys:
            key = f"{key}@{reference.version}"
            fields = {"name": reference.name, **fields}
        keys.add(key)
        added[key] = {**fields, "digest": chart.digest}
    if added:
        _add(splicer, text, added)
    return LockEdit(splicer.text(), tuple(written), tuple(differing))


def _chart_of(chart: Chart) -> tuple[str, str, str]:
    return (chart.reference.repository, chart.reference.name, chart.reference.version)


def _update(splicer: Splicer, entry: LockEntry, chart: Chart) -> None:
    place = ("charts", entry.key)
    reference = chart.reference
    if entry.repository != reference.repository:
        splicer.replace(0, (*place, "repository"), reference.repository)
    if entry.version != reference.version:
        splicer.replace(0, (*place, "version"), reference.version)
    if entry.digest:
        splicer.replace(0, (*place, "digest"), chart.digest)
    else:
        splicer.append(0, place, {"digest": chart.digest})


def _add(splicer: Splicer, text: str, added: dict[str, dict[str, str]]) -> None:
    documents = read_documents(text).documents
    data = documents[0].data if documents else None
    if isinstance(data, dict) and "charts" in data:
        splicer.append(0, ("charts",), added)
    else:
        splicer.append(0, (), {"charts": added})


def new_lock() -> str:
    """The beginning of a lock.yaml in a repository that has none."""
    return _HEADER


def lock_entries(text: str) -> Iterator[LockEntry]:
    """The entries of charts in a lock.yaml, in order; what is none is left out."""
    documents = read_documents(text).documents
    data = documents[0].data if documents else None
    charts = data.get("charts") if isinstance(data, dict) else None
    for key, value in charts.items() if isinstance(charts, dict) else ():
        if not isinstance(key, str) or not isinstance(value, dict):
            continue
        name = value.get("name", key)
        repository, version = value.get("repository"), value.get("version")
        digest = value.get("digest", "")
        if isinstance(name, str) and isinstance(repository, str) and isinstance(version, str):
            yield LockEntry(
                key, repository, name, version, digest if isinstance(digest, str) else ""
            )
