"""The globs of value files; the tables were checked against doublestar 4.10 itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.doublestar import PatternError, expand, fixed_folder, is_glob
from gitopsgen.repository.paths import normal

TREE = (
    "[x]/a.yaml",
    "a-b/a",
    "a.yaml",
    "a/b.yaml",
    "a/z/a.yaml",
    "a/zz.yaml",
    "ab/a/b",
    "b.yaml",
    "é.yaml",
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.yaml", ["a.yaml", "b.yaml", "é.yaml"]),
        ("?.yaml", ["a.yaml", "b.yaml", "é.yaml"]),
        ("[ab].yaml", ["a.yaml", "b.yaml"]),
        ("[!a].yaml", ["b.yaml", "é.yaml"]),
        ("[^a-b].yaml", ["é.yaml"]),
        (r"\[x\]/*.yaml", ["[x]/a.yaml"]),
        ("[x]/*.yaml", []),
        # The files of a folder come before what is in its folders.
        ("a/**/*.yaml", ["a/b.yaml", "a/zz.yaml", "a/z/a.yaml"]),
        ("**/a.yaml", ["a.yaml", "[x]/a.yaml", "a/z/a.yaml"]),
        ("**/**/a.yaml", ["a.yaml", "[x]/a.yaml", "a/z/a.yaml"]),
        # Folders match as well.
        ("a*", ["a", "a-b", "a.yaml", "ab"]),
        ("a/**", ["a", "a/b.yaml", "a/z", "a/z/a.yaml", "a/zz.yaml"]),
        ("a**/*.yaml", ["a/b.yaml", "a/zz.yaml"]),
        ("**a/**/a", []),
        ("{b,a}.y*", ["a.yaml", "b.yaml"]),
        ("{a,ab}/{z,?}/*", ["a/z/a.yaml", "ab/a/b"]),
        ("a{,-b}/*", ["a/b.yaml", "a/z", "a/zz.yaml", "a-b/a"]),
        ("{a/z,a}/*.yaml", ["a/b.yaml", "a/zz.yaml", "a/z/a.yaml"]),
        ("none/*.yaml", []),
        ("none/**", []),
        ("a.yaml/*", []),
    ],
)
def test_what_a_glob_names_and_in_which_order(pattern: str, expected: list[str]) -> None:
    assert expand(pattern, TREE) == expected


@pytest.mark.parametrize("pattern", ["[", "*[]", "{a,*", "a}*", "*\\", "a/[b/c]*", "[a-"])
def test_malformed_globs(pattern: str) -> None:
    with pytest.raises(PatternError, match="syntax error"):
        expand(pattern, TREE)


@pytest.mark.parametrize("pattern", ["*/" * 200 + "a", "{a,b}" * 40 + "*"])
def test_globs_that_would_take_too_long(pattern: str) -> None:
    with pytest.raises(PatternError, match="to follow"):
        expand(pattern, TREE)


def test_only_stars_question_marks_and_classes_make_a_glob() -> None:
    assert [p for p in ("a", "{a,b}", "a*", "a?", "[a") if is_glob(p)] == ["a*", "a?", "[a"]
    assert fixed_folder("a/b/c*/d") == "a/b"
    assert fixed_folder("*/d") == ""


@given(st.text(alphabet="ab*?[]{},!-\\/.é", max_size=12))
def test_any_text_is_followed_or_refused(text: str) -> None:
    pattern = normal(text)
    if not pattern:
        return
    try:
        found = expand(pattern, TREE)
    except PatternError:
        return
    assert len(found) == len(set(found))
    folders = {path[:end] for path in TREE for end, c in enumerate(path) if c == "/"}
    assert {*found} <= {*TREE, *folders, ""}
