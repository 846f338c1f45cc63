from __future__ import annotations

import pytest

from gitopsgen.documents.reader import read_documents

# text -> line:column, and a part of the message.
BROKEN = {
    "a: b: c": ("1:5", "`key: value` is not allowed here"),
    "a: 'x\n\nb: 2\nc: d": ("1:4", "the quote that opens here is never closed"),
    'a: "x\n---\nb: 1\n': ("1:4", "the quote that opens here is never closed"),
    "a: [1, 2\nb: 3": ("1:9", "`,` or `]` is missing in the list that opens at 1:4"),
    "a:\n  b: [1,\n    2\n# c\n  d: 3\n": ("3:6", "`,` or `]` is missing"),
    '{\n"a": 1\n"b": 2\n}': ("3:4", "`,` or `}` is missing"),
    'a: "x\nb: "y"\n': ("1:4", "the quote that opens here is closed only at 2:4"),
    'a: "x\n  y" z\n': ("2:6", 'this comes after the `"`'),
    "a:\n  b:2\n  c: d\n": ("2:4", "a space is missing after the `:`"),
    "a:\n  - b\n    c: d\n": ("2:5", "this line has no `:` after its key"),
    "a: {b: c\nd: e\n": ("1:9", "`,` or `}` is missing in the mapping that opens at 1:4"),
    "a:\n\tb: 1": ("2:1", "a tab indents this line"),
    "a: @x": ("1:4", "a value cannot start with `@`"),
    "a: `x`": ("1:4", "a value cannot start with ```"),
    "a: %x": ("1:4", "a value cannot start with `%`"),
    "a: 1\nfoo\nb: 2": ("2:1", "this line has no `:` after its key"),
    "a: 1\nb\n": ("2:1", "this line has no `:` after its key"),
    "a:\n  b: 1\n c: 2": ("3:2", "does not fit into the mapping that starts at 1:1"),
    "a:\n    b: 1\n  c: 2\n": ("3:3", "does not fit into the mapping that starts at 1:1"),
    "- a\nb: 1": ("2:1", "does not fit into the list that starts at 1:1"),
    "a: - b": ("1:4", "a list item is not allowed here"),
    "a: ? b": ("1:4", "a `? key` is not allowed here"),
    "host: *.example.com": ("1:8", "`*` starts an alias"),
    "a: |foo\n  x": ("1:5", "only a comment may follow `|`"),
    'a: "\\d"': ("1:5", "unknown escape"),
    'a: "x\\/y"': ("1:6", "unknown escape"),
    "a: !x!y z": ("1:4", "the tag's prefix is not declared"),
    "a: 'x' y": ("1:8", "this comes after the `'` that closes the value"),
    'cmd: "a" --flag\nb: 1\n': ("1:10", 'this comes after the `"` that closes the value'),
    "a: ]": ("1:4", "a value is missing here"),
    "a: 1\n...\nb: 1": ("3:1", "a document must start with `---` here"),
    "!<foo a": ("1:6", "did not find the expected '>'"),
    "a: {{ .Values.x }}": ("1:5", "a list or mapping cannot be a key"),
    "a: {{ x }}:{{ y }}\n": ("1:11", "this comes after the `}` that closes the value"),
    "? [a]\n: b": ("1:3", "a list or mapping cannot be a key"),
    "&x [a]: b": ("1:1", "a list or mapping cannot be a key"),
    "a: *b": ("1:4", "no `&b` before this alias"),
    "a: &b [*b]": ("1:8", "the alias `*b` is inside of what it stands for"),
    "%YAML 1.2\n---\na: 1": ("1:1", "Kubernetes reads no YAML version but 1.1"),
    "<<: 1": ("1:5", "`<<` takes a mapping"),
    "a: &x [{b: 1}]\nc: {<<: *x}\n": ("2:9", "`<<` takes a mapping"),
    "a: {<<: [{b: 1}, c]}\n": ("1:9", "`<<` takes a mapping"),
    "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> main\n": ("2:1", "merge conflict"),
    "é: 😀 b: c": ("1:7", "`key: value` is not allowed here"),
    "\ufeffa: b: c": ("1:5", "`key: value` is not allowed here"),
    "x: 1\r\na: b: c\r\n": ("2:5", "`key: value` is not allowed here"),
    "x: '\u2028\x85'\na: b: c": ("2:5", "`key: value` is not allowed here"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_syntax_error_is_explained_where_it_is(text: str) -> None:
    place, message = BROKEN[text]

    found = [
        f"{problem.line}:{problem.column} {problem.message}"
        for problem in read_documents(text).problems
        if problem.rule == "yaml-syntax"
    ]

    assert any(line.startswith(f"{place} ") and message in line for line in found), found


@pytest.mark.parametrize("text", [text for text in BROKEN if "..." not in text])
def test_a_broken_document_has_no_data_and_those_before_have(text: str) -> None:
    if text.startswith("%"):
        text = f"...\n{text}"
    contents = read_documents(f"before: 1\n---\n{text}")

    assert contents.documents[0].data == {"before": 1}
    assert all(document.data is None for document in contents.documents[1:])


def test_braces_of_a_template_are_named_in_the_hint() -> None:
    (problem,) = read_documents('a: {{ template "x" }}\n').problems[-1:]

    assert "{{" in problem.hint


def test_json_may_escape_slashes() -> None:
    contents = read_documents('{"url": "https:\\/\\/example.net"}')

    assert contents.problems == ()
    assert contents.documents[0].data == {"url": "https://example.net"}


def test_a_backslash_before_a_slash_that_is_no_escape_is_fine() -> None:
    contents = read_documents('a: "\\\\/"\nb: \'\\/\'\nc: \\/\nd: |\n  "\\/"\n')

    assert contents.problems == ()
    assert contents.documents[0].data == {"a": "\\/", "b": "\\/", "c": "\\/", "d": '"\\/"\n'}


@pytest.mark.parametrize("marker", ["=======", ">>>>>>>"])
def test_other_errors_are_not_called_a_conflict(marker: str) -> None:
    (problem,) = read_documents(f"a: |\n  {marker}\nb: 'x\n").problems

    assert (problem.line, problem.column) == (3, 4)
