"""Updates in repositories that a person has set up in ways of their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.update import update_repository
from tests.lifecycle.release import FIRST, MERGED, PATH, SECOND, edited_world
from tests.lifecycle.scenarios import README, RELEASED, VALUES
from tests.lifecycle.test_update_matrix import update_as_git
from tests.lifecycle.world import World, git, merged_state

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository with an edit by hand."""
    return edited_world(tmp_path)


def hook(world: World, name: str) -> None:
    path = world.root / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    "commands",
    [
        "update-index --split-index",
        "pack-refs --all",
        "gc --quiet",
        "update-index --index-version 4",
        "config index.threads 2",
        "config core.untrackedCache true",
        "config core.quotePath true",
        "config core.fileMode false",
        "config core.abbrev 40",
        "config core.preloadIndex false",
        "config core.ignoreCase true",
        "config status.showUntrackedFiles all",
        "config status.relativePaths true",
        "config status.branch true",
        "config status.short true",
        "config color.ui always",
        "config diff.renames copies",
        "config diff.noprefix true",
        "config diff.orderFile nowhere",
        "config log.showSignature true",
        "config log.decorate full",
        "config log.follow true",
        "config merge.ff only",
        "config merge.verbosity 5",
        "config merge.autoStash true",
        "config merge.conflictStyle merge",
        "config i18n.commitEncoding ISO-8859-1",
        "config i18n.logOutputEncoding ISO-8859-1",
        "config commit.cleanup verbatim",
        "config core.commentChar ;",
        "config core.compression 0",
        "config core.sharedRepository group",
        "config gc.auto 1",
        "config fetch.prune true",
        "config advice.detachedHead true",
        "config push.default nothing",
        "config alias.merge-tree status",
        "config core.pager false",
        "config pager.diff true",
        "config core.editor false",
        "config core.logAllRefUpdates false",
        "config transfer.fsckObjects true",
        "tag gitopsgen/render",
        "tag HEAD",
        "branch refs/heads/gitopsgen/render",
    ],
)
def test_a_persons_settings_change_nothing_about_the_result(world: World, commands: str) -> None:
    world.git(*commands.split())
    world.set_blueprints(SECOND)
    outcome = world.update()
    assert outcome.is_clean
    assert world.hand.read(PATH) == MERGED
    assert git(world.root, "--no-pager", "status", "--porcelain", "--no-branch") == ""
    assert world.update().commit == ""


@pytest.mark.parametrize(
    "name", ["pre-commit", "pre-merge-commit", "commit-msg", "post-merge", "reference-transaction"]
)
def test_hooks_are_not_run(world: World, name: str) -> None:
    hook(world, name)
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    assert not (world.root / "hook-ran").exists()


def test_a_git_directory_elsewhere(world: World, tmp_path: Path) -> None:
    world.git("init", "--quiet", f"--separate-git-dir={tmp_path / 'apart'}")
    assert (world.root / ".git").is_file()
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    assert world.hand.read(PATH) == MERGED
    assert not world.is_dirty()


def test_a_conflict_in_a_git_directory_elsewhere(world: World, tmp_path: Path) -> None:
    world.git("init", "--quiet", f"--separate-git-dir={tmp_path / 'apart'}")
    world.set_blueprints({PATH: VALUES.replace("logging: info", "logging: warn")})
    assert not world.update().is_clean
    assert (tmp_path / "apart/MERGE_HEAD").exists()
    world.git("merge", "--abort")
    assert not world.is_dirty()


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.yaml", b"a\nb.yaml", b'"quoted".yaml', b"back\\slash", b"tab\t", b" "]
)
def test_any_name_of_a_file_by_hand(world: World, name: bytes) -> None:
    base = world.render()
    (world.root / os.fsdecode(name)).write_bytes(b"mine\n")
    world.commit()
    world.set_blueprints({**SECOND, "README.md": README + "\nMore.\n"})
    assert update_as_git(world, base).is_clean
    assert (world.root / os.fsdecode(name)).read_bytes() == b"mine\n"


def test_a_name_that_is_not_utf_8_in_a_conflict(world: World) -> None:
    # The blueprints delete what the person has moved to such a name and changed.
    base = world.render()
    name = os.fsdecode(b"\xffvalues.yaml")
    world.hand.move(PATH, name)
    world.hand.edit(name, "replicas: 2", "replicas: 3")
    world.commit()
    world.set_blueprints(SECOND | {PATH: RELEASED.replace("replicas: 2", "replicas: 4")})
    assert update_as_git(world, base).conflicts == (name,)
    world.git("merge", "--abort")
    assert not world.is_dirty()


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_file_that_git_is_told_not_to_look_at_is_in_the_way(world: World, flag: str) -> None:
    world.git("update-index", flag, PATH)
    world.hand.edit(PATH, "replicas: 2", "replicas: 17")
    before = merged_state(world.root)
    world.set_blueprints(SECOND)
    with pytest.raises(UsageError, match="are in the way") as caught:
        world.update()
    assert PATH in caught.value.message
    assert merged_state(world.root) == before


def test_a_sparse_work_tree_stays_sparse(world: World) -> None:
    world.git("sparse-checkout", "set", "--cone", ".gitopsgen")
    assert not (world.root / PATH).exists()
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    assert not (world.root / PATH).exists()
    assert world.git("show", f"HEAD:{PATH}") == MERGED
    assert not world.is_dirty()


def test_a_signature_that_cannot_be_made_leaves_all_as_it_was(world: World) -> None:
    world.git("config", "commit.gpgSign", "true")
    world.git("config", "gpg.program", "false")
    world.set_blueprints(SECOND)
    before = merged_state(world.root)
    with pytest.raises(UnavailableError, match="sign"):
        world.update()
    assert merged_state(world.root) == before
    world.git("config", "commit.gpgSign", "false")
    assert world.update().is_clean


def test_a_repository_with_sha256_names(tmp_path: Path) -> None:
    world = World(tmp_path, FIRST)
    world.hand.remove(".git")
    world.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    world.git("config", "user.name", "Ada")
    world.git("config", "user.email", "ada@example.net")
    base = world.render()
    world.commit()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == MERGED


@pytest.mark.parametrize("driver", ["true", "cp %B %A", "false"])
def test_a_merge_driver_of_the_persons_decides(world: World, driver: str) -> None:
    base = world.render()
    world.git("config", "merge.mine.driver", driver)
    world.hand.write(".gitattributes", f"{PATH} merge=mine\n")
    world.hand.edit(PATH, "tag: v1", "tag: ours")
    world.commit()
    world.set_blueprints(SECOND)
    outcome = update_as_git(world, base)
    assert outcome.is_clean == (driver != "false")
    if outcome.is_clean:
        assert ("tag: ours" in world.hand.read(PATH)) == (driver == "true")


def test_a_work_tree_of_a_bare_clone(world: World, tmp_path: Path) -> None:
    bare, root = tmp_path / "bare.git", tmp_path / "side"
    git(tmp_path, "clone", "--quiet", "--bare", str(world.root), str(bare))
    git(bare, "config", "user.name", "Ada")
    git(bare, "config", "user.email", "ada@example.net")
    git(bare, "worktree", "add", "--quiet", str(root), "main")
    world.set_blueprints(SECOND)
    assert update_repository(root, world.catalogue).commit
    assert (root / PATH).read_text() == MERGED
    assert git(root, "status", "--porcelain") == ""
    with pytest.raises(UsageError, match="is not in a git work tree"):
        update_repository(bare, world.catalogue)
