"""Bare repositories behind a real `git http-backend`, on the loopback interface."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tests.publishing.git_signin import Entry, Gate, User, UsersGate, credentials, refused
from tests.publishing.loopback import Loopback, Request, Response
from tests.publishing.push_reports import with_reasons

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


# Every part reads all the refs; the first one that declines ends the push.
_HOOK = """\
#!/bin/sh
refs=$(cat)
for part in "$0".d/*; do
    echo "$refs" | sh -e "$part" || exit 1
done
"""


class GitServer:
    """A git server. Repositories are named owner/name; their URLs end in .git or do not.

    `users` may sign in; `readable` are repositories that need no signing in to be read. A gate
    set by `guard` decides instead of both. Requests, faults: see `loopback`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loopback = Loopback()
        self.loopback.applications.append(self.answer)
        self.url = self.loopback.url
        self._users_gate = UsersGate()
        self._gate: Gate = self._users_gate

    @property
    def users(self) -> dict[str, User]:
        """Those who may sign in, by name."""
        return self._users_gate.users

    @property
    def readable(self) -> set[str]:
        """The repositories that everybody may read."""
        return self._users_gate.readable

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

    def set_head(self, name: str, branch: str) -> None:
        """Change the default branch of a repository."""
        self.git("symbolic-ref", "HEAD", f"refs/heads/{branch}", at=name)

    def configure(self, name: str, key: str, value: str) -> None:
        """Change a setting of a repository, `http.receivepack` for one."""
        self.git("config", key, value, at=name)

    def decline(self, name: str, message: str, refs: str = "*", reason: str = "") -> None:
        """Refuse pushes to `refs` (a pattern of the shell) as a protected branch does.

        The message comes line by line as `remote: …`, the reason after `[remote rejected]`.
        """
        said = "\n".join(f"echo {shlex.quote(line)} >&2" for line in message.splitlines())
        note = f'printf "%s\\t%s\\n" "$ref" {shlex.quote(reason)} >> "$REASONS"' if reason else ":"
        match = f"case $ref in ({refs})\n{said}\n{note}\nexit 1;; esac"
        self.hook(name, "decline", f"while read -r old new ref; do {match}\ndone")

    def hook(self, name: str, part: str, script: str) -> None:
        """Set one part of the repository's pre-receive hook, a shell script."""
        hook = self.path(name) / "hooks" / "pre-receive"
        parts = hook.with_suffix(".d")
        parts.mkdir(parents=True, exist_ok=True)
        (parts / part).write_text(f"{script}\n")
        hook.write_text(_HOOK)
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
        entry = self._gate(credentials(request.authorization), name, writes=writes)
        if isinstance(entry, Response):
            return entry
        if not self.path(name).is_dir():
            return refused(404, "Repository not found.")
        if service != "git-receive-pack":
            return self._run(request, f"/{name}.git/{service}", entry)
        return self._receive(request, name, entry)

    def _receive(self, request: Request, name: str, entry: Entry) -> Response:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "reasons"
            entry = replace(entry, variables={**entry.variables, "REASONS": str(file)})
            response = self._run(request, f"/{name}.git/git-receive-pack", entry)
            lines = file.read_text().splitlines() if file.exists() else []
        self._choose_head(name)
        reasons = dict(line.split("\t", 1) for line in lines)
        return replace(response, body=with_reasons(response.body, reasons)) if reasons else response

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
            self.set_head(name, branches[0].removeprefix("refs/heads/"))

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.loopback.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.loopback.__exit__(*exception)
