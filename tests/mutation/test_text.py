"""The edits that mutants are made with."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.mutation.mutants import sources
from tests.mutation.operators.fields import misspelt, quoted
from tests.mutation.text import Path, Source, path_name

TEXT = """\
# A remark.
name: a  # another
list:
  - one: 1
    two: {x: 1, y: [a, b]}
  # before an item
  - three: |
      many
      lines

last:
  # before a value
  key: "v"
---
second: true
"""


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("list",),
        ("list", 0),
        ("list", 1),
        ("list", 0, "one"),
        ("list", 0, "two"),
        ("list", 0, "two", "x"),
        ("list", 0, "two", "y"),
        ("list", 0, "two", "y", 0),
        ("list", 0, "two", "y", 1),
        ("last",),
    ],
)
def test_without_an_entry_the_rest_is_as_before(path: Path) -> None:
    source = Source("a.yaml", TEXT)
    found = list(yaml.safe_load_all(source.without(source.entry(path))))
    wanted = list(yaml.safe_load_all(TEXT))
    place = wanted[0]
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    assert found == wanted


def test_the_only_key_leaves_a_null() -> None:
    source = Source("a.yaml", TEXT)
    text = source.without(source.entry(("last", "key")))
    assert next(iter(yaml.safe_load_all(text)))["last"] is None


@pytest.mark.parametrize(
    ("path", "document", "written", "value"),
    [
        (("name",), 0, "b", "b"),
        (("list",), 0, "text", "text"),
        (("list", 0), 0, "text", "text"),
        (("list", 0, "two"), 0, "", None),
        (("list", 0, "two", "y", 1), 0, "c", "c"),
        (("list", 1, "three"), 0, "[a]", ["a"]),
        (("last",), 0, "text", "text"),
        (("last", "key"), 0, "7", 7),
        (("second",), 1, "no", False),
    ],
)
def test_another_value_changes_nothing_else(
    path: Path, document: int, written: str, value: object
) -> None:
    source = Source("a.yaml", TEXT)
    found = list(yaml.safe_load_all(source.with_value(source.entry(path, document), written)))
    wanted = list(yaml.safe_load_all(TEXT))
    place = wanted[document]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert found == wanted


def test_every_entry_of_the_sample_can_go() -> None:
    for source in sources():
        for entry in source.entries:
            left = list(yaml.safe_load_all(source.without(entry))) or [None]
            place: Any = left[entry.document]
            for step in entry.path[:-1]:
                place = place[step]
            siblings = len(entry.siblings) - 1
            assert len(place or ()) == siblings, (source.file, entry.name)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("name", "naem"), ("aab", "aba"), ("ab", ""), ("aaa", ""), ("1.2.3", ""), ("a-bc", "a-cb")],
)
def test_a_misspelt_word(word: str, expected: str) -> None:
    assert misspelt(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "a"), ("true", '"true"'), ("1", '"1"'), ("*.a", '"*.a"')]
)
def test_a_text_keeps_its_type(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_paths_as_people_write_them() -> None:
    assert path_name(("a", 0, "b", "x/y.z")) == 'a[0].b["x/y.z"]'
