from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.comparison.judging import Result, judge
from tests.comparison.updates import END, PAGE, START, update_by_gitopsgen
from tests.lifecycle.scenarios import SCENARIOS, Scenario
from tests.lifecycle.world import git

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = Scenario("s", {}, {}, lambda hand: None, {"file": "mine\ntheirs\n"}, ("mine",))
UNDECIDED = Scenario("s", {}, {}, lambda hand: None, None, ("mine", b"\0mine"))


def judged(root: Path, scenario: Scenario, files: dict[str, bytes], status: int = 0) -> str:
    git(root, "init", "--quiet")
    for path, content in files.items():
        (root / path).write_bytes(content)
    return judge(scenario, Result(root, status))


@pytest.mark.parametrize(
    ("files", "status", "judgement"),
    [
        ({"file": b"mine\ntheirs\n"}, 0, "right"),
        ({"file": b"theirs\nmine\n"}, 0, "wrong result"),
        ({"file": b"theirs\n"}, 0, "lost edit"),
        ({"file": b"<<<<<<< a\nmine\n=======\ntheirs\n>>>>>>> b\n"}, 4, "conflict"),
        ({"file": b"<<<<<<< a\nmine\n=======\ntheirs\n>>>>>>> b\n"}, 0, "conflict, status 0"),
        ({"file": b"theirs\n", "file.rej": b"mine\n"}, 0, "conflict, status 0"),
        ({"file": b"<<<<<<< a\n=======\ntheirs\n>>>>>>> b\n"}, 4, "lost edit"),
    ],
)
def test_what_is_right_is_known(
    tmp_path: Path, files: dict[str, bytes], status: int, judgement: str
) -> None:
    assert judged(tmp_path, SCENARIO, files, status) == judgement


def test_what_only_a_person_can_know(tmp_path: Path) -> None:
    files = {"file": b"mine\r\n", "binary": b"\0mine"}
    assert judged(tmp_path, UNDECIDED, files) == "decided silently"
    assert judged(tmp_path, UNDECIDED, {"file.rej": b"mine\n"}, 1) == "conflict"
    assert judged(tmp_path, UNDECIDED, {"binary": b"\0theirs"}) == "lost edit"
    assert judge(UNDECIDED, Result(tmp_path, 1, failed=True)) == "failed"


@pytest.mark.parametrize("scenario", SCENARIOS[::9], ids=lambda scenario: scenario.name)
def test_gitopsgen_is_right_or_leaves_a_conflict(tmp_path: Path, scenario: Scenario) -> None:
    expected = "conflict" if scenario.right is None else "right"
    assert judge(scenario, update_by_gitopsgen(tmp_path, scenario)) == expected


def test_the_page_has_every_scenario_as_it_is_judged() -> None:
    shown = PAGE.read_text().partition(START)[2].partition(END)[0]
    rows = [tuple(map(str.strip, line.split("|")[1:3])) for line in shown.splitlines()]
    for scenario in SCENARIOS:
        assert (scenario.name, "conflict" if scenario.right is None else "right") in rows
