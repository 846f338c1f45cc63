"""Objects of every kind whose fields hold anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from gitopsgen.repository.manifests import Manifest
from gitopsgen.validation.model import LocalContext, Resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


def junk(words: Sequence[str]) -> st.SearchStrategy[Any]:
    """Data of any shape, with keys and values that rules look for among the others."""
    known = st.sampled_from(list(words))
    return st.recursive(
        _SCALARS | known,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(known, below, max_size=4),
        max_leaves=20,
    )


def local_problems(module: ModuleType, group: str, kind: str, data: dict[str, Any]) -> list[Any]:
    """What a family finds in one object, whatever it looks like."""
    version = f"{group}/v1" if group else "v1"
    data = {**data, "apiVersion": version, "kind": kind}
    manifest = Manifest("a.yaml", 0, (), data, "")
    resource = Resource(manifest, group, "v1", kind, "a", "web", True)
    return list(module.check_resource(resource, LocalContext("1.35")))
