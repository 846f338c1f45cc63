"""What counts as found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mutation.judgements import Elsewhere, Survivors
from tests.mutation.mutant import Mutant
from tests.mutation.runner import Hit, Outcome, Runner
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

MUTANT = Mutant("op", "a.yaml", "x[0]", {"a.yaml": ""}, frozenset({3}))


def hit(file: str = "a.yaml", line: int = 3) -> Hit:
    return Hit("k8s-port", "error", file, line, "message")


@pytest.mark.parametrize(
    ("outcome", "is_found", "is_there"),
    [
        (Outcome(MUTANT, (), ()), False, False),
        (Outcome(MUTANT, (hit(),), ()), True, True),
        (Outcome(MUTANT, (hit(line=4),), ()), True, False),
        (Outcome(MUTANT, (hit("b.yaml"),), ()), True, False),
        (Outcome(MUTANT, (hit("b.yaml"), hit()), ()), True, True),
        (Outcome(MUTANT, (), ("chart a",)), True, False),
    ],
)
def test_found_and_there(outcome: Outcome, is_found: bool, is_there: bool) -> None:
    assert (outcome.is_found, outcome.is_there) == (is_found, is_there)


def test_names_are_globs_in_which_brackets_are_brackets() -> None:
    group = Survivors("legal", "", ("op a.yaml x[0]", "other *"))
    assert group.names(MUTANT.id)
    assert group.names("other b.yaml")
    assert not group.names("op a.yaml x0")


def test_a_reason_holds_for_its_rules_alone() -> None:
    outcome = Outcome(MUTANT, (hit("b.yaml"),), ())
    assert Elsewhere("", ("op *",), ("k8s-port",)).explains(outcome)
    assert not Elsewhere("", ("op *",), ("k8s-name",)).explains(outcome)
    assert Elsewhere("", ("*",), ("unchecked",)).explains(Outcome(MUTANT, (), ("chart a",)))


def test_the_sample_is_as_before_after_a_mutant(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    text = (SAMPLE / "apps/root.yaml").read_text().replace("kind:", "kidn:")
    texts = {"apps/root.yaml": text, "new/file.yaml": "a: 1\n", "apps/argocd.yaml": None}
    assert runner.one(Mutant("op", "apps/root.yaml", "", texts)).is_found
    copy = tmp_path / "repository"
    assert not (copy / "new").exists()
    files = [path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file()]
    assert all((copy / file).read_bytes() == (SAMPLE / file).read_bytes() for file in files)
    same = Mutant("op", "apps/root.yaml", "", {"apps/root.yaml": text.replace("kidn:", "kind:")})
    assert not runner.one(same).is_found
