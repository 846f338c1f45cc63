from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.encoding import FORBIDDEN
from gitopsgen.documents.events import fastest_parser
from gitopsgen.documents.reader import decode, read_documents


def test_utf_8_is_decoded_with_its_line_ends() -> None:
    assert decode("a: é 😀\r\nb: 1\n".encode()) == ("a: é 😀\r\nb: 1\n", None)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\n") == ("a: 1\n", None)


def test_a_byte_that_is_not_utf_8_is_reported_where_it_stands() -> None:
    text, problem = decode("a: 1\nbé: ".encode() + b"\xff\xfe\n")

    assert text == ""
    assert problem is not None
    assert (problem.rule, problem.line, problem.column) == ("yaml-syntax", 2, 5)
    assert problem.message == "byte 0xFF is not valid UTF-8"


def test_latin_1_is_reported_at_its_first_letter() -> None:
    _, problem = decode("a: b\nname: Zürich\n".encode("latin-1"))

    assert problem is not None
    assert (problem.line, problem.column) == (2, 8)


def test_a_binary_file_is_reported_at_its_first_zero_byte() -> None:
    text, problem = decode(b"\x7fELF\n\x02\x01\x00\x00")

    assert text == ""
    assert problem is not None
    assert (problem.line, problem.column) == (2, 3)
    assert problem.message == "the file is binary, not text"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text, problem = decode("a: 1\n".encode(encoding))

    assert text == ""
    assert problem is not None
    assert problem.line == 1


@pytest.mark.parametrize(("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32")])
def test_a_byte_order_mark_names_the_encoding(encoding: str, name: str) -> None:
    _, problem = decode("a: 1\n".encode(encoding))

    assert problem is not None
    assert problem.message == f"the file is {name}, not UTF-8"


@given(st.binary())
def test_any_bytes_give_a_text_or_a_problem(content: bytes) -> None:
    text, problem = decode(content)

    assert (problem is None) == (text.encode() in (content, content.removeprefix(b"\xef\xbb\xbf")))


@pytest.mark.parametrize("code", [0x00, 0x07, 0x0B, 0x0C, 0x1B, 0x7F, 0x80, 0xD800, 0xFFFE])
def test_forbidden_characters_are_reported_where_they_stand(code: int) -> None:
    contents = read_documents(f"a: 1\n---\nb: 2\n--- # last\né: x{chr(code)}y\n")

    (problem,) = contents.problems
    assert (problem.rule, problem.line, problem.column) == ("yaml-syntax", 5, 5)
    assert f"U+{code:04X}" in problem.message
    assert [document.data for document in contents.documents] == [{"a": 1}, {"b": 2}]


def test_a_forbidden_character_in_the_only_document_leaves_none() -> None:
    contents = read_documents("a: |\n  ---\n  \x1b[0m\n")

    assert contents.documents == ()
    assert [(p.line, p.column) for p in contents.problems] == [(3, 3)]


def test_what_is_forbidden_is_what_libyaml_refuses() -> None:
    controls = (0, 8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0x1F, 0x20, 0x7E, 0x7F, 0x84, 0x85, 0x86, 0x9F)
    others = (0xA0, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10FFFF)

    for code in controls + others:
        refused = False
        try:
            list(iter(fastest_parser()(f"# {chr(code)}\n").get_event, None))
        except Exception as error:
            refused = "not allowed" in str(error)
        assert refused == bool(FORBIDDEN.search(chr(code))), hex(code)
