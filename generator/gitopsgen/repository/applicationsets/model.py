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
class Failure:
    """Why Argo CD generates nothing; `path` leads to the text or value that causes it."""

    path: Path
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The manifests of the Applications that a set generates.

    `unchecked` says why some could not be generated here, one reason each; `failures` are those
    that Argo CD has as well. `missing` are the parameters that nothing supplies.
    """

    applications: tuple[dict[str, Any], ...] = ()
    unchecked: tuple[str, ...] = ()
    missing: tuple[MissingParameter, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether `applications` are all that there would be without a mistake."""
        return not self.unchecked and not self.missing
