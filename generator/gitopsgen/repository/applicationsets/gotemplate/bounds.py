"""Bounds on what templates may cost."""

from __future__ import annotations

from dataclasses import dataclass

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError


@dataclass(slots=True)
class Budget:
    """What all templates of one set may use together; `NotSupportedError` where it is spent."""

    steps: int = 2_000_000
    characters: int = 50_000_000

    def step(self) -> None:
        """Count one node."""
        self.steps -= 1
        if self.steps < 0:
            raise NotSupportedError("its templates take too many steps")

    def write(self, text: str) -> None:
        """Count printed text."""
        self.characters -= len(text)
        if self.characters < 0:
            raise NotSupportedError("its templates print too much")
