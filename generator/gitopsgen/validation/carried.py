"""Problems on their way from a forked process to the one that it came out of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.validation.model import Model


def pack(problems: Iterable[RuleProblem]) -> list[Any]:
    """Problems as plain data; each manifest is named by its address.

    What was there before the fork has the same address in both processes, and nothing that was
    made since can have it.
    """
    return [
        (
            problem.rule,
            str(problem.severity),
            id(problem.manifest),
            tuple(problem.path),
            problem.message,
            problem.hint,
            problem.key,
            problem.place,
        )
        for problem in problems
    ]


def unpack(items: Iterable[Any], manifests: Mapping[int, Manifest]) -> list[RuleProblem] | None:
    """The problems; None where one is about a manifest that only the other process has."""
    found = []
    for rule, severity, address, path, message, hint, key, place in items:
        if address not in manifests:
            return None
        manifest = manifests[address]
        found.append(
            RuleProblem(rule, Severity(severity), manifest, path, message, hint, key, place)
        )
    return found


def manifests_of(model: Model) -> dict[int, Manifest]:
    """The manifests of a model by their addresses."""
    found = [resource.manifest for resource in model.resources]
    found += [application.manifest for application in model.applications]
    found += [item.manifest for item in model.generated]
    found += model.unapplied
    return {id(manifest): manifest for manifest in found}
