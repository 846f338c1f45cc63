"""Which kinds live in namespaces."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_namespaced(group: str, kind: str) -> bool | None:
    """Whether objects of a kind live in namespaces; None where nobody knows the kind."""
    return _scopes().get((group, kind))


@cache
def _scopes() -> Mapping[tuple[str, str], bool]:
    from gitopsgen.schemas.custom import custom_kinds
    from gitopsgen.schemas.kinds import kinds

    known = {(name.group, name.kind): kind.namespaced for name, kind in kinds().items()}
    for name, custom in custom_kinds().items():
        known.setdefault((name.group, name.kind), custom.namespaced)
    return known
