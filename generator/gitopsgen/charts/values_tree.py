"""Which values the templates of a chart use, as a tree of keys."""

from __future__ import annotations

from dataclasses import dataclass, field

Keys = tuple[str, ...]
"""Keys that lead to a value."""


@dataclass(slots=True)
class UsedKeys:
    """A key that is used, and those below it; `whole` where everything below it is used."""

    below: dict[str, UsedKeys] = field(default_factory=dict)
    whole: bool = False

    def use(self, keys: Keys) -> UsedKeys:
        """Note that a value is used, in whatever way."""
        node = self
        for key in keys:
            found = node.below.get(key)
            if found is None:
                found = node.below[key] = UsedKeys()
            node = found
        return node

    def use_whole(self, keys: Keys) -> None:
        """Note that a value is used with all that is below it."""
        self.use(keys).whole = True
