"""What is kept between runs may be anything by the next one: the answers stay right."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.pins import HELM, KUBECONFORM
from gitopsgen.tools.resolver import ensure_tool
from tests.hostile.bounds import CHART, CONFIG_MAP, one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

WRONG = CONFIG_MAP.replace("name: a", "name: b") + "dta: {}\n"
DEEP = b"[" * 100_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "repository", one_application({**CHART, "more/b.yaml": WRONG}))


def spoil(cache: Path, how: str) -> int:
    """Spoil everything that is kept as JSON; how many files that were."""
    count = 0
    for path in cache.rglob("*"):
        if not path.is_file() or "results" not in path.parts:
            continue
        content = path.read_bytes()
        count += 1
        match how:
            case "cut":
                path.write_bytes(content[: len(content) // 2])
            case "binary":
                path.write_bytes(bytes(range(256)))
            case "deep":
                path.write_bytes(DEEP)
            case "emptied":
                path.write_bytes(b"")
            case "folder":
                path.unlink()
                path.mkdir()
            case "other keys":
                path.write_text(json.dumps({"state": 1, "unsettled": [], "findings": 3}))
            case _:
                path.write_text(how)
    return count


@pytest.mark.parametrize(
    "how", ["cut", "binary", "deep", "emptied", "folder", "other keys", "[3]", "{}", "null", '"x"']
)
def test_a_spoiled_cache(root: Path, tmp_path: Path, how: str) -> None:
    env = {"GITOPSGEN_CACHE": str(tmp_path / "cache"), "PATH": path_with_tools()}
    first = validate(root, env=env)
    assert first.status in {0, 1}
    assert spoil(tmp_path / "cache", how) > 0
    second = validate(root, env=env)
    assert (second.status, second.report) == (first.status, first.report)


def path_with_tools() -> str:
    """A search path on which kubeconform and helm are: a new cache has none."""
    folders = {str(ensure_tool(tool).parent) for tool in (HELM, KUBECONFORM)}
    return os.pathsep.join([*sorted(folders), os.environ["PATH"]])


def test_a_cache_that_cannot_be_written(root: Path, tmp_path: Path) -> None:
    expected = validate(root)
    (tmp_path / "cache").write_text("a file")
    env = {"GITOPSGEN_CACHE": str(tmp_path / "cache"), "PATH": path_with_tools()}
    run = validate(root, env=env)
    # The schemas have to be unpacked somewhere: to say so is all that is left.
    assert run.status == expected.status or (run.status == 3 and str(tmp_path) in run.error)
