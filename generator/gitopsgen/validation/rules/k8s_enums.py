"""Values outside of Kubernetes' enumerations."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.k8s_enum_tables import FIELDS
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import LocalProblem
from gitopsgen.validation.rules.workloads import POD_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import LocalContext, Resource
    from gitopsgen.validation.rules.k8s_enum_tables import Kind, Values

    # The fields of a kind by their steps; `[]` leads to the items of a list.
    Tree = dict[str, Any]

RULES = (
    Rule(
        "k8s-enum",
        (Severity.ERROR,),
        "A value is none of the few that its field takes.",
        "The API server refuses the object; the words are case-sensitive.",
        "apiVersion: v1\nkind: Service\nspec:\n  type: Loadbalancer",
        "apiVersion: v1\nkind: Service\nspec:\n  type: LoadBalancer",
    ),
)
_ITEMS = "[]"
_FIELDS_WITH_KEYS = ("metadata.annotations[", "metadata.labels[")
_JOBS = frozenset({("batch", "CronJob"), ("batch", "Job")})


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """Every field of one object that takes one of a few words."""
    del context
    kind = (resource.group, resource.kind)
    if kind not in FIELDS:
        return
    for path, value, values in _found(resource.data, _tree(kind)):
        if value in values or value == "" or is_templated(value):
            continue
        if kind == ("", "LimitRange") and "/" in value:
            # A type of somebody's own.
            continue
        if path[-1] == "fieldPath" and value.startswith(_FIELDS_WITH_KEYS):
            continue
        yield _problem(path, f'{_field(path)} cannot be "{value[:60]}"', _hint(value, values))
    if kind in _JOBS:
        yield from _restart_of_job(resource.data, (*POD_TEMPLATES[kind], "spec"))


def _restart_of_job(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    spec = at(data, *path)
    if isinstance(spec, dict) and spec.get("containers") and not spec.get("restartPolicy"):
        message = "the pods of a Job need a restartPolicy: the default, Always, is refused"
        yield _problem((*path, "restartPolicy"), message, "Write OnFailure or Never.")


def _found(data: Any, tree: Tree) -> Iterator[tuple[Path, str, Values]]:
    """The texts in data that the tree knows the values of."""
    waiting: list[tuple[Path, Any, Any]] = [((), data, tree)]
    while waiting:
        path, value, node = waiting.pop()
        if isinstance(node, tuple):
            if isinstance(value, str):
                yield path, value, node
        elif isinstance(value, dict):
            waiting += [
                ((*path, key), value[key], below) for key, below in node.items() if key in value
            ]
        elif isinstance(value, list) and _ITEMS in node:
            below = node[_ITEMS]
            waiting += [((*path, index), item, below) for index, item in enumerate(value)]


@cache
def _tree(kind: Kind) -> Tree:
    tree: Tree = {}
    for path, values in FIELDS[kind].items():
        steps = path.replace(_ITEMS, f".{_ITEMS}").split(".")
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        node[steps[-1]] = values
    return tree


def _field(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _hint(value: str, values: Values) -> str:
    if len(values) == 1:
        return f"It takes {values[0]} alone."
    by_lower = {known.lower(): known for known in values}
    close = difflib.get_close_matches(value.lower()[:60], list(by_lower), n=1)
    if close:
        return f"Did you mean {by_lower[close[0]]}?"
    return f"It takes {', '.join(values[:-1])} or {values[-1]}."


def _problem(path: Path, message: str, hint: str) -> LocalProblem:
    return LocalProblem("k8s-enum", Severity.ERROR, path, message, hint)
