"""The reader for plain manifests says what the parser says, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitopsgen.documents.plain import read_plain
from gitopsgen.documents.reader import parse_documents, read_documents
from tests.documents.strategies import nearly_yaml

if TYPE_CHECKING:
    from gitopsgen.documents.model import Contents

_ROOT = Path(__file__).parents[2]
_SAMPLES = sorted((_ROOT / "sample-output").rglob("*.yaml"))

DEPLOYMENT = """\
# What it is
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # its name
  labels: {}
  annotations:
    "example.org/note": 'a: b # c'
    checksum: "sha256:12 # 3"
spec:
  replicas: 3
  paused: false
  template:
    spec:
      containers:
      - name: web
        image: registry.example.org:5000/web:1.2@sha256:0a
        args: [--port, 'x y', "z", 80]
        command:
          - sh
          - -c

          - |
            # not a comment
            echo "hello"

              indented
            exit 0
        env:
          -   name: EMPTY
              value: ""
          - name: NOTHING
            value:
        resources: { }
        ports:
        - {containerPort: 80, name: "http", protocol: TCP}
      volumes:
      - emptyDir: {}
      description: >-
        one line
        of two

      last: |+
        kept

---
# Source: a chart
apiVersion: v1
kind: ConfigMap
data:
"""


def taken(text: str) -> Contents:
    contents = read_plain(text)
    assert contents is not None
    return contents


def agrees(text: str) -> bool:
    """Whether the reader took a text, after a check that it then says what the parser says."""
    contents = read_plain(text)
    # 1, 1.0 and True are equal to Python, and not to Kubernetes.
    if contents is not None:
        assert repr(contents) == repr(parse_documents(text))
    return contents is not None


class TestWhatItTakes:
    def test_a_manifest_with_all_that_it_knows(self) -> None:
        assert repr(taken(DEPLOYMENT)) == repr(parse_documents(DEPLOYMENT))
        assert taken(DEPLOYMENT).documents[1].line == 48

    def test_almost_every_file_of_a_generated_repository(self) -> None:
        taken = [agrees(path.read_text()) for path in _SAMPLES]

        assert len(taken) > 20
        assert sum(taken) / len(taken) > 0.8

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n",
            "# only a comment",
            "---",
            "---\n---\n",
            "--- # start\na: b\n--- \n# end\n",
            "a:",
            "a:\n  b:\nc:",
            "a: b",
            "  a: b\n  c: d\n",
            "- a\n- b: c\n  d: e\n-  f:\n     - g\n",
            "a:\n- b\n- c\nd:\n  - e\n",
            "a:\n# c\n  b: c\n  # d\n# e\n  f: g\n",
            "a: null\nb: ~\nc: true\nd: 1\ne: 1.5\nf: -3\ng: [1, null, true]\n",
            "a: x:y\nb: http://z\nc: a b  c\nd: a,b]}\n",
            "a: |\n  b\n",
            "a: |-\n\n  b\n    c\n\n \nd: e\n",
            "- |+\n  a\n\n- b\n",
            "a: >\n  b\n  c\nd: e\n",
            "a: b ü → 😀\n",
            "k8s.io/a-b_c: x\n",
        ],
    )
    def test_text(self, text: str) -> None:
        assert agrees(text)
        assert repr(read_documents(text)) == repr(parse_documents(text))

    def test_what_it_returns_is_shared_by_no_two_texts(self) -> None:
        first, second = (taken("a: {}\nb: [x]\n").documents[0].data for _ in range(2))
        first["a"]["c"] = 1
        first["b"].append(2)

        assert second == {"a": {}, "b": ["x"]}


class TestWhatItLeavesToTheParser:
    @pytest.mark.parametrize(
        "text",
        [
            "a: yes\n",  # which parsers read differently
            "a: 010\n",
            "a: 1_000\n",
            "a: .inf\n",
            "a: [x, on]\n",
            "on: a\n",
            "a: 1\na: 2\n",  # a key twice
            "a:\na:\n",
            "a: b\n  c\n",  # a text of two lines
            "a: b\n  c: d\n",  # no YAML
            "a:\n    b: c\n  d: e\n",
            "a: -\n",
            "a: - b\n",
            "a: b: c\n",
            "- a\nb: c\n",
            "a: b\n- c\n",
            "a:\n  - b\n  c: d\n",
            "- - a\n",  # YAML that it does not know
            "-\n  a: b\n",
            "a: &b c\n",
            "a: *b\n",
            "a: !c d\n",
            "? a\n",
            "a: {b: {c: d}}\n",
            "a: {b: c, b: d}\n",
            "a: {b: c, 'd'}\n",
            "a: {b: no}\n",
            "a: {y: b}\n",
            "a: {b: }\n",
            "a: {b:c}\n",
            "a: {b: c}d\n",
            "a: [[b]]\n",
            "a: 'it''s'\n",
            'a: "\\n"\n',
            "a\n",
            "--- a\n",
            "a: b\n...\n",
            "%YAML 1.1\n---\na: b\n",
            "<<: {}\n",
            "1: a\n",
            "a: b#c\n",
            "a: |2\n   b\n",
            "a: |\n   \n  b\n",
            "a: |\n  b",
            "a: |\nb: c\n",
            "a: |\n  \n",
            "a: >\n  b\n\n  c\n",
            "a: >\n  b\n   c\n",
            "a:\tb\n",
            "a: b\r\n",
            "a: b\x00\n",
            "a: b\u2028c\n",
            "a: b\u00a0c\n",
        ],
    )
    def test_text(self, text: str) -> None:
        assert read_plain(text) is None

    def test_keys_that_are_too_long(self) -> None:
        text = f"{'a' * 2000}: b\n"

        assert read_plain(text) is None
        assert parse_documents(text).problems

    def test_what_is_too_deep_too_large_or_too_much(self) -> None:
        deep = "".join(f"{'  ' * depth}a:\n" for depth in range(300))

        assert read_plain(deep) is None
        assert read_plain("---\n" * 100_000) is None
        assert read_plain(f"a: {'b' * 2_000_000}\n") is None


_INDENTS = st.sampled_from(["", "", "  ", "  ", "    ", "      ", " "])
_CONTENTS = st.sampled_from(
    r"""
a:|b:|c: x|a: 1|b: true|c: yes|- a|- b: c|- a:|-|- |- - x||# c|x # c|a: b # c|a: b#c|a: 'q'
b: "q: # r"|c: []|a: { }|b: [a, 'b', "c", 1]|c: [a b]|text|text more|---|--- # x|--- a|...
a: -|a: - b|a: b: c|a: b:|a:b|- a:b|- a: b: c|- 'x'|- []|- 0x1F|- 010|- ~|a: null|b: .5|c: -5
a: *x|a: &x y|a: !t z|a: 'it''s'|k.l/m-n_o: v|a :b|? a|: b|a: ? b|a: :b|a:  x  |-  a|-   b: c
c: a,b|a: [x,]|a: [ ]|a: [[]]|a: {b: c, d: "e"}|a: {b: 1, b: 2}|- '|a: "
a: << |<<: {}|a: +|a: [-c, --d]|"k.x": v|"y":
a: ¦|b: ¦-|- ¦|- ¦+|c: >|b: >-|a: ¦2|a: ¦ # c|a: b ö|- --- x|y: 1|a: \t|text: "a
""".strip()
    .replace("\n", "|")
    .split("|")
)
_LINES = st.lists(st.tuples(_INDENTS, _CONTENTS).map("".join), max_size=8).map(
    lambda lines: [line.replace("¦", "|") for line in lines]
)
_ENDS = st.sampled_from(["", "\n", "\n\n", "\n  \n", "\n  "])


class TestAgreement:
    @settings(max_examples=800)
    @given(_LINES, _ENDS)
    @example(["a:", "- b", "c: |", "  d"], "\n\n")
    def test_lines_in_any_order(self, lines: list[str], end: str) -> None:
        agrees("\n".join(lines) + end)

    @settings(max_examples=200)
    @given(nearly_yaml)
    def test_what_is_nearly_yaml(self, text: str) -> None:
        agrees(text.removeprefix("\ufeff"))

    @settings(max_examples=300)
    @given(st.data())
    def test_a_manifest_after_a_slip_of_the_hand(self, data: st.DataObject) -> None:
        text = DEPLOYMENT
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(text)))
            end = start + data.draw(st.integers(0, 4))
            slips = ["", " ", "  ", "\n", "- ", ":", ": ", " #", "#", "'", '"', "|", "\n  ", "\t"]
            text = text[:start] + data.draw(st.sampled_from(slips)) + text[end:]
        agrees(text)
