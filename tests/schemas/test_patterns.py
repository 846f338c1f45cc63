from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.schemas.patterns import pattern_problem

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schemas.conform import Conform

GOOD = [
    "",
    "^$",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    r"^(\d+(\.\d+)?)(m|Ki|Mi)?$",
    r"^(([0-9]{1,3}\.){3}[0-9]{1,3})(/[0-9]+)?$",
    r"a*?b+?c??d{2}?e{2,}f{2,3}",
    r"(?i)^a(?s:.)b(?i-s:c)(?P<name>d)(?<other>e)(?:f)(?U)$",
    r"\pL\p{Greek}\P{^Lu}[\p{L}\d-]",
    r"[[:alpha:]_][[:^digit:]]",
    r"\x41\x{10FFFF}\012\a\f\t\n\r\v\A\z\b\B",
    r"\Q(not a group\E\.",
    r"\Qto the end(",
    r"[]a][^]a][a\]][\-x][x\-\}]",
    r"[[a]&&~~||--]",
    "{}{a}{,3}x{{,}",
    r"a{1000}",
    r"[+--][!-\/]",
    r"\/\-\_\.",
    r"[\d-z][a-z-9][--a][a-][-a][\w-]",
    "äöü[ä-ü]",
    r"^*$+\b?\z{2}",
]
BAD = [
    "(",
    ")",
    "[",
    "[a",
    "[]",
    "[z-a]",
    "*",
    "a**",
    "a{2}{3}",
    "a++",
    "a*+",
    "a?+",
    "a{2}+",
    r"(?=a)",
    r"(?!a)",
    r"(?<=a)",
    r"(?<!a)",
    r"(?>a)",
    r"(?#a)",
    r"(?P=a)",
    r"(?P>a)",
    r"(a)\1",
    r"\k<a>",
    r"\Z",
    r"\h",
    r"\8",
    r"\ä",
    "a{1001}",
    "a{1,1001}",
    "\\",
    "[\\",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_what_go_compiles(pattern: str) -> None:
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize("pattern", BAD)
def test_what_go_does_not_compile(pattern: str) -> None:
    assert pattern_problem(pattern)


def test_kubeconform_agrees(conform: Conform, tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "v1"
    folder.mkdir(parents=True)
    for index, pattern in enumerate([*GOOD, *BAD]):
        schema = {"properties": {"text": {"pattern": pattern}}}
        (folder / f"kind{index}_v1.json").write_text(json.dumps(schema), encoding="utf-8")

    problems = conform.problems(
        tmp_path / "schemas",
        [{"apiVersion": "v1", "kind": f"Kind{i}"} for i in range(len(GOOD + BAD))],
    )

    assert [p for p, problem in zip([*GOOD, *BAD], problems, strict=True) if problem] == BAD


@given(st.text(alphabet="abzQEpPx(){}[]?*+^$.|\\-<>=!:,019&~äd", max_size=20) | st.text())
def test_any_text_gets_an_answer(pattern: str) -> None:
    problem = pattern_problem(pattern)

    assert problem is None or problem


@given(st.text(max_size=20))
def test_escaped_text_is_a_pattern(text: str) -> None:
    literal = re.sub(r"([!-/:-@[-`{-~])", r"\\\1", text)

    assert pattern_problem(literal) is None
    assert pattern_problem(rf"\Q{text.replace(chr(92), '')}\E") is None


@pytest.mark.parametrize("pattern", ["(" * 100_000, "a{0," * 50_000, "[" * 100_000, "(?:" * 20_000])
def test_hostile_patterns_are_refused_quickly(pattern: str) -> None:
    assert pattern_problem(pattern + ")")
