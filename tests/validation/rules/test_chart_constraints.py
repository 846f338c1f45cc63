"""Constraints on versions, as helm 3.22 decided on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules.chart_constraints import permits, permits_minor

PERMITTED = [
    ">=1.25.0-0", ">= 1.25.0-0", "^1.22", "^1.22.0-0", "1.30.x || 1.35.x", "1.30.x||1.35.x",
    "~1.35", "~1.35.0", "~1", "1.x", "1", "1.35", "*", "", ">=1.20.0-0 <1.36.0-0",
    ">=1.20.0, <1.36.0", "1.30 - 1.35", "1.30 - 1.36.2", "!=1.34.0", "=1.35.0", "v1.35.0", ">1.34",
    "<=1.35", "=>1.25", ">=v1.25.0", ">=1.25", "<2", "^1",
]  # fmt: skip
REFUSED = [
    "<1.35.0-0", "<1.35.0", ">=1.36.0-0", "^2.0", "~1.34", "1.34.x", "1.34", ">1.35", "!=1.35.0",
    "!=1.35", "1.20 - 1.34", ">=1.20.0-0 <1.35.0-0", ">=1.20.0-0, <1.35.0", "^0.35",
    "1.30.x || 1.31.x", "<=1.34", "<1.30 || >1.36", "~1.30.2", "=1.35.1",
]  # fmt: skip


@pytest.mark.parametrize("constraint", PERMITTED)
def test_constraints_that_helm_finds_fulfilled(constraint: str) -> None:
    assert permits(constraint, (1, 35, 0))


@pytest.mark.parametrize("constraint", REFUSED)
def test_constraints_that_helm_finds_broken(constraint: str) -> None:
    assert not permits(constraint, (1, 35, 0))


@pytest.mark.parametrize("constraint", [">=1.35.7", "~1.35.9", "1.35.3"])
def test_any_patch_of_a_minor_version_will_do(constraint: str) -> None:
    assert permits_minor(constraint, "1.35")
    assert not permits_minor(constraint, "1.34")


@pytest.mark.parametrize("minor", ["", "1", "v1.35", "1.35.7"])
def test_nothing_is_refused_where_the_version_is_not_known(minor: str) -> None:
    assert permits_minor("<1.0.0", minor)


@pytest.mark.parametrize("constraint", ["what", ">=1.2 and more", "1.2.3.4", ">>1", "latest"])
def test_what_cannot_be_read_permits_everything(constraint: str) -> None:
    assert permits(constraint, (1, 35, 0))


@given(st.text(alphabet="0123456789.xX*<>=!~^|-+ ,va", max_size=30))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(permits(text, (1, 35, 0)), bool)
