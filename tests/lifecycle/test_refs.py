"""Locks of refs that a git leaves behind that was killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UnavailableError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.refs import clear_locks, noted, update_refs
from gitopsgen.lifecycle.workspace import open_workspace
from tests.lifecycle.scenarios import RELEASED, VALUES
from tests.lifecycle.world import World, git

if TYPE_CHECKING:
    from pathlib import Path

PATH = "components/web/values.yaml"
RENDER = f"refs/heads/{RENDER_BRANCH}"


class Killed(BaseException):
    """The end of a run that nothing is done after."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository whose blueprints have a new version."""
    world = World(tmp_path, {PATH: VALUES})
    world.set_blueprints({PATH: RELEASED})
    return world


def kill_git(world: World, root: Path, refs: list[str], commands: str) -> set[str]:
    """Kill a git that has prepared to change refs; returned are the locks that it leaves."""
    with contextlib.suppress(Killed), noted(open_workspace(root), refs):
        prepare_and_die(root, commands)
    return locks(world)


def prepare_and_die(root: Path, commands: str) -> None:
    command = ["git", "update-ref", "--stdin"]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(f"start\n{commands}\nprepare\n".encode())
        running.stdin.flush()
        said = [running.stdout.readline(), running.stdout.readline()]
        assert said == [b"start: ok\n", b"prepare: ok\n"]
        running.kill()
    raise Killed


def locks(world: World) -> set[str]:
    git_dir = world.root / ".git"
    return {str(path.relative_to(git_dir)) for path in git_dir.rglob("*.lock")} - {"gitopsgen.lock"}


@pytest.mark.parametrize(
    ("refs", "commands", "left"),
    [
        ([RENDER], f"update {RENDER} HEAD", {f"{RENDER}.lock"}),
        (["HEAD"], "update HEAD HEAD~0", {"HEAD.lock", "refs/heads/main.lock"}),
        ([RENDER], f"delete {RENDER}", {f"{RENDER}.lock", "packed-refs.lock"}),
    ],
)
def test_what_a_killed_git_has_left_is_removed(
    world: World, refs: list[str], commands: str, left: set[str]
) -> None:
    assert kill_git(world, world.root, refs, commands) == left
    outcome = world.update()
    assert outcome.commit == world.git("rev-parse", "HEAD").strip()
    assert locks(world) == set()
    assert not (world.root / ".git/gitopsgen-refs.json").exists()


def test_in_a_work_tree_of_its_own(world: World, tmp_path: Path) -> None:
    root = tmp_path / "side"
    world.git("worktree", "add", "--quiet", "-b", "side", str(root))
    left = kill_git(world, root, ["HEAD"], "update HEAD HEAD~0")
    assert left == {"worktrees/side/HEAD.lock", "refs/heads/side.lock"}
    # A run in another work tree of the repository comes first.
    assert world.update().commit
    assert locks(world) == set()
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")


def test_a_lock_that_was_there_before_is_anothers(world: World) -> None:
    lock = world.root / f".git/{RENDER}.lock"
    lock.touch()
    os.utime(lock, ns=(1, 1))
    before = world.git("for-each-ref")
    for _ in range(2):
        with pytest.raises(UnavailableError, match=r"render\.lock"):
            world.update()
        assert lock.exists()
        assert world.git("for-each-ref") == before


@pytest.mark.parametrize("text", ["", "{", "7", "[7]"])
def test_a_note_that_was_written_halfway(world: World, text: str) -> None:
    note = world.root / ".git/gitopsgen-refs.json"
    note.write_text(text)
    clear_locks(open_workspace(world.root))
    assert not note.exists()


def test_locks_of_the_future_do_not_keep_it_waiting(world: World) -> None:
    lock = world.root / f".git/{RENDER}.lock"
    note = world.root / ".git/gitopsgen-refs.json"
    lock.touch()
    note.write_text(json.dumps([str(lock)]))
    os.utime(lock, (2**32, 2**32))
    clear_locks(open_workspace(world.root))
    assert not lock.exists()


def test_no_note_is_left_where_all_went_well_or_git_refused(world: World) -> None:
    workspace = open_workspace(world.root)
    update_refs(workspace, [RENDER], RENDER, "HEAD")
    refused = update_refs(workspace, [RENDER], RENDER, "HEAD", "0" * 39 + "1", check=False)
    assert refused.status != 0
    assert not (world.root / ".git/gitopsgen-refs.json").exists()
