"""The variables of a template, which may be several things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import OTHER, combined

if TYPE_CHECKING:
    from gitopsgen.charts.values_abstract import Possible


class Variables:
    """Variables of a template; those of inner blocks end with them.

    `certain` says that a block runs whenever the one around it does.
    """

    def __init__(self, outer: Variables | None = None, *, certain: bool = False) -> None:
        self._outer = outer
        self._certain = certain
        self._values: dict[str, Possible] = {}

    def __getitem__(self, name: str) -> Possible:
        if name in self._values:
            return self._values[name]
        return self._outer[name] if self._outer is not None else OTHER

    def declare(self, name: str, value: Possible) -> None:
        """Declare a variable in this block, over any of that name around it."""
        self._values[name] = value

    def assign(self, name: str, value: Possible) -> bool:
        """Give a variable a value; returns whether it may be something new.

        What it was before stays possible where this block may not run.
        """
        scope: Variables | None = self
        certain = True
        while scope is not None and name not in scope._values:
            certain = certain and scope._certain
            scope = scope._outer
        if scope is None:
            return False
        if certain:
            scope._values[name] = value
            return True
        return scope._add(name, value)

    def widen(self, name: str, value: Possible) -> bool:
        """Let a variable be this, too; returns whether that is new."""
        scope: Variables | None = self
        while scope is not None and name not in scope._values:
            scope = scope._outer
        return scope is not None and scope._add(name, value)

    def _add(self, name: str, value: Possible) -> bool:
        if value <= self._values[name]:
            return False
        self._values[name] = combined(self._values[name] | value)
        return True
