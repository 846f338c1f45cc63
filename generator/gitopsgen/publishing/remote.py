"""A git remote: what it has, and a push that never forces and never goes half-way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.publishing.places import Place, parse_place, without_password
from gitopsgen.publishing.refusals import refusal
from gitopsgen.tools.programs import Completed, ProgramError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.lifecycle.git import Git
    from gitopsgen.publishing.token import Token

# How long a push may take as a whole, and how long nothing may come, in seconds.
TIMEOUT = 1800
STALLED = 60
_TOKEN, _USER = "GITOPSGEN_PUSH_TOKEN", "GITOPSGEN_PUSH_USER"
# git's own way to ask for a credential: a function of the shell, which finds the token in its
# environment. So it is in no file, no URL and no argument, which all users can read.
_HELPER = f'!f() {{ echo "username=${_USER}"; echo "password=${_TOKEN}"; }}; f'
# A remote of this name is in the environment of one git only.
_NAME = "gitopsgen-push"


@dataclass(frozen=True, slots=True)
class Remote:
    """Where to push.

    `name` is the remote whose branches are followed, "" where only a URL is known. A token is
    offered to the URL's host, and to no other.
    """

    git: Git
    url: str
    place: Place
    name: str = ""
    token: Token | None = None

    @property
    def shown(self) -> str:
        """The URL without a password in it."""
        return without_password(self.url)

    def branches(self, names: Sequence[str]) -> dict[str, str]:
        """The commits of those of the branches that the remote has.

        Raises `UnavailableError` where it cannot be asked.
        """
        refs = [f"refs/heads/{name}" for name in names]
        answer = self._call("ls-remote", _NAME, *refs)
        if answer.status != 0:
            raise refusal(f"{self.shown} cannot be read", answer)
        lines = answer.stdout.decode(errors="replace").splitlines()
        pairs = [line.split("\t", 1) for line in lines if "\t" in line]
        return {ref.removeprefix("refs/heads/"): commit for commit, ref in pairs if ref in refs}

    def fetch(self, branch: str) -> None:
        """Get the commits of a branch, and move no branch; where that fails they stay unknown."""
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--refmap="]
        self._call("fetch", *options, _NAME, f"refs/heads/{branch}")

    def push(self, commits: Sequence[tuple[str, str]]) -> None:
        """Push commits to branches, as (branch, commit): all of them or none, and only forward.

        Raises `UnavailableError` where the remote refuses it; then nothing has changed there.
        """
        refs = [f"{commit}:refs/heads/{branch}" for branch, commit in commits]
        options = ["--atomic", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"]
        answer = self._call("push", *options, _NAME, *refs)
        if answer.status != 0:
            raise refusal(f"{self.shown} did not take the push", answer)

    def follow(self, branch: str) -> None:
        """Have `git pull` take a branch from here, unless the person has set up another one."""
        known = self.git.call("config", f"branch.{branch}.remote", check=False)
        if self.name and known.status != 0:
            upstream = f"--set-upstream-to={self.name}/{branch}"
            self.git.call("branch", "--quiet", upstream, branch, check=False)

    def _call(self, *arguments: str) -> Completed:
        variables = {"GIT_TERMINAL_PROMPT": "0", "GIT_TRACE_REDACT": "1", **self._settings()}
        try:
            answer = self.git.given(variables).call(*arguments, check=False, timeout=TIMEOUT)
        except ProgramError as error:
            answer = Completed(arguments, 1, b"", error.message.encode(errors="replace"))
        stdout, stderr = map(self._hidden, (answer.stdout, answer.stderr))
        return replace(answer, stdout=stdout, stderr=stderr)

    def _hidden(self, output: bytes) -> bytes:
        text = output.decode(errors="surrogateescape")
        text = text if self.token is None else self.token.hide(text)
        return text.encode(errors="surrogateescape")

    def _settings(self) -> dict[str, str]:
        """The remote and its credential, as settings in the environment of one git."""
        from gitopsgen.tools.git import environment

        settings = [
            (f"remote.{_NAME}.url", self.url),
            ("http.lowSpeedLimit", "1"),
            ("http.lowSpeedTime", str(STALLED)),
        ]
        if self.name:
            # So that git moves what is known of the remote's branches, too.
            followed = f"+refs/heads/*:refs/remotes/{self.name}/*"
            settings.append((f"remote.{_NAME}.fetch", followed))
        variables = {}
        if self.token is not None:
            # An empty helper takes those away that are set up elsewhere: they would keep the token.
            key = f"credential.{self.place.origin}.helper"
            settings += [(key, ""), (key, _HELPER)]
            variables = {_TOKEN: self.token.secret, _USER: self.token.user}
        first = environment().get("GIT_CONFIG_COUNT", "")
        count = int(first) if first.isdecimal() else 0
        for number, (key, value) in enumerate(settings, count):
            variables[f"GIT_CONFIG_KEY_{number}"] = key
            variables[f"GIT_CONFIG_VALUE_{number}"] = value
        return {**variables, "GIT_CONFIG_COUNT": str(count + len(settings))}


def find_remote(git: Git, wanted: str, url: str) -> tuple[str, str, Place]:
    """The name ("" for none), the URL and its parts of what `--remote` says, or of origin.

    Without either it is `url`. Raises `UsageError` where no such remote is there.
    """
    names = [name for name in git.run("remote").split("\n") if name]
    name = wanted or "origin"
    if name in names:
        urls = git.run("remote", "get-url", "--push", "--all", name).split("\n")
        if len(urls) > 1:
            raise UsageError(
                f"the remote {name} has {len(urls)} URLs to push to: not one step",
                "Push to one of them: gitopsgen push --remote URL.",
            )
        return name, urls[0], _place(urls[0], names)
    return "", wanted or url, _place(wanted or url, names)


def _place(url: str, names: Sequence[str]) -> Place:
    place = None if url.startswith("-") else parse_place(url)
    if place is None:
        raise UsageError(
            f"{without_password(url)} is neither a remote of this repository nor a URL",
            f"Remotes here: {', '.join(names) or 'none'}.",
        )
    return place
