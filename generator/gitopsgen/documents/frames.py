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
    mapping that stand in the file itself, not those merged into it; `merged` says whether it had
    a `<<`. `height` counts the levels below, `nodes` is the document's count of nodes before this.
    """

    __slots__ = ("data", "height", "merged", "next", "nodes", "start", "written")

    def __init__(self, start: Event, nodes: int = 0) -> None:
        mapping = isinstance(start, yaml.MappingStartEvent)
        self.data: Any = {} if mapping else []
        self.next: str | Next = KEY if mapping else ITEM
        self.start = start
        self.nodes = nodes
        self.height = 0
        self.written: dict[str, Event] = {}
        self.merged = False

    def overridden_by(self, sources: list[Mapping[str, Any]]) -> list[str]:
        """Return the written keys that a merge of mappings, the first winning, would change."""
        changed = []
        for key in self.written:
            for source in sources:
                if key in source:
                    if source[key] != self.data[key]:
                        changed.append(key)
                    break
        return changed


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an alias stands for: its data, how many nodes and levels that has, and, where it is a
    scalar, how it reads as a key."""

    data: Any
    nodes: int = 1
    height: int = 0
    scalar: Scalar | None = None


def mergeable(value: Any, *, lists: bool) -> list[Mapping[str, Any]] | None:
    """Return the mappings that the value of a `<<` brings, the winning one first.

    None where the value is no mapping, nor, if `lists` are allowed, a list of mappings.
    """
    if isinstance(value, dict):
        return [value]
    if lists and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None
