"""The GitHub of the tests, with PyGithub and with the real git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from github import GithubException, UnknownObjectException

from tests.publishing.clients import SECRET, connected, get
from tests.publishing.github_state import Role, Token

if TYPE_CHECKING:
    from github import Github

    from tests.publishing.github_stub import GitHubStub

KEY = "ssh-ed25519 " + "A" * 64


def refusal(error: GithubException) -> tuple[int, str]:
    """Status and message."""
    data: Any = error.data
    return error.status, str(data["message"])


def test_a_classic_token_has_its_scopes_in_a_header(github: GitHubStub, ann: Github) -> None:
    assert ann.get_user().login == "ann"
    assert ann.oauth_scopes == ["repo", "workflow"]


@pytest.mark.parametrize("base", ["", "/api/v3", "/a/b"])
def test_the_api_is_below_every_base_path(github: GitHubStub, base: str) -> None:
    github.token(SECRET, Token("ann"))
    for client in connected(github, SECRET, base):
        assert client.get_user().login == "ann"
        assert client.get_rate_limit().rate.remaining == 4999


def test_a_fine_grained_token_has_no_scopes(github: GitHubStub) -> None:
    github.token("github_pat_a", Token("ann", "fine-grained"))

    assert "X-OAuth-Scopes" not in get(github, "/user", "github_pat_a").headers


def test_the_token_of_an_installation_is_nobody(github: GitHubStub) -> None:
    github.token("ghs_a", Token("bot", "installation", owner="ann"))

    answer = get(github, "/user", "ghs_a")

    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"


def test_a_token_that_is_not_known(github: GitHubStub) -> None:
    assert get(github, "/user", "other").json()["message"] == "Bad credentials"
    assert get(github, "/user").json()["message"] == "Requires authentication"


def test_a_repository_is_described(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home")

    found = ann.get_repo("Ann/Home")

    assert found.full_name == "ann/home"
    assert found.private
    assert not found.archived
    assert found.default_branch == "main"
    assert (found.permissions.admin, found.permissions.push, found.permissions.pull) == (True,) * 3
    assert found.clone_url == f"{github.url}/ann/home.git"
    assert found.ssh_url == "git@127.0.0.1:ann/home.git"
    assert found.html_url == f"{github.url}/ann/home"


def test_what_is_private_is_not_there_for_others(github: GitHubStub, ann: Github) -> None:
    shared = github.repository("bob/shared")
    github.repository("bob/public", private=False)
    with pytest.raises(UnknownObjectException) as raised:
        ann.get_repo("bob/shared")
    assert refusal(raised.value) == (404, "Not Found")

    shared.collaborators["ann"] = Role.PUSH

    assert ann.get_repo("bob/shared").permissions.push
    assert not ann.get_repo("bob/shared").permissions.admin
    assert not ann.get_repo("bob/public").permissions.push
    assert get(github, "/repos/bob/public").json()["private"] is False
    assert get(github, "/repos/bob/shared").status_code == 404


def test_a_classic_token_without_repo_sees_nothing_private(github: GitHubStub) -> None:
    github.token("a", Token("ann", scopes=("workflow",)))
    github.repository("ann/home")

    assert get(github, "/repos/ann/home", "a").status_code == 404


def test_a_fine_grained_token_is_for_some_repositories(github: GitHubStub) -> None:
    github.token("a", Token("ann", "fine-grained", repositories={"ann/home"}))
    github.repository("ann/home")
    github.repository("ann/other")

    assert get(github, "/repos/ann/home", "a").status_code == 200
    assert get(github, "/repos/ann/other", "a").status_code == 404


def test_a_repository_is_made_once(github: GitHubStub, ann: Github) -> None:
    made: Any = ann.get_user()
    repository = made.create_repo("home", private=True, description="mine")

    assert (repository.full_name, repository.private) == ("ann/home", True)
    assert repository.description == "mine"
    assert github.git is not None
    assert github.git.path("ann/home").is_dir()
    with pytest.raises(GithubException) as raised:
        made.create_repo("Home")
    assert raised.value.status == 422
    data: Any = raised.value.data
    assert data["errors"][0]["message"] == "name already exists on this account"


def test_a_scope_is_missing_to_make_a_repository(github: GitHubStub) -> None:
    github.token("a", Token("ann", scopes=("public_repo",)))

    assert get(github, "/user/repos", "a", "POST", name="home", private=True).status_code == 404
    assert get(github, "/user/repos", "a", "POST", name="home").status_code == 201
    assert list(github.state.repositories) == ["ann/home"]


@pytest.mark.parametrize(("level", "status"), [("read", 403), ("write", 201)])
def test_a_permission_is_missing_to_make_one(github: GitHubStub, level: str, status: int) -> None:
    github.token("a", Token("ann", "fine-grained", permissions={"administration": level}))

    assert get(github, "/user/repos", "a", "POST", name="home").status_code == status


@pytest.mark.parametrize(("role", "status"), [("admin", 201), ("member", 403), ("", 403)])
def test_an_organization_says_who_makes_repositories(
    github: GitHubStub, ann: Github, role: str, status: int
) -> None:
    github.organization("org", **({"ann": role} if role else {})).members_may_create = False

    answer = get(github, "/orgs/org/repos", SECRET, "POST", name="home", private=True)

    assert answer.status_code == status
    assert (github.state.repository("org/home") is not None) is (status == 201)
    assert get(github, "/orgs/none/repos", SECRET, "POST", name="home").status_code == 404


def test_accounts_have_types(github: GitHubStub, ann: Github) -> None:
    github.organization("org")

    assert ann.get_user("org").type == "Organization"
    assert ann.get_user("ann").type == "User"
    assert ann.get_organization("org").login == "org"
    with pytest.raises(UnknownObjectException):
        ann.get_organization("ann")
    with pytest.raises(UnknownObjectException):
        ann.get_user("nobody")


def test_the_default_branch_is_one_that_is_there(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home")

    with pytest.raises(GithubException) as raised:
        ann.get_repo("ann/home").edit(default_branch="none")

    assert raised.value.status == 422
    assert ann.get_repo("ann/home").default_branch == "main"


def test_deploy_keys_come_and_go(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home")
    github.repository("ann/other")
    repository = ann.get_repo("ann/home")

    made = repository.create_key("argocd", f"{KEY} comment", read_only=True)

    assert (made.title, made.key, made.read_only) == ("argocd", KEY, True)
    assert [key.id for key in repository.get_keys()] == [made.id]
    for taken in ("ann/home", "ann/other"):
        with pytest.raises(GithubException) as raised:
            ann.get_repo(taken).create_key("argocd", KEY)
        data: Any = raised.value.data
        assert raised.value.status == 422
        assert data["errors"][0]["message"] == "key is already in use"
    repository.get_key(made.id).delete()
    assert list(repository.get_keys()) == []


def test_keys_come_in_pages(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home")
    repository = ann.get_repo("ann/home")
    for number in range(35):
        repository.create_key(f"{number}", f"ssh-ed25519 {number:064}")

    assert [key.title for key in repository.get_keys()] == [f"{number}" for number in range(35)]
    assert len(github.loopback.asked("GET", "*/keys")) == 2


def test_a_key_has_a_form(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home")

    answer = get(github, "/repos/ann/home/keys", SECRET, "POST", title="a", key="ssh-ed25519")

    assert answer.status_code == 422
    assert "OpenSSH public key format" in answer.json()["errors"][0]["message"]


def test_only_admins_have_keys(github: GitHubStub) -> None:
    github.repository("ann/home").collaborators["bob"] = Role.PUSH
    github.token("bob", Token("bob"))
    github.token("read", Token("ann", "fine-grained", permissions={"administration": "read"}))
    path = "/repos/ann/home/keys"

    assert get(github, path, "bob").status_code == 404
    assert get(github, path, "read").json() == []
    assert get(github, path, "read", "POST", title="a", key=KEY).status_code == 403


def test_what_is_archived_does_not_change(github: GitHubStub, ann: Github) -> None:
    github.repository("ann/home").archived = True

    assert ann.get_repo("ann/home").archived
    answer = get(github, "/repos/ann/home/keys", SECRET, "POST", title="a", key=KEY)
    assert answer.status_code == 403


def test_requests_are_kept(github: GitHubStub, ann: Github) -> None:
    user: Any = ann.get_user()
    user.create_repo("home", private=True)

    assert [str(request) for request in github.changes()] == ["POST /api/v3/user/repos"]
    assert github.changes()[0].json["name"] == "home"
    assert {request.authorization for request in github.loopback.requests} == {f"token {SECRET}"}
