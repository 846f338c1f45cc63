from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.bootstrap.room import Room, furnish, sample_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A public key as ssh-keyscan prints it: type and base64."""
    file = tmp_path_factory.mktemp("key") / "host_key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    kind, key, *_ = file.with_suffix(".pub").read_text(encoding="utf-8").split()
    return f"{kind} {key}"


@pytest.fixture
def room(tmp_path: Path, host_key: str) -> Room:
    """The sample cluster before its first bootstrap."""
    return furnish(tmp_path, sample_text(), host_key)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, host_key: str) -> Room:
    """The sample cluster after a bootstrap without trouble, for tests that only look at it."""
    room = furnish(tmp_path_factory.mktemp("finished"), sample_text(), host_key)
    done = room.run("--accept-host-keys")
    assert (done.returncode, done.stderr) == (0, "")
    return room
