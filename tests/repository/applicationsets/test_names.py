"""Names and paths as Argo CD derives them."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.applicationsets.names import (
    path_base,
    path_dir,
    sanitize_name,
    slugify,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", "web"),
        ("My_App", "my-app"),
        ("-a.b-.", "a.b"),
        ("ünï", "n"),
        ("", ""),
        ("x" * 300, "x" * 253),
    ],
)
def test_sanitize_name(name: str, expected: str) -> None:
    assert sanitize_name(name) == expected


@pytest.mark.parametrize(
    ("name", "size", "smart", "expected"),
    [
        ("Feature/My_Branch", 50, True, "feature-my-branch"),
        ("one-two-three", 9, True, "one-two"),
        ("one-two-three", 7, True, "one-two"),
        ("one-two-three", 9, False, "one-two-t"),
        ("onetwothree", 5, True, "onetw"),
        ("a..b--c", 50, True, "a-b-c"),
    ],
)
def test_slugify(name: str, size: int, smart: bool, expected: str) -> None:
    assert slugify(name, size, smart) == expected


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [
        ("a/b/c.yaml", "a/b", "c.yaml"),
        ("c.yaml", ".", "c.yaml"),
        (".", ".", "."),
        ("/a", "/", "a"),
        ("a/b/", "a/b", "b"),
        ("", ".", "."),
        ("/", "/", "/"),
    ],
)
def test_paths(path: str, folder: str, name: str) -> None:
    assert (path_dir(path), path_base(path)) == (folder, name)


@given(st.text(alphabet="ab./", max_size=12))
def test_a_folder_is_in_its_shortest_form(path: str) -> None:
    assert path_dir(path) == posixpath.normpath(path_dir(path))
