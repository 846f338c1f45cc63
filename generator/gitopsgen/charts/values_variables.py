"""The variables of a template, which may be several things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import NOTHING, combined

if TYPE_CHECKING:
    from gitopsgen.charts.values_abstract import Possible


class Variables:
    """Variables of a template; those of inner blocks end with them."""

    def __init__(self, outer: Variables | None = None) -> None:
        self._outer = outer
        self._values: dict[str, Possible] = {}

    def __getitem__(self, name: str) -> Possible:
        if name in self._values:
            return self._values[name]
        return self._outer[name] if self._outer is not None else NOTHING

    def declare(self, name: str, value: Possible) -> None:
        """Declare a variable in this block, over any of that name around it."""
        self._values[name] = value

    def widen(self, name: str, value: Possible) -> bool:
        """Let a variable be this, too; returns whether that is new."""
        scope: Variables | None = self
        while scope is not None and name not in scope._values:
            scope = scope._outer
        if scope is None or value <= scope._values[name]:
            return False
        scope._values[name] = combined(scope._values[name] | value)
        return True
