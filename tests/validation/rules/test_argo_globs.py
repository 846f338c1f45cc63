from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules.argo_globs import matches_any, matches_glob, matches_path


@pytest.mark.parametrize(
    ("pattern", "value", "separator", "matched"),
    [
        ("https://github.com/*", "https://github.com/owner/repo", "/", False),
        ("https://github.com/**", "https://github.com/owner/repo", "/", True),
        ("https://github.com/*/repo", "https://github.com/owner/repo", "/", True),
        ("https://*", "https://kubernetes.default.svc", "", True),
        ("web-?", "web-1", "", True),
        ("web-?", "web-12", "", False),
        ("{web,shop}-*", "shop-1", "", True),
        ("{web,shop}-*", "mail-1", "", False),
        ("team-[ab]", "team-b", "", True),
        ("team-[!ab]", "team-b", "", False),
        ("a.b", "axb", "", False),
        ("\\*", "*", "", True),
        ("\\*", "a", "", False),
        ("{web", "web", "", False),
        ("[web", "w", "", False),
        ("", "", "", True),
        ("a}b,c", "a}b,c", "", True),
        ("{a,{b,c}}d", "cd", "", True),
        ("{a,}b", "b", "", True),
        ("**a*b", "a/ab", "/", True),
        ("*a*b", "a/ab", "/", False),
    ],
)
def test_globs(pattern: str, value: str, separator: str, matched: bool) -> None:
    assert matches_glob(pattern, value, separator) is matched


@pytest.mark.parametrize(
    ("pattern", "value", "matched"),
    [
        ("*", "apps", True),
        ("*.k8s.io", "networking.k8s.io", True),
        ("*.k8s.io", "cert-manager.io", False),
        ("[^a]*", "apps", False),
        ("Cluster*", "ClusterRole", True),
        ("{a,b}", "a", False),
        ("[", "a", False),
        ("", "", True),
        ("", "apps", False),
        ("a\\*", "a*", True),
    ],
)
def test_file_patterns(pattern: str, value: str, matched: bool) -> None:
    assert matches_path(pattern, value) is matched


def test_lists_of_globs_and_regular_expressions() -> None:
    assert matches_any(["shop", "/^team-[0-9]+$/"], "team-12")
    assert not matches_any(["shop", "/^team-[0-9]+$/", "/(/", "/"], "team-x")
    assert matches_any(["team-*"], "team-x")


def test_patterns_that_would_take_for_ever() -> None:
    assert not matches_glob("*a" * 40 + "b", "a" * 200)
    assert not matches_path("*a" * 40 + "b", "a" * 200)
    assert not matches_glob("{a,b}" * 12, "a")
    assert matches_any(["/(a+)+$/"], "a" * 60 + "b")


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_pattern_has_an_answer(pattern: str, value: str) -> None:
    assert matches_glob(pattern, value) in {True, False}
    assert matches_glob(pattern, value, "/") in {True, False}
    assert matches_path(pattern, value) in {True, False}
    assert matches_any([pattern], value) in {True, False}
