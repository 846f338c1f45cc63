"""The plainest of updates: a person edits one line of a file, a release changes another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lifecycle.scenarios import README, RELEASED, VALUES
from tests.lifecycle.world import World

if TYPE_CHECKING:
    from pathlib import Path

PATH = "components/web/values.yaml"
FIRST = {PATH: VALUES, "README.md": README}
SECOND = {PATH: RELEASED, "README.md": README}
MERGED = RELEASED.replace("logging: info", "logging: debug")


def edited_world(tmp_path: Path) -> World:
    """A repository of the first version with the edit by hand, committed."""
    world = World(tmp_path, FIRST)
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    return world
