from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.measure import measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": lambda root: write(root / "chart/values.yaml", "a: 2\n"),
    "a new file": lambda root: write(root / "chart/new.yaml", ""),
    "another name": lambda root: (root / "chart/values.yaml").rename(root / "chart/other.yaml"),
    "what a link leads to": lambda root: write(root / "common.yaml", "b: 2\n"),
    "what a linked folder has": lambda root: write(root / "parts/part.yaml", "c: 2\n"),
    "a link": lambda root: (root / "chart/z.yaml").symlink_to("/dev/zero"),
    "a link to nothing": lambda root: (root / "chart/z.yaml").symlink_to("gone"),
    "a pipe": lambda root: os.mkfifo(root / "chart/z.yaml"),
    "a large file": lambda root: write(root / "chart/large", "x" * (6 << 20)),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "chart/values.yaml", "a: 1\n")
    write(tmp_path / "common.yaml", "b: 1\n")
    write(tmp_path / "parts/part.yaml", "c: 1\n")
    (tmp_path / "chart/link.yaml").symlink_to("../common.yaml")
    (tmp_path / "chart/templates").symlink_to("../parts")
    return tmp_path


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_helm_would_read_counts(root: Path, change: str) -> None:
    before = measure(root / "chart").content
    assert measure(root / "chart").content == before
    CHANGES[change](root)
    assert measure(root / "chart").content != before


def test_links_in_circles_end(root: Path) -> None:
    for name in ("a", "b", "c"):
        (root / "parts" / name).symlink_to(root)
    measure(root / "chart")
    (root / "chart/system").symlink_to("/")
    measure(root / "chart")


def test_the_question_for_versions_is_found_behind_a_link(root: Path) -> None:
    assert not measure(root / "chart").asks_for_versions
    write(root / "parts/part.yaml", "{{ .Capabilities.APIVersions.Has }}\n")
    assert measure(root / "chart").asks_for_versions
