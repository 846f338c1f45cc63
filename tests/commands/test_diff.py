from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.lifecycle.create import RENDER_BRANCH
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import edit, git, make_repository
from tests.commands.test_update import on_terminal
from tests.lifecycle.world import everything

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample."""
    return make_repository(tmp_path / "home")


def test_without_edits_there_is_nothing_to_show(root: Path) -> None:
    assert invoke("diff", root) == Result(0, "", "")
    assert invoke("diff", root, "--exit-code") == Result(0, "", "")


def test_edits_are_shown_and_the_status_says_so_where_asked(root: Path) -> None:
    edit(root, "README.md", "# home\n", "# ours\n")
    edit(root, "apps/root.yaml", "kind: Application\n", "kind: Application  # root\n", commit=False)
    before = everything(root)
    done = invoke("diff", root)
    assert (done.status, done.err) == (0, "")
    assert "\n-# home\n+# ours\n" in done.out
    assert "\n+kind: Application  # root\n" in done.out
    assert invoke("diff", root, "--exit-code") == Result(1, done.out, "")
    assert everything(root) == before


def test_paths_are_relative_to_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root, "README.md", "# home\n", "# ours\n")
    edit(root, "apps/root.yaml", "kind: Application\n", "kind: Application  # root\n")
    monkeypatch.chdir(root / "components")
    done = invoke("diff", root, "apps", "projects")
    assert "a/apps/root.yaml" in done.out
    assert "README.md" not in done.out
    assert invoke("diff", root, "projects", "--exit-code").status == 0
    assert "-# home" in invoke("diff", ".", "README.md").out


def test_counts(root: Path) -> None:
    edit(root, "README.md", "# home\n", "# ours\n")
    assert invoke("diff", root, "--stat").out == (
        " README.md | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n"
    )


def test_it_is_colored_on_a_terminal_only(root: Path) -> None:
    edit(root, "README.md", "# home\n", "# ours\n")
    git(root, "config", "color.ui", "always")
    assert "\x1b[32m# ours\x1b[m" in on_terminal("diff", str(root))
    assert "\x1b[" not in invoke("diff", root).out


def test_a_lost_render_is_made_again_which_is_said_apart(root: Path) -> None:
    edit(root, "README.md", "# home\n", "# ours\n")
    git(root, "checkout", "--quiet", "--orphan", "fresh")
    git(root, "commit", "--quiet", "--message", "Start over")
    git(root, "branch", "--quiet", "--delete", "--force", "main", RENDER_BRANCH)
    git(root, "remote", "remove", "origin")
    done = invoke("diff", root)
    assert done.err == "note: the render that this repository is based on was lost: made again\n"
    assert "\n-# home\n+# ours\n" in done.out
    assert "\ndiff --git" not in done.out


def test_a_folder_that_gitopsgen_did_not_make(tmp_path: Path) -> None:
    done = invoke("diff", tmp_path)
    assert (done.status, done.out) == (2, "")
    assert "is not in a git work tree" in done.err


def test_a_path_within_the_repository_will_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("components/argocd/values.yaml", "components/cert-manager/values.yaml"):
        (root / path).write_text((root / path).read_text() + "# Mine.\n")
    whole = invoke("diff", root).out
    one = invoke("diff", root / "components/argocd/values.yaml").out
    assert one in whole
    assert one.count("diff --git") == 1
    assert invoke("diff", root / "components/argocd").out == one
    assert invoke("diff", root / "components").out == whole
    assert invoke("diff", root / "apps").out == ""
    monkeypatch.chdir(root / "components")
    assert invoke("diff", "argocd").out == one
    assert invoke("diff").out == whole
    assert invoke("diff", "..").out == whole


def test_a_path_that_is_nowhere_is_said(root: Path) -> None:
    done = invoke("diff", root, "components/argocd/value.yaml")
    assert done.status == 2
    assert "has no file components/argocd/value.yaml that git tracks" in done.err
    (root / "renovate.json").unlink()
    assert "deleted file" in invoke("diff", root, "renovate.json").out
    git(root, "commit", "--quiet", "--all", "--message", "No Renovate")
    assert "deleted file" in invoke("diff", root, "renovate.json").out
