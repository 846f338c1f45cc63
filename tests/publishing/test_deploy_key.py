from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.errors import UnavailableError
from gitopsgen.publishing.deploy_key import TITLE, KeyState, key_file, key_state, make_key_pair
from gitopsgen.publishing.github import RegisteredKey


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "keys/me/home/argocd_deploy_key"


def registered(public: str, *, title: str = TITLE, read_only: bool = True) -> list[RegisteredKey]:
    return [RegisteredKey(title, public, read_only)]


def test_a_key_pair_is_made_once_and_nobody_else_reads_it(private: Path) -> None:
    public = make_key_pair(private, "me/home")
    assert public.startswith("ssh-ed25519 ")
    assert private.stat().st_mode & 0o077 == 0
    content = private.read_bytes()
    assert make_key_pair(private, "me/home") == public
    assert private.read_bytes() == content


def test_a_public_half_that_is_lost_is_no_loss(private: Path) -> None:
    public = make_key_pair(private, "me/home")
    private.with_suffix(".pub").unlink()
    assert make_key_pair(private, "me/home") == public
    assert key_state(private, registered(public)) is KeyState.REGISTERED


def test_a_new_one_keeps_the_old_one(private: Path) -> None:
    public = make_key_pair(private, "me/home")
    old = private.read_bytes()
    assert make_key_pair(private, "me/home", renew=True) != public
    assert private.with_suffix(".old").read_bytes() == old


def test_what_is_registered(private: Path) -> None:
    assert key_state(private, []) is KeyState.MISSING
    assert key_state(private, registered("ssh-ed25519 other")) is KeyState.ELSEWHERE
    assert key_state(private, registered("ssh-rsa x", title="laptop")) is KeyState.MISSING
    public = make_key_pair(private, "me/home")
    assert key_state(private, registered(public, title="renamed")) is KeyState.REGISTERED
    assert key_state(private, registered(public, read_only=False)) is KeyState.WRITABLE
    assert key_state(private, registered("ssh-ed25519 other")) is KeyState.ELSEWHERE


def test_where_keys_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = "gitopsgen/github.com/me/home/argocd_deploy_key"
    assert key_file("github.com", "me", "home") == Path.home() / ".config" / rest
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert key_file("github.com", "me", "home") == Path.home() / ".config" / rest
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert key_file("github.com", "me", "home") == tmp_path / rest


def test_a_file_that_is_no_key_or_no_folder_is_said(private: Path) -> None:
    private.parent.mkdir(parents=True)
    private.write_text("no key\n")
    with pytest.raises(UnavailableError, match="ssh-keygen"):
        make_key_pair(private, "me/home")
    with pytest.raises(UnavailableError, match="cannot be written"):
        make_key_pair(private / "below", "me/home")
