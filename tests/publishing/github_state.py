"""What GitHub knows: tokens, accounts, repositories; and what a token may do with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Literal


class Role(IntEnum):
    """What somebody is to a repository, each more than the one before."""

    NONE = 0
    PULL = 1
    PUSH = 2
    ADMIN = 3


@dataclass(slots=True)
class Token:
    """A token of the user `login`.

    `classic` ones have scopes. `fine-grained` ones and those of an `installation` (GITHUB_TOKEN of
    GitHub Actions) have permissions ("contents": "read" or "write") for the repositories
    (owner/name; None: all) of one account, `owner`.
    """

    login: str
    kind: Literal["classic", "fine-grained", "installation"] = "classic"
    scopes: tuple[str, ...] = ("repo", "workflow")
    permissions: dict[str, str] = field(default_factory=dict)
    repositories: set[str] | None = None
    owner: str = ""

    def permits(self, permission: str, level: str = "write") -> bool:
        """Whether a token with permissions has one; to write is to read as well."""
        return self.permissions.get(permission) in (level, "write")

    def reaches(self, repository: Repository) -> bool:
        """Whether a token with permissions is for a repository."""
        if repository.owner.lower() != (self.owner or self.login).lower():
            return False
        return self.repositories is None or repository.full_name in self.repositories


@dataclass(slots=True)
class Account:
    """A user, or an organisation with its members (login: "admin" or "member")."""

    login: str
    is_organization: bool = False
    members: dict[str, str] = field(default_factory=dict)
    members_may_create: bool = True


@dataclass(slots=True)
class DeployKey:
    """A public key, without its comment, that may read (and write) one repository."""

    id: int
    title: str
    key: str
    read_only: bool


@dataclass(slots=True)
class Repository:
    """A repository; `collaborators` are logins with a role of their own."""

    owner: str
    name: str
    private: bool = True
    default_branch: str = "main"
    archived: bool = False
    description: str | None = None
    collaborators: dict[str, Role] = field(default_factory=dict)
    keys: list[DeployKey] = field(default_factory=list)
    id: int = 0

    @property
    def full_name(self) -> str:
        """owner/name."""
        return f"{self.owner}/{self.name}"


class State:
    """All that GitHub knows. Names are compared as GitHub does, in any case of letters."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        self.ids = count(1)

    def account(self, login: str) -> Account | None:
        """A user or an organisation; users of tokens need not be added."""
        for account in self.accounts.values():
            if account.login.lower() == login.lower():
                return account
        known = {token.login.lower(): token.login for token in self.tokens.values()}
        return Account(known[login.lower()]) if login.lower() in known else None

    def repository(self, full_name: str) -> Repository | None:
        """A repository by owner/name."""
        for repository in self.repositories.values():
            if repository.full_name.lower() == full_name.lower():
                return repository
        return None

    def role(self, login: str, repository: Repository) -> Role:
        """What a user is to a repository, whatever token they use."""
        if login.lower() == repository.owner.lower():
            return Role.ADMIN
        owner = self.account(repository.owner)
        member = owner.members.get(login) if owner is not None else None
        given = {"admin": Role.ADMIN, "member": Role.PULL}.get(member or "", Role.NONE)
        public = Role.NONE if repository.private else Role.PULL
        return max(given, public, repository.collaborators.get(login, Role.NONE))

    def sees(self, token: Token | None, repository: Repository) -> bool:
        """Whether a repository is shown; None is somebody without a token."""
        if not repository.private:
            return True
        if token is None:
            return False
        if token.kind == "installation":
            return token.reaches(repository)
        if self.role(token.login, repository) is Role.NONE:
            return False
        return "repo" in token.scopes if token.kind == "classic" else token.reaches(repository)

    def permissions(self, token: Token | None, repository: Repository) -> Role:
        """What GitHub says that somebody may do: for users their role, whatever the token is."""
        if token is None:
            return Role.PULL
        if token.kind == "installation":
            return self.contents(token, repository)
        return self.role(token.login, repository)

    def contents(self, token: Token | None, repository: Repository) -> Role:
        """What git may do with a token: nothing, pull or push."""
        if token is None or not self.sees(token, repository):
            return Role.NONE if repository.private else Role.PULL
        role = self.role(token.login, repository)
        if token.kind == "classic":
            needed = {"repo"} if repository.private else {"repo", "public_repo"}
            return role if needed & set(token.scopes) else Role.PULL
        if token.reaches(repository) and token.permits("contents"):
            return Role.PUSH if token.kind == "installation" else role
        readable = not repository.private or token.permits("contents", "read")
        return Role.PULL if readable else Role.NONE

    def may_change_workflows(self, token: Token) -> bool:
        """Whether a push with this token may touch .github/workflows."""
        if token.kind == "classic":
            return "workflow" in token.scopes
        return token.permits("workflows")
