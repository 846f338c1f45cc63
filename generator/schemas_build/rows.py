"""Tables in JSON, written so that a change of theirs can be read as a diff."""

from __future__ import annotations

import json
from typing import Any


def rows(table: list[list[Any]]) -> str:
    """A JSON list with one row a line."""
    return "[\n" + ",\n".join(json.dumps(row) for row in table) + "\n]"
