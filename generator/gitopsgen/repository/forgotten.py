"""What no root reaches and somebody may have forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.applications import GROUP
from gitopsgen.repository.leftovers import is_example, is_put_away
from gitopsgen.repository.paths import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.nodes import Node

# What has to be there before a root can sync, so a person applies it along with the root.
_BEFORE_A_ROOT = frozenset(
    {(GROUP, "AppProject"), (GROUP, "ArgoCD"), ("", "Namespace"), ("", "Secret")}
)
# Its objects are applied by a program of its own.
_KARGO = "kargo.akuity.io"


def forgotten(unapplied: Iterable[Manifest], roots: Iterable[Node]) -> Iterator[Manifest]:
    """Those of the manifests that nothing applies of which nothing says that this is meant.

    Somebody applies the roots by hand, and from their folders what they need first.
    """
    folders = {folder_of(root.manifest.file) for root in roots if root.manifest.rendering is None}
    items = list(unapplied)
    otherwise = {folder_of(manifest.file) for manifest in items if manifest.group == _KARGO}
    for manifest in items:
        folder, kind = folder_of(manifest.file), (manifest.group, manifest.kind)
        if folder in otherwise or is_put_away(manifest.file) or is_example(manifest.file):
            continue
        if folder not in folders or kind not in _BEFORE_A_ROOT:
            yield manifest
