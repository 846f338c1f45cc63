"""What `validate` finds of mutants of the sample, against what is written of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mutation.judgements import VERDICTS, disagreements, read_survivors, unused
from tests.mutation.mutants import SAMPLED, all_mutants, sample_of
from tests.mutation.page import PAGE, render
from tests.mutation.runner import Runner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")


def test_some_mutants_are_found_as_it_is_written(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    assert runner.baseline.errors == 0
    assert runner.baseline.unchecked == ()
    outcomes = tuple(runner.run(sample_of(all_mutants(), SAMPLED)))
    assert disagreements(outcomes) == []
    # A run that finds nothing, or everything, would be no test.
    assert 0 < sum(outcome.is_found for outcome in outcomes) < len(outcomes)


@pytest.mark.slow
def test_all_mutants_are_found_as_it_is_written(tmp_path: Path) -> None:
    outcomes = tuple(Runner(tmp_path).run(all_mutants()))
    assert [*disagreements(outcomes), *unused(outcomes)] == []
    written = PAGE.read_text(encoding="utf-8")
    assert written == render(outcomes, SAMPLED), "run `make mutation`, and read the difference"


def test_there_are_hundreds_and_each_has_a_name_of_its_own() -> None:
    mutants = all_mutants()
    assert len(mutants) > 900
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    assert mutants == all_mutants()


def test_no_mutant_is_the_sample_itself() -> None:
    from tests.sample import SAMPLE

    for mutant in all_mutants():
        for file, text in mutant.texts.items():
            path = SAMPLE / file
            before = path.read_text(encoding="utf-8") if path.is_file() else None
            assert text != before, mutant.id


def test_every_survivor_has_a_verdict_and_a_reason() -> None:
    for group in read_survivors():
        assert group.verdict in VERDICTS
        assert group.because.endswith(".")
        assert group.mutants
