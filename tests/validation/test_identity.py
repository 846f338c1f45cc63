from __future__ import annotations

from dataclasses import replace

import pytest

from gitopsgen.findings import Finding, Severity
from gitopsgen.validation.identity import identity, in_new_names

FINDING = Finding("r", Severity.ERROR, "a.yaml", 1, 2, "m", "h", "v1/Pod a", "web")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("also in apps/web.yaml:12:3", "also in apps/web.yaml:4:30"),
        ("also in (apps/web.yml:12), twice", "also in (apps/web.yml:1), twice"),
        ("bad (in v1/Pod a, from chart web 1.0)", "bad (in v1/Pod a, from chart web 1.1)"),
        ("the key is at line 7, column 3", "the key is at line 70, column 1"),
    ],
)
def test_positions_in_a_message_are_not_part_of_the_fault(one: str, other: str) -> None:
    assert identity(replace(FINDING, message=one)) == identity(replace(FINDING, message=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("port 80", "port 81"),
        ("bad (a) (in v1/Pod a, from chart web 1.0)", "bad (b) (in v1/Pod a, from chart web 1.0)"),
        ("no port 10.0.0.1:80", "no port 10.0.0.1:81"),
        ("also in a.yaml:1", "also in b.yaml:1"),
        ("deadline 1", "deadline 2"),
    ],
)
def test_other_numbers_are(one: str, other: str) -> None:
    assert identity(replace(FINDING, message=one)) != identity(replace(FINDING, message=other))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"line": 9}, True),
        ({"column": 9}, True),
        ({"hint": "other"}, True),
        ({"application": "other"}, True),
        ({"rule": "s"}, False),
        ({"severity": Severity.WARNING}, False),
        ({"file": "b.yaml"}, False),
        ({"resource": "v1/Pod b"}, False),
        ({"message": "n"}, False),
    ],
)
def test_what_makes_a_finding_the_same(changes: dict[str, object], *, same: bool) -> None:
    other = replace(FINDING, **changes)  # type: ignore[arg-type]
    assert (identity(other) == identity(FINDING)) is same


def test_new_names_are_put_into_place_and_message() -> None:
    finding = replace(FINDING, message="also in `a.yaml`, (a.yaml:3) and not in aa.yaml")
    moved = in_new_names(finding, {"a.yaml": "b/c.yaml"})
    assert moved.file == "b/c.yaml"
    assert moved.message == "also in `b/c.yaml`, (b/c.yaml:3) and not in aa.yaml"
    assert in_new_names(finding, {}) is finding
