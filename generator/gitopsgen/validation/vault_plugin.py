"""Texts that argocd-vault-plugin fills in before anything reaches the cluster.

Argo CD hands a folder to the plugin where its files hold `<path:` or such an annotation: so the
plugin's documents have it discovered, and no Application has to name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.rules.access import at, mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ANNOTATIONS = "avp.kubernetes.io/"


def is_annotated(data: Mapping[str, Any]) -> bool:
    """Whether an object's annotations say where its `<names>` are looked up."""
    annotations = mapping(at(data, "metadata", "annotations"))
    return any(isinstance(key, str) and key.startswith(_ANNOTATIONS) for key in annotations)


def is_filled_in(data: Mapping[str, Any], value: object) -> bool:
    """Whether a value within an object is not the one that the cluster gets."""
    return isinstance(value, str) and ("<path:" in value or ("<" in value and is_annotated(data)))
