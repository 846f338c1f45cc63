from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen import __version__
from tests.integration.conftest import CHECKOUT
from tests.sample import SAMPLE

pytestmark = pytest.mark.usefixtures("kubeconform")

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
HOOK = "gitopsgen-validate"


def git(root: Path, environment: dict[str, str], *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def pre_commit(
    root: Path, environment: dict[str, str], *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run pre-commit in a repository, over all its files."""
    return subprocess.run(
        [Path(sys.executable).with_name("pre-commit"), *arguments, "--all-files", "--verbose"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hooks(tmp_path: Path, environment: dict[str, str]) -> Path:
    """A repository of the checkout's files as they are, committed or not."""
    folder = tmp_path / "gitopsgen"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    git(folder, environment, "init", "-q")
    git(folder, environment, "add", "-A")
    git(folder, environment, "commit", "-q", "-m", "all")
    return folder


def test_the_hook_of_the_project_checks_a_repository(
    tmp_path: Path, environment: dict[str, str], hooks: Path
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    git(root, environment, "init", "-q")
    (root / "a.yaml").write_text(CONFIG_MAP)
    (root / "notes.md").write_text("notes\n")
    git(root, environment, "add", "-A")
    completed = pre_commit(root, environment, "try-repo", hooks, HOOK)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "Passed" in completed.stdout
    assert "in 1 file, 1 document" in completed.stdout

    (root / "a.yaml").write_text(CONFIG_MAP + "dta: {}\n")
    git(root, environment, "add", "-A")
    completed = pre_commit(root, environment, "try-repo", hooks, HOOK)
    assert completed.returncode == 1
    assert '  4:1 error: unknown field "dta" [schema-invalid]' in completed.stdout
    assert "- exit code: 1" in completed.stdout


def test_the_hook_of_a_generated_repository_checks_it(
    tmp_path: Path, environment: dict[str, str], published: Path
) -> None:
    root = shutil.copytree(SAMPLE, tmp_path / "root")
    environment["PIP_FIND_LINKS"] = str(published)
    git(root, environment, "init", "-q")
    git(root, environment, "add", "-A")
    # The other hooks come from a repository elsewhere.
    path = root / ".pre-commit-config.yaml"
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    config["repos"] = [repo for repo in config["repos"] if repo["repo"] == "local"]
    ((hook,),) = (repo["hooks"] for repo in config["repos"])
    assert hook["additional_dependencies"] == [f"gitopsgen=={__version__}"]
    own = tmp_path / "config.yaml"
    own.write_text(yaml.safe_dump(config))
    completed = pre_commit(root, environment, "run", "--config", own)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "0 errors, " in completed.stdout

    apps = root / "apps/argocd.yaml"
    apps.write_text(apps.read_text().replace("  project:", "  projct:"))
    completed = pre_commit(root, environment, "run", "--config", own)
    assert completed.returncode == 1
    assert 'unknown field "projct"' in completed.stdout
