"""The generators that combine others: matrix and merge.

Source: Argo CD's applicationset/generators/matrix.go and merge.go.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Protocol

from gitopsgen.repository.applicationsets.errors import GeneratorError, NotSupportedError
from gitopsgen.repository.applicationsets.merging import override
from gitopsgen.repository.applicationsets.parameters import combined

if TYPE_CHECKING:
    from gitopsgen.repository.applicationsets.parameters import Parameters


class Child(Protocol):
    """Runs a generator by its index, the parameters of another one given."""

    def __call__(self, index: int, given: Parameters | None = None) -> list[Parameters]:
        """Its sets of parameters."""


def matrix(count: int, child: Child, *, go: bool, most: int) -> list[Parameters]:
    """Each set of the first generator with each that the second one makes of it."""
    if count != 2:
        raise GeneratorError(f"a matrix combines two generators, this one has {count}")
    found: list[Parameters] = []
    for first in child(0):
        for second in child(1, first):
            found.append(_joined(first, second) if go else _combined(first, second))
            if len(found) > most:
                raise NotSupportedError(f"it generates more than {most} Applications")
    return found


def _joined(first: Parameters, second: Parameters) -> Parameters:
    """Maps are merged, and what the first generator says wins."""
    result = copy.deepcopy(second)
    override(result, copy.deepcopy(first))
    return result


def _combined(first: Parameters, second: Parameters) -> Parameters:
    try:
        return combined(first, second)
    except ValueError as error:
        key = error.args[0]
        raise GeneratorError(f"both generators of a matrix supply {key}, and differ") from error


def merge(count: int, child: Child, keys: Any, *, go: bool) -> list[Parameters]:
    """The sets of the first generator, with what the others say of the same keys over it."""
    if count < 2:
        raise GeneratorError(f"a merge combines two generators or more, this one has {count}")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise GeneratorError("a merge needs mergeKeys")
    all_sets = [child(index) for index in range(count)]
    base, *others = (_by_keys(sets, keys) for sets in all_sets)
    for sets in others:
        for key, known in base.items():
            if key not in sets:
                continue
            if go:
                override(known, copy.deepcopy(sets[key]))
            else:
                known.update(sets[key])
    return list(base.values())


def _by_keys(sets: list[Parameters], keys: list[str]) -> dict[str, Parameters]:
    found: dict[str, Parameters] = {}
    for each in sets:
        key = json.dumps({name: each.get(name) for name in keys}, sort_keys=True)
        if key in found:
            raise GeneratorError(f"two sets of parameters of a merge have the same keys: {key}")
        found[key] = each
    return found
