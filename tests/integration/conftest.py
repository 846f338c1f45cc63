"""Installing gitopsgen from its checkout without a package index."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample import SAMPLE

CHECKOUT = SAMPLE.parent
# What an installation brings itself.
_OWN = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "gitopsgen", "__editable__")


@pytest.fixture(scope="session")
def lending(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables with which pip installs from a folder, and the tests' own packages are lent.

    Nothing is fetched: the build backend and the dependencies are those of the test run.
    """
    folder = tmp_path_factory.mktemp("lent")
    lender = next(path for path in sys.path if path.endswith("site-packages"))
    for package in Path(lender).iterdir():
        if not package.name.startswith(_OWN) and package.suffix != ".pth":
            (folder / package.name).symlink_to(package)
    return {
        "PYTHONPATH": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        # pip takes the value of a `no-` setting for that of its opposite.
        "PIP_NO_BUILD_ISOLATION": "0",
    }


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the package index: it holds a wheel of the checkout."""
    folder = tmp_path_factory.mktemp("published")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(CHECKOUT)], check=True, capture_output=True)
    return folder


@pytest.fixture
def environment(lending: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The variables of a machine with nothing on it but what is lent, and git for a person."""
    return {
        **os.environ,
        **lending,
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.net",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.net",
    }
