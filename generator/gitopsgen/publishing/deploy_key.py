"""The key with which Argo CD reads a private repository over ssh, and nothing else."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.publishing.github import without_comment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.publishing.github import RegisteredKey

TITLE = "Argo CD, made by gitopsgen"


class KeyState(Enum):
    """What GitHub has of the deploy key in a file."""

    REGISTERED = "registered"
    MISSING = "missing"
    # It may write, which Argo CD has no need of.
    WRITABLE = "writable"
    # Registered from another machine: the private half is there.
    ELSEWHERE = "elsewhere"


def key_file(host: str, owner: str, name: str) -> Path:
    """Where the key of a repository lies: $XDG_CONFIG_HOME/gitopsgen, else ~/.config/gitopsgen."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "")
    # By its standard a relative one is ignored.
    base = home if home.is_absolute() else Path.home() / ".config"
    return base / "gitopsgen" / host / owner / name / "argocd_deploy_key"


def key_state(private: Path, registered: Sequence[RegisteredKey]) -> KeyState:
    """Compare the key of this machine with those that are registered."""
    if private.is_file():
        public = _public(private)
        same = [key for key in registered if key.public == public]
        if same:
            read_only = all(key.is_read_only for key in same)
            return KeyState.REGISTERED if read_only else KeyState.WRITABLE
    if any(key.title == TITLE for key in registered):
        return KeyState.ELSEWHERE
    return KeyState.MISSING


def make_key_pair(private: Path, comment: str, *, renew: bool = False) -> str:
    """Make the key pair unless it is there, and return the public key.

    Raises `UnavailableError` where it cannot be made.
    """
    try:
        private.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if renew and private.is_file():
            private.replace(private.with_suffix(".old"))
        if not private.is_file():
            private.with_suffix(".pub").unlink(missing_ok=True)
            options = ["-q", "-t", "ed25519", "-N", "", "-C", f"argocd {comment}", "-f"]
            run(["ssh-keygen", *options, private])
        return _public(private)
    except OSError as error:
        raise UnavailableError(f"{private} cannot be written: {error.strerror}") from error


def _public(private: Path) -> str:
    """The public half of a key, whatever has become of its file."""
    answer = run(["ssh-keygen", "-y", "-P", "", "-f", private])
    return without_comment(answer.stdout.decode(errors="replace"))
