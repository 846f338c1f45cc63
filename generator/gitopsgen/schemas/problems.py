"""Collecting what is wrong in a CRD while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

# Real CRDs stay below 30 levels and 11,000 nodes (Argo CD's ApplicationSet); more is either
# hostile or a bomb made of YAML aliases.
_MAX_PATH = 200
_MAX_NODES = 60_000
_MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class CrdProblem:
    """What is wrong in a CRD, and the path of keys and indexes that leads to it.

    With `key`, it is the last key itself that is wrong, or what it holds is not complete.
    """

    path: Path
    message: str
    key: bool = False

    def __str__(self) -> str:
        return f"{_spell(self.path)}: {self.message}"


@dataclass(slots=True)
class Problems:
    """The problems of one CRD, in the order in which they were met, each once."""

    _found: dict[CrdProblem, None] = field(default_factory=dict)
    _nodes: int = 0

    @property
    def found(self) -> tuple[CrdProblem, ...]:
        """What was found; a hopeless CRD yields no more than the first hundred."""
        return tuple(self._found)

    def add(self, path: Path, message: str, *, key: bool = False) -> None:
        """Note a problem."""
        if len(self._found) < _MAX_PROBLEMS:
            self._found[CrdProblem(path, message, key)] = None

    def enter(self, node: object, path: Path) -> bool:
        """Whether a schema node can be converted; if it cannot, that is a problem."""
        if not self.spend():
            self.add((), f"has more than {_MAX_NODES} schema nodes")
        elif len(path) > _MAX_PATH:
            self.add(path[:_MAX_PATH], "the schema is nested too deeply")
        elif not isinstance(node, dict):
            self.add(path, "must be an object")
        else:
            return True
        return False

    def spend(self) -> bool:
        """Whether one more node may be looked at."""
        self._nodes += 1
        return self._nodes <= _MAX_NODES

    def flag(self, node: dict[str, Any], name: str, path: Path) -> bool:
        """Whether that field of a node is true; anything but a boolean is a problem."""
        value = node.get(name)
        if value is not None and not isinstance(value, bool):
            self.add((*path, name), "must be true or false")
        return value is True

    def mapping(self, node: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
        """The mapping of that name in a node, without keys that are no strings; {} without it."""
        value = node.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.add((*path, name), "must be an object")
            return {}
        for key in value:
            if not isinstance(key, str):
                self.add((*path, name), f"has the key {key!r}, which is not a string")
        return {key: child for key, child in value.items() if isinstance(key, str)}


def _spell(path: Path) -> str:
    """spec.versions[0].schema, as people write a path."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the document"
