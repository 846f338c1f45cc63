"""The rules that look at one object at a time: what they find is known by the object's content."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Severity
from gitopsgen.tools.results import result_key
from gitopsgen.validation.model import LocalContext
from gitopsgen.validation.rules.problem import LocalProblem, RuleProblem
from gitopsgen.validation.rules.registry import local_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.registry import LocalFamily

_NOTE = "rules"


class LocalRules:
    """What local rules find in a model's resources: equal ones are looked at once.

    Nothing is looked at again in a later run that has the same `memory`. `unknown` are the
    resources that have to be looked at; somebody may do so and have it learned before the
    problems are asked for.
    """

    def __init__(
        self,
        model: Model,
        given: Iterable[LocalFamily] | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._model = model
        self._given = None if given is None else tuple(given)
        self._memory = memory
        self._context = local_context(model)
        self._note = result_key("rules", asdict(self._context))
        self._known = _recalled(memory, self._note)
        self.unknown = tuple(filter(self._is_unknown, model.resources))

    @cached_property
    def _local(self) -> tuple[LocalFamily, ...]:
        """The families: importing them can wait until kubeconform works."""
        return local_families() if self._given is None else self._given

    def look_at(self, resources: Iterable[Resource]) -> dict[str, list[LocalProblem]]:
        """What is wrong with some resources, by the key of their content."""
        return {_key(resource): self._found(resource) for resource in resources}

    def learn(self, found: Mapping[str, list[LocalProblem]]) -> None:
        """Take over what `look_at` has returned, here or in another process."""
        self._known |= found

    def problems(self) -> Iterator[RuleProblem]:
        """What they find, in the order of the model's resources."""
        known = self._known
        used: dict[str, list[LocalProblem]] = {}
        for resource in self._model.resources:
            key = _key(resource)
            problems = known.get(key) if key else None
            if problems is None:
                problems = self._found(resource)
            if key:
                known[key] = used[key] = problems
            for found in problems:
                yield found.of(resource.manifest)
        if self._memory is not None:
            self._memory.note(_NOTE, {"key": self._note, **pack(used)})

    def _is_unknown(self, resource: Resource) -> bool:
        key = _key(resource)
        return bool(key) and key not in self._known

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
    return unpack(note)


def pack(problems: Mapping[str, Sequence[LocalProblem]]) -> dict[str, Any]:
    """Problems by key as plain data; most objects have none."""
    return {
        "clean": [key for key, found in problems.items() if not found],
        "found": {key: [_kept(p) for p in found] for key, found in problems.items() if found},
    }


def unpack(packed: Mapping[str, Any]) -> dict[str, list[LocalProblem]]:
    """The problems that `pack` was given."""
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
