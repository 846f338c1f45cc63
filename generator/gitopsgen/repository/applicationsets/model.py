"""What an ApplicationSet generates, as far as it can be told from the repository alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path


@dataclass(frozen=True, slots=True)
class MissingParameter:
    """A parameter that the template uses and no generator supplies; `path` leads to its use."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """The manifests of the Applications that a set generates.

    `unchecked` says why some could not be generated here, one reason each; where there is any,
    `applications` may not be all. `missing` are the parameters that nothing supplies.
    """

    applications: tuple[dict[str, Any], ...] = ()
    unchecked: tuple[str, ...] = ()
    missing: tuple[MissingParameter, ...] = ()
