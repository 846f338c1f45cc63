"""The workflow of a generated repository, its shell steps run for real."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen import __version__
from tests.integration.steps import run_step
from tests.sample import SAMPLE

WORKFLOW: dict[str, Any] = yaml.safe_load(
    (SAMPLE / ".github/workflows/validate.yaml").read_text(encoding="utf-8")
)
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["validate"]["steps"]
INSTALL, VALIDATE = (step for step in STEPS if "run" in step)


@pytest.fixture
def runner(tmp_path: Path, environment: dict[str, str], published: Path) -> dict[str, str]:
    """A runner whose workspace is the sample, with a Python that setup-python brought."""
    python = tmp_path / "python"
    subprocess.run([sys.executable, "-m", "venv", python], check=True)
    shutil.copytree(SAMPLE, tmp_path / "workspace")
    return {
        **environment,
        "PATH": f"{python / 'bin'}:{environment['PATH']}",
        "PIP_FIND_LINKS": str(published),
        "GITHUB_WORKSPACE": str(tmp_path / "workspace"),
    }


@pytest.mark.usefixtures("kubeconform")
def test_its_steps_install_gitopsgen_and_annotate_what_is_wrong(runner: dict[str, str]) -> None:
    workspace = Path(runner["GITHUB_WORKSPACE"])
    assert INSTALL["run"] == f"pip install gitopsgen=={__version__}"
    completed = run_step(INSTALL, {}, workspace, runner)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    application = workspace / "apps/argocd.yaml"
    text = application.read_text().replace("  project:", "  projct:")
    # Nothing of the network is part of this test.
    application.write_text(text)
    completed = run_step(VALIDATE, {}, workspace, {**runner, "GITOPSGEN_HELM": "/nowhere"})
    assert completed.returncode == 1, completed.stdout + completed.stderr
    line = 1 + text[: text.index("projct")].count("\n")
    assert f"::error file=apps/argocd.yaml,line={line},col=3,title=schema-invalid" in (
        completed.stdout
    )


def test_charts_are_required() -> None:
    assert VALIDATE["run"] == "gitopsgen validate --output github"
