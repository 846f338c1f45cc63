from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.blueprints.catalogue import load_catalogue, shipped_blueprints
from gitopsgen.errors import UsageError
from tests.blueprints.clusters import SAMPLE_COMPONENTS

if TYPE_CHECKING:
    from pathlib import Path


def blueprint(parent: Path, name: str, text: str = "") -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    smallest = f"name: {name}\nversion: 1\nsummary: s\nwave: 5\nnamespace: web\noptions: {{}}\n"
    (folder / "blueprint.yaml").write_text(text or smallest, encoding="utf-8")
    return folder


def error_of(*folders: Path) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_catalogue(folders)
    return caught.value


def test_the_shipped_components_in_alphabetical_order() -> None:
    catalogue = load_catalogue()
    assert tuple(component.name for component in catalogue.components) == SAMPLE_COMPONENTS
    assert catalogue.skeleton == shipped_blueprints() / "repository"
    assert (catalogue.skeleton / "cookiecutter.json").is_file()
    assert [spec.name for spec in catalogue.specs] == list(SAMPLE_COMPONENTS)


def test_folders_of_ones_own_join_in(tmp_path: Path) -> None:
    blueprint(tmp_path / "mine", "blog")
    blueprint(tmp_path / "theirs", "zoo")
    (tmp_path / "mine" / "notes").mkdir()
    (tmp_path / "mine" / "README.md").write_text("no component", encoding="utf-8")
    catalogue = load_catalogue([tmp_path / "mine", tmp_path / "theirs"])
    names = [component.name for component in catalogue.components]
    assert names == sorted([*SAMPLE_COMPONENTS, "blog", "zoo"])
    assert catalogue.extra_folders == (tmp_path / "mine", tmp_path / "theirs")


def test_selected_components_come_in_the_order_of_their_waves() -> None:
    selected = load_catalogue().select(["loopia", "argocd", "kube-vip", "cert-manager", "unknown"])
    names = [component.name for component in selected]
    assert names == ["kube-vip", "cert-manager", "argocd", "loopia"]


def test_everything_wrong_in_every_folder_is_said_at_once(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    blueprint(first, "blog")
    broken = blueprint(first, "broken", "name: broken\nversion: x\n")
    worse = blueprint(second, "worse", "[")
    duplicate = blueprint(second, "blog")
    shipped = blueprint(second, "kube-vip")
    error = error_of(first, second, tmp_path / "nowhere")
    lines = error.message.splitlines()
    assert any(line.startswith(f"{broken}/blueprint.yaml:2:") for line in lines)
    assert any(line.startswith(f"{worse}/blueprint.yaml:1:") for line in lines)
    assert f"{duplicate}: 'blog' is also in {first / 'blog'}" in lines
    assert f"{shipped}: 'kube-vip' is also in {shipped_blueprints()}/components/kube-vip" in lines
    nowhere = tmp_path / "nowhere"
    assert f"{nowhere}: no component in it (a folder with a blueprint.yaml is one)" in lines
    assert error.hint == "Mend these blueprints, then run this again."


def test_a_folder_without_a_component(tmp_path: Path) -> None:
    assert "no component in it" in error_of(tmp_path).message
    # A component itself, where a folder of components is asked for.
    assert "no component in it" in error_of(blueprint(tmp_path, "blog")).message
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert "no component in it" in error_of(file).message
