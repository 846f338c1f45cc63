"""Updates in the repositories that people have: settings, places, clones, things under way."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import GitopsgenError, UnavailableError, UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.update import update_repository
from tests.lifecycle.release import FIRST, MERGED, PATH, SECOND, edited_world
from tests.lifecycle.scenarios import README, RELEASED
from tests.lifecycle.world import Hand, World, git, merged_state

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.lifecycle.update import Outcome

THIRD = {PATH: RELEASED.replace("port: 80", "port: 8080"), "README.md": README}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository with an edit, and blueprints with a new version."""
    world = edited_world(tmp_path)
    world.set_blueprints(SECOND)
    return world


def update(world: World, root: Path) -> Outcome:
    """Update `root`, which has to come to the merged values, all committed."""
    outcome = update_repository(root, world.catalogue)
    assert outcome.is_clean
    assert outcome.commit
    assert (root / PATH).read_bytes().replace(b"\r\n", b"\n").decode() == MERGED
    assert git(root, "show", f"HEAD:{PATH}") == MERGED
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "rev-parse", "HEAD").strip() == outcome.commit
    return outcome


def refuse(world: World, root: Path, match: str) -> GitopsgenError:
    """Update `root`, which has to be refused with nothing changed."""
    before = merged_state(root), git(root, "for-each-ref")
    with pytest.raises(GitopsgenError, match=match) as caught:
        update_repository(root, world.catalogue)
    assert (merged_state(root), git(root, "for-each-ref")) == before
    assert "Traceback" not in str(caught.value)
    return caught.value


def clone(world: World, *options: str) -> Path:
    """A clone of the repository, over git's own protocol rather than by links to its files."""
    root = world.folder / "clone"
    world.git("config", "uploadpack.allowFilter", "true")
    git(world.folder, "clone", "--quiet", *options, f"file://{world.root}", str(root))
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.net")
    return root


def test_a_subfolder_stands_for_its_repository(world: World) -> None:
    assert update_repository(world.root / "components/web", world.catalogue).root == world.root
    assert world.hand.read(PATH) == MERGED


def test_a_fresh_clone_finds_the_renders_of_its_remote(world: World) -> None:
    root = clone(world)
    update(world, root)
    assert git(root, "rev-parse", f"{RENDER_BRANCH}~1") == world.git("rev-parse", RENDER_BRANCH)


@pytest.mark.parametrize(
    "options",
    [
        ("--single-branch",),
        ("--depth=1",),
        ("--depth=1", "--no-single-branch"),
        ("--filter=blob:none",),
        ("--filter=tree:0",),
        ("--filter=blob:none", "--single-branch"),
        ("--origin=upstream",),
    ],
    ids=" ".join,
)
def test_clones_that_have_not_all(world: World, options: tuple[str, ...]) -> None:
    update(world, clone(world, *options))


def test_a_clone_of_one_branch_fetches_the_renders_and_says_so(world: World) -> None:
    world.git("switch", "--quiet", "--orphan", "fresh")
    world.git("checkout", "--quiet", "main", "--", ".")
    world.commit("Start over")
    world.git("branch", "--quiet", "-D", "main")
    root = clone(world, "--single-branch")
    assert update(world, root).notes == ("gitopsgen/render was fetched from origin",)


@pytest.mark.parametrize("url", ["/nowhere", "https://127.0.0.1:1/owner/home.git"])
def test_a_remote_out_of_reach_is_not_needed_where_history_has_the_base(
    world: World, url: str
) -> None:
    root = clone(world)
    git(root, "branch", "--remotes", "--delete", f"origin/{RENDER_BRANCH}")
    git(root, "remote", "set-url", "origin", url)
    update(world, root)


def test_a_lost_base_is_rendered_again_and_said(world: World) -> None:
    world.set_blueprints(FIRST)
    lose_base(world)
    outcome = update_repository(world.root, world.catalogue)
    assert outcome.is_clean
    assert outcome.notes == ("the render that this repository is based on was lost: made again",)
    world.set_blueprints(SECOND)
    update(world, world.root)


def test_a_lost_base_that_cannot_be_made_again_loses_nobodys_edit(world: World) -> None:
    lose_base(world)
    outcome = update_repository(world.root, world.catalogue)
    assert "cannot make it again" in outcome.notes[0]
    assert "logging: debug" in world.hand.read(PATH)
    world.set_blueprints(THIRD)
    update_repository(world.root, world.catalogue)
    assert "port: 8080" in world.hand.read(PATH)


def lose_base(world: World) -> None:
    """Start over with the files as they are: no render is left."""
    world.git("switch", "--quiet", "--orphan", "fresh")
    world.git("checkout", "--quiet", "main", "--", ".")
    world.commit("Start over")
    world.git("branch", "--quiet", "-D", "main", RENDER_BRANCH)


def test_a_forged_trailer_is_not_taken_for_a_render(world: World) -> None:
    trailer = world.git("log", "-1", "--format=%B", RENDER_BRANCH)
    tree = world.git("rev-parse", "main^{tree}").strip()
    forged = world.git("commit-tree", tree, "-m", trailer).strip()
    world.git("update-ref", f"refs/heads/{RENDER_BRANCH}", forged)
    update(world, world.root)


def test_renders_of_two_people_are_joined(world: World) -> None:
    root = clone(world)
    update(world, root)
    # The other one has changed cluster.yaml, so the renders differ.
    world.hand.edit("cluster.yaml", "name: home", "# ours\nname: home")
    world.commit()
    update(world, world.root)
    git(root, "fetch", "--quiet")
    tips = git(root, "rev-parse", RENDER_BRANCH, f"origin/{RENDER_BRANCH}").split()
    assert len(set(tips)) == 2
    world.set_blueprints(THIRD)
    assert update_repository(root, world.catalogue).is_clean
    assert git(root, "log", "-1", "--format=%P", RENDER_BRANCH).split() == tips
    git(root, "push", "--quiet", "origin", RENDER_BRANCH)


def test_a_linked_work_tree_and_a_branch_elsewhere(world: World) -> None:
    side = world.folder / "side"
    world.git("worktree", "add", "--quiet", "-b", "side", str(side))
    main = merged_state(world.root)
    update(world, side)
    assert merged_state(world.root) == main
    update(world, world.root)


def test_renders_that_are_checked_out_elsewhere(world: World) -> None:
    side = world.folder / "side"
    world.git("worktree", "add", "--quiet", str(side), RENDER_BRANCH)
    error = refuse(world, world.root, "is checked out in")
    assert str(side) in error.message


def test_the_vendor_branch_itself_is_refused(world: World) -> None:
    world.git("switch", "--quiet", RENDER_BRANCH)
    refuse(world, world.root, "holds renders and nothing else")


def test_a_submodule_of_another_repository(world: World, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    git(tmp_path, "init", "--quiet", str(outer))
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", str(world.root), "home")
    root = outer / "home"
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.net")
    update(world, root)


def test_a_tag_of_the_name_of_the_vendor_branch(world: World) -> None:
    world.git("tag", RENDER_BRANCH, "main")
    update(world, world.root)


@pytest.mark.parametrize("name", ["a b", "a\nb", "a\n", "a\x0b\u2028\x85", b"a\xff\xfe", '-"$(x)'])
def test_folders_of_any_name(world: World, name: str | bytes) -> None:
    root = world.folder / os.fsdecode(name)
    world.root.rename(root)
    world.root = root
    world.hand = Hand(root)
    update(world, root)


@pytest.mark.parametrize(
    "settings",
    [
        ("core.autocrlf=true",),
        ("core.autocrlf=input", "core.safecrlf=true"),
        ("core.fileMode=false",),
        ("core.splitIndex=true",),
        ("core.untrackedCache=true",),
        ("index.version=4",),
        ("core.quotePath=false", "color.ui=always"),
        ("merge.ff=only", "pull.rebase=true"),
        ("diff.external=false", "diff.noprefix=true"),
        ("log.showSignature=true", "format.pretty=oneline"),
        ("commit.cleanup=scissors", "core.commentChar=;"),
        ("status.branch=true", "status.short=true", "status.showStash=true"),
        ("push.gpgSign=true", "tag.gpgSign=true"),
        ("core.logAllRefUpdates=false",),
        ("gc.auto=1",),
        ("advice.detachedHead=false", "core.abbrev=40"),
        ("i18n.commitEncoding=ISO-8859-1", "i18n.logOutputEncoding=ISO-8859-1"),
        ("core.sparseCheckout=true",),
        ("log.follow=true", "log.date=relative"),
        ("core.fsmonitor=false", "feature.manyFiles=true"),
        ("fetch.prune=true", "fetch.writeCommitGraph=true"),
        ("core.pager=false", "core.editor=false", "core.askPass=false"),
    ],
    ids=" ".join,
)
def test_settings_that_people_have(world: World, settings: tuple[str, ...]) -> None:
    for setting in settings:
        world.git("config", *setting.split("=", 1))
    world.git("rm", "--quiet", "-r", "--cached", ".")
    world.git("reset", "--quiet", "--hard")
    update(world, world.root)


def test_a_sparse_checkout_stays_sparse(world: World) -> None:
    world.set_blueprints({**SECOND, "README.md": README + "\nMore.\n"})
    world.git("sparse-checkout", "set", "--no-cone", "components", "/cluster.yaml", "/.gitopsgen")
    assert not (world.root / "README.md").exists()
    update(world, world.root)
    assert not (world.root / "README.md").exists()
    assert world.git("show", "HEAD:README.md").endswith("More.\n")


def test_hooks_are_not_run(world: World) -> None:
    hooks = world.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    world.git("config", "core.hooksPath", str(hooks))
    for name in (
        "pre-commit",
        "post-checkout",
        "post-merge",
        "reference-transaction",
        "commit-msg",
    ):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{world.folder}/ran'\nexit 1\n")
        (hooks / name).chmod(0o755)
    outcome = update_repository(world.root, world.catalogue)
    assert outcome.commit
    assert not (world.folder / "ran").exists()


def test_variables_of_a_hook_point_nowhere_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.folder / "other"
    git(world.folder, "init", "--quiet", str(other))
    before = sorted(path.name for path in (other / ".git").iterdir())
    with monkeypatch.context() as patched:
        patched.setenv("GIT_DIR", str(other / ".git"))
        patched.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
        patched.setenv("GIT_WORK_TREE", str(other))
        patched.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
        outcome = update_repository(world.root, world.catalogue)
    assert world.git("rev-parse", "HEAD").strip() == outcome.commit
    assert sorted(path.name for path in (other / ".git").iterdir()) == before


@pytest.mark.parametrize("only_config", [False, True])
def test_without_an_identity_gitopsgen_is_the_author_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, only_config: bool
) -> None:
    world.git("config", "--unset", "user.name")
    world.git("config", "--unset", "user.email")
    world.git("config", "user.useConfigOnly", str(only_config or True).lower())
    assert "git knows no name for you" in update(world, world.root).notes[0]
    assert world.git("log", "-1", "--format=%an") == "gitopsgen\n"


def sign_with_ssh(world: World) -> None:
    key = world.folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingKey", str(key))
    world.git("config", "commit.gpgSign", "true")


def test_a_merge_is_signed_where_commits_are(world: World) -> None:
    sign_with_ssh(world)
    update(world, world.root)
    assert "gpgsig" in world.git("cat-file", "commit", "HEAD")
    assert "gpgsig" not in world.git("cat-file", "commit", RENDER_BRANCH)


def test_a_signature_that_fails_moves_nothing_of_the_persons(world: World) -> None:
    sign_with_ssh(world)
    (world.folder / "key").unlink()
    before = merged_state(world.root)
    with pytest.raises(UnavailableError, match="key"):
        update_repository(world.root, world.catalogue)
    assert merged_state(world.root) == before
    world.git("config", "commit.gpgSign", "false")
    update(world, world.root)


@pytest.mark.parametrize(
    ("command", "match"),
    [
        (("merge", "--no-edit", "other"), "a merge is under way"),
        (("rebase", "other"), "a rebase is under way"),
        (("cherry-pick", "other"), "a cherry-pick is under way"),
        (("revert", "--no-edit", "HEAD~1"), "a revert is under way"),
    ],
)
def test_nothing_is_mixed_with_what_is_under_way(
    world: World, command: tuple[str, ...], match: str
) -> None:
    world.git("switch", "--quiet", "--create", "other", "HEAD~1")
    world.hand.edit(PATH, "logging: info", "logging: warn")
    world.commit()
    world.git("switch", "--quiet", "main")
    world.hand.edit(PATH, "logging: debug", "logging: trace")
    world.commit()
    done = subprocess.run(["git", *command], cwd=world.root, capture_output=True)
    assert done.returncode != 0
    error = refuse(world, world.root, match)
    assert "--abort" in error.hint


def test_an_index_that_another_git_holds(world: World) -> None:
    (world.root / ".git/index.lock").touch()
    before = merged_state(world.root)
    with pytest.raises(UnavailableError, match=r"index\.lock exists"):
        update_repository(world.root, world.catalogue)
    assert merged_state(world.root) == before
    (world.root / ".git/index.lock").unlink()
    update(world, world.root)


@pytest.mark.parametrize("staged", [False, True])
def test_changes_that_are_not_committed(world: World, staged: bool) -> None:
    world.hand.edit("README.md", "One subnet.", "Two subnets.")
    if staged:
        world.git("add", "README.md")
    error = refuse(world, world.root, r"not committed: README\.md")
    assert "git stash" in error.hint


def test_folders_that_are_no_repository(world: World, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    with pytest.raises(UsageError, match="not in a git work tree"):
        update_repository(plain, world.catalogue)
    git(plain, "init", "--quiet")
    with pytest.raises(UsageError, match="has no commit yet"):
        update_repository(plain, world.catalogue)
    git(plain, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--allow-empty", "-qm", "x")
    with pytest.raises(UsageError, match=r"has no \.gitopsgen/lock\.yaml"):
        update_repository(plain, world.catalogue)
    git(tmp_path, "clone", "--quiet", "--bare", str(world.root), "bare")
    for folder in (tmp_path / "bare", world.root / ".git"):
        with pytest.raises(UsageError, match="not in a git work tree"):
            update_repository(folder, world.catalogue)


def test_a_repository_of_somebody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        # git's own test switch for "this is somebody else's".
        patched.setattr(
            "gitopsgen.lifecycle.git.environment",
            lambda: {**os.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "LC_ALL": "C"},
        )
        with pytest.raises(UsageError, match="dubious ownership"):
            update_repository(world.root, world.catalogue)


def fake_git(world: World, monkeypatch: pytest.MonkeyPatch, condition: str) -> None:
    """Put a git on PATH that fails as an old one where a shell pattern fits its arguments."""
    real = shutil.which("git")
    folder = world.folder / "bin"
    folder.mkdir()
    (folder / "git").write_text(
        f'#!/bin/sh\ncase "$*" in {condition}) echo "usage: git merge-tree" >&2; exit 129 ;; esac\n'
        f'exec {real} "$@"\n'
    )
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_git_that_is_too_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = merged_state(world.root)
    with monkeypatch.context() as patched:
        fake_git(world, patched, "*--write-tree*")
        with pytest.raises(UnavailableError, match="git cannot merge") as caught:
            update_repository(world.root, world.catalogue)
    assert "git 2.38" in caught.value.hint
    assert merged_state(world.root) == before


def test_no_git_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UnavailableError, match="git cannot be run"):
        update_repository(world.root, world.catalogue)


def test_names_of_objects_by_sha256(world: World) -> None:
    root = world.folder / "sha256"
    git(
        world.folder, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "sha256"
    )
    exported = git(world.root, "fast-export", "--all").encode()
    git(root, "fast-import", "--quiet", input=exported)
    git(root, "reset", "--quiet", "--hard", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.net")
    assert len(update(world, root).commit) == 64
