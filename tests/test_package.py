"""The two ways to install gitopsgen: a wheel in a clean environment, and a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

import gitopsgen
from gitopsgen.blueprints.catalogue import shipped_blueprints
from gitopsgen.tree import read_tree
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

CHECKOUT = SAMPLE.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(CHECKOUT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment that holds the wheel; its dependencies are lent by the test's own."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    site_packages = next((folder / "lib").glob("python*/site-packages"))
    lender = next(path for path in sys.path if path.endswith("site-packages"))
    (site_packages / "dependencies.pth").write_text(lender + "\n")
    return folder


def test_the_wheel_holds_every_file_of_the_blueprints(installed: Path) -> None:
    packaged = next((installed / "lib").glob("python*/site-packages/gitopsgen/_blueprints"))
    assert read_tree(packaged) == read_tree(shipped_blueprints())


def test_the_installed_wheel_makes_the_sample_from_another_folder(
    installed: Path, tmp_path: Path, kubeconform: Path
) -> None:
    completed = subprocess.run(
        [
            installed / "bin/gitopsgen",
            "new",
            "home",
            "--no-input",
            "--config",
            SAMPLE / "cluster.yaml",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    made = read_tree(tmp_path / "home")
    assert {path: file for path, file in made.items() if not path.startswith(".git/")} == (
        read_tree(SAMPLE)
    )


def test_a_checkout_uses_its_own_blueprints_and_never_those_of_site_packages() -> None:
    assert shipped_blueprints() == CHECKOUT / "blueprints"
    assert CHECKOUT / "generator" in [*map(type(CHECKOUT), sys.path)]


def test_the_version_is_the_one_of_the_package_metadata() -> None:
    text = (CHECKOUT / "pyproject.toml").read_text()
    assert f'version = "{gitopsgen.__version__}"' in text


def test_asking_for_the_version_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from gitopsgen.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "heavy = {'cookiecutter', 'jinja2', 'yaml', 'ruamel', 'jsonschema_rs', 'yamllint'}\n"
        "sys.exit(repr(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)\n"
    )
    completed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "generator")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout == f"gitopsgen {gitopsgen.__version__}\n"
