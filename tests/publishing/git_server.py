"""Bare repositories behind a real `git http-backend`, on the loopback interface."""

from __future__ import annotations

import base64
import binascii
import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from tests.publishing.loopback import Loopback, Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PATH = re.compile(
    r"/(?P<name>[^/]+/[^/]+?)(?:\.git)?"
    r"/(?P<service>info/refs|git-upload-pack|git-receive-pack|HEAD|objects/.+)"
)
_FROM_HEADERS = {
    "content-type": "CONTENT_TYPE",
    "git-protocol": "GIT_PROTOCOL",
    "accept": "HTTP_ACCEPT",
    "user-agent": "HTTP_USER_AGENT",
}


@dataclass(slots=True)
class User:
    """Somebody with a password or a token; the repositories (owner/name) that are theirs to see.

    None stands for all repositories.
    """

    password: str
    writes: bool = True
    sees: set[str] | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Basic authentication sends."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Who was let in, and variables for the hooks of the repository."""

    user: str
    variables: Mapping[str, str]


class Gate(Protocol):
    """Lets a request in, or says why not."""

    def __call__(
        self, credentials: Credentials | None, name: str, *, writes: bool
    ) -> Entry | Response: ...


class GitServer:
    """A git server. Repositories are named owner/name; their URLs end in .git or do not.

    `users` may sign in; `readable` are repositories that need no signing in to be read. A gate
    set by `guard` decides instead of both. Requests, faults: see `loopback`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.users: dict[str, User] = {}
        self.readable: set[str] = set()
        self.loopback = Loopback()
        self.loopback.applications.append(self.answer)
        self.url = self.loopback.url
        self._gate: Gate = self._by_users

    def guard(self, gate: Gate) -> None:
        """Let `gate` decide about every request."""
        self._gate = gate

    def create(self, name: str, branch: str = "main") -> Path:
        """Make an empty repository whose default branch is `branch`; returns its folder."""
        path = self.path(name)
        self.git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(path))
        return path

    def path(self, name: str) -> Path:
        """The folder of a repository."""
        return self.folder / f"{name}.git"

    def clone_url(self, name: str) -> str:
        """The URL of a repository, without credentials."""
        return f"{self.url}/{name}.git"

    def refs(self, name: str) -> dict[str, str]:
        """All refs of a repository and the objects they point to."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)", at=name)
        return dict(line.split(" ") for line in lines.splitlines())

    def head(self, name: str) -> str:
        """The default branch of a repository."""
        return self.git("symbolic-ref", "--short", "HEAD", at=name).strip()

    def configure(self, name: str, key: str, value: str) -> None:
        """Change a setting of a repository, `http.receivepack` for one."""
        self.git("config", key, value, at=name)

    def decline(self, name: str, message: str, refs: str = "*") -> None:
        """Refuse pushes to `refs` (a pattern of the shell) as a protected branch does."""
        text = "\n".join(f"echo {shlex.quote(line)} >&2" for line in message.splitlines())
        self.hook(
            name,
            f"while read -r old new ref; do case $ref in ({refs})\n{text}\nexit 1;; esac\ndone",
        )

    def hook(self, name: str, script: str) -> None:
        """Set the repository's pre-receive hook, a shell script."""
        hook = self.path(name) / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{script}\n")
        hook.chmod(0o755)

    def git(self, *arguments: str, at: str | None = None) -> str:
        """What git prints, run in a repository or outside of one."""
        where = [] if at is None else ["--git-dir", str(self.path(at))]
        return subprocess.run(
            ["git", *where, *arguments],
            env=self._environment(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def answer(self, request: Request) -> Response | None:
        """Answer what git asks; None for everything else."""
        found = _PATH.fullmatch(request.path)
        if found is None or ".." in request.path:
            return None
        name, service = found["name"], found["service"]
        writes = "git-receive-pack" in (service, request.parameters.get("service"))
        entry = self._gate(_credentials(request.authorization), name, writes=writes)
        if isinstance(entry, Response):
            return entry
        if not self.path(name).is_dir():
            return Response(404, b"Repository not found.", {"Content-Type": "text/plain"})
        response = self._run(request, f"/{name}.git/{service}", entry)
        if service == "git-receive-pack":
            self._choose_head(name)
        return response

    def _run(self, request: Request, path: str, entry: Entry) -> Response:
        given = {
            to: request.headers[name]
            for name, to in _FROM_HEADERS.items()
            if name in request.headers
        }
        finished = subprocess.run(
            ["git", "http-backend"],
            env={
                **self._environment(),
                **given,
                **entry.variables,
                **({"REMOTE_USER": entry.user} if entry.user else {}),
                "GIT_PROJECT_ROOT": str(self.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": request.method,
                "PATH_INFO": path,
                "QUERY_STRING": request.query,
                "CONTENT_LENGTH": str(len(request.body)),
                "REMOTE_ADDR": "127.0.0.1",
            },
            input=request.body,
            capture_output=True,
            check=False,
        )
        head, _, body = finished.stdout.partition(b"\r\n\r\n")
        assert head, finished.stderr.decode(errors="replace")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200").split()[0])
        return Response(status, body, headers)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C",
        }

    def _choose_head(self, name: str) -> None:
        """Servers take a branch that is there for the default one when theirs is not."""
        branches = [ref for ref in self.refs(name) if ref.startswith("refs/heads/")]
        if branches and f"refs/heads/{self.head(name)}" not in branches:
            self.git("symbolic-ref", "HEAD", branches[0], at=name)

    def _by_users(
        self, credentials: Credentials | None, name: str, *, writes: bool
    ) -> Entry | Response:
        if credentials is None and name in self.readable and not writes:
            return Entry("", {})
        if credentials is None:
            return unauthorized()
        user = self.users.get(credentials.user)
        if user is None or user.password != credentials.password:
            return unauthorized("Invalid username or password.")
        if user.sees is not None and name not in user.sees:
            return refused(404, "Repository not found.")
        if writes and not user.writes:
            return refused(403, f"Permission to {name}.git denied to {credentials.user}.")
        return Entry(credentials.user, {})

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.loopback.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.loopback.__exit__(*exception)


def unauthorized(message: str = "No anonymous access.") -> Response:
    """Who asks has to say who they are."""
    return refused(401, message, {"WWW-Authenticate": 'Basic realm="git"'})


def refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal whose text git shows as `remote: …`."""
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    return Response(status, message.encode(), {**kind, **(headers or {})})


def _credentials(authorization: str) -> Credentials | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, separator, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credentials(user, password) if separator else None
