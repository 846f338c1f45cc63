"""How git is run: in which environment, and running nothing else."""

from __future__ import annotations

import os

# How a person reaches a remote is theirs to say; which repository is meant is not.
_KEPT = frozenset({"GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT"})

_KEPT_FAMILIES = ("GIT_CONFIG_", "GIT_SSL_", "GIT_PROXY_")

# `git`, with no program run that the settings of a repository name: fsmonitor is asked even where
# files are only listed.
QUIET_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


def environment() -> dict[str, str]:
    """This process's variables without those that point git elsewhere (GIT_DIR and the like).

    Messages are in English: they are shown, and sometimes read, by gitopsgen.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key in _KEPT or key.startswith(_KEPT_FAMILIES)
    }
    return {**kept, "LC_ALL": "C"}
