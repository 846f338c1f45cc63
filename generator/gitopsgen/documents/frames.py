"""Collections while they are being built, and what anchors stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.documents.events import Event
    from gitopsgen.documents.scalars import Scalar


class Next(Enum):
    """What a collection expects where it does not expect the value of a key."""

    ITEM = "item of a list"
    KEY = "key of a mapping"
    MERGE = "value of <<"


# Looking up a member of an Enum takes longer than the rest of what is done for a scalar.
ITEM, KEY, MERGE = Next.ITEM, Next.KEY, Next.MERGE


class Open:
    """A collection of which the end has not been seen, from its `start` event on.

    `next` is the key whose value comes next, or what else is expected. `written` has the keys of a
    mapping that stand in the file itself, not those merged into it; `has_merge` says whether it
    had a `<<`. `height` counts the levels below, `nodes` how many nodes came before in the
    document.
    """

    __slots__ = ("data", "has_merge", "height", "next", "nodes", "start", "written")

    def __init__(self, start: Event, nodes: int = 0) -> None:
        kind: type = start.__class__
        mapping = kind is yaml.MappingStartEvent
        self.data: Any = {} if mapping else []
        self.next: str | Next = KEY if mapping else ITEM
        self.start = start
        self.nodes = nodes
        self.height = 0
        self.written: dict[str, Event] = {}
        self.has_merge = False

    def overridden_by(self, merged: Mapping[str, Any]) -> list[str]:
        """Return the written keys that merging a mapping over them changes."""
        return [key for key in self.written if key in merged and merged[key] != self.data[key]]


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an alias stands for: its data, and how many nodes and levels that has.

    `scalar` says how it reads as a key, where it is a scalar.
    """

    data: Any
    nodes: int = 1
    height: int = 0
    scalar: Scalar | None = None


def merge(value: Any, *, lists: bool) -> Mapping[str, Any] | None:
    """Return what the value of a `<<` brings: of mappings in a list, the first wins.

    None where the value is no mapping, nor, if `lists` are allowed, a list of mappings.
    """
    if isinstance(value, dict):
        return value
    if not lists or not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        return None
    merged: dict[str, Any] = {}
    for mapping in reversed(value):
        merged.update(mapping)
    return merged
