from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.difference import HandEdits, hand_edits
from gitopsgen.repository.layout import LOCK_FILE
from tests.lifecycle.scenarios import README, RELEASED, VALUES
from tests.lifecycle.world import World

if TYPE_CHECKING:
    from pathlib import Path

PATH = "components/web/values.yaml"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, {PATH: VALUES, "README.md": README})


def edits(world: World, *paths: str, stat: bool = False, color: bool = False) -> HandEdits:
    return hand_edits(world.root, world.catalogue, paths=paths, stat=stat, color=color)


def headers(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if line.startswith("diff --git")]


def test_a_repository_that_nobody_has_touched_differs_in_nothing(world: World) -> None:
    assert edits(world) == HandEdits("", ())


def test_edits_are_shown_committed_or_not(world: World) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    diff = edits(world).diff
    assert headers(diff) == [
        "diff --git a/README.md b/README.md",
        f"diff --git a/{PATH} b/{PATH}",
    ]
    assert "\n-One subnet.\n+Two subnets.\n" in diff
    assert "\n-logging: info\n+logging: debug\n" in diff


def test_paths_narrow_it_down_and_are_relative_to_the_root(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    assert headers(edits(world, "README.md").diff) == ["diff --git a/README.md b/README.md"]
    monkeypatch.chdir(world.root / "components/web")
    assert headers(edits(world, "components").diff) == [f"diff --git a/{PATH} b/{PATH}"]
    assert edits(world, ".gitopsgen").diff == ""
    with pytest.raises(UsageError, match="has no file apps that git tracks"):
        edits(world, "apps")


def test_a_renamed_file_is_shown_as_one(world: World) -> None:
    world.hand.move(PATH, "components/web/ours.yaml")
    world.commit()
    diff = edits(world).diff
    assert "rename from components/web/values.yaml\nrename to components/web/ours.yaml\n" in diff


def test_the_lock_is_nobodys_hand(world: World) -> None:
    world.hand.edit(LOCK_FILE, "blueprints:", "# pinned\nblueprints:")
    assert edits(world).diff == ""


def test_counts_and_colors(world: World) -> None:
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    assert edits(world, stat=True).diff == (
        " README.md | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n"
    )
    assert "\x1b[31m-One subnet." in edits(world, color=True).diff


@pytest.mark.parametrize(
    "setting",
    ["color.ui=always", "diff.external=false", "diff.noprefix=true", "diff.mnemonicPrefix=true"],
)
def test_a_persons_settings_do_not_break_it(world: World, setting: str) -> None:
    world.git("config", *setting.split("="))
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    diff = edits(world).diff
    assert "\n+Two subnets.\n" in diff
    assert "\x1b" not in diff


def test_after_an_update_the_edits_are_the_same(world: World) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints({PATH: RELEASED, "README.md": README})
    # Newer blueprints are no hand edits, before the update and after it.
    changed = [line for line in edits(world).diff.splitlines() if line[:1] in "+-"][2:]
    assert changed == ["-logging: info", "+logging: debug"]
    world.update()
    assert [line for line in edits(world).diff.splitlines() if line[:1] in "+-"][2:] == changed


def test_nothing_is_touched(world: World) -> None:
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    before = world.everything()
    edits(world)
    assert world.everything() == before


def test_a_lost_render_is_made_again_and_that_is_said(world: World) -> None:
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    world.git("checkout", "--quiet", "--orphan", "fresh")
    world.commit()
    world.git("branch", "--delete", "--force", "main", RENDER_BRANCH)
    before = world.everything()
    found = edits(world)
    assert found.notes == ("the render that this repository is based on was lost: made again",)
    assert "\n-One subnet.\n+Two subnets.\n" in found.diff
    assert world.everything() == before


def test_a_repository_of_somebody_else_is_named(world: World) -> None:
    world.hand.remove(LOCK_FILE)
    world.commit()
    with pytest.raises(UsageError, match=r"has no \.gitopsgen/lock\.yaml"):
        edits(world)
