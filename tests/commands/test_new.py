from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.tree import read_tree
from tests.commands.invoke import invoke
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

SAMPLE_TEXT = (SAMPLE / "cluster.yaml").read_text()


def test_the_sample_is_rendered_checked_and_committed(tmp_path: Path) -> None:
    result = invoke("new", tmp_path / "home", "--config", SAMPLE / "cluster.yaml", "--no-input")
    assert result.status == 0, result.out + result.err
    made = read_tree(tmp_path / "home")
    assert {p: f for p, f in made.items() if not p.startswith(".git/")} == read_tree(SAMPLE)
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=tmp_path / "home", capture_output=True, check=True
    )
    assert status.stdout == b""
    assert "manifests checked by kubeconform -strict: no errors" in result.out
    assert "plan-component-retired" in result.out


def test_the_folder_is_the_clusters_name_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke("new", "--config", SAMPLE / "cluster.yaml", "--set", "name=lab").status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lab"]
    assert (tmp_path / "lab/cluster.yaml").read_text() == SAMPLE_TEXT.replace(
        "name: home", "name: lab"
    )


def test_cluster_yaml_comes_from_standard_input(tmp_path: Path) -> None:
    result = invoke("new", tmp_path / "home", "--config", "-", stdin=SAMPLE_TEXT.encode())
    assert result.status == 0, result.out + result.err
    assert (tmp_path / "home/cluster.yaml").read_text() == SAMPLE_TEXT


def test_a_dry_run_shows_the_tree_and_writes_nothing(tmp_path: Path) -> None:
    result = invoke("new", tmp_path / "home", "--config", SAMPLE / "cluster.yaml", "--dry-run")
    assert result.status == 0
    assert list(tmp_path.iterdir()) == []
    for path in read_tree(SAMPLE):
        assert f" {path.rsplit('/', 1)[-1]}  (" in result.out
    assert "bytes, executable)" in result.out
    assert "nothing was written" in result.out


def test_without_a_terminal_every_missing_key_is_listed(tmp_path: Path) -> None:
    result = invoke("new", tmp_path / "home")
    assert result.status == 2
    for key in ("name", "domain", "kubernetes", "repository", "nodes", "network", "components"):
        assert key in result.out
    assert list(tmp_path.iterdir()) == []


def test_every_mistake_is_reported_in_one_run_with_its_place(tmp_path: Path) -> None:
    config = tmp_path / "cluster.yaml"
    config.write_text(
        SAMPLE_TEXT.replace("gateway: 192.168.1.1", "gatewy: 192.168.1.1")
        .replace("api_address: 192.168.1.20", "api_address: 192.168.1.31")
        .replace("name: k-w3", "name: K_w3")
    )
    result = invoke("new", tmp_path / "home", "--config", config, "--output", "json")
    assert result.status == 2
    findings = json.loads(result.out)["findings"]
    rules = {finding["rule"] for finding in findings if finding["severity"] == "error"}
    assert rules == {"plan-schema", "plan-pool-overlap", "plan-node-name"}
    for finding in findings:
        line = config.read_text().split("\n")[finding["line"] - 1]
        assert finding["file"] == str(config)
        assert line[finding["column"] - 1] != " "
    assert not (tmp_path / "home").exists()


def test_a_target_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/mine.txt").write_text("mine")
    result = invoke("new", tmp_path / "home", "--config", SAMPLE / "cluster.yaml")
    assert result.status == 2
    assert "is not empty (mine.txt is in it)" in result.err
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["mine.txt"]


def test_json_output_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    result = invoke(
        "new", tmp_path / "home", "--config", SAMPLE / "cluster.yaml", "--output", "json"
    )
    assert result.status == 0
    assert json.loads(result.out)["summary"]["errors"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config", "nowhere.yaml"], "nowhere.yaml cannot be read: No such file or directory"),
        (["--config", "."], "cannot be read: Is a directory"),
        (["--set", "name"], "--set name: not KEY=VALUE"),
        (["--blueprints", "nowhere"], "nowhere"),
        (["--config", "binary"], "binary:1:"),
    ],
)
def test_wrong_usage_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary").write_bytes(b"\x7fELF\x00\xff\xfe")
    result = invoke("new", "home", *arguments)
    assert result.status == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (tmp_path / "home").exists()
