from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.catalogues import load_for
from gitopsgen.lifecycle.locked import Lock, parse_lock, read_lock
from gitopsgen.repository.layout import LOCK_FILE


def blueprint(folder: Path, name: str) -> Path:
    """A folder of blueprints with one component."""
    path = folder / name / "blueprint.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"name: {name}\nversion: 1\nsummary: S\nwave: 5\nnamespace: {name}\noptions: {{}}\n"
    )
    return folder


def locked(root: Path, *folders: str, blueprints: str = "{}") -> Path:
    """A repository whose lock.yaml records folders."""
    path = root / LOCK_FILE
    path.parent.mkdir(parents=True)
    listed = "".join(f"  - {folder}\n" for folder in folders)
    path.write_text(f"blueprints: {blueprints}\n" + (f"folders:\n{listed}" if folders else ""))
    return root


def names(root: Path, *given: Path) -> set[str]:
    return {component.name for component in load_for(root, given).components}


def test_a_repository_without_a_lock_has_the_shipped_blueprints(tmp_path: Path) -> None:
    catalogue = load_for(tmp_path, [])
    assert "argocd" in {component.name for component in catalogue.components}
    assert catalogue.extra_folders == ()


def test_a_recorded_folder_is_used(tmp_path: Path) -> None:
    mine = blueprint(tmp_path / "mine", "whoami")
    root = locked(tmp_path / "repository", str(mine))
    catalogue = load_for(root, [])
    assert "whoami" in {component.name for component in catalogue.components}
    assert catalogue.extra_folders == (mine,)


def test_a_folder_within_the_repository_is_recorded_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = locked(tmp_path / "repository")
    blueprint(root / "own/blueprints", "whoami")
    monkeypatch.chdir(root / "own")
    assert load_for(Path(".."), [Path("blueprints")]).extra_folders == (Path("own/blueprints"),)
    moved = locked(tmp_path / "clone", "own/blueprints")
    blueprint(moved / "own/blueprints", "whoami")
    assert "whoami" in names(moved)
    assert load_for(moved, []).extra_folders == (Path("own/blueprints"),)


def test_a_folder_that_is_gone_is_asked_for(tmp_path: Path) -> None:
    root = locked(tmp_path / "repository", "/nowhere/mine", "theirs")
    with pytest.raises(UsageError) as caught:
        load_for(root, [])
    assert "/nowhere/mine" in caught.value.message
    assert str(root / "theirs") in caught.value.message
    assert "--blueprints DIR" in caught.value.hint


def test_a_given_folder_takes_the_place_of_one_that_is_gone(tmp_path: Path) -> None:
    root = locked(tmp_path / "repository", "/nowhere/mine", blueprints="{whoami: 1, argocd: 1}")
    mine = blueprint(tmp_path / "mine", "whoami")
    assert load_for(root, [mine]).extra_folders == (mine,)


def test_a_given_folder_that_lacks_what_is_installed_does_not(tmp_path: Path) -> None:
    root = locked(tmp_path / "repository", "/nowhere/mine", blueprints="{whoami: 1, gone: 2}")
    with pytest.raises(UsageError, match="held gone, which no given folder has") as caught:
        load_for(root, [blueprint(tmp_path / "mine", "whoami")])
    assert "/nowhere/mine" in caught.value.message


def test_a_given_folder_takes_the_place_of_one_with_the_same_components(tmp_path: Path) -> None:
    old, other = blueprint(tmp_path / "old", "whoami"), blueprint(tmp_path / "other", "x")
    root = locked(tmp_path / "repository", str(old), str(other))
    new = blueprint(blueprint(tmp_path / "new", "whoami"), "second")
    assert load_for(root, [new]).extra_folders == (other, new)
    assert load_for(root, [new, new, other]).extra_folders == (other, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "is not a mapping"),
        ("folders: {}\nrender: 3\n", "render is not a digest"),
        ("folders: [3]", "folders is not a list of folders"),
        ("blueprints: {a: x}", "blueprints is not a mapping"),
        ("a: [", ":1:"),
        ("a: \0", "is binary"),
    ],
)
def test_a_lock_that_gitopsgen_did_not_write_is_named(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / ".gitopsgen").mkdir()
    (tmp_path / LOCK_FILE).write_text(text)
    with pytest.raises(UsageError, match=r"lock\.yaml") as caught:
        read_lock(tmp_path)
    assert message in caught.value.message


def test_a_lock_is_read() -> None:
    text = "generator: 1.0.0\nrender: sha256:00\nblueprints: {a: 1}\nfolders: [x]\ncharts: {}\n"
    assert parse_lock(text) == Lock("1.0.0", "sha256:00", {"a": 1}, ("x",))
    assert parse_lock("") == Lock()
