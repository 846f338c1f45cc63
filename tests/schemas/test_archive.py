from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.errors import UnavailableError
from gitopsgen.schemas.archive import as_text, contents, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMAS = {
    "apps/deployment_v1.json": '{"type":"object"}',
    "v1/pod_v1.json": '{"properties":{"kind":{"enum":["Pod"]}}}',
    "v1/service_v1.json": "{}",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("GITOPSGEN_CACHE", str(folder))
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "some.xz"
    file.write_bytes(pack(SCHEMAS))
    return file


def files_in(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.json")
    }


@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9.]{1,20}/[a-z]{1,9}_v[0-9]\.json", fullmatch=True),
        st.dictionaries(st.text(), st.text() | st.integers() | st.booleans()).map(as_text),
    )
)
def test_an_archive_gives_back_what_was_packed(schemas: dict[str, str]) -> None:
    assert contents(pack(schemas)) == schemas


def test_the_same_schemas_make_the_same_archive_in_any_order() -> None:
    assert pack(SCHEMAS) == pack(dict(reversed(SCHEMAS.items())))


def test_equal_schemas_have_equal_texts() -> None:
    assert as_text({"b": 1, "a": "ä\u2028"}) == as_text({"a": "ä\u2028", "b": 1})
    assert json.loads(as_text({"a": "ä\u2028"})) == {"a": "ä\u2028"}


def test_unpacking_gives_a_folder_with_the_schemas(archive: Path, cache: Path) -> None:
    folder = unpack(archive, "some")

    assert files_in(folder) == SCHEMAS
    assert folder.parent == cache / "schemas"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_unpacking_again_writes_nothing(archive: Path) -> None:
    folder = unpack(archive, "some")
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}

    assert unpack(archive, "some") == folder
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before


def test_an_archive_with_other_schemas_gets_a_folder_of_its_own(archive: Path) -> None:
    old = unpack(archive, "some")
    archive.write_bytes(pack({**SCHEMAS, "v1/service_v1.json": '{"type":"object"}'}))

    new = unpack(archive, "some")

    assert new != old
    assert files_in(old) == SCHEMAS
    assert files_in(new)["v1/service_v1.json"] == '{"type":"object"}'


def lose_a_file(folder: Path) -> None:
    (folder / "v1" / "pod_v1.json").unlink()


def lose_the_contents_of_a_file(folder: Path) -> None:
    (folder / "v1" / "pod_v1.json").write_bytes(b"")


def lose_a_group(folder: Path) -> None:
    shutil.rmtree(folder / "apps")


def lose_the_marker(folder: Path) -> None:
    (folder / ".complete").unlink()


def spoil_the_marker(folder: Path) -> None:
    (folder / ".complete").write_bytes(b"\xff\xfe\x00")


def lose_everything(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def become_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder", encoding="utf-8")


def become_a_dangling_link(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.parent / "nowhere")


@pytest.mark.parametrize(
    "damage",
    [
        lose_a_file,
        lose_the_contents_of_a_file,
        lose_a_group,
        lose_the_marker,
        spoil_the_marker,
        lose_everything,
        become_a_file,
        become_a_dangling_link,
    ],
)
def test_a_damaged_folder_is_noticed_and_replaced(
    archive: Path, damage: Callable[[Path], None]
) -> None:
    folder = unpack(archive, "some")
    damage(folder)

    assert unpack(archive, "some") == folder
    assert files_in(folder) == SCHEMAS
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_link_in_a_folder_does_not_lead_outside(archive: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine", encoding="utf-8")
    folder = unpack(archive, "some")
    shutil.rmtree(folder / "apps")
    (folder / "apps").symlink_to(outside)

    unpack(archive, "some")

    assert files_in(folder) == SCHEMAS
    assert (outside / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_many_at_once_get_one_complete_folder(archive: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: unpack(archive, "some"), range(32)))

    (folder,) = folders
    assert files_in(folder) == SCHEMAS
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_many_at_once_repair_a_damaged_folder(archive: Path) -> None:
    folder = unpack(archive, "some")
    lose_a_file(folder)

    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: unpack(archive, "some"), range(32)))

    assert folders == {folder}
    assert files_in(folder) == SCHEMAS


def test_what_an_interrupted_run_left_is_not_used(archive: Path, cache: Path) -> None:
    folder = unpack(archive, "some")
    name = folder.name
    shutil.rmtree(cache)
    left = cache / "schemas" / f".{name}.1-abcdef"
    left.mkdir(parents=True)

    assert files_in(unpack(archive, "some")) == SCHEMAS
    assert files_in(left) == {}


def test_a_cache_that_cannot_be_written_is_explained(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "file"))

    with pytest.raises(UnavailableError) as raised:
        unpack(archive, "some")

    assert str(tmp_path / "file") in raised.value.message
    assert "GITOPSGEN_CACHE" in raised.value.hint
