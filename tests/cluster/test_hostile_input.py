"""No cluster.yaml makes a traceback, and no value of one means anything to what reads it next."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.cluster.document import read_cluster
from gitopsgen.cluster.schema import compose
from gitopsgen.findings import Severity
from tests.sample import SAMPLE

SPECS = load_catalogue().specs
SCHEMA = compose(SPECS)
SAMPLE_TEXT = (SAMPLE / "cluster.yaml").read_text()
SAMPLE_DATA = yaml.safe_load(SAMPLE_TEXT)

PROBES = [
    "$(touch x)",
    "`touch x`",
    "{{ 7*7 }}",
    "#{ 7*7 }#",
    "#% for x in y %#",
    "a\nb",
    "../../x",
    "a'b",
    'a"b',
    "a b",
    "a;b",
    "-rf",
    "a: b",
    "a #b",
    "\x07",
    "ü",
    "",
]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value in some data."""
    found = [path] if path else []
    items: Any = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        found += paths(inner, (*path, key))
    return found


def replaced(path: tuple[str | int, ...], value: Any) -> Any:
    """The sample's data with another value at a path."""
    data = json.loads(json.dumps(SAMPLE_DATA))
    target = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return data


STRINGS = [
    path
    for path in paths(SAMPLE_DATA)
    if isinstance(reduce(lambda data, step: data[step], path, SAMPLE_DATA), str)
]


def check(text: str) -> bool:
    """Read a text; findings have positions inside of it, and no cluster comes with an error."""
    result = read_cluster(text, SCHEMA, SPECS)
    lines = text.count("\n") + text.count("\r") + 1
    for finding in result.findings:
        assert 1 <= finding.line <= lines + 1
        assert finding.column >= 1
        assert finding.message
    errors = any(finding.severity is Severity.ERROR for finding in result.findings)
    assert (result.cluster is None) == errors
    return result.cluster is not None


@pytest.mark.parametrize("path", STRINGS, ids=lambda path: ".".join(map(str, path)))
def test_no_string_takes_a_probe(path: tuple[str | int, ...]) -> None:
    for probe in PROBES:
        assert not check(yaml.safe_dump(replaced(path, probe), allow_unicode=True)), probe


@pytest.mark.parametrize("path", paths(SAMPLE_DATA), ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_type_anywhere_is_a_finding(path: tuple[str | int, ...]) -> None:
    wrong: list[Any] = [None, True, 12, 1.5, 10**40, [], {}, [[]], {"a": 1}]
    for value in wrong:
        check(yaml.safe_dump(replaced(path, value)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# nothing",
        "---\n---\n",
        "null",
        "- a",
        "text",
        "[",
        "a: &a [*a]",
        "a: &a {b: *a}",
        "? {a: b}\n: c",
        "<<: {name: home}",
        "<<: 1",
        "\ufeffname: home",
        "name: home\nname: away",
        "!!python/object/apply:os.system ['touch x']",
        "a: !!binary x",
        "\t",
        "%YAML 9.9\n---\na: 1",
        "nodes: [" * 500,
        "{" * 5000,
        "a: " + "x" * 1_000_000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
        SAMPLE_TEXT.replace("\n", "\r\n")[:-2] + "\r\n  nonsense: {}\r\n",
        SAMPLE_TEXT + "---\nname: other\n",
        SAMPLE_TEXT[: len(SAMPLE_TEXT) // 2],
    ],
)
def test_odd_texts_give_findings(text: str) -> None:
    assert not check(text)


def test_line_endings_and_a_byte_order_mark_do_not_matter() -> None:
    assert check(SAMPLE_TEXT.replace("\n", "\r\n"))
    assert check("\ufeff" + SAMPLE_TEXT)


@given(st.text())
def test_any_text(text: str) -> None:
    check(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_any_data(data: Any) -> None:
    check(yaml.safe_dump(data, allow_unicode=True))


@settings(max_examples=200)
@given(
    st.integers(0, len(SAMPLE_TEXT)), st.integers(0, 40), st.text(alphabet=" \n:-{}[]&*#'\"ax1,.")
)
def test_any_damage_to_the_sample(start: int, length: int, inserted: str) -> None:
    check(SAMPLE_TEXT[:start] + inserted + SAMPLE_TEXT[start + length :])
