"""Charts against the digests that are locked for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import chart_digests
from tests.validation.rules.build import findings_in, places
from tests.validation.rules.chart_world import CHARTS, chart_application, used

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

HERE, OTHER = "sha256:" + "0" * 64, "sha256:" + "1" * 64


def look(
    tmp_path: Path,
    lock: dict[tuple[str, str, str], str] | None,
    *,
    digest: str = HERE,
    version: str = "1.0.0",
) -> list[Finding]:
    tree = {"app.yaml": chart_application(version=version)}
    model, files = used(tmp_path, tree, {"web": {"values.yaml": "{}"}})
    charts = tuple(replace(use, version="1.0.0", digest=digest) for use in model.charts)
    assert charts
    return findings_in(replace(model, charts=charts, lock=lock), files, [chart_digests])


def test_another_archive_than_the_locked_one_is_an_error(tmp_path: Path) -> None:
    found = look(tmp_path, {(CHARTS, "web", "1.0.0"): OTHER})
    assert places(found) == ["chart-digest app.yaml:7:78"]
    assert found[0].severity == "error"
    assert HERE in found[0].message
    assert OTHER in found[0].message


@pytest.mark.parametrize(
    "lock",
    [
        {(CHARTS, "web", "0.9.0"): HERE},
        {(CHARTS, "web", "1.0.0"): "", (CHARTS, "other", "1.0.0"): HERE},
        {("https://other.example.test", "web", "1.0.0"): HERE},
    ],
)
def test_a_version_that_is_not_locked_is_a_warning(
    tmp_path: Path, lock: dict[tuple[str, str, str], str]
) -> None:
    found = look(tmp_path, lock)
    assert places(found) == ["chart-digest app.yaml:7:78"]
    assert found[0].severity == "warning"


def test_what_is_locked_is_fine(tmp_path: Path) -> None:
    lock = {(CHARTS, "web", "1.0.0"): HERE}
    assert look(tmp_path, lock) == []
    assert look(tmp_path / "range", lock, version="1.x") == []
    assert look(tmp_path / "locked-range", {(CHARTS, "web", "1.x"): HERE}, version="1.x") == []


def test_nothing_is_said_without_a_lock_or_an_archive(tmp_path: Path) -> None:
    assert look(tmp_path, None) == []
    assert look(tmp_path / "folder", {(CHARTS, "web", "1.0.0"): OTHER}, digest="") == []


def test_nothing_is_said_where_nobody_locks_digests(tmp_path: Path) -> None:
    assert look(tmp_path, {}) == []
    assert look(tmp_path / "new", {(CHARTS, "web", "1.0.0"): ""}) == []
