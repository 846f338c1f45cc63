from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.events import parse
from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import SyntaxProblemError
from gitopsgen.documents.positions import Locator, Path, Position, TextLine
from gitopsgen.documents.reader import read_documents
from gitopsgen.documents.scalars import read
from tests.documents.strategies import Written, nearly_yaml, tangled, written

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = """\
# a comment
apiVersion: v1
metadata:
  name: web   # é
  labels:
    a/b~c: "x"
spec:
  - first
  - port: 80
    "é 😀": {in: [flow, 2]}
  -
  - - nested
empty:
"""


def at(line: int, column: int) -> Position:
    return Position(line, column)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), at(2, 1), at(2, 1)),
        (("apiVersion",), at(2, 1), at(2, 13)),
        (("metadata",), at(3, 1), at(4, 3)),
        (("metadata", "name"), at(4, 3), at(4, 9)),
        (("metadata", "labels", "a/b~c"), at(6, 5), at(6, 12)),
        (("spec",), at(7, 1), at(8, 3)),
        (("spec", 0), at(8, 5), at(8, 5)),
        (("spec", 1), at(9, 5), at(9, 5)),
        (("spec", 1, "port"), at(9, 5), at(9, 11)),
        (("spec", 1, "é 😀"), at(10, 5), at(10, 12)),
        (("spec", 1, "é 😀", "in"), at(10, 13), at(10, 17)),
        (("spec", 1, "é 😀", "in", 1), at(10, 24), at(10, 24)),
        (("spec", 2), at(11, 4), at(11, 4)),
        (("spec", 3, 0), at(12, 7), at(12, 7)),
        (("empty",), at(13, 1), at(13, 7)),
    ],
)
def test_keys_and_values_are_found(path: Path, key: Position, value: Position) -> None:
    locator = Locator(MANIFEST)

    assert locator.key(0, path) == key
    assert locator.value(0, path) == value


@pytest.mark.parametrize(
    ("path", "existing"),
    [
        (("metadata", "namespace"), ("metadata",)),
        (("metadata", "name", "x", 3), ("metadata", "name")),
        (("spec", 4), ("spec",)),
        (("spec", -1), ("spec",)),
        (("spec", "port"), ("spec",)),
        (("nothing",), ()),
        ((0,), ()),
    ],
)
def test_an_unknown_path_leads_to_its_nearest_ancestor(path: Path, existing: Path) -> None:
    locator = Locator(MANIFEST)

    assert locator.key(0, path) == locator.key(0, existing)
    assert locator.value(0, path) == locator.value(0, existing)


def test_pointers_are_paths_with_escapes() -> None:
    locator = Locator(MANIFEST)

    assert locator.pointer(0, "") == at(2, 1)
    assert locator.pointer(0, "/metadata/labels/a~1b~0c") == at(6, 12)
    assert locator.key_pointer(0, "/metadata/labels/a~1b~0c") == at(6, 5)
    assert locator.pointer(0, "/spec/1/port") == at(9, 11)
    assert locator.pointer(0, "/spec/1/é 😀/in/1") == at(10, 24)
    assert locator.key_pointer(0, "/spec/1/unknown") == at(9, 5)


def test_a_pointer_with_escaped_escapes_is_read_once() -> None:
    assert Locator("'~1': 1\n/: 2\n").pointer(0, "/~01") == at(1, 7)


def test_documents_are_told_apart() -> None:
    locator = Locator("a: 1\n---\n# c\na: 2\n---\n---\na: 3\n")

    assert [locator.value(index, ("a",)) for index in range(4)] == [
        *(at(1, 4), at(4, 4)),
        *(at(5, 1), at(7, 4)),
    ]


def test_keys_are_those_of_the_data() -> None:
    locator = Locator("on: push\n0x10: a\n1.10: b\n'8': c\n~: d\n")

    assert locator.key(0, ("true",)) == at(1, 1)
    assert locator.key(0, ("16",)) == at(2, 1)
    assert locator.key(0, ("1.1",)) == at(3, 1)
    assert locator.key(0, ("8",)) == locator.key(0, (8,)) == at(4, 1)


def test_of_duplicate_keys_the_last_counts() -> None:
    assert Locator("a: 1\nb: 2\na: 3\n").value(0, ("a",)) == at(3, 4)


def test_an_alias_leads_to_what_it_names_and_its_key_does_not() -> None:
    locator = Locator("a: &x {b: 1}\nc: *x\nd:\n- *x\n")

    assert locator.key(0, ("c",)) == at(2, 1)
    assert locator.value(0, ("c",)) == at(1, 4)
    assert locator.value(0, ("c", "b")) == at(1, 11)
    assert locator.key(0, ("d", 0)) == at(4, 3)
    assert locator.value(0, ("d", 0, "b")) == at(1, 11)


def test_an_alias_as_key_stands_where_it_is_written() -> None:
    assert Locator("a: &x b\n*x : 2\n").key(0, ("b",)) == at(2, 1)


def test_merged_keys_lead_to_where_they_come_from() -> None:
    locator = Locator(
        "base: &base {image: a, port: 1}\n"  # 1
        "more: &more\n"
        "  <<: *base\n"
        "  port: 2\n"  # 4
        "web:\n"
        "  <<: [{name: x}, *more, {port: 3, last: y}]\n"  # 6
        "  command: c\n"
    )

    assert locator.key(0, ("web", "command")) == at(7, 3)
    assert locator.value(0, ("web", "name")) == at(6, 15)
    assert locator.value(0, ("web", "port")) == at(4, 9)
    assert locator.key(0, ("web", "image")) == at(1, 14)
    assert locator.value(0, ("web", "image")) == at(1, 21)
    assert locator.value(0, ("web", "last")) == at(6, 42)
    assert locator.value(0, ("web", "unknown")) == at(6, 3)


def test_what_stands_after_a_merge_wins_and_what_stands_before_loses() -> None:
    locator = Locator("x: {a: 1, <<: {a: 2, b: 2}, b: 3}\n")

    assert locator.value(0, ("x", "a")) == at(1, 19)
    assert locator.value(0, ("x", "b")) == at(1, 32)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  b: |\n    c: 1\n    d:\n      - e: 2\n", at(5, 12)),
        ("a:\n  b: |- # said below\n\n    # é\n    d: [{e: 2}]\n", at(5, 13)),
        ("a:\n  b: |2+\n     c: 1\n     d: [{e: 2}]\n", at(4, 14)),
        ("a:\r\n  b: |\r\n    d:\r\n    - e: 2\r\n", at(4, 10)),
        ("# \u2028\na:\n  b: |\n    d: [{e: 2}]\n", at(4, 13)),
        ("a: &x\n  b: |\n    d: [{e: &y 2}]\nf: *x", at(3, 13)),
        # The places in these cannot be told from those of the text.
        ("a:\n  b: >\n    d: [{e: 2}]\n", at(2, 6)),
        ('a:\n  b: "d: [{e: 2}]"\n', at(2, 6)),
        ("a:\n  b: |\n    d: [\n", at(2, 6)),
        ("a:\n  b: |\n\n", at(2, 6)),
    ],
)
def test_a_path_leads_into_a_literal_text(text: str, expected: Position) -> None:
    assert Locator(text).value(0, ("a", "b", "d", 0, "e")) == expected


def test_a_key_in_a_literal_text() -> None:
    locator = Locator("a: |\n  b:\n    c: 1\n")
    assert locator.key(0, ("a", "b", "c")) == at(3, 5)
    assert locator.key(0, ("a", "x")) == locator.key(0, ("a",)) == at(1, 1)


def test_windows_line_ends_tabs_and_a_byte_order_mark_are_counted_right() -> None:
    locator = Locator("\ufeffa:\t1\r\nb:\r\n  - 😀\tx\r\n  - [ é,\t2 ]\r\n")

    assert locator.value(0, ("a",)) == at(1, 4)
    assert locator.value(0, ("b", 0)) == at(3, 5)
    assert locator.value(0, ("b", 1, 1)) == at(4, 10)


def test_nothing_stands_behind_the_end_of_the_text() -> None:
    locator = Locator("a: 1\n? b")

    assert locator.value(0, ("b",)) == at(2, 4)
    assert [(p.line, p.column) for p in read_documents("? <<").problems] == [(1, 5)]


def test_after_a_syntax_error_places_are_those_of_the_last_good_document() -> None:
    locator = Locator("a: 1\n---\nb: 2\n---\nc: [\n")

    assert locator.value(1, ("b",)) == at(3, 4)
    assert locator.value(2, ("c",)) == at(3, 1)
    assert locator.value(7, ()) == at(3, 1)
    assert locator.value(0, ("a",)) == at(1, 4)


@pytest.mark.parametrize("text", ["", "# c\n", "a: [", "\x00", "[" * 1000, "a: \ud800"])
def test_without_any_document_the_place_is_the_start_of_the_file(text: str) -> None:
    locator = Locator(text)

    assert locator.value(0, ("a",)) == locator.key(3, ("b", 0)) == at(1, 1)


def test_a_merge_bomb_is_searched_in_no_time() -> None:
    lines = ["- &m0 {k: 1}"]
    lines += [f"- &m{n} {{<<: [*m{n - 1}, *m{n - 1}, *m{n - 1}]}}" for n in range(1, 500)]
    locator = Locator("\n".join(lines))

    assert locator.value(0, (499, "k")) == at(1, 11)
    assert locator.value(0, (499, "unknown")) == at(500, 3)


def test_an_alias_inside_of_its_own_anchor_ends() -> None:
    locator = Locator("a: &x {b: *x, <<: *x}\n")

    assert locator.value(0, ("a", "b", "b", "b")) == at(1, 4)
    assert locator.value(0, ("a", "c")) == at(1, 4)


@given(written())
def test_every_place_of_a_written_document_is_found(document: Written) -> None:
    locator = Locator(document.text)

    for path, position in document.values.items():
        assert locator.value(0, path) == position
    for path, position in document.keys.items():
        assert locator.key(0, path) == position


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


@given(tangled | nearly_yaml)
def test_every_scalar_of_the_data_is_found_in_the_text(text: str) -> None:
    lines = Lines(text.removeprefix("\ufeff"))
    scalars: dict[Position, set[Any]] = {}
    try:
        for event in parse(text.removeprefix("\ufeff"), lines):
            if isinstance(event, yaml.ScalarEvent):
                scalar = read(event.value, event.tag, plain=event.implicit[0])
                scalars.setdefault(lines.at(event.start_mark), set()).add(scalar.value)
    except SyntaxProblemError:
        pass
    locator = Locator(text)

    for document in read_documents(text).documents:
        if document.data is not None:
            for path, value in leaves(document.data):
                assert value in scalars[locator.value(document.index, path)]


@given(nearly_yaml, st.integers(0, 3), st.lists(st.sampled_from(["a", "b", 0, 1, "<<"])))
def test_no_question_about_any_text_fails(text: str, document: int, path: list[str | int]) -> None:
    locator = Locator(text)

    places = [
        locator.value(document, tuple(path)),
        locator.key(document, tuple(path)),
        locator.pointer(document, "/".join(map(str, path))),
    ]

    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for place in places:
        assert at(1, 1) <= place <= at(len(rows), len(rows[place.line - 1]) + 1)


TEXTS = """\
yaml: |  # a comment

  image:
    tag: [a, "b"]
  é: x
ini: |2-
    first=1
  second=2
folded: >
  image: {tag: a}
quoted: "image: {tag: a}"
broken: |
  image: [
alias: &text |
  a: b
again: *text
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("yaml", "image", "tag"), at(4, 5), at(4, 10)),
        (("yaml", "image", "tag", 1), at(4, 14), at(4, 14)),
        (("yaml", "image", "gone"), at(3, 3), at(4, 5)),
        (("yaml", "é"), at(5, 3), at(5, 6)),
        (("yaml", "gone"), at(1, 1), at(1, 7)),
        (("yaml", TextLine(1)), at(3, 3), at(3, 3)),
        (("yaml", TextLine(9)), at(1, 1), at(1, 7)),
        (("ini", TextLine(0)), at(7, 5), at(7, 5)),
        (("ini", TextLine(1)), at(8, 3), at(8, 3)),
        (("folded", "image", "tag"), at(9, 1), at(9, 9)),
        (("folded", TextLine(0)), at(9, 1), at(9, 9)),
        (("quoted", "image", "tag"), at(11, 1), at(11, 9)),
        (("broken", "image"), at(12, 1), at(12, 9)),
        (("again", "a"), at(15, 3), at(15, 6)),
    ],
)
def test_paths_into_texts(path: Path, key: Position, value: Position, newline: str) -> None:
    locator = Locator(TEXTS.replace("\n", newline))
    assert locator.key(0, path) == key
    assert locator.value(0, path) == value
