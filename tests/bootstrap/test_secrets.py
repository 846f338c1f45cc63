from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.bootstrap.room import SECRETS, Room, furnish, sample_text

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "$(touch {0}/pwned)`touch {0}/pwned`;touch {0}/pwned #'\"\\ =x: &y !z"


def secrets_in(room: Room) -> dict[str, dict[str, str]]:
    """Every Secret that kubectl was given, decoded."""
    found = {}
    for call in room.calls():
        if call.program == "kubectl" and call.arguments[-2:] == ("--filename", "-"):
            secret = yaml.safe_load(call.given)
            name = f"{secret['metadata']['namespace']}/{secret['metadata']['name']}"
            found[name] = {
                key: base64.b64decode(value, validate=True).decode()
                for key, value in secret["data"].items()
            }
    return found


def test_only_kubectl_sees_them_and_on_standard_input(room: Room) -> None:
    room.write_secrets(SECRETS + "GIT_USERNAME=owner\nGIT_TOKEN=ghp_topsecrettoken\n")
    done = room.run("--accept-host-keys")
    assert (done.returncode, done.stderr) == (0, "")
    assert secrets_in(room) == {
        "argocd/git-repository": {
            "type": "git",
            "url": "https://github.com/owner/home-cluster",
            "username": "owner",
            "password": "ghp_topsecrettoken",
        },
        "cert-manager/loopia-credentials": {
            "username": "api-user@loopiaapi",
            "password": "hunter2-the-secret",
        },
    }
    for secret in ("ghp_topsecrettoken", "hunter2-the-secret"):
        for form in (secret, base64.b64encode(secret.encode()).decode()):
            assert form not in done.stdout
            for call in room.calls():
                assert form not in str(call)
                if form in call.given:
                    assert call.program == "kubectl"
        for file in room.state.iterdir():
            assert file == room.secrets or secret not in file.read_text(encoding="utf-8")


def test_a_deploy_key_ends_with_a_newline(room: Room) -> None:
    key = room.home / "deploy_key"
    key.write_text("-----BEGIN KEY-----\nabc\n-----END KEY-----\n", encoding="utf-8")
    room.write_secrets(f"{SECRETS}GIT_SSH_PRIVATE_KEY_FILE={key}\n")
    assert room.run("--accept-host-keys").returncode == 0
    assert secrets_in(room)["argocd/git-repository"] == {
        "type": "git",
        "url": "https://github.com/owner/home-cluster",
        "sshPrivateKey": key.read_text(encoding="utf-8"),
    }


def test_values_are_text_and_never_run(room: Room) -> None:
    hostile = HOSTILE.format(room.home)
    room.write_secrets(
        f"# a comment\n\nLOOPIA_CREDENTIALS_USERNAME={hostile}\r\nLOOPIA_CREDENTIALS_PASSWORD= åäö "
    )
    assert room.run("--accept-host-keys").returncode == 0
    assert secrets_in(room)["cert-manager/loopia-credentials"] == {
        "username": hostile,
        "password": " åäö ",
    }
    assert not (room.home / "pwned").exists()


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        (SECRETS, 0o644, "can be read by others: chmod 600"),
        (SECRETS, 0o640, "can be read by others: chmod 600"),
        (SECRETS + "just a line\n", 0o600, "a line is not KEY=VALUE"),
        (SECRETS + "lower=x\n", 0o600, "a line is not KEY=VALUE"),
        (SECRETS + "$(touch pwned)=x\n", 0o600, "a line is not KEY=VALUE"),
        (SECRETS + "A[$(touch pwned)]=x\n", 0o600, "a line is not KEY=VALUE"),
        (SECRETS.splitlines()[0], 0o600, "has no value for: LOOPIA_CREDENTIALS_PASSWORD"),
        ("", 0o600, "no value for: LOOPIA_CREDENTIALS_USERNAME LOOPIA_CREDENTIALS_PASSWORD"),
    ],
)
def test_a_file_that_is_not_right_is_refused_at_once(
    room: Room, text: str, mode: int, message: str
) -> None:
    room.write_secrets(text, mode)
    done = room.run("--accept-host-keys")
    assert done.returncode == 1
    assert done.stderr.startswith("error: looking for programs and secrets on this machine: ")
    assert message in done.stderr
    # Nor is what stands in the file told to anybody.
    assert "hunter2" not in done.stderr + done.stdout
    assert room.calls() == []
    assert not (room.home / "pwned").exists()


def test_a_missing_file_is_refused(room: Room) -> None:
    room.secrets.unlink()
    done = room.run("--accept-host-keys")
    assert done.returncode == 1
    assert f"{room.secrets} is missing: make it with --print-secrets-template" in done.stderr
    assert room.calls() == []


@pytest.mark.parametrize("place", ["secrets.env", "apps/secrets.env"])
def test_a_file_inside_the_repository_is_refused(room: Room, place: str) -> None:
    inside = room.repository / place
    room.secrets.rename(inside)
    done = room.run("--secrets", str(inside))
    assert done.returncode == 1
    assert "is inside the repository: move it out" in done.stderr
    assert room.calls() == []


def test_a_link_to_a_file_inside_the_repository_is_refused(room: Room) -> None:
    inside = room.repository / "secrets.env"
    room.secrets.rename(inside)
    # By way of a second, relative link.
    (room.home / "link.env").symlink_to(inside)
    room.secrets.symlink_to("../../../link.env")
    done = room.run()
    assert done.returncode == 1
    assert "is inside the repository: move it out" in done.stderr
    assert room.calls() == []


def test_the_template_has_every_key_and_is_refused_while_empty(room: Room, tmp_path: Path) -> None:
    printed = room.run("--print-secrets-template")
    assert (printed.returncode, printed.stderr) == (0, "")
    keys = [line for line in printed.stdout.splitlines() if line and not line.startswith("#")]
    assert keys == [
        "GIT_USERNAME=",
        "GIT_TOKEN=",
        "GIT_SSH_PRIVATE_KEY_FILE=",
        "LOOPIA_CREDENTIALS_USERNAME=",
        "LOOPIA_CREDENTIALS_PASSWORD=",
    ]
    room.write_secrets(printed.stdout)
    assert "has no value for: LOOPIA_CREDENTIALS_USERNAME" in room.run().stderr
    filled = printed.stdout.replace("USERNAME=", "USERNAME=x").replace("PASSWORD=", "PASSWORD=y")
    room.write_secrets(filled)
    assert "pinning the SSH host keys" in room.run().stderr


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("git@github.com:owner/home.git", "github.com/owner/home"),
        ("ssh://git@github.com/owner/home", "github.com/owner/home"),
        ("ssh://git.example.net:2222/owner/home.git/", "git.example.net/owner/home"),
    ],
)
def test_the_template_names_the_deploy_key_that_a_push_has_made(
    tmp_path: Path, url: str, folder: str
) -> None:
    text = sample_text().replace("{url: https://github.com/owner/home-cluster,", f"{{url: {url},")
    room = furnish(tmp_path, text, "ssh-ed25519 AAAA")
    empty = "GIT_SSH_PRIVATE_KEY_FILE="
    assert empty in room.run("--print-secrets-template").stdout.splitlines()
    key = room.home / ".config/gitopsgen" / folder / "argocd_deploy_key"
    key.parent.mkdir(parents=True)
    key.write_text("a key\n")
    assert f"{empty}{key}" in room.run("--print-secrets-template").stdout.splitlines()


def test_a_deploy_key_that_cannot_be_read(room: Room) -> None:
    room.write_secrets(f"{SECRETS}GIT_SSH_PRIVATE_KEY_FILE={room.home}/nowhere\n")
    done = room.run("--accept-host-keys")
    assert done.returncode == 1
    assert f"cannot read GIT_SSH_PRIVATE_KEY_FILE {room.home}/nowhere" in done.stderr
