"""The kinds that Kubernetes itself brings: in which versions, in which scope, and their end.

The data is made by `python -m schemas_build kinds` from Kubernetes' own sources.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.layout import DATA, GroupVersionKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of Kubernetes that can be applied.

    `since` and `until` are the first and the last minor version ("1.25") that have it, among
    those that gitopsgen knows.
    """

    name: GroupVersionKind
    namespaced: bool
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class RemovedApi:
    """An API version that Kubernetes no longer has since a minor version ("1.22").

    `replacement` may itself be gone in later versions; `None` means that nothing took over.
    """

    name: GroupVersionKind
    removed_in: str
    replacement: GroupVersionKind | None


def kinds(minor: str | None = None) -> Mapping[GroupVersionKind, Kind]:
    """The kinds that a minor version has ("1.35"), or those of all known versions."""
    known = _known_kinds()
    if minor is None:
        return known
    number = _number(minor)
    return {
        name: kind
        for name, kind in known.items()
        if _number(kind.since) <= number <= _number(kind.until)
    }


@cache
def removed_apis() -> Mapping[GroupVersionKind, RemovedApi]:
    """Every API version that one of the known versions of Kubernetes no longer has."""
    rows = _data()["removed"]
    apis = (
        RemovedApi(GroupVersionKind(*name), removed_in, instead and GroupVersionKind(*instead))
        for *name, removed_in, instead in rows
    )
    return MappingProxyType({api.name: api for api in apis})


def removed_api(name: GroupVersionKind, minor: str) -> RemovedApi | None:
    """What became of an API version, if the minor version ("1.35") no longer has it.

    The replacement is one that this minor version still has.
    """
    gone = removed_apis().get(name)
    if gone is None or _number(gone.removed_in) > _number(minor):
        return None
    if gone.replacement and (later := removed_api(gone.replacement, minor)):
        return RemovedApi(gone.name, gone.removed_in, later.replacement)
    return gone


@cache
def _known_kinds() -> Mapping[GroupVersionKind, Kind]:
    rows = _data()["kinds"]
    known = (
        Kind(GroupVersionKind(*name), namespaced, since, until)
        for *name, namespaced, since, until in rows
    )
    return MappingProxyType({kind.name: kind for kind in known})


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / "kinds.json").read_text(encoding="utf-8"))
    return data


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])
