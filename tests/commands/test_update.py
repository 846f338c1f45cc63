from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gitopsgen import __version__
from gitopsgen.blueprints.render import JINJA_SETTINGS
from gitopsgen.lifecycle.create import RENDER_BRANCH
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import edit, git, make_repository
from tests.lifecycle.world import everything

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

VALUES = "components/whoami/values.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample."""
    return make_repository(tmp_path / "home")


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    """A file of a component of a person's own, which is installed in `root`."""
    component = tmp_path / "blueprints/whoami"
    template = component / "#{cookiecutter.name}#" / VALUES
    template.parent.mkdir(parents=True)
    (component / "blueprint.yaml").write_text(
        "name: whoami\nversion: 1\nsummary: s\nwave: 5\nnamespace: whoami\noptions: {}\n"
    )
    (component / "cookiecutter.json").write_text(
        json.dumps({"name": "home", "_jinja2_env_vars": JINJA_SETTINGS})
    )
    template.write_text("first: 1\nsecond: 2\nthird: 3\n")
    return template


@pytest.fixture
def own(root: Path, blueprint: Path) -> Path:
    """The sample with that component."""
    folder = blueprint.parents[4]
    edit(root, "cluster.yaml", "  loopia:", "  whoami: {}\n  loopia:")
    done = invoke("update", root, "--blueprints", folder)
    assert done.status == 0, done.out + done.err
    return root


def state(root: Path) -> tuple[str, str, str]:
    """Commits, refs and what is not committed."""
    return (
        git(root, "rev-parse", "HEAD"),
        git(root, "for-each-ref"),
        git(root, "status", "--porcelain"),
    )


def refused(root: Path, *parts: str) -> Result:
    """An update that is wrong usage, says all of `parts`, and changes nothing."""
    before = state(root)
    done = invoke("update", root)
    assert (done.status, done.out) == (2, "")
    for part in parts:
        assert part in done.err
    assert state(root) == before
    return done


def test_with_nothing_new_it_says_so(root: Path) -> None:
    before = state(root)
    done = invoke("update", root)
    assert done == Result(
        0, "nothing to do: the repository is up to date with its cluster.yaml\n", ""
    )
    assert state(root) == before


def test_a_change_in_cluster_yaml_is_merged_listed_and_validated(root: Path) -> None:
    edit(root, "README.md", "# home\n", "# home\n\nBy hand.\n")
    edit(root, "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    done = invoke("update", root)
    assert (done.status, done.err) == (0, "")
    head = git(root, "rev-parse", "HEAD")
    first, *rest = done.out.splitlines()
    assert first == f"Update from cluster.yaml and the blueprints: merged as {head[:10]}"
    assert "  removed  apps/loopia.yaml" in rest
    assert "  changed  README.md" in rest
    assert rest[-1].startswith("validated without charts: 0 errors")
    assert "By hand." in (root / "README.md").read_text()
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "log", "-1", "--format=%an|%P").split() == [
        f"Ada|{git(root, 'rev-parse', 'HEAD~1')}",
        git(root, "rev-parse", RENDER_BRANCH),
    ]
    assert "- loopia is removed" in git(root, "log", "-1", "--format=%B")
    git(root, "reset", "--quiet", "--hard", "ORIG_HEAD")
    assert (root / "apps/loopia.yaml").exists()


def test_a_folder_within_the_repository_will_do(root: Path) -> None:
    edit(root, "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    assert invoke("update", root / "components").status == 0
    assert not (root / "apps/loopia.yaml").exists()


def test_findings_after_the_merge_are_shown_and_are_the_status(root: Path) -> None:
    edit(
        root, "apps/ingress-nginx.yaml", "  project: platform", "  project: platform\n  porject: x"
    )
    edit(root, "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    done = invoke("update", root)
    assert done.status == 1
    assert "porject" in done.out
    assert "validated without charts: 1 errors" in done.out
    # Merged it is all the same: what is wrong was wrong before.
    assert git(root, "status", "--porcelain") == ""
    assert not (root / "apps/loopia.yaml").exists()


def test_a_wrong_cluster_yaml_is_all_that_is_said(root: Path) -> None:
    edit(root, "cluster.yaml", "zones: [example.net]", "zones: [nowhere]")
    edit(root, "cluster.yaml", "gateway:", "getaway:")
    before = state(root)
    done = invoke("update", root)
    assert (done.status, done.err) == (2, "")
    assert "components.loopia.zones[0]" in done.out
    assert "getaway" in done.out
    assert "cluster.yaml" in done.out
    assert state(root) == before


def test_conflicts_are_listed_with_both_ways_out(own: Path, blueprint: Path) -> None:
    edit(own, VALUES, "second: 2", "second: mine")
    blueprint.write_text("first: 1\nsecond: theirs\nthird: 3\n")
    done = invoke("update", own)
    assert (done.status, done.err) == (4, "")
    assert done.out == (
        "Update from cluster.yaml and the blueprints: these need you\n"
        f"  conflict {VALUES}\n"
        f"    CONFLICT (content): Merge conflict in {VALUES}\n"
        "\nEdit them, then `git add` each and `git commit`: that finishes the update."
        "\nTo go back to where you were: git merge --abort\n"
    )
    assert (own / VALUES).read_text() == (
        "first: 1\n<<<<<<< HEAD\nsecond: mine\n=======\nsecond: theirs\n"
        ">>>>>>> gitopsgen/render\nthird: 3\n"
    )
    refused(own, "a merge is under way", "git merge --abort")
    (own / VALUES).write_text("first: 1\nsecond: both\nthird: 3\n")
    git(own, "add", VALUES)
    git(own, "commit", "--quiet", "--no-edit")
    assert invoke("update", own).out.startswith("nothing to do")


def test_many_changes_are_counted(own: Path, blueprint: Path) -> None:
    for number in range(30):
        (blueprint.parent / f"file{number:02}.yaml").write_text("a: 1\n")
    done = invoke("update", own)
    assert done.status == 0
    listed = done.out.partition("more: git show --stat")[0].splitlines()[1:]
    assert len(listed) == 21
    assert listed[0] == "  changed  .gitopsgen/lock.yaml"
    assert listed[-1] == "  and 11 "


@pytest.mark.parametrize("conflict", [False, True])
def test_a_dry_run_shows_a_diff_and_touches_nothing(
    own: Path, blueprint: Path, conflict: bool
) -> None:
    edit(own, VALUES, "second: 2", "second: mine")
    second = "theirs" if conflict else "2"
    blueprint.write_text(
        f"first: one\nthird: 3\nsecond: {second}\n"
        if conflict
        else "zero: 0\nfirst: 1\nsecond: 2\nthird: 3\n"
    )
    git(own, "status")
    before = everything(own)
    done = invoke("update", own, "--dry-run")
    assert everything(own) == before
    assert done.status == 0
    assert f"diff --git a/{VALUES} b/{VALUES}\n" in done.out
    if conflict:
        assert done.err == f"these would be in conflict: {VALUES}\n"
        # The marks are those that the update then leaves.
        assert invoke("update", own).status == 4
        added = [line[1:] for line in done.out.split("\n") if line.startswith("+")]
        written = (own / VALUES).read_text()
        for mark in ("<<<<<<< HEAD", ">>>>>>> gitopsgen/render"):
            assert mark in added
            assert mark in written.split("\n")
    else:
        assert done.err == ""
        assert "+zero: 0\n" in done.out
        # It is what the update then brings.
        assert invoke("update", own).status == 0
        assert git(own, "diff", "ORIG_HEAD", "HEAD") in done.out.rstrip("\n")


def test_a_dry_run_with_nothing_new(root: Path) -> None:
    before = everything(root)
    assert invoke("update", root, "--dry-run") == Result(0, "nothing would change\n", "")
    assert everything(root) == before


def test_a_dry_run_is_colored_on_a_terminal_only(own: Path, blueprint: Path) -> None:
    blueprint.write_text("first: one\nsecond: 2\nthird: 3\n")
    assert "\x1b[32m+first: one" in on_terminal("update", str(own), "--dry-run")
    assert "\x1b[" not in invoke("update", own, "--dry-run").out


def on_terminal(*arguments: str) -> str:
    """What a run prints whose standard output is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "gitopsgen", *arguments], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # Linux ends a terminal that nobody writes to any more with EIO.
            pass
        os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode()


@pytest.mark.parametrize("staged", [False, True])
def test_what_is_not_committed_is_in_the_way(root: Path, staged: bool) -> None:
    edit(root, "README.md", "# home\n", "# mine\n", commit=False)
    if staged:
        git(root, "add", "README.md")
    refused(root, "has changes that are not committed: README.md", "git stash")
    assert invoke("update", root, "--dry-run").status == 2


def test_the_vendor_branch_is_nobodys_to_work_on(root: Path) -> None:
    git(root, "switch", "--quiet", RENDER_BRANCH)
    refused(root, f"{RENDER_BRANCH} is checked out", "git switch main")


@pytest.mark.parametrize("file", [".gitopsgen/lock.yaml", "cluster.yaml"])
def test_a_file_that_it_needs_is_named_where_it_is_missing(root: Path, file: str) -> None:
    git(root, "rm", "--quiet", file)
    git(root, "commit", "--quiet", "--message", "Gone")
    refused(root, f"has no {file}", "restore the file from git")


def test_a_repository_of_a_newer_gitopsgen_is_left_to_that(root: Path) -> None:
    edit(root, ".gitopsgen/lock.yaml", f"generator: {__version__}", "generator: 99.0.0")
    refused(root, f"was made by gitopsgen 99.0.0; this is {__version__}", "pip install --upgrade")


def test_a_repository_of_an_older_gitopsgen_is_updated_and_says_so(root: Path) -> None:
    edit(root, ".gitopsgen/lock.yaml", f"generator: {__version__}", "generator: 0.0.1")
    done = invoke("update", root)
    assert done.status == 0
    assert done.out.startswith(f"Update to gitopsgen {__version__}: merged as ")
    assert f"- gitopsgen 0.0.1 -> {__version__}" in git(root, "log", "-1", "--format=%B")


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    done = invoke("update", tmp_path)
    assert (done.status, done.out) == (2, "")
    assert "is not in a git work tree" in done.err
    git(tmp_path, "init", "--quiet")
    done = invoke("update", tmp_path)
    assert done.status == 2
    assert "has no commit yet" in done.err
    assert invoke("update", tmp_path / "nowhere").status == 2


def test_recorded_blueprints_that_are_gone_are_asked_for(own: Path, blueprint: Path) -> None:
    folder = blueprint.parents[4]
    folder.rename(folder.parent / "moved")
    refused(own, str(folder), "--blueprints DIR")
    done = invoke("update", own, "--blueprints", folder.parent / "moved")
    assert done.status == 0
    assert str(folder.parent / "moved") in (own / ".gitopsgen/lock.yaml").read_text()


def test_without_a_name_for_git_gitopsgen_is_the_author(root: Path) -> None:
    edit(root, "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    git(root, "config", "--unset", "user.name")
    git(root, "config", "--unset", "user.email")
    git(root, "config", "user.useConfigOnly", "true")
    done = invoke("update", root)
    assert done.status == 0
    assert done.err.startswith("note: git knows no name for you")
    assert git(root, "log", "-1", "--format=%an") == "gitopsgen"


def test_a_git_that_fails_is_status_3_and_one_message(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    done = invoke("update", root)
    assert (done.status, done.out) == (3, "")
    assert "git" in done.err


def test_the_index_of_another_git_process_is_not_touched(root: Path) -> None:
    edit(root, "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    (root / ".git/index.lock").write_text("")
    before = git(root, "rev-parse", "HEAD")
    done = invoke("update", root)
    assert done.status == 3
    assert "another git process is at work" in done.err
    assert git(root, "rev-parse", "HEAD") == before
    assert (root / "apps/loopia.yaml").exists()
    (root / ".git/index.lock").unlink()
    assert invoke("update", root).status == 0
