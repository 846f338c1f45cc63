"""What is to be published, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.git import git_with_hooks
from gitopsgen.lifecycle.journal import read_step
from gitopsgen.lifecycle.objects import read_blobs
from gitopsgen.lifecycle.workspace import check_nothing_under_way
from gitopsgen.publishing.github import API_URL, GitHub, check_api_url, hosts_of
from gitopsgen.publishing.remote import Remote, find_remote
from gitopsgen.publishing.token import github_token, plain_token
from gitopsgen.repository.layout import CLUSTER_FILE
from gitopsgen.repository.urls import same_repository_key

if TYPE_CHECKING:
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.publishing.places import Place
    from gitopsgen.publishing.token import Token

_WORKFLOWS = ".github/workflows"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person asked for.

    `remote` is the name or the URL of a remote, "" for origin. `create` makes the repository on
    GitHub where there is none, `private` or not. `deploy_key` gives a private one a key for Argo
    CD, `renew_deploy_key` a new one. `api_url` is the address of GitHub's API; where
    `is_github`, the remote is there whatever its host is called.
    """

    remote: str = ""
    create: bool = False
    private: bool = True
    deploy_key: bool = True
    renew_deploy_key: bool = False
    api_url: str = API_URL
    is_github: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What will be pushed where: `commits` are branches with what they hold here.

    `branch` and `repository_url` are those of cluster.yaml: what Argo CD reads. `host` is that of
    the GitHub where the remote is, if it is there.
    """

    workspace: Workspace
    remote: Remote
    branch: str
    commits: tuple[tuple[str, str], ...]
    repository_url: str
    description: str
    has_workflows: bool
    hub: GitHub | None = None
    host: str = ""
    notes: tuple[str, ...] = ()


def find_target(workspace: Workspace, settings: Settings) -> Target:
    """Find out what is to be pushed; neither the remote nor GitHub is asked.

    Raises `UsageError` where what is checked out is not what would be pushed, or the repository
    was not made by gitopsgen; `UnavailableError` where a token is missing.
    """
    check_nothing_under_way(workspace)
    cluster = _cluster(workspace)
    url, branch, name = _words(cluster)
    git = workspace.git
    if _commit(workspace, branch) != workspace.head:
        raise UsageError(
            f"{branch}, which Argo CD reads, is not what is checked out",
            f"git switch {branch}, and merge into it what is to be pushed.",
        )
    remote_name, remote_url, place = find_remote(git, settings.remote, url)
    notes = []
    step = read_step(workspace.git_dir)
    if step is not None and step.head == workspace.head:
        notes.append("an update was interrupted: `gitopsgen update` finishes it, then push again")
    if same_repository_key(remote_url) != same_repository_key(url):
        notes.append(f"Argo CD reads {url} (cluster.yaml), which is not where this is pushed")
    commits = [(branch, workspace.head)]
    if render := _commit(workspace, RENDER_BRANCH):
        commits.append((RENDER_BRANCH, render))
    else:
        notes.append(f"there is no branch {RENDER_BRANCH} here: `gitopsgen update` makes it")
    api = check_api_url(settings.api_url)
    hub = _hub(place, api, settings)
    token = _token_for(place, api, hub, settings)
    if token is not None and not place.is_private_way:
        raise UsageError(
            f"{place.origin} would show the token to everybody on the way there", "Use https."
        )
    return Target(
        workspace,
        Remote(git_with_hooks(workspace.root), remote_url, place, remote_name, token),
        branch,
        tuple(commits),
        url,
        f"The Kubernetes cluster {name}, run by Argo CD",
        bool(git.run("ls-tree", "--name-only", workspace.head, f"{_WORKFLOWS}/")),
        hub,
        api.host.removeprefix("api."),
        tuple(notes),
    )


def _cluster(workspace: Workspace) -> Any:
    """cluster.yaml as it is committed; what is wrong with it is for `validate` to say."""
    if not workspace.git.run("ls-tree", "--name-only", workspace.head, CLUSTER_FILE):
        raise UsageError(
            f"{workspace.root} has no {CLUSTER_FILE} in its last commit",
            "Run this in a repository made by `gitopsgen new`.",
        )
    [content] = read_blobs(workspace.git, [f"{workspace.head}:{CLUSTER_FILE}"])
    text, _ = decode(content)
    contents = read_documents(text)
    return contents.documents[0].data if contents.documents else None


def _words(cluster: Any) -> tuple[str, str, str]:
    """The repository's URL and branch, and the cluster's name."""
    repository = cluster.get("repository") if isinstance(cluster, dict) else None
    url = repository.get("url") if isinstance(repository, dict) else None
    branch = repository.get("branch", "main") if isinstance(repository, dict) else None
    if not isinstance(url, str) or not isinstance(branch, str) or not url or not branch:
        raise UsageError(
            f"{CLUSTER_FILE} does not say where the repository is (repository.url and .branch)",
            "`gitopsgen validate` says what is wrong with it.",
        )
    return url, branch, str(cluster.get("name", ""))


def _commit(workspace: Workspace, branch: str) -> str:
    """The commit of a branch of this repository, "" where there is no such branch."""
    found = workspace.git.call(
        "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", check=False
    )
    return found.stdout.decode().strip() if found.status == 0 else ""


def _hub(place: Place, api: Place, settings: Settings) -> GitHub | None:
    """GitHub, where the remote is there and a token is at hand."""
    names = place.last_names if settings.is_github else place.owner_and_name
    is_there = place.host in hosts_of(api) or (settings.is_github and place.host != "")
    if not is_there or names is None:
        if settings.create:
            raise UsageError(
                f"--create makes repositories on GitHub: {place.host or 'the remote'} is not it",
                "Make the repository there by hand; or name your GitHub with --api-url.",
            )
        return None
    token = github_token(api.host.removeprefix("api."))
    if token is not None:
        return GitHub(settings.api_url, token, *names)
    if settings.create:
        raise UnavailableError(
            "no token for GitHub, and --create needs one",
            "Set GH_TOKEN or GITHUB_TOKEN (scopes repo and workflow), or run gh auth login.",
        )
    return None


def _token_for(place: Place, api: Place, hub: GitHub | None, settings: Settings) -> Token | None:
    """The token that git offers to the remote's host."""
    if not place.is_http:
        return None
    if hub is not None and (place.host in hosts_of(api) or settings.is_github):
        return hub.token
    return None if place.host in hosts_of(api) else plain_token()
