from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts.versions import is_development, is_same, nearest

KNOWN = ["2.0.0", "1.21.10", "1.21.9", "1.21.9-rc.1", "1.20.0", "0.1.0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("1.21.11", ["1.21.10", "1.21.9", "1.21.9-rc.1"]),
        ("v1.21.8", ["1.21.10", "1.21.9", "1.21.9-rc.1"]),
        ("1.22.0", ["1.21.10", "1.21.9", "1.20.0"]),
        ("3.0.0", ["2.0.0", "1.21.10", "1.21.9"]),
        ("no version", ["2.0.0", "1.21.10", "1.21.9"]),
    ],
)
def test_the_nearest_versions_come_first(wanted: str, found: list[str]) -> None:
    assert nearest(wanted, KNOWN) == found


@given(st.text(), st.lists(st.text()))
def test_nearest_takes_any_text(wanted: str, known: list[str]) -> None:
    assert set(nearest(wanted, known)) <= set(known)


def test_a_leading_v_makes_no_difference() -> None:
    assert is_same("v1.2.3", "1.2.3")
    assert not is_same("1.2.3", "1.2.30")


@pytest.mark.parametrize("version", ["0.0.0", "v0.0.0", "0.0.0-dev", "0.1.0-alpha.1"])
def test_versions_of_sources_are_known(version: str) -> None:
    assert is_development(version)


@pytest.mark.parametrize("version", ["0.1.0", "0.0.1", "1.0.0-rc.1", "10.0.0", ""])
def test_versions_of_releases_are_known(version: str) -> None:
    assert not is_development(version)
