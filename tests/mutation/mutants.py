"""The mutants of the sample: all that the operators make, thinned out to what is worth a run."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.mutation.operators import OPERATORS
from tests.mutation.operators.additions import new_files
from tests.mutation.text import Source
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutation.mutant import Mutant

# How many mutants the fast tests try.
SAMPLED = 60
_FOLDERS = ("apps", "projects", "components")
# How many mutants of an operator there are for each file, or group of files of one form, where one
# place is as good as another.
_A_FEW = {
    "duplicate-item": 2,
    "duplicate-key": 1,
    "env": 2,
    "indent-deeper": 1,
    "indent-less": 1,
    "no-colon": 1,
    "no-space": 1,
    "open-end": 1,
    "quantity": 3,
    "tab": 1,
    "unknown-value": 3,
}
# Of these, which fit any field, every field has one.
_GENERAL = frozenset({"drop-field", "misspell-key", "misspell-value", "wrong-type", "empty-value"})
_OF_GENERAL = 1


def sources() -> tuple[Source, ...]:
    """The files of the sample that Argo CD applies or gives to helm, and cluster.yaml."""
    paths = [SAMPLE / "cluster.yaml"]
    paths += (path for folder in _FOLDERS for path in (SAMPLE / folder).rglob("*.yaml"))
    return tuple(
        Source(path.relative_to(SAMPLE).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(paths)
    )


def all_mutants() -> tuple[Mutant, ...]:
    """The mutants that a full run tries, in a fixed order; each has another id."""
    made = [m for source in sources() for operator in OPERATORS for m in operator(source)]
    kept = [*_thinned(made), *new_files()]
    return tuple({mutant.id: mutant for mutant in sorted(kept, key=lambda m: m.id)}.values())


def sample_of(mutants: Iterable[Mutant], number: int) -> tuple[Mutant, ...]:
    """Some mutants, chosen by their names alone: the same ones for ever."""
    return tuple(sorted(sorted(mutants, key=_order)[:number], key=lambda mutant: mutant.id))


def _thinned(mutants: Iterable[Mutant]) -> list[Mutant]:
    """One mutant of each shape, and no more than a few where the place matters little.

    The Applications of the components are alike: one field of all of them is one shape.
    """
    shapes: dict[tuple[str, str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        operator, shape, form = mutant.operator, mutant.shape or mutant.place, _form(mutant.file)
        if operator in _A_FEW:
            shape = ""
        elif operator in _GENERAL:
            operator, form = "general", form.replace("root", "*")
        shapes[(operator, form, shape)].append(mutant)
    kept: list[Mutant] = []
    for (operator, _, _), alike in shapes.items():
        ordered = sorted(alike, key=_order)
        if operator == "general":
            first = {mutant.operator: mutant for mutant in reversed(ordered)}
            kept += sorted(first.values(), key=_order)[:_OF_GENERAL]
        else:
            kept += ordered[: _A_FEW.get(operator, 1)]
    return kept


def _form(file: str) -> str:
    is_component = file.startswith("apps/") and file != "apps/root.yaml"
    return "apps/*.yaml" if is_component else file


def _order(mutant: Mutant) -> str:
    return hashlib.sha256(mutant.id.encode()).hexdigest()
