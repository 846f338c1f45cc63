"""How GitHub lets git in: by token, and with the messages of its git server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.publishing.git_signin import Entry, refused, unauthorized
from tests.publishing.github_state import Role

if TYPE_CHECKING:
    from tests.publishing.git_server import GitServer
    from tests.publishing.git_signin import Credentials
    from tests.publishing.github_state import State, Token
    from tests.publishing.loopback import Response

_NO_PASSWORD = (
    "Invalid username or token. Password authentication is not supported for Git operations."
)
# A token without the scope may push what it likes but changed workflows.
_WORKFLOWS = """\
[ -z "$WHO_MAY_NOT" ] && exit 0
files=.github/workflows/
while read -r old new ref; do
    case $new in (*[!0]*) ;; (*) continue ;; esac
    case $old in (*[!0]*) ;; (*) old=$(git hash-object -t tree /dev/null) ;; esac
    changed=$(git diff --name-only --diff-filter=d "$old" "$new" -- "$files" | head -n 1)
    [ -z "$changed" ] && continue
    said="refusing to allow a $WHO_MAY_NOT to create or update workflow \\`$changed\\` without"
    printf '%s\\t%s %s\\n' "$ref" "$said" "$WITHOUT" >> "$REASONS"
done
[ ! -s "$REASONS" ]
"""
_WITHOUT = {
    "classic": ("Personal Access Token", "`workflow` scope"),
    "fine-grained": ("Personal Access Token", "`workflows` permission"),
    "installation": ("GitHub App", "`workflows` permission"),
}


class GitDoor:
    """The gate of a git server that knows GitHub's tokens. Any user name does."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(
        self, credentials: Credentials | None, name: str, *, writes: bool
    ) -> Entry | Response:
        repository = self._state.repository(name)
        token = None
        if credentials is not None:
            token = self._state.tokens.get(credentials.password)
            token = token or self._state.tokens.get(credentials.user)
            if token is None:
                return unauthorized(_NO_PASSWORD)
        if token is None and (writes or repository is None or repository.private):
            return unauthorized("No anonymous write access." if writes else "Repository not found.")
        if repository is None or self._state.contents(token, repository) is Role.NONE:
            return refused(404, "Repository not found.")
        if writes and repository.archived:
            return refused(403, "This repository was archived so it is read-only.")
        if token is None:
            return Entry("", {})
        if writes and self._state.contents(token, repository) < Role.PUSH:
            return refused(403, _denied(token, name))
        return Entry(token.login, self._variables(token))

    def _variables(self, token: Token) -> dict[str, str]:
        if self._state.may_change_workflows(token):
            return {}
        who, without = _WITHOUT[token.kind]
        return {"WHO_MAY_NOT": who, "WITHOUT": without}

    @staticmethod
    def watch_workflows(git: GitServer, name: str) -> None:
        """Refuse pushes that change workflows to those who may not."""
        git.hook(name, "workflows", _WORKFLOWS)


def _denied(token: Token, name: str) -> str:
    if token.kind == "fine-grained":
        return "Write access to repository not granted."
    return f"Permission to {name}.git denied to {token.login}."
