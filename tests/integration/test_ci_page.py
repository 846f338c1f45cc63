"""docs/ci.md: what people copy from it has to work."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen import __version__
from tests.integration.conftest import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (CHECKOUT / "docs/ci.md").read_text(encoding="utf-8")
EXAMPLES: list[Any] = [
    yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.M)
]
ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text())
HOOKS: list[dict[str, Any]] = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())


def uses() -> list[dict[str, Any]]:
    """Every step that uses the action."""
    found = []
    for example in EXAMPLES:
        steps = example["jobs"]["validate"]["steps"] if "jobs" in example else example
        found += [s for s in steps if isinstance(s, dict) and "gitopsgen@" in s.get("uses", "")]
    return found


def test_steps_give_inputs_that_the_action_has() -> None:
    assert len(uses()) == 3
    for step in uses():
        assert step.get("with", {}).keys() <= ACTION["inputs"].keys()
    listed = re.search(r"Its inputs are (.+?);", PAGE, re.DOTALL)
    assert listed is not None
    assert re.findall(r"`([\w-]+)`", listed[1]) == list(ACTION["inputs"])


def test_versions_are_this_one() -> None:
    assert set(re.findall(r"gitopsgen(?:==|@v)([\d.]+)", PAGE)) == {__version__}
    (config,) = (example for example in EXAMPLES if "repos" in example)
    assert config["repos"][0]["rev"] == f"v{__version__}"


def test_the_hook_is_the_one_that_is_offered() -> None:
    (config,) = (example for example in EXAMPLES if "repos" in example)
    assert [hook["id"] for hook in config["repos"][0]["hooks"]] == [hook["id"] for hook in HOOKS]


@pytest.mark.usefixtures("kubeconform")
def test_the_script_of_another_service_leaves_its_report(tmp_path: Path) -> None:
    (job,) = (example["validate"] for example in EXAMPLES if "validate" in example)
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n"
    )
    script = job["script"][1].replace("gitopsgen ", f"{sys.executable} -m gitopsgen ", 1)
    completed = subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=False)
    assert completed.returncode == 1
    assert "<failure" in (tmp_path / job["artifacts"]["reports"]["junit"]).read_text()
