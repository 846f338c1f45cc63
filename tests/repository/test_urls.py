from __future__ import annotations

import pytest

from gitopsgen.repository.globs import matches
from gitopsgen.repository.urls import same_repository_key

ONE = "github.com/owner/name"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/owner/name",
        "https://github.com/owner/name.git",
        "https://github.com/owner/name/",
        "https://GitHub.com/owner/name",
        "https://user:token@github.com/owner/name",
        "git@github.com:owner/name.git",
        "github.com:owner/name",
        "ssh://git@github.com/owner/name",
        "ssh://git@github.com:22/owner/name.git",
        " https://github.com/owner/name ",
    ],
)
def test_all_forms_of_a_url_are_one_repository(url: str) -> None:
    assert same_repository_key(url) == ONE


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Owner/name",
        "https://github.com/owner/name2",
        "https://gitlab.com/owner/name",
        "https://github.com/owner/name/sub",
        "",
        "http://[",
    ],
)
def test_others_are_others(url: str) -> None:
    assert same_repository_key(url) != ONE


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.yaml", "a.yaml", True),
        ("*.yaml", "sub/a.yaml", True),
        ("*.yaml", "a.yml", False),
        ("{a,b}.yaml", "b.yaml", True),
        ("{a,b}.yaml", "c.yaml", False),
        ("{a,{b,c}}*", "c1", True),
        ("a?c", "abc", True),
        ("[ab].yaml", "b.yaml", True),
        ("[!ab].yaml", "b.yaml", False),
        ("[a-c]x", "bx", True),
        (r"\*.yaml", "*.yaml", True),
        (r"\*.yaml", "a.yaml", False),
        ("a.b", "axb", False),
        ("{a", "a", False),
    ],
)
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected
