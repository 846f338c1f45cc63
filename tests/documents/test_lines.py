from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines, Position


def test_positions_count_characters_from_one() -> None:
    lines = Lines("é😀x\ny")

    assert lines.position(0) == Position(1, 1)
    assert lines.position(2) == Position(1, 3)
    assert lines.position(4) == Position(2, 1)


def test_lines_break_at_lf_crlf_and_cr_only() -> None:
    lines = Lines("a\nb\r\nc\rd\u2028e\x85f\x0cg")

    assert [lines.position(offset).line for offset in (0, 2, 5, 7, 9, 11, 13)] == [
        *(1, 2, 3),
        *(4, 4, 4, 4),
    ]


def test_an_offset_past_the_end_is_the_end() -> None:
    assert Lines("a\nbc").position(99) == Position(2, 3)
    assert Lines("").position(5) == Position(1, 1)


def test_the_line_around_an_offset_has_no_line_break() -> None:
    lines = Lines("first\r\nsecond\nthird")

    assert lines.line_at(3) == "first"
    assert lines.line_at(8) == "second"
    assert lines.line_at(14) == "third"


@given(st.text(alphabet="ab\n\r\u2028\x85é😀"), st.integers(0, 30))
def test_a_position_leads_back_to_the_character(text: str, offset: int) -> None:
    position = Lines(text).position(offset)

    before = text[:offset]
    # A CRLF that is cut in two is still one break, after its LF.
    if before.endswith("\r") and text[offset : offset + 1] == "\n":
        return
    rows = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (position.line, position.column) == (len(rows), len(rows[-1]) + 1)


@given(st.lists(st.sampled_from(["a", "é", "😀", "'x\u2028y'", "'x\x85y'"]), min_size=1))
def test_marks_of_the_parser_are_where_editors_see_them(items: list[str]) -> None:
    text = "".join(f"- {item}\n" for item in items)
    lines = Lines(text)

    scalars = [e for e in parse(text, lines) if hasattr(e, "value")]

    assert [lines.at(event.start_mark) for event in scalars] == [
        Position(number, 3) for number in range(1, len(items) + 1)
    ]
