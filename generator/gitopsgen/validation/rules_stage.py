"""The rules' stage: every family over the model of the repository."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Severity
from gitopsgen.tools.results import result_key
from gitopsgen.validation.model import LocalContext
from gitopsgen.validation.rules.problem import LocalProblem, RuleProblem
from gitopsgen.validation.rules.registry import families, local_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.registry import Family, LocalFamily

_NOTE = "rules"


def rule_problems(
    model: Model,
    local: Iterable[LocalFamily] | None = None,
    whole: Iterable[Family] | None = None,
    memory: Memory | None = None,
) -> Iterator[RuleProblem]:
    """What all families find, or those that are given.

    Equal objects are looked at once, and not again in a later run that has the same `memory`.
    """
    yield from _local_problems(model, local_families() if local is None else tuple(local), memory)
    for family in families() if whole is None else whole:
        yield from family.check(model)


def _local_problems(
    model: Model, local: tuple[LocalFamily, ...], memory: Memory | None
) -> Iterator[RuleProblem]:
    context = local_context(model)
    note = result_key("rules", asdict(context))
    known = _recalled(memory, note)
    used: dict[str, list[LocalProblem]] = {}
    for resource in model.resources:
        content = resource.manifest.content
        key = f"{content} {resource.namespaced}"
        problems = known.get(key) if content else None
        if problems is None:
            problems = [p for family in local for p in family.check_resource(resource, context)]
        if content:
            known[key] = used[key] = problems
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
    if memory is not None:
        clean = [key for key, problems in used.items() if not problems]
        rest = {key: [_kept(p) for p in found] for key, found in used.items() if found}
        memory.note(_NOTE, {"key": note, "clean": clean, "found": rest})


def local_context(model: Model) -> LocalContext:
    """What rules on single objects may know of the cluster."""
    domains = (model.cluster.domain,) if model.cluster is not None else ()
    return LocalContext(model.minor, domains)


def _recalled(memory: Memory | None, key: str) -> dict[str, list[LocalProblem]]:
    note = memory.notes.get(_NOTE) if memory is not None else None
    if not isinstance(note, dict) or note.get("key") != key:
        return {}
    known: dict[str, list[LocalProblem]] = {content: [] for content in note["clean"]}
    for content, found in note["found"].items():
        known[content] = [_restored(item) for item in found]
    return known


def _kept(problem: LocalProblem) -> list[Any]:
    return [
        problem.rule,
        str(problem.severity),
        list(problem.path),
        problem.message,
        problem.hint,
        problem.key,
    ]


def _restored(item: list[Any]) -> LocalProblem:
    rule, severity, path, message, hint, key = item
    return LocalProblem(rule, Severity(severity), tuple(path), message, hint, key)
