"""The schemas of custom kinds that a repository brings itself, for kubeconform."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.layout import GroupVersionKind
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gitopsgen.repository.manifests import Manifest


@dataclass(frozen=True, slots=True)
class OwnSchemas:
    """The kinds that a repository brings schemas for, and a key of the schemas."""

    kinds: frozenset[GroupVersionKind]
    content: str


def write_crd_schemas(manifests: Iterable[Manifest], folder: Path) -> OwnSchemas:
    """Write the schemas of the CRDs among manifests below `folder`.

    The CRDs of charts win over those in files: Argo CD applies both, and says so.
    """
    crds = sorted(
        (m for m in manifests if m.kind == "CustomResourceDefinition"),
        key=lambda manifest: manifest.rendering is None,
    )
    written: dict[str, GroupVersionKind] = {}
    for crd in crds:
        for group, version, kind, file, text in _schemas(crd):
            if file not in written:
                written[file] = GroupVersionKind(group, version, kind)
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    content = result_key([crd.content or crd.data for crd in crds])
    return OwnSchemas(frozenset(written.values()), content)


def _schemas(crd: Manifest) -> Iterator[list[str]]:
    """Group, version, kind, path and text of each schema of a CRD."""
    results = Results.of("crds")
    key = result_key("crd", crd.content) if crd.content else ""
    kept: Any = results.get(key) if key else None
    if not isinstance(kept, list):
        from gitopsgen.schemas.crd import read_crd

        kept = [
            [s.group, s.version, s.kind, s.file, json.dumps(s.schema)]
            for s in read_crd(crd.data).schemas
        ]
        if key:
            results.put(key, kept)
    yield from kept
