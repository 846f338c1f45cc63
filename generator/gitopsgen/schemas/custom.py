"""The shipped schemas of custom kinds: those of Argo CD, cert-manager, Sealed Secrets, Gateway API.

They are made from the CRDs that pinned Go modules carry, by `python -m schemas_build custom`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from gitopsgen.schemas.archive import unpack
from gitopsgen.schemas.layout import DATA, GroupVersionKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ARCHIVE = DATA / "custom.xz"
INDEX = DATA / "custom.json"


@dataclass(frozen=True, slots=True)
class CustomKind:
    """A custom kind whose schema is shipped, and the Go module that its CRD was taken from."""

    name: GroupVersionKind
    plural: str
    namespaced: bool
    module: str
    module_version: str


def custom_schema_directory() -> Path:
    """The folder with the schemas of shipped custom kinds, for kubeconform with `SCHEMA_TEMPLATE`.

    It lies below the cache and is unpacked on first use. Raises `UnavailableError` when the
    cache cannot be written.
    """
    return unpack(ARCHIVE, "custom")


@cache
def custom_kinds() -> Mapping[GroupVersionKind, CustomKind]:
    """The custom kinds whose schemas are shipped, in every version that their CRDs serve."""
    rows = json.loads(INDEX.read_text(encoding="utf-8"))["kinds"]
    known = (
        CustomKind(GroupVersionKind(*name), plural, namespaced, module, version)
        for *name, plural, namespaced, module, version in rows
    )
    return MappingProxyType({kind.name: kind for kind in known})
