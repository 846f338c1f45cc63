from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.findings import Finding, Severity, Unchecked
from gitopsgen.validation.shortening import short_finding, short_unchecked, shortened

HUGE = "a" * 1_000_000 + "z"


@given(st.text(max_size=2200))
def test_texts_that_can_be_read_stay(text: str) -> None:
    assert shortened(text) == text


def test_of_a_huge_text_both_ends_stay() -> None:
    assert len(shortened(HUGE)) < 2200
    assert shortened(HUGE).startswith("aaa")
    assert shortened(HUGE).endswith("aaz")


def test_every_text_of_a_finding_is_shortened() -> None:
    short = short_finding(
        Finding("r", Severity.ERROR, "a.yaml", 3, 4, HUGE, HUGE, resource=HUGE, application=HUGE)
    )
    assert max(map(len, (short.message, short.hint, short.resource, short.application))) < 2200
    assert (short.rule, short.file, short.line, short.column) == ("r", "a.yaml", 3, 4)


def test_every_text_of_what_is_unchecked_is_shortened() -> None:
    short = short_unchecked(Unchecked(HUGE, HUGE, HUGE, required=True))
    assert max(map(len, (short.what, short.reason, short.application))) < 2200
    assert short.required
