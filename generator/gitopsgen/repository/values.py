"""Helm values where a person wrote them: in value files and within Applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.documents.positions import Path


@dataclass(frozen=True, slots=True, eq=False)
class ValuesPart:
    """One mapping of values: a document of a value file, or what an Application says itself.

    `path` leads to the mapping within the document, or to the text that holds it. `inline` is true
    for one of several in a text: the places of its keys cannot be told, only that of the text.
    """

    file: str
    document: int
    path: Path
    data: Mapping[str, Any]
    inline: bool = False
