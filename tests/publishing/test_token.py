from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.publishing.token import Token, github_token, plain_token

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gh that knows a token for github.com only."""
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && echo from-gh\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.mark.parametrize(
    ("host", "variables", "secret", "source"),
    [
        ("github.com", {"GH_TOKEN": "a", "GITHUB_TOKEN": "b"}, "a", "$GH_TOKEN"),
        ("github.com", {"GITHUB_TOKEN": " b\n"}, "b", "$GITHUB_TOKEN"),
        ("github.com", {"GH_TOKEN": "", "GITHUB_TOKEN": "b"}, "b", "$GITHUB_TOKEN"),
        ("github.com", {"GH_TOKEN": "two words"}, "from-gh", "`gh auth token`"),
        ("github.com", {"GH_TOKEN": "ü", "GH_ENTERPRISE_TOKEN": "e"}, "from-gh", "`gh auth token`"),
        ("ghe.example.net", {"GH_TOKEN": "a"}, "a", "$GH_TOKEN"),
        (
            "ghe.example.net",
            {"GH_TOKEN": "a", "GH_ENTERPRISE_TOKEN": "e"},
            "e",
            "$GH_ENTERPRISE_TOKEN",
        ),
    ],
)
def test_where_a_token_is_taken_from(
    host: str, variables: dict[str, str], secret: str, source: str
) -> None:
    token = github_token(host, variables)
    assert token is not None
    assert (token.secret, token.source) == (secret, source)


def test_there_may_be_none(gh: Path) -> None:
    assert github_token("ghe.example.net", {}) is None
    gh.write_text("#!/bin/sh\nprintf 'two words'\n")
    assert github_token("github.com", {}) is None
    gh.unlink()
    assert github_token("github.com", {}) is None


def test_other_servers_have_variables_of_their_own() -> None:
    token = plain_token({"GIT_TOKEN": "s", "GIT_USERNAME": "ada"})
    assert token is not None
    assert (token.user, token.secret) == ("ada", "s")
    nameless = plain_token({"GIT_TOKEN": "s"})
    assert nameless is not None
    assert nameless.user == "git"
    assert plain_token({"GIT_USERNAME": "ada"}) is None


def test_a_token_is_never_printed() -> None:
    token = Token("s3cret", "$GH_TOKEN")
    assert "s3cret" not in f"{token} {token!r}"
    assert token.hide("Bearer s3cret!") == "Bearer ***!"
