from __future__ import annotations

import json
import random
import time
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gitopsgen.documents.reader import Contents, Document, Problem, read_documents, syntax_problem
from tests.documents.strategies import data, nearly_yaml, texts


def as_json(value: Any) -> Any:
    """Numbers as JSON has them: 1.0 is 1."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(Decimal(repr(value)))
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return value


class TestDocuments:
    def test_each_document_has_its_index_data_and_first_line(self) -> None:
        text = "# c\na: 1\n---\n# d\n\n- b\n---\nplain\n"

        assert read_documents(text).documents == (
            Document(0, {"a": 1}, 2),
            Document(1, ["b"], 6),
            Document(2, "plain", 8),
        )

    def test_empty_documents_keep_their_index(self) -> None:
        text = "---\n# only a comment\n---\na: 1\n---\n---\nnull\n"

        assert read_documents(text).documents == (
            Document(0, None, 1),
            Document(1, {"a": 1}, 4),
            Document(2, None, 5),
            Document(3, None, 7),
        )

    @pytest.mark.parametrize("text", ["---\n''\n", "---\n|\n", "---\n!!str\n", "---\n&x\n"])
    def test_a_document_with_a_token_is_not_empty(self, text: str) -> None:
        assert read_documents(text).documents[0].line == 2

    @pytest.mark.parametrize("text", ["", "\n", "# comment\n", "\ufeff", "   \n\n"])
    def test_a_file_without_a_document_has_none(self, text: str) -> None:
        assert read_documents(text) == Contents((), ())

    def test_documents_before_a_syntax_error_are_there(self) -> None:
        contents = read_documents("a: 1\n---\nb: 2\n---\nc: [\n---\nd: 4\n")

        assert [document.data for document in contents.documents] == [{"a": 1}, {"b": 2}]
        assert [problem.rule for problem in contents.problems] == ["yaml-syntax"]

    def test_a_document_that_kubernetes_refuses_stays_in_place_without_data(self) -> None:
        contents = read_documents("a: 1\n---\nb: *nowhere\n---\nc: 3\n")

        assert [document.data for document in contents.documents] == [{"a": 1}, None, {"c": 3}]
        assert [problem.line for problem in contents.problems] == [3]

    def test_problems_come_in_order(self) -> None:
        text = "b: yes\na: {c: 1, c: no}\n---\nx: .inf\n"

        assert [(p.line, p.column, p.rule) for p in read_documents(text).problems] == [
            (1, 4, "yaml-ambiguous-scalar"),
            (2, 11, "yaml-duplicate-key"),
            (2, 14, "yaml-ambiguous-scalar"),
            (4, 4, "yaml-syntax"),
        ]

    def test_a_problem_says_what_where_and_what_to_do(self) -> None:
        assert read_documents("kind: A\nkind: B\n").problems == (
            Problem(
                "yaml-duplicate-key",
                2,
                1,
                "the key `kind` is already set at line 1",
                "The later one silently wins: keep one.",
            ),
        )

    def test_keys_and_texts_keep_their_characters(self) -> None:
        text = "é: 😀\n'日本': \"\\t\\u00e9\"\nc: |\n  x\n\n  y\nd: >-\n  x\n  y\n"

        assert read_documents(text).documents[0].data == {
            "é": "😀",
            "日本": "\té",
            "c": "x\n\ny\n",
            "d": "x y",
        }


class TestSyntaxProblem:
    @pytest.mark.parametrize(
        "text", ["", "a: 1\n", "%YAML 1.2\n---\na: 1\n", "a: .inf\n~: 1\n", 'a: "\\/"\n', "a: *b\n"]
    )
    def test_what_only_kubernetes_refuses_is_yaml(self, text: str) -> None:
        assert syntax_problem(text) is None

    @pytest.mark.parametrize("text", ["a: b: c", "a: \x1b", "[" * 100_000, "{a: " * 201])
    def test_what_no_parser_should_read_is_said(self, text: str) -> None:
        assert syntax_problem(text) == read_documents(text).problems[-1]

    @given(nearly_yaml)
    def test_it_is_among_the_problems_of_the_file(self, text: str) -> None:
        problem = syntax_problem(text)

        assert problem is None or problem in read_documents(text).problems


@given(st.text() | nearly_yaml)
@example("\ud800")
@example("{}: {}")
@example("--- - -")
def test_any_text_gives_contents(text: str) -> None:
    contents = read_documents(text)

    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in contents.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    assert [document.index for document in contents.documents] == [*range(len(contents.documents))]
    # What is there is JSON: nothing in it refers to itself, every key is a text.
    for document in contents.documents:
        written = json.dumps(document.data, allow_nan=False)
        assert json.loads(written) == document.data


@given(data)
def test_json_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=True).replace("\\ud", "x")

    assert read_documents(text).documents[0].data == as_json(json.loads(text))


@given(data, st.sampled_from([None, '"', "'"]), st.booleans(), st.integers(20, 100))
def test_what_a_dumper_writes_is_read_back(
    value: Any, style: str | None, flow: bool, width: int
) -> None:
    text = yaml.safe_dump(
        value, default_style=style, default_flow_style=flow, width=width, allow_unicode=True
    )
    # PyYAML does not read back all that it writes, such as a lone U+0085.
    assume(yaml.safe_load(text) == value)

    assert read_documents(text).documents[0].data == as_json(value)


@given(st.lists(data, min_size=1, max_size=4))
def test_streams_of_documents_are_read_back(values: list[Any]) -> None:
    text = yaml.safe_dump_all(values, explicit_start=True, explicit_end=True)

    contents = read_documents(text)
    assert [document.data for document in contents.documents] == [as_json(v) for v in values]


@given(st.dictionaries(texts, texts))
def test_quoted_texts_never_change(value: dict[str, str]) -> None:
    text = yaml.safe_dump(value, default_style='"')

    contents = read_documents(text)
    assert contents == Contents((Document(0, value, 1),), ())


def test_thousands_of_manifests_are_read_in_a_few_seconds() -> None:
    texts = [
        f"""\
apiVersion: v1
kind: Service
metadata:
  name: web-{number}
  namespace: team-{number % 50}
  labels: {{app.kubernetes.io/name: web, tier: "{random.random()}"}}
spec:
  selector:
    app.kubernetes.io/name: web
  ports:
    - name: http
      port: {number + 1}
      targetPort: 8080
"""
        for number in range(2_000)
    ]
    start = time.process_time()

    read = [read_documents(text) for text in texts]

    # About 0.15 s on a slow core; ten times that would be a mistake in the builder.
    assert time.process_time() - start < 1.5
    assert all(not contents.problems for contents in read)


def test_common_keys_are_one_string_in_memory() -> None:
    first, second = (
        next(iter(read_documents(f"metadata{suffix}: 1\n").documents[0].data))
        for suffix in ("Name", "Name")
    )

    assert first is second
