"""The steps of GitHub workflows and actions, run as a runner runs them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def evaluate(text: str, context: Mapping[str, str]) -> str:
    """The text with its expressions replaced; each has to be one that `context` has."""
    return _EXPRESSION.sub(lambda found: context[found[1]], text)


def run_step(
    step: Mapping[str, Any],
    context: Mapping[str, str],
    cwd: Path,
    environment: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    """Run a `run` step in bash, as `shell: bash` does in an action and on a runner."""
    variables = {name: evaluate(value, context) for name, value in step.get("env", {}).items()}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", evaluate(step["run"], context)],
        cwd=cwd,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
