from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.invoke import invoke

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("kubeconform")
def test_what_is_there_is_shown() -> None:
    result = invoke("doctor")
    assert result.status == 0
    for name in ("kubeconform (required)", "helm (optional)", "git (required)", "go (optional)"):
        assert name in result.out
    assert "Kubernetes schemas: 1.25 to 1.37" in result.out


def test_what_is_missing_makes_the_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GITOPSGEN_RELEASES", "http://127.0.0.1:1")
    result = invoke("doctor", "--output", "json")
    assert result.status == 3
    programs = {item["name"]: item for item in json.loads(result.out)["programs"]}
    assert programs["kubeconform"]["path"] is None
    assert "doctor --install" in programs["kubeconform"]["problem"]
    installed = invoke("doctor", "--install")
    assert installed.status == 3
    assert "could not be installed" in installed.out
    # Without kubeconform nothing is written.
    created = invoke("new", tmp_path / "home", "--config", "sample-output/cluster.yaml")
    assert created.status == 3
    assert "kubeconform is missing" in created.err
    assert "go install" in created.err
    assert not (tmp_path / "home").exists()
