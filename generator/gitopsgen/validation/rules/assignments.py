"""Files within ConfigMaps of which each line says what a name stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDINGS = (".conf", ".env", ".ini", ".json", ".properties", ".toml", ".yaml", ".yml")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?[\"']?([A-Za-z][\w.-]{0,99})[\"']?\s*[=:]\s*(\S.*)")
_LONGEST = 200_000


def is_assigning(name: object) -> bool:
    """Whether a file's name says that it is of such lines."""
    return isinstance(name, str) and name.endswith(_ENDINGS)


def assignments(content: str) -> Iterator[tuple[int, str, str]]:
    """The number, from 0, the name and the value of each line that sets something."""
    for number, line in enumerate(content.split("\n") if len(content) < _LONGEST else ()):
        match = _ASSIGNMENT.match(line)
        if match:
            yield number, match[1], match[2].rstrip().rstrip(",;").strip("\"'")
