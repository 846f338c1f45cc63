"""`gitopsgen push` to GitHub: a stub of its REST API, and a real git server behind a sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.publishing.deploy_key import TITLE
from tests.commands.repositories import edit, git
from tests.publishing.clients import SECRET
from tests.publishing.github_state import DeployKey, Repository, Role, Token
from tests.publishing.pushing import NAME, Pusher

if TYPE_CHECKING:
    from tests.publishing.github_stub import GitHubStub

pytestmark = pytest.mark.usefixtures("kubeconform")

GIT = "POST /ann/home.git/git-receive-pack"
KEYS = "POST /api/v3/repos/ann/home/keys"


@pytest.fixture(autouse=True)
def token(github: GitHubStub, monkeypatch: pytest.MonkeyPatch) -> Token:
    """ann's token, in GH_TOKEN."""
    for name in ("GITHUB_TOKEN", "GITHUB_API_URL", "GH_ENTERPRISE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_TOKEN", SECRET)
    return github.token(SECRET, Token("ann"))


@pytest.fixture
def ann(github: GitHubStub, tmp_path: Path) -> Pusher:
    return Pusher(github, tmp_path)


@pytest.fixture
def home(github: GitHubStub) -> Repository:
    """An empty private repository."""
    return github.repository(NAME)


def key_of(host: str = "127.0.0.1") -> Path:
    return Path.home() / ".config/gitopsgen" / host / NAME / "argocd_deploy_key"


def test_a_private_repository_is_made_and_again_nothing_changes(ann: Pusher) -> None:
    done = ann.push("--create")
    assert done.status == 0, done.err
    made = ann.github.state.repository(NAME)
    assert made is not None
    assert (made.private, made.default_branch) == (True, "main")
    assert ann.there == ann.here
    [key] = made.keys
    assert (key.read_only, key.title) == (True, TITLE)
    assert key_of().with_suffix(".pub").read_text().startswith(key.key)
    assert key_of().stat().st_mode & 0o077 == 0
    assert ann.changes() == ["POST /api/v3/user/repos", GIT, KEYS]
    assert done.out.splitlines()[-6:-2] == [
        f"created {NAME}, private",
        f"pushed main and {RENDER_BRANCH} to {ann.url}",
        f"registered a read-only deploy key at {NAME}: {key_of()}",
        "  Argo CD reads https://github.com/owner/home-cluster, for which bootstrap.sh wants "
        "GIT_USERNAME",
    ]
    for arguments in (("--create",), ()):
        again = ann.push(*arguments)
        assert (again.status, again.out.splitlines()[-1]) == (
            0,
            f"nothing to do: {ann.url} has all of it",
        )
    assert len(ann.changes()) == 3


def test_a_dry_run_changes_nothing(ann: Pusher) -> None:
    done = ann.push("--create", "--dry-run")
    assert done.status == 0
    assert f"would create {NAME}, private\nwould push main and {RENDER_BRANCH}" in done.out
    assert f"would register a read-only deploy key at {NAME}" in done.out
    assert ann.changes() == []
    assert not key_of().exists()


def test_a_public_repository_needs_no_key(ann: Pusher, token: Token) -> None:
    token.scopes = ("public_repo", "workflow")
    done = ann.push("--create", "--public")
    assert done.status == 0, done.err
    made = ann.github.state.repository(NAME)
    assert made is not None
    assert (made.private, made.keys) == (False, [])
    assert ann.there == ann.here


def test_an_organisation_of_hers(ann: Pusher) -> None:
    ann.github.organization("org", ann="admin")
    git(ann.root, "remote", "set-url", "origin", f"{ann.github.url}/org/home")
    assert ann.push("--create").status == 0
    assert ann.github.state.repository("org/home") is not None


def test_somebody_else_is_no_organisation_of_hers(ann: Pusher) -> None:
    git(ann.root, "remote", "set-url", "origin", f"{ann.github.url}/bob/home")
    done = ann.push("--create")
    assert done.status == 3
    assert "there is no such thing, or the token from $GH_TOKEN cannot see it (404)" in done.err
    assert [change for change in ann.changes() if "git-receive" in change] == []


def test_a_repository_that_is_not_there_is_made_only_if_asked(ann: Pusher) -> None:
    done = ann.push()
    assert done.status == 3
    assert f"{NAME} is not there, or the token from $GH_TOKEN cannot see it" in done.err
    assert "--create` makes it" in done.err
    assert ann.changes() == []


def test_a_run_that_was_cut_off_is_finished_by_the_next(ann: Pusher, home: Repository) -> None:
    assert ann.github.git is not None
    ann.github.git.set_head(NAME, "trunk")
    done = ann.push()
    assert done.status == 0, done.err
    assert f"made main the default branch of {NAME}" in done.out
    assert (ann.github.git.head(NAME), len(home.keys)) == ("main", 1)
    assert ann.there == ann.here


@pytest.mark.usefixtures("home")
def test_a_remote_that_went_on_is_refused_untouched(ann: Pusher, tmp_path: Path) -> None:
    assert ann.push().status == 0
    assert ann.github.git is not None
    bare = ann.github.git.path(NAME)
    git(tmp_path, "clone", "-q", str(bare), "other")
    other = tmp_path / "other"
    git(other, "config", "user.name", "Bob")
    git(other, "config", "user.email", "bob@example.net")
    edit(other, "README.md", "#", "# ")
    git(other, "push", "-q", "origin", "HEAD:main")
    edit(ann.root, "renovate.json", "{", "{\n")
    before, changes = ann.there, ann.changes()
    done = ann.push()
    assert done.status == 3
    assert "has commits on main that are not here; nothing was pushed" in done.err
    assert (ann.there, ann.changes()) == (before, changes)


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        ((), "scopes repo and workflow"),
        (("repo",), "scope workflow"),
        (("workflow", "gist"), "scope repo"),
        (("public_repo", "workflow"), "scope repo"),
    ],
)
@pytest.mark.parametrize("exists", [True, False])
def test_missing_scopes_are_named_before_anything_changes(
    ann: Pusher, token: Token, scopes: tuple[str, ...], missing: str, exists: bool
) -> None:
    if exists:
        ann.github.repository(NAME)
    token.scopes = scopes
    done = ann.push("--create")
    assert done.status == 3
    assert f"error: the token from $GH_TOKEN lacks the {missing}\n" in done.err
    assert ann.changes() == []
    assert not key_of().exists()


def test_workflows_need_a_scope_only_where_there_are_any(
    ann: Pusher, token: Token, home: Repository
) -> None:
    git(ann.root, "rm", "-q", "-r", ".github")
    git(ann.root, "commit", "-q", "-m", "No workflows")
    git(ann.root, "branch", "-q", "-D", RENDER_BRANCH)
    token.scopes = ("repo",)
    done = ann.push()
    assert "lacks" not in done.err


def test_a_fine_grained_token(ann: Pusher, token: Token, home: Repository) -> None:
    token.kind = "fine-grained"
    token.permissions = {"contents": "write", "workflows": "write", "metadata": "read"}
    done = ann.push()
    assert done.status == 3
    assert "--no-deploy-key leaves them alone" in done.err
    assert ann.changes() == []
    assert ann.push("--no-deploy-key").status == 0
    token.permissions["administration"] = "write"
    assert ann.push().status == 0
    assert len(home.keys) == 1


def test_the_token_of_github_actions(ann: Pusher, token: Token, home: Repository) -> None:
    token.kind, token.owner = "installation", "ann"
    token.permissions = {"contents": "write", "workflows": "write"}
    done = ann.push()
    assert done.status == 0, done.err
    assert f"only who administers {NAME} can see and add its deploy keys" in done.err
    assert ann.there == ann.here


def test_who_may_only_read(ann: Pusher, token: Token, home: Repository) -> None:
    token.login = "bob"
    home.collaborators["bob"] = Role.PULL
    done = ann.push()
    assert done.status == 3
    assert f"the token from $GH_TOKEN may not push to {NAME}" in done.err
    home.collaborators["bob"] = Role.PUSH
    done = ann.push()
    assert done.status == 0
    assert "only who administers" in done.err


def test_what_is_archived(ann: Pusher, home: Repository) -> None:
    home.archived = True
    done = ann.push()
    assert (done.status, f"error: {NAME} is archived" in done.err) == (3, True)


def test_a_key_of_another_machine_is_left_alone(ann: Pusher, home: Repository) -> None:
    home.keys.append(DeployKey(9, TITLE, "ssh-ed25519 " + "A" * 64, read_only=True))
    done = ann.push()
    assert done.status == 0
    assert "a deploy key is registered whose private half is not in" in done.err
    assert (len(home.keys), key_of().exists()) == (1, False)
    renewed = ann.push("--renew-deploy-key")
    assert f"registered a read-only deploy key at {NAME}" in renewed.out
    assert len(home.keys) == 2
    assert ann.push().out.endswith("has all of it\n")


def test_a_key_that_may_write_is_pointed_out(ann: Pusher, home: Repository) -> None:
    assert ann.push().status == 0
    home.keys[0].read_only = False
    done = ann.push()
    assert done.status == 0
    assert "may write, which Argo CD does not need" in done.err


def test_a_branch_that_is_protected(ann: Pusher, home: Repository) -> None:
    assert ann.github.git is not None
    said = "error: GH006: Protected branch update failed for refs/heads/main."
    ann.github.git.decline(NAME, said, "refs/heads/main", "protected branch hook declined")
    done = ann.push()
    assert done.status == 3
    assert "the branch is protected" in done.err
    assert "GH006" in done.err
    assert (ann.there, home.keys) == ({}, [])


def test_without_a_token_git_is_asked_alone(
    ann: Pusher, home: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN")
    done = ann.push()
    assert done.status == 3
    assert "it wants a credential: set GH_TOKEN" in done.err
    refused = ann.push("--create")
    assert (refused.status, "no token for GitHub, and --create needs one" in refused.err) == (
        3,
        True,
    )
    git(ann.root, "remote", "set-url", "origin", ann.url.replace("//", f"//ann:{SECRET}@"))
    done = ann.push()
    assert done.status == 0, done.err
    assert SECRET not in done.out + done.err
    assert ann.there == ann.here


def test_a_host_of_another_name_is_github_where_the_address_is_given(
    ann: Pusher, home: Repository
) -> None:
    """A GitHub Enterprise Server may be known to git by another name than its API."""
    git(ann.root, "remote", "set-url", "origin", ann.url.replace("127.0.0.1", "localhost"))
    assert ann.push().status == 0
    assert (ann.there, len(home.keys)) == (ann.here, 1)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://github.example.net/api/v3", "would show the token to everybody"),
        ("ftp://github.example.net", "is no address of GitHub's API"),
        ("github.example.net", "is no address of GitHub's API"),
        ("https://[", "is no address of GitHub's API"),
    ],
)
def test_addresses_of_an_api_that_are_none(ann: Pusher, url: str, message: str) -> None:
    done = ann.push("--api-url", url)
    assert (done.status, message in done.err) == (2, True)
