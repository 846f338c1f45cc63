from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitopsgen.tree import digest, read_tree
from tests.sample import SAMPLE, render_sample


def test_the_sample_is_what_the_blueprints_render() -> None:
    rendered = render_sample()
    committed = read_tree(SAMPLE)
    assert sorted(rendered) == sorted(committed), "run `make sample`"
    differing = [path for path in rendered if rendered[path] != committed[path]]
    assert differing == [], "run `make sample`, and read the difference"


@pytest.mark.parametrize(
    ("variables", "umask"),
    [
        ({"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"}, 0o022),
        ({"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"}, 0o077),
        ({"LC_ALL": "POSIX", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4294967295"}, 0o000),
    ],
)
def test_rendering_does_not_depend_on_the_machine(
    tmp_path: Path, variables: dict[str, str], umask: int
) -> None:
    root = Path(__file__).parent.parent
    program = (
        "from tests.sample import render_sample\n"
        "from gitopsgen.tree import digest\n"
        "print(digest(render_sample()))"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GITOPSGEN_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(root),
        **variables,
    }
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env=environment,
        umask=umask,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert printed.strip() == digest(read_tree(SAMPLE))
