"""Several runs in one repository, and a person's own git beside them."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle import update as updating
from gitopsgen.lifecycle.moving import move
from gitopsgen.lifecycle.update import update_repository
from gitopsgen.lifecycle.workspace import alone, open_workspace
from gitopsgen.tools.programs import run
from tests.lifecycle.scenarios import README, RELEASED, VALUES
from tests.lifecycle.world import World, git, merged_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.lifecycle.journal import Step
    from gitopsgen.lifecycle.workspace import Workspace

PATH = "components/web/values.yaml"
MERGED = RELEASED.replace("logging: info", "logging: debug")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository with an edit, and blueprints with a new version."""
    world = World(tmp_path, {PATH: VALUES, "README.md": README})
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints({PATH: RELEASED, "README.md": README, "new.yaml": VALUES})
    return world


def start(world: World, root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.lifecycle.killed", str(root)]
    command += [str(world.folder / "blueprints"), ""]
    place = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_runs_at_once_in_one_repository_merge_once(world: World) -> None:
    runs = [start(world, world.root) for _ in range(4)]
    for each in runs:
        _, errors = each.communicate(timeout=60)
        assert (each.returncode, errors) == (0, b"")
    assert world.hand.read(PATH) == MERGED
    assert len(world.git("log", "--merges", "--format=%H").split()) == 1
    assert not world.is_dirty()
    world.git("fsck", "--strict", "--no-dangling")


def test_runs_at_once_in_two_work_trees_share_their_render(world: World) -> None:
    side = world.folder / "side"
    world.git("worktree", "add", "--quiet", "-b", "side", str(side))
    runs = [start(world, root) for root in (world.root, side, world.root, side)]
    for each in runs:
        _, errors = each.communicate(timeout=60)
        assert (each.returncode, errors) == (0, b"")
    for root in (world.root, side):
        assert (root / PATH).read_text() == MERGED
        assert git(root, "status", "--porcelain") == ""
    assert world.git("log", "--format=%H", "gitopsgen/render", "--not", "main", "side") == ""
    world.git("fsck", "--strict", "--no-dangling")


def test_a_run_waits_says_so_and_gives_up(world: World) -> None:
    told = []
    before = merged_state(world.root)
    with (
        alone(open_workspace(world.root), lambda: None),
        pytest.raises(UnavailableError, match="another run of gitopsgen is at work"),
    ):
        update_repository(world.root, world.catalogue, waiting=lambda: told.append(1), wait=0)
    assert told == [1]
    assert merged_state(world.root) == before
    assert world.update().commit


def test_a_dry_run_waits_for_nobody(world: World) -> None:
    with alone(open_workspace(world.root), lambda: None):
        assert world.update(dry_run=True).diff


def test_a_lock_file_that_nobody_holds_is_no_lock(world: World) -> None:
    (world.root / ".git/gitopsgen.lock").write_text("4711\n")
    assert update_repository(world.root, world.catalogue, wait=0).commit


def test_a_program_that_outlives_its_run_keeps_the_lock(world: World) -> None:
    workspace = open_workspace(world.root)
    with alone(workspace, lambda: None) as lock:
        sleeper = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(lock,))
    with (
        pytest.raises(UnavailableError, match="at work"),
        alone(workspace, lambda: None, 0),
    ):
        pass
    sleeper.communicate(b"")
    with alone(workspace, lambda: None, 0):
        pass


def test_what_moves_files_inherits_the_lock(world: World) -> None:
    script = "import fcntl, os, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with alone(open_workspace(world.root), lambda: None) as lock:
        run([sys.executable, "-c", script, str(lock)], inherited=(lock,))
        with (world.root / ".git/gitopsgen.lock").open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def meanwhile(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Let a person do something just before the files move."""

    def moved(workspace: Workspace, step: Step) -> None:
        what()
        move(workspace, step)

    monkeypatch.setattr(updating, "move", moved)


def test_a_commit_in_between_is_neither_lost_nor_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def person() -> None:
        world.hand.edit("README.md", "One subnet.", "Two subnets.")
        world.commit("Mine")

    with monkeypatch.context() as patched:
        meanwhile(patched, person)
        with pytest.raises(UnavailableError, match=r"HEAD of .* was moved meanwhile"):
            world.update()
    assert not world.is_dirty()
    assert world.update().commit
    assert "Two subnets." in world.hand.read("README.md")
    assert world.hand.read(PATH) == MERGED


def test_an_edit_in_between_is_neither_lost_nor_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = MERGED.replace("replicas: 2", "replicas: 9")
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: world.hand.write(PATH, mine))
        with pytest.raises(UsageError, match="in the way"):
            world.update()
    assert world.hand.read(PATH) == mine
    world.commit()
    assert world.update().is_clean
    assert "replicas: 9" in world.hand.read(PATH)


def test_git_status_in_between_is_no_obstacle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def person() -> None:
        world.git("update-index", "--force-write-index", "--refresh")

    with monkeypatch.context() as patched:
        meanwhile(patched, person)
        assert world.update().commit
    assert not world.is_dirty()


def test_commits_of_a_person_in_parallel(world: World) -> None:
    updating_run = start(world, world.root)
    made = 0
    while updating_run.poll() is None and made < 200:
        world.hand.write("mine.txt", f"{made}\n")
        command = "git add mine.txt && git commit --quiet --message mine -- mine.txt"
        done = subprocess.run(command, shell=True, cwd=world.root, capture_output=True)
        made += done.returncode == 0
    updating_run.communicate()
    assert world.git("log", "--format=%s").split("\n").count("mine") == made
    world.git("fsck", "--strict", "--no-dangling")
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=world.root, check=True)
    world.update()
    assert world.hand.read(PATH) == MERGED
    assert not world.is_dirty()
