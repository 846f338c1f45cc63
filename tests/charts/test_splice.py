from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

from gitopsgen.charts.splice import write_text

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_killed_run_has_left_beside_a_file_goes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n")
    for name in (".a.yaml.gitopsgen-1234", ".a.yaml.mine", ".b.yaml.gitopsgen-1234"):
        (tmp_path / name).write_text("half")
    (tmp_path / ".a.yaml.gitopsgen-link").symlink_to(tmp_path / ".a.yaml.mine")
    write_text(file, "a: 2\n")
    assert file.read_text() == "a: 2\n"
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.yaml",
        ".a.yaml.mine",
        ".a.yaml.gitopsgen-link",
        ".b.yaml.gitopsgen-1234",
    }


def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    other = tmp_path / ".a.yaml.gitopsgen-1234"
    with other.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_text(tmp_path / "a.yaml", "a: 2\n")
        assert other.exists()
