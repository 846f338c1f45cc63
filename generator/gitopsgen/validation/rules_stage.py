"""The rules' stage: every family over the model of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.model import LocalContext
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.registry import families, local_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.problem import LocalProblem
    from gitopsgen.validation.rules.registry import Family, LocalFamily


def rule_problems(
    model: Model,
    local: Iterable[LocalFamily] | None = None,
    whole: Iterable[Family] | None = None,
) -> Iterator[RuleProblem]:
    """What all families find, or those that are given; equal objects are looked at once."""
    yield from _local_problems(model, tuple(local_families() if local is None else local))
    for family in families() if whole is None else whole:
        yield from family.check(model)


def _local_problems(model: Model, local: tuple[LocalFamily, ...]) -> Iterator[RuleProblem]:
    context = local_context(model)
    known: dict[tuple[str, bool | None], list[LocalProblem]] = {}
    for resource in model.resources:
        key = (resource.manifest.content, resource.namespaced)
        problems = known.get(key) if key[0] else None
        if problems is None:
            problems = [p for family in local for p in family.check_resource(resource, context)]
            known[key] = problems
        for found in problems:
            yield RuleProblem(
                found.rule,
                found.severity,
                resource.manifest,
                found.path,
                found.message,
                found.hint,
                found.key,
            )


def local_context(model: Model) -> LocalContext:
    """What rules on single objects may know of the cluster."""
    domains = (model.cluster.domain,) if model.cluster is not None else ()
    return LocalContext(model.minor, domains)
