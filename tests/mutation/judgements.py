"""What people have said of mutants that are not found, and of findings that are elsewhere.

`survivors.yaml` lists every mutant that may survive, and why; `elsewhere.yaml` the kinds of
findings that are not at the line of the mistake, and why that is the line to look at. Mutants are
named by globs, in which `*` is any text, `?` any letter, and brackets are brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutation.runner import Outcome

_FOLDER = Path(__file__).parent
VERDICTS = ("equivalent", "legal", "not covered")


@dataclass(frozen=True, slots=True)
class Survivors:
    """Mutants that survive for one reason; `verdict` is one of `VERDICTS`."""

    verdict: str
    because: str
    mutants: tuple[str, ...]

    def names(self, mutant: str) -> bool:
        """Whether a mutant, by its id, is one of these."""
        return any(_matches(pattern, mutant) for pattern in self.mutants)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Findings of some rules that are not where the mutant is changed, for one reason."""

    because: str
    mutants: tuple[str, ...]
    rules: tuple[str, ...]

    def explains(self, outcome: Outcome) -> bool:
        """Whether this is why no finding of an outcome is at the mutant's lines."""
        named = any(_matches(pattern, outcome.mutant.id) for pattern in self.mutants)
        found = {hit.rule for hit in outcome.hits} | ({"unchecked"} if outcome.unchecked else set())
        return named and not found.isdisjoint(self.rules)


def read_survivors() -> tuple[Survivors, ...]:
    """What `survivors.yaml` says."""
    return tuple(
        Survivors(item["verdict"], item["because"], tuple(item["mutants"]))
        for item in _read("survivors.yaml")
    )


def read_elsewhere() -> tuple[Elsewhere, ...]:
    """What `elsewhere.yaml` says."""
    return tuple(
        Elsewhere(item["because"], tuple(item["mutants"]), tuple(item["rules"]))
        for item in _read("elsewhere.yaml")
    )


def disagreements(outcomes: Iterable[Outcome]) -> list[str]:
    """Where outcomes are not what is written: one line for each mutant."""
    survivors, elsewhere = read_survivors(), read_elsewhere()
    lines = []
    for outcome in outcomes:
        mutant = outcome.mutant.id
        listed = any(group.names(mutant) for group in survivors)
        if outcome.is_found and listed:
            rules = ", ".join(sorted({hit.rule for hit in outcome.hits})) or "not checked"
            lines.append(f"is found now ({rules}), and listed as a survivor: {mutant}")
        elif not outcome.is_found and not listed:
            lines.append(f"is not found, and not listed as a survivor: {mutant}")
        elif not outcome.is_found or outcome.is_there:
            continue
        elif not any(group.explains(outcome) for group in elsewhere):
            places = ", ".join(f"{h.rule} {h.file}:{h.line}" for h in outcome.hits[:3])
            lines.append(f"is found elsewhere, for no listed reason ({places}): {mutant}")
    return lines


def unused(outcomes: Iterable[Outcome]) -> list[str]:
    """What is written of no mutant that there is."""
    outcomes = list(outcomes)
    lost = [outcome.mutant.id for outcome in outcomes if not outcome.is_found]
    lines = [
        f"no survivor is called {pattern}"
        for group in read_survivors()
        for pattern in group.mutants
        if not any(_matches(pattern, mutant) for mutant in lost)
    ]
    moved = [o for o in outcomes if o.is_found and not o.is_there]
    lines += [
        f"nothing is found elsewhere for this reason: {group.because}"
        for group in read_elsewhere()
        if not any(group.explains(outcome) for outcome in moved)
    ]
    return lines


def _matches(pattern: str, mutant: str) -> bool:
    glob = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(glob, mutant) is not None


def _read(name: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return data
