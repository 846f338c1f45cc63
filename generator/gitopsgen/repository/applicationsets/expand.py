"""From an ApplicationSet to its Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.applicationsets.model import Expansion

if TYPE_CHECKING:
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources


def expand(manifest: Manifest, sources: LocalSources) -> Expansion:
    """Generate the Applications of the ApplicationSet in `manifest`."""
    return Expansion(unchecked=("ApplicationSets are not expanded yet",))
