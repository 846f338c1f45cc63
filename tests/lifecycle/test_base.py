"""The recorded base of a merge, found again whatever happened to branches and history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.update import update_repository
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE
from tests.lifecycle.release import FIRST, MERGED, PATH, SECOND, edited_world
from tests.lifecycle.scenarios import README, RELEASED, VALUES
from tests.lifecycle.test_update_matrix import update_as_git
from tests.lifecycle.world import CLUSTER, World, everything, git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository with an edit by hand."""
    return edited_world(tmp_path)


def forget_renders(world: World) -> None:
    """Leave one commit with no history, and the person's branch only."""
    world.git("checkout", "--quiet", "--orphan", "fresh")
    world.commit("Start over")
    world.git("branch", "--quiet", "--delete", "--force", "main", RENDER_BRANCH)
    world.git("reflog", "expire", "--expire=now", "--all")
    world.git("gc", "--quiet", "--prune=now")


def test_a_deleted_branch_is_no_loss_where_history_has_the_commit(world: World) -> None:
    world.git("branch", "--quiet", "--delete", "--force", RENDER_BRANCH)
    base = world.render_of(FIRST)
    world.set_blueprints(SECOND)
    outcome = update_as_git(world, base)
    assert (outcome.is_clean, outcome.notes) == (True, ())
    assert world.hand.read(PATH) == MERGED


def test_a_clone_has_the_branch_of_its_remote(world: World, tmp_path: Path) -> None:
    world.set_blueprints(SECOND)
    world.update()
    world.git("clone", "--quiet", str(world.root), str(tmp_path / "clone"))
    for setting in ("user.name=Ada", "user.email=ada@example.net"):
        git(tmp_path / "clone", "config", *setting.split("="))
    world.set_blueprints({PATH: RELEASED.replace("replicas: 2", "replicas: 3")})
    outcome = update_repository(tmp_path / "clone", world.catalogue)
    assert (outcome.is_clean, outcome.notes) == (True, ())
    assert (tmp_path / "clone" / PATH).read_text() == MERGED.replace("replicas: 2", "replicas: 3")
    log = git(tmp_path / "clone", "log", "--format=%an", RENDER_BRANCH)
    assert log.split() == ["gitopsgen"] * 3


def test_a_clone_of_one_branch_fetches_the_renders(world: World, tmp_path: Path) -> None:
    # Squashed, so that main alone does not have the render.
    base = world.git("rev-parse", RENDER_BRANCH)
    world.git("checkout", "--quiet", "--orphan", "fresh")
    world.commit("Start over")
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", "--single-branch", str(world.root), str(clone))
    world.set_blueprints(SECOND)
    before = everything(clone)
    dry = update_repository(clone, world.catalogue, dry_run=True)
    assert dry.notes == (f"{RENDER_BRANCH} was fetched from origin",)
    assert everything(clone) == before
    outcome = update_repository(clone, world.catalogue)
    assert outcome.notes[0] == f"{RENDER_BRANCH} was fetched from origin"
    assert (clone / PATH).read_text() == MERGED
    assert git(clone, "rev-parse", f"{RENDER_BRANCH}~") == base
    assert git(clone, "status", "--porcelain") == ""


def test_a_render_that_is_lost_is_made_again(world: World) -> None:
    forget_renders(world)
    # The blueprints are as they were: it is cluster.yaml that has changed.
    world.hand.edit(CLUSTER_FILE, "domain: example.net", "domain: example.org")
    world.commit()
    outcome = world.update()
    assert outcome.notes == ("the render that this repository is based on was lost: made again",)
    assert outcome.is_clean
    assert world.hand.read(PATH) == VALUES.replace("logging: info", "logging: debug")
    assert not world.is_dirty()


def test_a_render_that_cannot_be_made_again_loses_no_edit_and_says_so(world: World) -> None:
    forget_renders(world)
    world.set_blueprints({**SECOND, "README.md": README + "\nMore.\n"})
    before = world.hand.read(PATH)
    outcome = world.update()
    assert re.search("cannot make it again: what changed .* stays out", outcome.notes[0])
    assert outcome.is_clean
    assert world.hand.read(PATH) == before
    # From here on it goes as ever.
    assert world.update().commit == ""
    world.set_blueprints({**SECOND, "README.md": README + "\nMore.\n\nAnd more.\n"})
    assert world.update().notes == ()


def test_a_digest_that_no_render_has_loses_no_edit(world: World) -> None:
    lock = world.hand.read(LOCK_FILE)
    digest = re.search("sha256:([0-9a-f]{64})", lock)
    assert digest is not None
    world.hand.write(LOCK_FILE, lock.replace(digest[1], "0" * 64))
    world.git("add", "--all")
    world.git("commit", "--quiet", "--amend", "--message", "Edited")
    outcome = world.update()
    assert "cannot make it again" in outcome.notes[0]
    assert "logging: debug" in world.hand.read(PATH)


def test_a_cluster_yaml_of_then_that_has_no_blueprints_any_more(tmp_path: Path) -> None:
    cluster = CLUSTER.replace("components: {}", "components: {web: {}}")
    world = World(tmp_path, {"README.md": README}, {"web": {PATH: VALUES}}, cluster)
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    forget_renders(world)
    world.hand.edit(CLUSTER_FILE, "{web: {}}", "{}")
    world.commit()
    world.set_blueprints({"README.md": README})
    outcome = world.update()
    assert "cannot make it again" in outcome.notes[0]
    # What is based on nothing known any more is taken for the person's own.
    assert (outcome.is_clean, world.hand.read(PATH)) == (True, VALUES)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone_fetches_the_renders(world: World, tmp_path: Path, depth: int) -> None:
    world.commit("Another")
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", f"--depth={depth}", f"file://{world.root}", str(clone))
    world.set_blueprints(SECOND)
    outcome = update_repository(clone, world.catalogue)
    assert outcome.notes[0] == f"{RENDER_BRANCH} was fetched from origin"
    assert (clone / PATH).read_text() == MERGED
    assert git(clone, "status", "--porcelain") == ""


def test_a_shallow_clone_without_renders_goes_on_by_itself(world: World, tmp_path: Path) -> None:
    forget_renders(world)
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", "--depth=1", f"file://{world.root}", str(clone))
    world.set_blueprints(SECOND)
    outcome = update_repository(clone, world.catalogue)
    assert "cannot make it again" in outcome.notes[0]
    assert "logging: debug" in (clone / PATH).read_text()


def test_a_person_who_has_switched_replacements_off(world: World) -> None:
    base = world.render()
    world.git("config", "core.useReplaceRefs", "false")
    world.git("checkout", "--quiet", "--orphan", "fresh")
    world.commit("Start over")
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == MERGED


@pytest.mark.parametrize("render", ["", "render: ''\n"])
def test_a_lock_without_a_digest_is_refused(world: World, render: str) -> None:
    world.hand.write(LOCK_FILE, f"generator: 0.1.0\n{render}")
    world.commit()
    with pytest.raises(UsageError, match="does not say which render") as caught:
        world.update()
    assert "git log" in caught.value.hint


def test_a_remote_that_does_not_answer_is_no_obstacle(world: World) -> None:
    forget_renders(world)
    world.git("remote", "add", "origin", str(world.root.parent / "nowhere"))
    assert world.update().is_clean


def test_renders_that_went_apart_come_together(world: World, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", str(world.root), str(clone))
    world.set_blueprints(SECOND)
    world.update()
    theirs = world.git("rev-parse", RENDER_BRANCH).strip()
    world.set_blueprints({**SECOND, "new.yaml": "a: 1\n"})
    update_repository(clone, world.catalogue)
    ours = git(clone, "rev-parse", RENDER_BRANCH).strip()
    git(clone, "fetch", "--quiet", "origin")
    world.set_blueprints({**SECOND, "new.yaml": "a: 2\n"})
    assert update_repository(clone, world.catalogue).is_clean
    parents = git(clone, "log", "-1", "--format=%P", RENDER_BRANCH).split()
    assert sorted(parents) == sorted([ours, theirs])


def test_the_vendor_branch_in_another_work_tree_is_not_moved(world: World, tmp_path: Path) -> None:
    world.git("worktree", "add", "--quiet", str(tmp_path / "vendor"), RENDER_BRANCH)
    world.set_blueprints(SECOND)
    before = world.git("for-each-ref")
    with pytest.raises(UsageError, match="is checked out in") as caught:
        world.update()
    assert str(tmp_path / "vendor") in caught.value.message
    assert world.git("for-each-ref") == before
    assert not world.is_dirty()
