"""The rules' stage: every family over the model of the repository."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.tools.forks import Forked, Turns, may_fork
from gitopsgen.validation import carried, local_rules
from gitopsgen.validation.local_rules import LocalRules
from gitopsgen.validation.rules.registry import families, local_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.problem import LocalProblem, RuleProblem
    from gitopsgen.validation.rules.registry import Family, LocalFamily

# With fewer objects a second process costs more than it saves.
_FEWEST = 2_000
# What local rules have to look at is shared out in so many parts.
_PARTS = 16


def rule_problems(
    model: Model,
    local: Iterable[LocalFamily] | None = None,
    whole: Iterable[Family] | None = None,
    memory: Memory | None = None,
) -> list[RuleProblem]:
    """What all families find, or those that are given.

    Equal objects are looked at once, and not again in a later run that has the same `memory`.
    """
    return Rules(model, local, whole, memory).problems()


def load_rules() -> None:
    """Import the modules of all families, for a time at which there is nothing else to do."""
    local_families()
    families()


class Rules:
    """All rules over a model.

    With more than one of `jobs` another process begins at once, where there is much to do. Once the
    problems are asked for, this one takes turns with it: both do next what nobody has begun.
    """

    def __init__(
        self,
        model: Model,
        local: Iterable[LocalFamily] | None = None,
        whole: Iterable[Family] | None = None,
        memory: Memory | None = None,
        jobs: int = 1,
    ) -> None:
        self._model = model
        self._given = None if whole is None else tuple(whole)
        self._local = LocalRules(model, local, memory)
        self._fork: Forked | None = None
        if jobs > 1 and len(model.resources) >= _FEWEST and may_fork():
            self._turns = Turns(_PARTS + len(self._whole))
            self._fork = Forked(self._help)

    @cached_property
    def _whole(self) -> tuple[Family, ...]:
        """The families: importing them can wait until kubeconform works."""
        return families() if self._given is None else self._given

    def problems(self) -> list[RuleProblem]:
        """What they find."""
        found: dict[int, list[RuleProblem]] = {}
        if self._fork is not None:
            for number in self._turns:
                if number < _PARTS:
                    self._local.learn(self._local.look_at(self._part(number)))
                else:
                    found[number] = self._check(number)
            self._turns.close()
            self._take(self._fork.result() or {}, found)
        for number in range(_PARTS, _PARTS + len(self._whole)):
            if number not in found:
                found[number] = self._check(number)
        return [*self._local.problems(), *(item for items in found.values() for item in items)]

    def _part(self, number: int) -> tuple[Resource, ...]:
        return self._local.unknown[number::_PARTS]

    def _check(self, number: int) -> list[RuleProblem]:
        return list(self._whole[number - _PARTS].check(self._model))

    def _help(self) -> dict[str, Any]:
        """Do in another process what is left to do, for `_take` in this one."""
        files = self._model.sources.files
        before = files.read_paths
        local: dict[str, list[LocalProblem]] = {}
        whole: dict[int, list[Any]] = {}
        for number in self._turns:
            if number < _PARTS:
                local |= self._local.look_at(self._part(number))
            else:
                whole[number] = carried.pack(self._check(number))
        read = sorted(files.read_paths - before)
        return {"local": local_rules.pack(local), "whole": whole, "read": read}

    def _take(self, help: Mapping[str, Any], found: dict[int, list[RuleProblem]]) -> None:
        """Take over what another process has done; what it could not do is left out."""
        if not help:
            return
        self._local.learn(local_rules.unpack(help["local"]))
        # What it has read counts as read, and may be noted as unreadable.
        for path in help["read"]:
            self._model.sources.files.read(path)
        manifests = carried.manifests_of(self._model) if any(help["whole"].values()) else {}
        for number, items in help["whole"].items():
            problems = carried.unpack(items, manifests)
            if problems is not None:
                found[number] = problems
