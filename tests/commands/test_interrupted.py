"""Commands that end in the middle: the same command, given again, finishes the work."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from gitopsgen.lifecycle import moving
from gitopsgen.lifecycle.changing import open_repository
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import edit, git, make_repository
from tests.lifecycle.world import merged_state

if TYPE_CHECKING:
    from pathlib import Path

EDITED = "components/loopia/manifests/certificate.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "home")


def interrupt(monkeypatch: pytest.MonkeyPatch, root: Path, *arguments: str | Path) -> None:
    """Let a command end when its files were moved, but neither index nor HEAD."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = git(root, "rev-parse", "HEAD")
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_finish", stop)
        assert invoke(*arguments).status == 130
    assert git(root, "rev-parse", "HEAD") == before
    assert git(root, "status", "--porcelain")


def again(root: Path, *arguments: str | Path) -> Result:
    """Give the command again, after which nothing is left to be done."""
    done = invoke(*arguments)
    assert git(root, "status", "--porcelain", "--untracked-files=all") == ""
    assert not (root / ".git/gitopsgen-update.json").exists()
    return done


def test_a_removal(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = make_repository(tmp_path / "right")
    assert invoke("remove", "loopia", "--repository", right).status == 0
    arguments = ("remove", "loopia", "--repository", root)
    interrupt(monkeypatch, root, *arguments)
    done = again(root, *arguments)
    assert done.status == 0
    assert "note: finished what was interrupted: Remove loopia" in done.err
    assert "Once this is pushed, Argo CD deletes the Application loopia." in done.err
    assert merged_state(root) == merged_state(right)


def test_an_addition(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = make_repository(tmp_path / "right")
    for repository in (root, right):
        assert invoke("remove", "loopia", "--repository", repository).status == 0
    command = ("add", "loopia", "--set", "zones=[example.net]", "--repository")
    assert invoke(*command, right).status == 0
    interrupt(monkeypatch, root, *command, root)
    done = again(root, *command, root)
    assert done.status == 0
    assert "note: finished what was interrupted: Add loopia" in done.err
    assert "loopia needs the Secret cert-manager/loopia-credentials" in done.out
    assert merged_state(root) == merged_state(right)


def test_another_command_finishes_it_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, root, "remove", "loopia", "--repository", root)
    done = again(root, "remove", "ingress-nginx", "--repository", root)
    assert done.status == 0
    assert "note: finished what was interrupted: Remove loopia" in done.err
    assert "Remove ingress-nginx: merged" in done.out
    assert not (root / "apps/loopia.yaml").exists()
    assert not (root / "apps/ingress-nginx.yaml").exists()


def test_a_removal_with_conflicts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root, EDITED, "apiVersion: ", "# Mine.\napiVersion: ")
    arguments = ("remove", "loopia", "--repository", root)
    interrupt(monkeypatch, root, *arguments)
    done = invoke("remove", "ingress-nginx", "--repository", root)
    assert done.status == 4
    assert "Remove loopia: these need you" in done.out
    assert f"conflict {EDITED}" in done.out
    assert "Argo CD deletes" not in done.err
    assert invoke(*arguments).status == 2
    git(root, "merge", "--abort")
    assert git(root, "status", "--porcelain") == ""


def test_a_dry_run_leaves_it_to_be_finished(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, root, "remove", "loopia", "--repository", root)
    before = merged_state(root)
    done = invoke("remove", "loopia", "--repository", root, "--dry-run")
    assert done.status == 2
    assert f"a run of gitopsgen was interrupted in {root}: Remove loopia" in done.err
    assert merged_state(root) == before


def test_a_run_that_is_still_at_work_is_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch, root, "remove", "loopia", "--repository", root)
    lock = (root / ".git/gitopsgen.lock").open("rb")
    fcntl.flock(lock, fcntl.LOCK_EX)

    def end() -> None:
        assert invoke("update", root, "--dry-run").status == 2
        lock.close()

    opened = open_repository(root, (), waiting=end)
    assert lock.closed
    assert "loopia" not in opened.installed
