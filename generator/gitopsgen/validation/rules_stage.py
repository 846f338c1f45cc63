"""The rules' stage: every family over the model of the repository."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Severity
from gitopsgen.tools.forks import Forked, may_fork
from gitopsgen.tools.results import result_key
from gitopsgen.validation.model import LocalContext
from gitopsgen.validation.rules.problem import LocalProblem, RuleProblem
from gitopsgen.validation.rules.registry import families, local_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.registry import Family, LocalFamily

_NOTE = "rules"
# With fewer objects a second process costs more than it saves.
_FEWEST = 500
# What the other process gets: it begins while this one still has kubeconform to start, and the
# rules to ask that look at all objects.
_SHARE = 1.0


def rule_problems(
    model: Model,
    local: Iterable[LocalFamily] | None = None,
    whole: Iterable[Family] | None = None,
    memory: Memory | None = None,
) -> Iterator[RuleProblem]:
    """What all families find, or those that are given.

    Equal objects are looked at once, and not again in a later run that has the same `memory`.
    """
    yield from LocalRules(model, local, memory).problems()
    yield from whole_problems(model, whole)


def load_rules() -> None:
    """Import the modules of all families, for a time at which there is nothing else to do."""
    local_families()
    families()


def whole_problems(model: Model, whole: Iterable[Family] | None = None) -> Iterator[RuleProblem]:
    """What the families find that look at the whole model, or those that are given."""
    for family in families() if whole is None else whole:
        yield from family.check(model)


class LocalRules:
    """The rules that look at one object at a time.

    With more than one of `jobs` a process of their own begins at once, where there is much to do.
    """

    def __init__(
        self,
        model: Model,
        local: Iterable[LocalFamily] | None = None,
        memory: Memory | None = None,
        jobs: int = 1,
    ) -> None:
        self._model = model
        self._given = None if local is None else tuple(local)
        self._memory = memory
        self._context = local_context(model)
        self._note = result_key("rules", asdict(self._context))
        self._known = _recalled(memory, self._note)
        unknown = [resource for resource in model.resources if self._is_unknown(resource)]
        worthwhile = jobs > 1 and len(unknown) >= _FEWEST and may_fork()
        share = int(len(unknown) * _SHARE) if worthwhile else 0
        self._own = unknown[share:]
        self._fork = Forked(partial(self._look_at, unknown[:share])) if worthwhile else None

    @cached_property
    def _local(self) -> tuple[LocalFamily, ...]:
        """The families: importing them can wait until kubeconform works."""
        return local_families() if self._given is None else self._given

    def problems(self) -> Iterator[RuleProblem]:
        """What they find, in the order of the model's resources."""
        known = self._known
        if self._fork is not None:
            # Until the other process is done there is time for some of it here.
            known |= {_key(resource): self._found(resource) for resource in self._own}
            known |= _unpacked(self._fork.result() or {"clean": [], "found": {}})
        used: dict[str, list[LocalProblem]] = {}
        for resource in self._model.resources:
            key = _key(resource)
            problems = known.get(key) if key else None
            if problems is None:
                problems = self._found(resource)
            if key:
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
        if self._memory is not None:
            self._memory.note(_NOTE, {"key": self._note, **_packed(used)})

    def _is_unknown(self, resource: Resource) -> bool:
        key = _key(resource)
        return bool(key) and key not in self._known

    def _look_at(self, resources: Iterable[Resource]) -> dict[str, Any]:
        return _packed({_key(resource): self._found(resource) for resource in resources})

    def _found(self, resource: Resource) -> list[LocalProblem]:
        return [
            problem
            for family in self._local
            for problem in family.check_resource(resource, self._context)
        ]


def _key(resource: Resource) -> str:
    """A key of all that local rules know of an object; empty where nobody knows its content."""
    content = resource.manifest.content
    return f"{content} {resource.namespaced}" if content else ""


def local_context(model: Model) -> LocalContext:
    """What rules on single objects may know of the cluster."""
    domains = (model.cluster.domain,) if model.cluster is not None else ()
    return LocalContext(model.minor, domains)


def _recalled(memory: Memory | None, key: str) -> dict[str, list[LocalProblem]]:
    note = memory.notes.get(_NOTE) if memory is not None else None
    if not isinstance(note, dict) or note.get("key") != key:
        return {}
    return _unpacked(note)


def _packed(problems: Mapping[str, Sequence[LocalProblem]]) -> dict[str, Any]:
    """Problems by key as plain data; most objects have none."""
    return {
        "clean": [key for key, found in problems.items() if not found],
        "found": {key: [_kept(p) for p in found] for key, found in problems.items() if found},
    }


def _unpacked(packed: Mapping[str, Any]) -> dict[str, list[LocalProblem]]:
    known: dict[str, list[LocalProblem]] = {key: [] for key in packed["clean"]}
    for key, found in packed["found"].items():
        known[key] = [_restored(item) for item in found]
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
