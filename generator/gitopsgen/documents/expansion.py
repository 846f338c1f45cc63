"""go-yaml's guard against files that aliases blow up, such as the "billion laughs"."""

from __future__ import annotations

# go.yaml.in/yaml/v2, decode.go: allowedAliasRatio.
_SMALL = 400_000
_LARGE = 4_000_000


class Expansion:
    """Counts the nodes of one document as Kubernetes' parser visits them, aliases expanded."""

    __slots__ = ("from_aliases", "nodes")

    def __init__(self) -> None:
        self.nodes = 1
        self.from_aliases = 0

    def add_alias(self, size: int) -> bool:
        """Count an alias of an anchor with `size` nodes; return whether Kubernetes goes on."""
        self.nodes += 1 + size
        self.from_aliases += size
        if self.from_aliases <= 100 or self.nodes <= 1000:
            return True
        return self.from_aliases / self.nodes <= _allowed_ratio(self.nodes)


def _allowed_ratio(nodes: int) -> float:
    if nodes <= _SMALL:
        return 0.99
    if nodes >= _LARGE:
        return 0.10
    return 0.99 - 0.89 * (nodes - _SMALL) / (_LARGE - _SMALL)
