"""What the person who runs validate may not read, and folders where files belong."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import (
    CHART,
    CONFIG_MAP,
    HELM_APPLICATION,
    one_application,
    validate,
    write,
)
from tests.hostile.test_cache import path_with_tools
from tests.hostile.test_charts import CHART as MEMBERS
from tests.hostile.test_charts import REMOTE, archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

HELM = {**one_application(CHART), "app.yaml": HELM_APPLICATION, "v.yaml": "a: 1\n"}
KUSTOMIZATION = one_application({"web/kustomization.yaml": "resources: [ok.yaml]\n"})
IN_THE_WAY = [
    "app.yaml",
    "web/a.yaml",
    "x/other.yaml",
    "cluster.yaml",
    ".yamllint",
    ".gitopsgen/validate.yaml",
    ".gitopsgen/lock.yaml",
]


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder for the repository, whose modes are put back so that it can be deleted."""
    yield tmp_path / "repository"
    subprocess.run(["chmod", "-R", "u+rwX", str(tmp_path)], check=True)


@pytest.mark.parametrize("path", IN_THE_WAY)
def test_a_file_that_cannot_be_read(closed: Path, path: str) -> None:
    root = write(closed, one_application({}))
    write(root, {path: (root / path).read_bytes() if (root / path).exists() else ""})
    (root / path).chmod(0)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    assert f"{path}: cannot be read: Permission denied" in run.unchecked


@pytest.mark.parametrize("path", IN_THE_WAY[1:])
def test_a_folder_where_a_file_belongs(tmp_path: Path, path: str) -> None:
    run = validate(write(tmp_path, one_application({f"{path}/x": ""})))
    assert (run.status, run.findings, run.unchecked) == (0, [], [])


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("mode", [0, 0o444, 0o111])
def test_a_folder_that_cannot_be_read(closed: Path, tracked: bool, mode: int) -> None:
    root = write(closed, one_application({}))
    if tracked:
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "add", "."], cwd=root, check=True)
    (root / "web").chmod(mode)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    readable_by_name = tracked and mode == 0o111
    assert readable_by_name or any("cannot be read" in item for item in run.unchecked)


@pytest.mark.parametrize(
    "path",
    ["Chart.yaml", "values.yaml", "templates", "templates/a.yaml", "charts", ".helmignore"],
)
def test_a_chart_that_cannot_be_read(closed: Path, path: str) -> None:
    root = write(closed, {**HELM, "web/charts/x/Chart.yaml": CHART["web/Chart.yaml"]})
    if not (root / "web" / path).exists():
        write(root, {f"web/{path}": ""})
    (root / "web" / path).chmod(0)
    run = validate(root)
    assert run.status == 1
    assert "ermission denied" in run.findings[0]


def test_values_that_cannot_be_read(closed: Path) -> None:
    root = write(closed, HELM)
    (root / "v.yaml").chmod(0)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    assert "chart web: its value file /v.yaml cannot be read" in run.unchecked


@pytest.mark.parametrize("path", ["web/kustomization.yaml", "web/ok.yaml"])
def test_a_kustomization_that_cannot_be_read(closed: Path, path: str) -> None:
    root = write(closed, KUSTOMIZATION)
    (root / path).chmod(0)
    run = validate(root)
    assert run.status == 1
    assert run.findings[0].startswith("kustomize-build ")


def test_an_archive_that_cannot_be_read(closed: Path) -> None:
    root = write(closed, {"app.yaml": REMOTE, "charts/web-1.0.0.tgz": archive(*MEMBERS)})
    (root / "charts/web-1.0.0.tgz").chmod(0)
    run = validate(root, "--charts-dir", str(root / "charts"))
    assert (run.status, run.findings) == (3, [])
    assert "cannot be read or kept: Permission denied" in run.unchecked[0]


@pytest.mark.parametrize("path", [".git", ".git/HEAD", ".git/index", ".git/config", ".git/objects"])
def test_a_git_folder_that_cannot_be_read(closed: Path, path: str) -> None:
    root = write(closed, one_application({}))
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    (root / path).chmod(0)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    assert path == ".git/objects" or run.unchecked
    again = validate(root, "--changed-since", "HEAD")
    assert again.status == 2
    assert again.out == ""


@pytest.mark.parametrize("path", ["results", "schemas", "."])
def test_a_cache_that_cannot_be_read(closed: Path, tmp_path: Path, path: str) -> None:
    root = write(closed, one_application({"web/a.yaml": CONFIG_MAP.replace("name: a", "name: B")}))
    (tmp_path / "cache" / path).mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache" / path).chmod(0)
    env = {"GITOPSGEN_CACHE": str(tmp_path / "cache"), "PATH": path_with_tools()}
    run = validate(root, env=env)
    if run.status != 1:
        assert (run.status, run.out) == (3, "")
        assert str(tmp_path / "cache") in run.error
