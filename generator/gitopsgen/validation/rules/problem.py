"""What a rule finds: a place, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path
    from gitopsgen.findings import Severity
    from gitopsgen.repository.manifests import Manifest, Place


@dataclass(frozen=True, slots=True)
class LocalProblem:
    """One thing wrong at a path within an object; `key` points at the key, not at the value.

    A path that ends before its time is fine: the place is then the part of it that exists.
    """

    rule: str
    severity: Severity
    path: Path
    message: str
    hint: str = ""
    key: bool = False

    def of(self, manifest: Manifest) -> RuleProblem:
        """The problem as one of a manifest, whose object it was found in."""
        return RuleProblem(
            self.rule, self.severity, manifest, self.path, self.message, self.hint, self.key
        )


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One thing wrong at a path within a manifest, or at a `place` outside of it.

    A place outside (a line of a value file) still belongs to the manifest's Application. `line` is
    the one of its file where that is no YAML.
    """

    rule: str
    severity: Severity
    manifest: Manifest
    path: Path
    message: str
    hint: str = ""
    key: bool = False
    place: Place | None = None
    line: int = 0
