"""`gitopsgen push` to git remotes that are no GitHub: no API, the same rules."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.journal import Step, write_step
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import edit, git, make_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"


@pytest.fixture(autouse=True)
def no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a token, and without a gh that could know one."""
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample."""
    return make_repository(tmp_path / "home")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty bare repository."""
    path = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
    return path


def push(root: Path, *arguments: str | Path) -> Result:
    return invoke("push", root, "--charts", "skip", *arguments)


def clone(remote: Path, target: Path) -> Path:
    """The clone of another person."""
    subprocess.run(["git", "clone", "-q", remote, target], check=True)
    git(target, "config", "user.name", "Bob")
    git(target, "config", "user.email", "bob@example.net")
    return target


def refs(remote: Path) -> dict[str, str]:
    listed = git(remote, "for-each-ref", "--format=%(refname:short) %(objectname)")
    return dict(line.split(" ") for line in listed.splitlines())


def test_both_branches_arrive_and_again_changes_nothing(root: Path, remote: Path) -> None:
    git(root, "remote", "set-url", "origin", str(remote))
    done = push(root)
    assert done.status == 0, done.err
    assert f"pushed main and {RENDER_BRANCH} to {remote}" in done.out
    head = git(root, "rev-parse", "HEAD")
    assert refs(remote) == {"main": head, RENDER_BRANCH: git(root, "rev-parse", RENDER_BRANCH)}
    assert git(root, "rev-parse", "origin/main") == head
    assert git(root, "rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main"
    config = (root / ".git/config").read_bytes()
    again = push(root)
    assert (again.status, again.out.splitlines()[-1]) == (
        0,
        f"nothing to do: {remote} has all of it",
    )
    assert (root / ".git/config").read_bytes() == config


def test_only_what_is_new_is_pushed(root: Path, remote: Path) -> None:
    push(root, "--remote", remote)
    edit(root, "README.md", "#", "# ")
    would = push(root, "--remote", remote, "--dry-run")
    assert (would.status, would.out.splitlines()[-1]) == (0, f"would push main to {remote}")
    assert refs(remote)["main"] != git(root, "rev-parse", "HEAD")
    done = push(root, "--remote", remote)
    assert done.out.splitlines()[-1] == f"pushed main to {remote}"
    assert refs(remote)["main"] == git(root, "rev-parse", "HEAD")


def test_a_remote_that_went_on_is_refused_and_not_touched(
    root: Path, remote: Path, tmp_path: Path
) -> None:
    git(root, "remote", "set-url", "origin", str(remote))
    push(root)
    other = clone(remote, tmp_path / "other")
    edit(other, "README.md", "#", "# ")
    git(other, "push", "-q", "origin", "main")
    edit(root, "renovate.json", "{", "{\n")
    before = refs(remote)
    done = push(root)
    assert done.status == 3
    assert "has commits on main that are not here; nothing was pushed" in done.err
    assert "Take them in: git fetch origin; git merge origin/main; then push again." in done.err
    assert refs(remote) == before
    git(root, "fetch", "-q", "origin")
    git(root, "merge", "-q", "--no-edit", "origin/main")
    assert push(root).status == 0


def test_renders_of_others_are_no_obstacle(root: Path, remote: Path, tmp_path: Path) -> None:
    git(root, "remote", "set-url", "origin", str(remote))
    push(root)
    other = clone(remote, tmp_path / "other")
    git(other, "branch", "-q", RENDER_BRANCH, f"origin/{RENDER_BRANCH}")
    edit(root, "cluster.yaml", "argocd.example.net", "argo.example.net")
    assert invoke("update", root).status == 0
    assert push(root).status == 0
    git(other, "pull", "-q", "origin", "main")
    edit(other, "README.md", "#", "# ")
    done = push(other)
    assert (done.status, done.out.splitlines()[-1]) == (0, f"pushed main to {remote}")
    assert refs(remote)[RENDER_BRANCH] == git(root, "rev-parse", RENDER_BRANCH)


def test_two_people_update_at_the_same_time(root: Path, remote: Path, tmp_path: Path) -> None:
    git(root, "remote", "set-url", "origin", str(remote))
    push(root)
    other = clone(remote, tmp_path / "other")
    for place, old, new in (
        (root, "argocd.example.net", "argo.example.net"),
        (other, "address: 192.168.1.30", "address: 192.168.1.31"),
    ):
        edit(place, "cluster.yaml", old, new)
        assert invoke("update", place).status == 0
    assert push(root).status == 0
    done = push(other)
    assert done.status == 3
    assert f"has commits on main and {RENDER_BRANCH} that are not here" in done.err
    steps = "git fetch origin; git merge origin/main; gitopsgen update; then push again."
    assert steps in done.err
    git(other, "fetch", "-q", "origin")
    with pytest.raises(subprocess.CalledProcessError):
        git(other, "merge", "-q", "origin/main")
    assert git(other, "diff", "--name-only", "--diff-filter=U") == ".gitopsgen/lock.yaml"
    git(other, "checkout", "-q", "--ours", ".gitopsgen/lock.yaml")
    git(other, "commit", "-q", "-a", "-m", "Merge")
    assert invoke("update", other).status == 0
    done = push(other)
    assert done.status == 0, done.err
    assert f"pushed main and {RENDER_BRANCH}" in done.out
    assert invoke("update", other).out == (
        "nothing to do: the repository is up to date with its cluster.yaml\n"
    )


def test_a_remote_that_cannot_push_in_one_step_gets_nothing(root: Path, remote: Path) -> None:
    git(remote, "config", "receive.advertiseAtomic", "false")
    done = push(root, "--remote", remote)
    assert done.status == 3
    assert "cannot take both branches in one step" in done.err
    assert refs(remote) == {}


def test_half_a_push_is_none(root: Path, remote: Path) -> None:
    hook = remote / "hooks/update"
    hook.write_text('#!/bin/sh\n[ "$1" = refs/heads/main ] || { echo Not this one; exit 1; }\n')
    hook.chmod(0o755)
    done = push(root, "--remote", remote)
    assert done.status == 3
    assert "did not take the push: hook declined: Not this one" in done.err
    assert refs(remote) == {}


def test_findings_stop_it(root: Path, remote: Path) -> None:
    (root / "components/argocd/manifests/x.yaml").parent.mkdir(exist_ok=True)
    edit(root, "apps/argocd.yaml", "kind: Application", "kind: Application\nspce: 1")
    done = push(root, "--remote", remote)
    assert done.status == 1
    assert "nothing was pushed" in done.err
    assert "apps/argocd.yaml" in done.out
    assert refs(remote) == {}


def test_charts_have_to_be_rendered_by_default(root: Path, remote: Path, tmp_path: Path) -> None:
    empty = tmp_path / "charts"
    empty.mkdir()
    done = invoke("push", root, "--remote", remote, "--charts-dir", empty)
    assert done.status == 3
    assert "nothing was pushed" in done.err
    assert refs(remote) == {}


def test_what_is_checked_is_what_is_pushed(root: Path, remote: Path) -> None:
    (root / "apps/broken.yaml").write_text("kind: [\n")
    edit(root, "README.md", "#", "# ", commit=False)
    done = push(root, "--remote", remote)
    assert done.status == 0, done.out
    assert "note: 2 changes that nobody has committed yet: left here" in done.err
    assert refs(remote)["main"] == git(root, "rev-parse", "HEAD")
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "Break it")
    (root / "apps/broken.yaml").unlink()
    refused = push(root, "--remote", remote)
    assert refused.status == 1
    assert "apps/broken.yaml" in refused.out


def test_another_branch_is_not_published(root: Path, remote: Path) -> None:
    git(root, "switch", "-q", "-c", "feature")
    assert push(root, "--remote", remote, "--dry-run").status == 0
    edit(root, "README.md", "#", "# ")
    done = push(root, "--remote", remote)
    assert done.status == 2
    assert "main, which Argo CD reads, is not what is checked out" in done.err
    assert refs(remote) == {}


def test_an_update_that_was_interrupted_is_pointed_out(root: Path, remote: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    tree = git(root, "rev-parse", "HEAD^{tree}")
    write_step(root / ".git", Step(head, tree, head, head, "Update"))
    done = push(root, "--remote", remote)
    assert (done.status, "an update was interrupted" in done.err) == (0, True)


def test_a_merge_under_way_is_finished_first(root: Path, remote: Path) -> None:
    (root / ".git/MERGE_HEAD").write_text(git(root, "rev-parse", "HEAD") + "\n")
    done = push(root, "--remote", remote)
    assert (done.status, "a merge is under way" in done.err) == (2, True)


def test_a_hook_before_the_push_runs_and_may_refuse(root: Path, remote: Path) -> None:
    hook = root / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2; exit 1\n")
    hook.chmod(0o755)
    done = push(root, "--remote", remote)
    assert done.status == 3
    assert "not today" in done.err or "failed to push" in done.err
    assert refs(remote) == {}


@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("nowhere", 2, "neither a remote of this repository nor a URL"),
        ("--upload-pack=/bin/true", 2, "neither a remote of this repository nor a URL"),
        ("/nowhere/home.git", 3, "there is no such repository"),
        ("http://127.0.0.1:1/me/home.git", 3, "the host cannot be reached"),
        ("https://[::1", 2, "neither a remote of this repository nor a URL"),
        ("ext::sh -c 'touch owned'", 3, "transport 'ext' not allowed"),
    ],
)
def test_remotes_that_are_none(root: Path, url: str, status: int, message: str) -> None:
    done = push(root, f"--remote={url}")
    assert done.status == status, done.err
    assert message in done.err
    assert not (root / "owned").exists()


def test_create_needs_github(root: Path, remote: Path) -> None:
    done = push(root, "--remote", remote, "--create")
    assert done.status == 2
    assert "--create makes repositories on GitHub" in done.err


def test_a_token_is_not_shown_on_an_open_way(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TOKEN", "s3cret")
    done = push(root, "--remote", "http://git.example.net/me/home.git")
    assert done.status == 2
    assert "would show the token to everybody" in done.err
    assert "s3cret" not in done.err


def test_several_addresses_of_one_remote(root: Path, remote: Path) -> None:
    for url in ("a/b", str(remote)):
        git(root, "remote", "set-url", "--add", "--push", "origin", url)
    done = push(root)
    assert done.status == 2
    assert "has 2 URLs to push to" in done.err
    assert push(root, "--remote", remote).status == 0


def test_an_address_of_its_own_for_pushing(root: Path, remote: Path) -> None:
    git(root, "remote", "set-url", "--push", "origin", str(remote))
    assert push(root).status == 0
    assert git(root, "rev-parse", "origin/main") == git(root, "rev-parse", "HEAD")


def test_a_folder_that_gitopsgen_did_not_make(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    git(tmp_path, "config", "user.name", "Ada")
    git(tmp_path, "config", "user.email", "ada@example.net")
    (tmp_path / "namespace.yaml").write_text(NAMESPACE)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Start")
    done = push(tmp_path)
    assert (done.status, "has no cluster.yaml" in done.err) == (2, True)


@pytest.mark.parametrize("text", ["repository: 3\n", "[]\n", "repository: {url: []}\n", "{", ""])
def test_a_cluster_file_that_does_not_say_where(root: Path, text: str) -> None:
    (root / "cluster.yaml").write_text(text)
    git(root, "commit", "-q", "-a", "-m", "Break it")
    done = push(root)
    assert done.status == 2
    assert "cluster.yaml does not say where the repository is" in done.err


def test_a_repository_without_its_render_branch(root: Path, remote: Path) -> None:
    git(root, "branch", "-q", "-D", RENDER_BRANCH)
    done = push(root, "--remote", remote)
    assert done.status == 0
    assert f"there is no branch {RENDER_BRANCH} here" in done.err
    assert list(refs(remote)) == ["main"]
