"""The quick look that decides whether a closer one is needed."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.placeholder_marks import (
    may_hold_placeholders,
    source_may_hold_placeholders,
)

PARTS = st.sampled_from(["change", "cha", "nge", "me", "<", "your", " ", "\n", "'", '"', "\\", "é"])
TEXTS = st.lists(PARTS, max_size=6).map("".join)


@given(
    text=TEXTS,
    style=st.sampled_from([None, '"', "'", "|", ">"]),
    width=st.sampled_from([4, 80]),
)
def test_no_way_of_writing_hides_a_text(text: str, style: str | None, width: int) -> None:
    source = yaml.safe_dump({"a": text}, default_style=style, width=width, allow_unicode=True)
    (document,) = read_documents(source).documents
    found = may_hold_placeholders(json.dumps(document.data, ensure_ascii=False))
    assert source_may_hold_placeholders(source) or not found


@pytest.mark.parametrize(
    "source",
    ['a: "\\x3cname>"', 'a: "chan\\\n  geme"', "a: !!binary Y2hhbmdlbWU=", "a: CHANGEME"],
)
def test_unusual_ways_of_writing_are_looked_at(source: str) -> None:
    assert source_may_hold_placeholders(source)


def test_a_common_file_is_not() -> None:
    assert not source_may_hold_placeholders("kind: ConfigMap\ndata: {level: info}\n")
