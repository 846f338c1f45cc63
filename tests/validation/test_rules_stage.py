"""All rules over a model, alone and with another process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.memory import Memory
from gitopsgen.validation import rules_stage
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules_stage import Rules
from tests.validation.rules.build import application, make_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitopsgen.validation.model import Model

PARENT = os.getpid()
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web-%d}
spec:
  selector: {app: nobody}
  ports: [{port: 70000}]
---
apiVersion: v1
kind: Secret
metadata: {name: web-%d}
stringData: {password: hunter2hunter2}
"""


@dataclass
class OneRule:
    """A family with one function."""

    look: Callable[[Model], Iterator[RuleProblem]]
    RULES: tuple[Rule, ...] = ()

    def check(self, model: Model) -> Iterator[RuleProblem]:
        yield from self.look(model)


def about_the_first(model: Model, message: str) -> RuleProblem:
    manifest = model.resources[0].manifest
    return RuleProblem("k8s-port", Severity.ERROR, manifest, ("spec", 0), message, key=True)


@pytest.fixture(autouse=True)
def always_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_stage, "_FEWEST", 1)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    tree = {f"web/{number}.yaml": SERVICE % (number, number) for number in range(40)}
    made, _ = make_model(tmp_path, {"app.yaml": application("web", "path: web"), **tree})
    return made


def messages(rules: Rules) -> list[str]:
    return sorted(problem.message for problem in rules.problems())


def test_two_processes_find_what_one_finds(model: Model) -> None:
    alone = sorted(map(repr, Rules(model).problems()))
    assert len({line.split("'")[1] for line in alone}) >= 3
    assert len(alone) > 80

    assert sorted(map(repr, Rules(model, jobs=2).problems())) == alone
    assert sorted(map(repr, Rules(model, jobs=2, memory=Memory.none()).problems())) == alone


def test_both_processes_take_their_turns(model: Model) -> None:
    def look(model: Model) -> Iterator[RuleProblem]:
        time.sleep(0.02)
        yield about_the_first(model, str(os.getpid()))

    found = messages(Rules(model, (), [OneRule(look)] * 20, jobs=2))
    assert len(found) == 20
    assert len(set(found)) == 2
    assert str(PARENT) in found


def test_manifests_that_only_the_other_process_has(model: Model) -> None:
    def look(model: Model) -> Iterator[RuleProblem]:
        time.sleep(0.01)
        problem = about_the_first(model, "made up")
        yield replace(problem, manifest=replace(problem.manifest, application="made up"))

    found = Rules(model, (), [OneRule(look)] * 20, jobs=2).problems()
    assert [problem.manifest.application for problem in found] == ["made up"] * 20


def test_another_process_that_ends_before_its_time(model: Model) -> None:
    def look(model: Model) -> Iterator[RuleProblem]:
        time.sleep(0.01)
        if os.getpid() != PARENT:
            os._exit(1)
        yield about_the_first(model, "found")

    rules = Rules(model, None, [OneRule(look)] * 10, jobs=2)
    assert messages(rules).count("found") == 10


def test_a_rule_that_fails_does_so_here(model: Model) -> None:
    def look(_model: Model) -> Iterator[RuleProblem]:
        time.sleep(0.01)
        raise KeyError("a mistake")
        yield

    with pytest.raises(KeyError, match="a mistake"):
        Rules(model, (), [OneRule(look)] * 10, jobs=2).problems()


def test_what_the_other_process_reads_counts_as_read(model: Model) -> None:
    def look_for(path: str) -> Callable[[Model], Iterator[RuleProblem]]:
        def look(model: Model) -> Iterator[RuleProblem]:
            time.sleep(0.01)
            model.sources.files.read(path)
            yield from ()

        return look

    files = model.sources.files
    paths = [f"nowhere/{number}" for number in range(20)]
    assert Rules(model, (), [OneRule(look_for(path)) for path in paths], jobs=2).problems() == []
    assert files.read_paths >= set(paths)
    assert sorted(item.what for item in files.unchecked) == sorted(paths)
