"""The environment in which git is run."""

from __future__ import annotations

import os

# How a person reaches a remote is theirs to say; which repository is meant is not.
_KEPT = frozenset({"GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT"})


def environment() -> dict[str, str]:
    """This process's variables without those that point git elsewhere (GIT_DIR and the like).

    Messages are in English: they are shown, and sometimes read, by gitopsgen.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key in _KEPT or key.startswith("GIT_CONFIG_")
    }
    return {**kept, "LC_ALL": "C"}
