"""Several updates, and what people do to history in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.update import update_repository
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE
from tests.lifecycle.release import FIRST, PATH, SECOND
from tests.lifecycle.scenarios import README, RELEASED, RULES, VALUES
from tests.lifecycle.test_update_matrix import update_as_git
from tests.lifecycle.world import CLUSTER, World, git, merged_state

if TYPE_CHECKING:
    from pathlib import Path

THIRD = {PATH: RELEASED.replace("port: 80", "port: 8080"), "README.md": README + "\nMore.\n"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, FIRST)


def conflicting(world: World) -> None:
    """Let the person and the blueprints change the same line."""
    world.hand.edit(PATH, "tag: v1", "tag: ours")
    world.commit()
    world.set_blueprints(SECOND)


def test_two_updates_in_a_row_with_edits_before_and_between(world: World) -> None:
    base = world.render()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    base = world.render()
    world.hand.edit(PATH, "replicas: 2", "replicas: 3")
    world.commit()
    world.set_blueprints(THIRD)
    assert update_as_git(world, base).is_clean
    right = THIRD[PATH].replace("logging: info", "logging: debug")
    assert world.hand.read(PATH) == right.replace("replicas: 2", "replicas: 3")


def test_a_merge_commit_has_both_histories_and_the_persons_name(world: World) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    before = world.commit()
    world.set_blueprints(SECOND)
    outcome = world.update()
    assert world.git("rev-parse", "HEAD").strip() == outcome.commit
    render = world.git("rev-parse", RENDER_BRANCH).strip()
    assert world.git("log", "-1", "--format=%P|%an|%cn|%s").strip() == (
        f"{before} {render}|Ada|Ada|Update from cluster.yaml and the blueprints"
    )
    assert world.git("log", "-1", "--format=%an", RENDER_BRANCH).strip() == "gitopsgen"


def test_with_nothing_new_there_is_nothing_to_do(world: World) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    head = world.commit()
    before = merged_state(world.root), world.git("for-each-ref")
    outcome = world.update()
    assert (outcome.is_clean, outcome.commit, outcome.changes) == (True, "", ())
    assert (merged_state(world.root), world.git("for-each-ref")) == before
    assert world.git("rev-parse", "HEAD").strip() == head


def test_an_update_after_an_update_has_nothing_to_do(world: World) -> None:
    world.set_blueprints(SECOND)
    assert world.update().commit
    before = world.git("for-each-ref")
    assert world.update().commit == ""
    assert world.git("for-each-ref") == before


def test_a_conflict_is_resolved_and_the_next_update_builds_on_it(world: World) -> None:
    base = world.render()
    conflicting(world)
    outcome = update_as_git(world, base)
    assert outcome.conflicts == (PATH,)
    assert outcome.messages == (f"CONFLICT (content): Merge conflict in {PATH}",)
    assert world.git("rev-parse", "MERGE_HEAD") == world.git("rev-parse", RENDER_BRANCH)
    world.hand.write(PATH, RELEASED.replace("tag: v2", "tag: v2-ours"))
    world.git("add", PATH)
    world.git("commit", "--quiet", "--no-edit", "--cleanup=strip")
    assert world.git("log", "-1", "--format=%B").strip() == outcome.subject
    assert world.git("log", "-1", "--format=%P").split()[1:] == [
        world.git("rev-parse", RENDER_BRANCH).strip()
    ]
    assert world.update().commit == ""
    base = world.render()
    world.set_blueprints(THIRD)
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == THIRD[PATH].replace("tag: v2", "tag: v2-ours")


def test_a_conflict_is_taken_back_and_met_again(world: World) -> None:
    base = world.render()
    conflicting(world)
    before = merged_state(world.root)
    first = update_as_git(world, base)
    world.git("merge", "--abort")
    assert merged_state(world.root) == before
    assert update_as_git(world, base) == first
    world.git("merge", "--abort")
    # Newer blueprints do not stumble over the render that was made and not taken.
    world.set_blueprints(THIRD)
    assert update_as_git(world, base).conflicts == (PATH,)


def test_while_a_conflict_is_open_nothing_else_is_begun(world: World) -> None:
    conflicting(world)
    world.update()
    before = merged_state(world.root), world.git("for-each-ref")
    with pytest.raises(UsageError, match="a merge is under way") as caught:
        world.update()
    assert "git merge --abort" in caught.value.hint
    assert (merged_state(world.root), world.git("for-each-ref")) == before


def test_an_update_is_taken_back_by_reset(world: World) -> None:
    base = world.render()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    before = world.commit()
    world.set_blueprints(SECOND)
    world.update()
    world.git("reset", "--quiet", "--hard", "ORIG_HEAD")
    assert world.git("rev-parse", "HEAD").strip() == before
    assert update_as_git(world, base).is_clean


def test_an_update_that_came_by_a_squash_merge(world: World) -> None:
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.git("switch", "--quiet", "--create", "update")
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    world.git("switch", "--quiet", "main")
    world.git("merge", "--quiet", "--squash", "update")
    world.commit("Update (squashed)")
    assert world.git("log", "--merges", "--format=%H") == ""
    base = world.render()
    world.git("branch", "--quiet", "--delete", "--force", "update")
    world.hand.edit(PATH, "replicas: 2", "replicas: 3")
    world.commit()
    world.set_blueprints(THIRD)
    assert update_as_git(world, base).is_clean
    right = THIRD[PATH].replace("logging: info", "logging: debug")
    assert world.hand.read(PATH) == right.replace("replicas: 2", "replicas: 3")


def test_a_history_that_was_rebased_onto_nothing(world: World) -> None:
    base = world.render()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    base = world.render()
    # All of it in one commit that shares no history with the renders.
    world.git("checkout", "--quiet", "--orphan", "fresh")
    world.commit("Start over")
    world.git("branch", "--quiet", "--delete", "--force", "main")
    world.set_blueprints(THIRD)
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == THIRD[PATH].replace("logging: info", "logging: debug")


def test_commits_that_were_rebased_carry_a_trailer_and_are_no_render(world: World) -> None:
    base = world.render()
    # An edit is amended into the very commit that the trailer marks as a render.
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.git("add", "--all")
    world.git("commit", "--quiet", "--amend", "--no-edit")
    assert "Gitopsgen-Render" in world.git("log", "-1", "--format=%B")
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == RELEASED.replace("logging: info", "logging: debug")


def test_an_update_that_was_reverted_comes_again(world: World) -> None:
    base = world.render()
    world.set_blueprints(SECOND)
    world.update()
    world.git("revert", "--no-edit", "--mainline", "1", "HEAD")
    assert world.hand.read(PATH) == VALUES
    # lock.yaml was reverted as well, so it says what the files are based on.
    assert update_as_git(world, base).is_clean
    assert world.hand.read(PATH) == RELEASED


@pytest.mark.parametrize("style", ["diff3", "zdiff3"])
def test_the_persons_style_of_conflicts_is_used(world: World, style: str) -> None:
    world.git("config", "merge.conflictStyle", style)
    conflicting(world)
    world.update()
    lines = world.hand.read(PATH).splitlines()
    start = lines.index("<<<<<<< HEAD")
    assert lines[start + 1] == "  tag: ours"
    assert lines[start + 2].startswith("||||||| ")
    assert lines[start + 3 : start + 7] == [
        "  tag: v1",
        "=======",
        "  tag: v2",
        f">>>>>>> {RENDER_BRANCH}",
    ]


@pytest.mark.parametrize("setting", ["merge.renames=false", "merge.directoryRenames=true"])
def test_the_persons_settings_for_merges_are_used(world: World, setting: str) -> None:
    world.git("config", *setting.split("="))
    base = world.render()
    world.hand.move("components/web", "components/shop")
    world.commit()
    world.set_blueprints({**SECOND, "components/web/extra.yaml": RULES})
    outcome = update_as_git(world, base)
    assert outcome.is_clean == (setting == "merge.directoryRenames=true")


def test_the_persons_line_ends_are_used(world: World) -> None:
    world.git("config", "core.autocrlf", "true")
    world.git("rm", "--quiet", "--cached", "-r", ".")
    world.git("reset", "--quiet", "--hard")
    base = world.render()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    right = RELEASED.replace("logging: info", "logging: debug")
    assert world.hand.read(PATH) == right.replace("\n", "\r\n")
    assert world.git("show", f"HEAD:{PATH}") == right


def test_cluster_yaml_changed_by_hand_is_rendered_and_stays_as_it_is(tmp_path: Path) -> None:
    world = World(tmp_path, {"README.md": "# #{ cookiecutter._cluster.domain }#\n"})
    base = world.render()
    text = CLUSTER.replace("domain: example.net", "domain: 'example.org'   # moved")
    world.hand.write(CLUSTER_FILE, text)
    world.commit()
    assert update_as_git(world, base).changes == (
        ("M", LOCK_FILE),
        ("M", "README.md"),
    )
    assert world.hand.read(CLUSTER_FILE) == text
    assert world.hand.read("README.md") == "# example.org\n"


WITH_COMPONENTS = CLUSTER.replace("components: {}", "components: {web: {}, wiki: {}}")
OF_WEB = {"apps/web.yaml": RULES, PATH: VALUES}
OF_WIKI = {"apps/wiki.yaml": RULES, "components/wiki/values.yaml": README}


def test_a_component_that_is_removed_leaves_a_conflict_where_it_was_edited(tmp_path: Path) -> None:
    world = World(
        tmp_path, {"README.md": README}, {"web": OF_WEB, "wiki": OF_WIKI}, WITH_COMPONENTS
    )
    base = world.render()
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.hand.edit(CLUSTER_FILE, "{web: {}, wiki: {}}", "{wiki: {}}")
    world.commit()
    outcome = update_as_git(world, base)
    assert outcome.conflicts == (PATH,)
    assert not (world.root / "apps/web.yaml").exists()
    assert "logging: debug" in world.hand.read(PATH)
    assert world.hand.read("apps/wiki.yaml") == RULES


def test_a_component_that_is_added_comes_beside_what_is_there(tmp_path: Path) -> None:
    both = {"web": OF_WEB, "wiki": OF_WIKI}
    only = CLUSTER.replace("components: {}", "components: {wiki: {}}")
    world = World(tmp_path, {"README.md": README}, both, only)
    base = world.render()
    world.hand.edit("components/wiki/values.yaml", "One subnet.", "Two subnets.")
    world.hand.write("apps/mine.yaml", "kind: Application\n")
    world.hand.edit(CLUSTER_FILE, "{wiki: {}}", "{web: {}, wiki: {}}")
    world.commit()
    outcome = update_as_git(world, base)
    assert outcome.is_clean
    assert ("A", "apps/web.yaml") in outcome.changes
    assert world.hand.read("apps/mine.yaml") == "kind: Application\n"
    assert "Two subnets." in world.hand.read("components/wiki/values.yaml")


def test_lock_yaml_is_never_in_conflict(world: World) -> None:
    # As after two branches that were updated each and merged by hand: any text with the digest.
    world.hand.edit(LOCK_FILE, "blueprints:", "# edited\nblueprints:")
    world.commit()
    world.set_blueprints(SECOND)
    lock = world.render()[LOCK_FILE]
    assert world.update().is_clean
    assert world.hand.read(LOCK_FILE) == lock.content.decode()


def test_a_lock_with_conflict_marks_is_named(world: World) -> None:
    world.hand.edit(LOCK_FILE, "blueprints:", "<<<<<<< HEAD\nblueprints:")
    world.commit()
    with pytest.raises(UsageError, match=r"lock\.yaml:"):
        world.update()


def test_files_that_git_does_not_track_stay(world: World) -> None:
    world.hand.write("notes.txt", "mine\n")
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    assert world.hand.read("notes.txt") == "mine\n"
    assert world.git("status", "--porcelain") == "?? notes.txt\n"


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("path", ["extra.yaml", "extra/deep.yaml"])
def test_a_file_that_git_does_not_track_is_never_overwritten(
    world: World, path: str, ignored: bool
) -> None:
    if ignored:
        (world.root / ".git/info").mkdir(exist_ok=True)
        world.hand.write(".git/info/exclude", "extra*\n")
    world.hand.write("extra.yaml" if path == "extra.yaml" else "extra", "mine\n")
    world.set_blueprints({**SECOND, path: RULES})
    before = merged_state(world.root)
    with pytest.raises(UsageError, match="are in the way") as caught:
        world.update()
    assert "extra" in caught.value.message
    assert merged_state(world.root) == before


def test_a_detached_head_moves_and_no_branch_does(world: World) -> None:
    world.git("checkout", "--quiet", "--detach")
    main = world.git("rev-parse", "main")
    base = world.render()
    world.set_blueprints(SECOND)
    assert update_as_git(world, base).is_clean
    assert world.git("rev-parse", "main") == main
    assert world.git("rev-parse", "--abbrev-ref", "HEAD") == "HEAD\n"


def test_a_work_tree_of_its_own(world: World, tmp_path: Path) -> None:
    world.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    main = merged_state(world.root)
    world.set_blueprints(SECOND)
    assert update_repository(tmp_path / "side", world.catalogue).is_clean
    assert (tmp_path / "side" / PATH).read_text() == RELEASED
    assert git(tmp_path / "side", "status", "--porcelain") == ""
    assert merged_state(world.root) == main


def test_a_submodule_stays(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "file").write_text("x\n")
    git(other, "add", "file")
    git(other, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    allow = ("-c", "protocol.file.allow=always")
    world.git(*allow, "submodule", "--quiet", "add", str(other), "libs/other")
    world.hand.edit(PATH, "logging: info", "logging: debug")
    world.commit()
    world.hand.write("libs/other/file", "edited in the submodule\n")
    world.set_blueprints(SECOND)
    assert world.update().is_clean
    assert world.hand.read(PATH) == RELEASED.replace("logging: info", "logging: debug")
    assert world.hand.read("libs/other/file") == "edited in the submodule\n"
    assert "160000" in world.git("ls-tree", "HEAD", "libs/other")
