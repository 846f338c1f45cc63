"""What a chart's values.schema.json says of the keys at a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_PARTS = 500
_TOGETHER = ("allOf", "anyOf", "oneOf")
_EITHER = ("if", "then", "else", "not")


@dataclass(frozen=True, slots=True)
class SchemaAt:
    """A piece of a schema, with the whole of it for its references."""

    piece: Any
    whole: Mapping[str, Any]

    def parts(self) -> list[Mapping[str, Any]] | None:
        """All pieces that may count here; None where one is elsewhere."""
        found: list[Mapping[str, Any]] = []
        waiting, seen = [self.piece], set()
        while waiting:
            piece = waiting.pop()
            if not isinstance(piece, dict) or id(piece) in seen:
                continue
            seen.add(id(piece))
            if len(seen) > _MOST_PARTS:
                return None
            found.append(piece)
            for reference in (piece.get("$ref"), piece.get("$dynamicRef")):
                if reference is not None:
                    target = self._target(reference)
                    if target is None:
                        return None
                    waiting.append(target)
            for keyword in _TOGETHER:
                options = piece.get(keyword)
                waiting += options if isinstance(options, list) else []
            waiting += [piece[keyword] for keyword in _EITHER if keyword in piece]
        return found

    def _target(self, reference: object) -> Any:
        """What a `$ref` names; None where it is elsewhere or nowhere."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        found: Any = self.whole
        for step in reference.lstrip("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or key not in found:
                return None
            found = found[key]
        return found

    def is_free(self) -> bool:
        """Whether the schema speaks of keys without naming them."""
        parts = self.parts()
        return parts is None or any(
            part.get("additionalProperties", False) is not False
            or part.get("unevaluatedProperties", False) is not False
            or "propertyNames" in part
            for part in parts
        )

    def names(self) -> Iterator[str]:
        """The keys that it names."""
        for part in self.parts() or ():
            properties = part.get("properties")
            yield from properties if isinstance(properties, dict) else ()

    def at(self, key: str) -> Iterator[SchemaAt]:
        """The pieces that count for what is below a key; none where it does not name the key."""
        for part in self.parts() or ():
            properties = part.get("properties")
            if isinstance(properties, dict) and key in properties:
                yield SchemaAt(properties[key], self.whole)
            patterns = part.get("patternProperties")
            for pattern, piece in patterns.items() if isinstance(patterns, dict) else ():
                if _matches(pattern, key):
                    yield SchemaAt(piece, self.whole)
            required = part.get("required")
            if isinstance(required, list) and key in required:
                yield SchemaAt({}, self.whole)


def _matches(pattern: object, key: str) -> bool:
    try:
        return isinstance(pattern, str) and re.search(pattern, key) is not None
    except (re.error, RecursionError, OverflowError):
        return True
