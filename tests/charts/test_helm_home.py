from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.charts.helm_home import environment, write_repository

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://charts.example.net"
MINE = (
    "apiVersion: ''\nrepositories:\n"
    "  - {name: other, url: 'https://other.example.net', username: bob, password: secret}\n"
    f"  - {{name: mine, url: '{URL}/', username: ann, password: hunter2, caFile: /ca.pem, x: y}}\n"
)


def written(home: Path) -> dict[str, Any]:
    write_repository(home, "repository", URL)
    data = json.loads((home / "repositories.yaml").read_text())
    (entry,) = data["repositories"]
    return dict(entry)


@pytest.mark.parametrize("variable", ["", "HELM_CONFIG_HOME", "XDG_CONFIG_HOME"])
def test_only_the_keys_of_a_url_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    folder = {
        "": tmp_path / "home/.config/helm",
        "HELM_CONFIG_HOME": tmp_path / "own",
        "XDG_CONFIG_HOME": tmp_path / "own/helm",
    }[variable]
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "own"))
    folder.mkdir(parents=True)
    (folder / "repositories.yaml").write_text(MINE)
    home = tmp_path / "run"
    assert written(home) == {
        "name": "repository",
        "url": URL,
        "username": "ann",
        "password": "hunter2",
        "caFile": "/ca.pem",
    }
    assert (home / "repositories.yaml").stat().st_mode & 0o777 == 0o600
    assert environment(home)["HELM_REGISTRY_CONFIG"] == str(folder / "registry/config.json")


@pytest.mark.parametrize("text", ["", "a: [", "repositories: 3", "repositories: [1, {url: 2}]"])
def test_a_configuration_that_is_junk_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    monkeypatch.setenv("HELM_REPOSITORY_CONFIG", str(tmp_path / "mine.yaml"))
    assert written(tmp_path / "run") == {"name": "repository", "url": URL}


def test_nothing_else_of_a_person_reaches_helm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_PLUGINS", "/plugins")
    monkeypatch.setenv("HELM_DEBUG", "true")
    monkeypatch.setenv("HELM_REGISTRY_CONFIG", "/registries.json")
    monkeypatch.setenv("DOCKER_CONFIG", "/docker")
    given = environment(tmp_path)
    assert given["HELM_PLUGINS"].startswith(str(tmp_path))
    assert "HELM_DEBUG" not in given
    assert given["HELM_REGISTRY_CONFIG"] == "/registries.json"
    assert given["DOCKER_CONFIG"] == "/docker"
