from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts.semver import is_exact, is_newer, newest, parse

# In ascending order, as semver.org and helm have it.
ORDER = [
    "0.9.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "v1.0.0",
    "1.0.1",
    "1.2",
    "v1.10.0",
    "2",
    "10.0.0-0",
]


def test_versions_are_ordered() -> None:
    for one, other in itertools.combinations(ORDER, 2):
        assert is_newer(other, one)
        assert not is_newer(one, other)


@pytest.mark.parametrize("text", ["", "main", "1.x", "1.2.3.4", ">=1", "v", "1.2.3-", "1..2", "é"])
def test_what_is_no_version_is_newer_than_nothing(text: str) -> None:
    assert parse(text) is None
    assert not is_newer(text, "1.0.0")
    assert not is_newer("1.0.0", text)
    assert newest(["1.0.0"], text) == ""


def test_a_v_and_build_metadata_make_no_difference() -> None:
    assert parse("v1.2.3+build") == parse("1.2.3")
    assert not is_newer("1.2.3+2", "1.2.3+1")


@pytest.mark.parametrize(
    ("text", "exact"),
    [("1.2.3", True), ("v1.2.3-rc.1+x", True), ("1.2", False), ("1.2.x", False), ("*", False)],
)
def test_only_three_numbers_name_one_version(text: str, exact: bool) -> None:
    assert is_exact(text) is exact


@pytest.mark.parametrize(
    ("like", "same_major", "expected"),
    [
        ("1.0.0", False, "2.1.0"),
        ("1.0.0", True, "v1.10.0"),
        ("1.0.0-rc.1", False, "3.0.0-rc.1"),
        ("1.0.0-rc.1", True, "v1.10.0"),
        ("5.0.0", True, ""),
    ],
)
def test_the_newest_is_of_the_kind_of_the_pin(like: str, same_major: bool, expected: str) -> None:
    known = ["1.9.0", "v1.10.0", "1.10.0-rc.9", "2.1.0", "2.0.0", "3.0.0-rc.1", "nonsense"]
    assert newest(known, like, same_major=same_major) == expected


@given(st.text(), st.text())
def test_any_text_can_be_compared(one: str, other: str) -> None:
    assert not (is_newer(one, other) and is_newer(other, one))
