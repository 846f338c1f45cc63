from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

import pytest
import yaml

from gitopsgen.documents.builder import DocumentBuilder
from gitopsgen.documents.events import MAX_DEPTH, MAX_SIZE, fastest_parser, parse
from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import Document, Problem, SyntaxProblemError
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.documents.events import EventParser

MANIFEST = """\
# comment
apiVersion: v1
kind: ConfigMap
metadata: &meta {name: "web", labels: {a: 'b'}}
data:
  yes: off
  text: |
    one
    two
  folded: >-
    one
    two
  empty:
---
- *x
- &x [1, 0o14, !!str 3]
- *x
---
<<: {a: 1}
a: 2
"""


def read_with(
    parser: Callable[[str], EventParser], text: str
) -> tuple[list[Document], list[Problem]]:
    lines = Lines(text)
    documents: list[Document] = []
    problems: dict[str, list[Problem]] = {}
    try:
        events = parse(text, lines, parser)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                builder = DocumentBuilder(event, lines, problems)
                documents.append(builder.build(len(documents), events))
    except SyntaxProblemError as error:
        problems["yaml-syntax"] = [error.problem]
    return documents, [*chain(*problems.values())]


def test_libyaml_is_used_where_it_is_there() -> None:
    assert fastest_parser().__name__ == ("CParser" if yaml.__with_libyaml__ else "SafeLoader")


@pytest.fixture
def without_libyaml(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    fastest_parser.cache_clear()
    yield
    fastest_parser.cache_clear()


@pytest.mark.usefixtures("without_libyaml")
def test_without_libyaml_pyyaml_itself_parses() -> None:

    assert fastest_parser() is yaml.SafeLoader
    assert read_documents("a: 1\n").documents[0].data == {"a": 1}


def test_both_parsers_give_the_same_documents_and_problems() -> None:
    documents, problems = read_with(yaml.SafeLoader, MANIFEST)
    contents = read_documents(MANIFEST)

    assert documents == list(contents.documents)
    assert sorted(map(str, problems)) == sorted(map(str, contents.problems))
    assert [document.data is None for document in documents] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    ["a: b: c", "a: 'x\nb: 1", "a:\n\tb: 1", "a: @x", "a: [1\nb: 2", "a:\n  b: 1\n c: 2", "a: *"],
)
def test_both_parsers_explain_an_error_alike(text: str) -> None:
    _, (problem,) = read_with(yaml.SafeLoader, text)
    (expected,) = read_documents(text).problems

    assert (problem.line, problem.message) == (expected.line, expected.message)


@pytest.mark.parametrize("text", ['a: "\\UFFFFFFFF"', 'a: "\\ud800"'])
def test_escapes_that_are_no_characters_do_no_harm(text: str) -> None:
    _, problems = read_with(yaml.SafeLoader, text)
    contents = read_documents(text)

    assert all(problem.rule == "yaml-syntax" for problem in [*problems, *contents.problems])
    assert len(contents.problems) == 1


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[\n", "[{a: "])
@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 100_000])
def test_nesting_that_is_too_deep_is_a_problem(opening: str, levels: int) -> None:
    (problem,) = read_documents(f"a: 1\n---\n{opening * levels}").problems

    assert problem.rule == "yaml-syntax"
    assert problem.message == f"nested more than {MAX_DEPTH} levels deep"


def test_nesting_as_deep_as_allowed_is_read() -> None:
    contents = read_documents("[" * MAX_DEPTH + "]" * MAX_DEPTH)

    assert contents.problems == ()
    assert str(contents.documents[0].data).count("[") == MAX_DEPTH


def test_aliases_cannot_nest_deeper_either() -> None:
    inner = "[" * 150 + "]" * 150
    contents = read_documents(f"- &a {inner}\n- &b {inner[:150]}*a{inner[150:]}\n")

    assert [(p.line, p.message) for p in contents.problems] == [
        (2, f"nested more than {MAX_DEPTH} levels deep")
    ]


def test_a_file_that_is_too_large_is_a_problem() -> None:
    (problem,) = read_documents("#" * (MAX_SIZE + 1)).problems

    assert (problem.rule, problem.line) == ("yaml-syntax", 1)
    assert "10,485,760 characters" in problem.message


def test_thousands_of_directives_are_a_problem() -> None:
    text = "".join(f"%TAG !{number}! x\n" for number in range(10_000)) + "---\na: 1\n"

    assert [problem.rule for problem in read_documents(text).problems] == ["yaml-syntax"]


def test_a_directive_or_two_are_fine() -> None:
    contents = read_documents("%YAML 1.1\n%TAG !e! tag:example.net,2026:\n---\na: !e!x 1\n")

    assert contents.problems == ()
    assert contents.documents[0].data == {"a": "1"}
