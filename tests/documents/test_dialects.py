from __future__ import annotations

import contextlib
import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.reader import Problem, read_documents
from gitopsgen.documents.scalars import read

YAML_1_2 = "YAML 1.2 parsers"
YAML_1_1 = "YAML 1.1 parsers such as PyYAML"
YAML_V3 = "Go's yaml.v3"

# unquoted -> how Kubernetes reads it, who reads it differently, and how.
DOUBTFUL = {
    "y": ("true", YAML_1_2, "text"),
    "N": ("false", YAML_1_2, "text"),
    "yes": ("true", YAML_1_2, "text"),
    "No": ("false", YAML_1_2, "text"),
    "on": ("true", YAML_1_2, "text"),
    "OFF": ("false", YAML_1_2, "text"),
    "0o14": ("the number 12", YAML_1_1, "text"),
    "014": ("the number 12", YAML_1_2, "the number 14"),
    "-0644": ("the number -420", YAML_1_2, "the number -644"),
    "08": ("the number 8", YAML_1_1, "text"),
    "1:30": ("text", YAML_1_1, "the number 90"),
    "12:30:45": ("text", YAML_1_1, "the number 45045"),
    "-22:22": ("text", YAML_1_1, "the number -1342"),
    "1:30.5": ("text", YAML_1_1, "the number 90.5"),
    "1e3": ("the number 1000", YAML_1_1, "text"),
    "1.5e3": ("the number 1500", YAML_1_1, "text"),
    "1234e56": ("the number 1.234e+59", YAML_1_1, "text"),
    "12e4567": ("text", YAML_1_2, "infinity"),
    "1_000": ("the number 1000", YAML_1_2, "text"),
    "1_000.5": ("the number 1000.5", YAML_1_2, "text"),
    "0b11": ("the number 3", YAML_1_2, "text"),
    "-0x1F": ("the number -31", YAML_1_2, "text"),
    "-.5": ("the number -0.5", YAML_1_1, "text"),
    "2024-01-01": ("text", YAML_1_1, "a date"),
    "2024-01-01T10:00:00Z": ("text", YAML_1_1, "a date"),
    "2024-01-01 10:00:00": ("text", YAML_1_1, "a date"),
    "2024-1-1": ("text", YAML_V3, "a date"),
    "2024-13-01": ("text", YAML_1_1, "a date"),
    "12345678901234567890123": (
        "the number 1.2345678901234568e+22",
        YAML_1_2,
        "the number 12345678901234567890123",
    ),
}

CLEAR = (
    *("true", "False", "NULL", "null", "~", "", "yEs", "None", "web", "name", "office", "<<", "="),
    *("0", "-0", "1", "-1", "+1", "8080", "1.0", "1.10", "1.", ".5", "1.5e+3", "0x1F", "00", "07"),
    *("1.2.3", "v1.2", "10.0.0.1", "192.168.1.0/24", "128Mi", "100m", "0.5", "-1.5", "::1"),
    *("fe80::1", "0:30", "80:80", "8080:80", "2024", "2024-01", "1-2-3", "e3", "1e", "0o8", "0x"),
    *("20240101", "9223372036854775807", "18446744073709551615", "1,000", "+", ".", "..", "0b2"),
)


def problems(text: str) -> list[Problem]:
    return [p for p in read_documents(text).problems if p.rule == "yaml-ambiguous-scalar"]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_scalars_that_parsers_read_differently_are_reported(text: str) -> None:
    kubernetes, parsers, other = DOUBTFUL[text]

    (value,) = problems(f"a: {text}\n")
    (item,) = problems(f"- {text}\n")
    (key,) = problems(f"{text}: a\n")

    message = f"Kubernetes reads `{text}` as {kubernetes}, {parsers} as {other}"
    assert (value.line, value.column, value.message) == (1, 4, message)
    assert (item.line, item.column, item.message) == (1, 3, message)
    assert (key.line, key.column) == (1, 1)
    assert key.message.startswith(message)


@pytest.mark.parametrize("text", [*DOUBTFUL, *CLEAR])
def test_quoting_or_tagging_is_always_clear(text: str) -> None:
    assert problems(f"'{text}': '{text}'\n\"{text}x\": \"{text}\"\nz: !!str {text}\n") == []


@pytest.mark.parametrize("text", CLEAR)
def test_scalars_that_all_read_alike_are_not_reported(text: str) -> None:
    assert problems(f"a: {text}\nb: [{text}]\n") == []


@pytest.mark.parametrize(
    "key", ["defaultMode", "mode", "fileMode", "umask", "unixPermissions", "dirPerms"]
)
def test_octal_file_modes_are_what_everybody_writes(key: str) -> None:
    assert problems(f"{key}: 0644\n") == []


def test_octal_elsewhere_is_reported_and_only_octal_is_let_off() -> None:
    assert [p.line for p in problems("zip: 01234\nmode: 0o644\nmodel: 0123\n")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: yes", 'Write true, or "yes" for the text.'),
        ("a: off", 'Write false, or "off" for the text.'),
        ("a: 0o14", 'Write 12, or "0o14" for the text.'),
        ("a: 2024-01-01", 'Quote it: "2024-01-01".'),
        ("on: push", 'Quote the key: "on".'),
    ],
)
def test_the_hint_says_what_to_write(text: str, hint: str) -> None:
    assert [p.hint for p in problems(text)] == [hint]


def test_a_key_that_becomes_another_says_so() -> None:
    (problem,) = problems("gridPos:\n  y: 1\n")

    assert (problem.line, problem.column) == (2, 3)
    assert problem.message.endswith('the key becomes "true"')


@given(st.text(alphabet="0123456789_-+.:eExoObTZ", min_size=1, max_size=12))
def test_where_nothing_is_reported_pyyaml_reads_the_same(text: str) -> None:
    scalar = read(text)
    if scalar.doubt:
        return
    other: object = None
    with contextlib.suppress(yaml.YAMLError):
        # A list of one: a text such as `-` or `---` alone is something else than a scalar.
        other = yaml.safe_load(f"- {text}\n")
    if not isinstance(other, list) or isinstance(other[0], list | dict):
        return

    assert not isinstance(other[0], datetime.date)
    assert other[0] == scalar.value
