"""The rules of the plan, applied to whatever parts of a cluster.yaml are valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.facts import gather
from gitopsgen.cluster.rules_addresses import ADDRESS_RULES, address_problems
from gitopsgen.cluster.rules_choices import CHOICE_RULES, choice_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gitopsgen.cluster.components import ComponentSpec
    from gitopsgen.cluster.schema_findings import PathProblem
    from gitopsgen.documents.positions import Path

PLAN_RULES = (*CHOICE_RULES, *ADDRESS_RULES)


def plan_problems(
    data: Mapping[str, Any],
    filled: Mapping[str, Any],
    specs: Sequence[ComponentSpec],
    refused: Collection[Path],
) -> Iterator[PathProblem]:
    """Everything wrong with the plan in `data`; `filled` is the same with its defaults.

    `refused` are the paths of values that the schema refuses: they take no part.
    """
    facts = gather(data, filled, specs, refused)
    yield from address_problems(facts)
    yield from choice_problems(facts)
