"""Updates against plain `git merge` of the same three trees, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.lifecycle.create import RENDER_BRANCH
from tests.lifecycle.scenarios import SCENARIOS, Scenario
from tests.lifecycle.world import World, merge_with_git, merged_state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitopsgen.lifecycle.update import Outcome
    from gitopsgen.tree import Tree


def update_as_git(world: World, base: Tree) -> Outcome:
    """Update to the blueprints as they are now; the work tree, index and HEAD are git's own."""
    theirs = world.render()
    expected = merge_with_git(world, base, theirs)
    outcome = world.update()
    found = merged_state(world.root)
    assert found.files == expected.files
    assert found.index == expected.index
    assert found.head == expected.head
    assert found.is_under_way == expected.is_under_way
    assert found.status == expected.status
    assert outcome.is_clean == (not expected.is_under_way)
    # The vendor branch holds the render, and no more.
    assert world.git("rev-parse", f"{RENDER_BRANCH}^{{tree}}").strip() == world.tree_of(theirs)
    return outcome


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_an_update_is_what_git_merge_makes_of_it(tmp_path: Path, scenario: Scenario) -> None:
    world = World(tmp_path, scenario.before)
    base = world.render()
    scenario.hand(world.hand)
    world.commit()
    world.set_blueprints(scenario.after)
    outcome = update_as_git(world, base)
    assert outcome.is_clean == (scenario.right is not None)
    for path, content in (scenario.right or {}).items():
        stored = world.git("ls-files", "--format=%(objectname)", "--", f":(literal){path}").strip()
        if content is None:
            assert not stored
        else:
            wanted = content.encode() if isinstance(content, str) else content
            assert world.blob(stored) == wanted
    assert all((world.root / path).is_symlink() for path in scenario.links)
    assert all((world.root / path).stat().st_mode & 0o111 for path in scenario.executables)
    if outcome.is_clean:
        assert not world.is_dirty()


CONFLICTS = [scenario for scenario in SCENARIOS if scenario.right is None]


@pytest.mark.parametrize("scenario", CONFLICTS, ids=lambda scenario: scenario.name)
def test_a_dry_run_names_what_the_update_then_names(tmp_path: Path, scenario: Scenario) -> None:
    world = World(tmp_path, scenario.before)
    scenario.hand(world.hand)
    world.commit()
    world.set_blueprints(scenario.after)
    foreseen = world.update(dry_run=True)
    outcome = world.update()
    assert foreseen.is_clean == outcome.is_clean
    assert foreseen.conflicts == outcome.conflicts
    assert foreseen.messages == outcome.messages
    added = {line[1:] for line in foreseen.diff.split("\n") if line.startswith("+")}
    assert marks(added) == marks(
        line.rstrip("\r")
        for path in world.root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(world.root).parts
        for line in path.read_text(errors="replace").split("\n")
    )


def marks(lines: Iterable[str]) -> set[str]:
    """The lines by which git marks the sides of a conflict."""
    return {line.rstrip("\r") for line in lines if line.startswith(("<<<<<<<", ">>>>>>>"))}
