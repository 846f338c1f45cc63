"""Label selectors on parameters. Source: Argo CD's applicationset/utils/selector.go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.errors import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Requirement = Callable[[Mapping[str, str]], bool]

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)


def read_selector(selector: object) -> Requirement:
    """A test for flat parameters; None selects all. Raises `GeneratorError` where it is invalid.

    Unlike those of Kubernetes, the values may be any text.
    """
    if selector is None:
        return lambda _: True
    if not isinstance(selector, dict):
        raise GeneratorError("its selector is no mapping")
    labels = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    if not isinstance(labels, dict) or not isinstance(expressions, list):
        raise GeneratorError("its selector is malformed")
    requirements = [_requirement(key, "In", [value]) for key, value in labels.items()]
    for expression in expressions:
        if not isinstance(expression, dict):
            raise GeneratorError("its selector is malformed")
        key, operator = expression.get("key"), expression.get("operator")
        requirements.append(_requirement(key, operator, expression.get("values") or []))
    return lambda labels: all(requirement(labels) for requirement in requirements)


def _requirement(key: Any, operator: Any, values: Any) -> Requirement:
    if not isinstance(key, str) or not _is_qualified(key):
        raise GeneratorError(f"its selector has the invalid key {key}")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise GeneratorError(f"its selector has values for {key} that are no text")
    if operator not in {"In", "NotIn", "Exists", "DoesNotExist"}:
        raise GeneratorError(f"its selector has the unknown operator {operator}")
    if bool(values) != (operator in {"In", "NotIn"}):
        raise GeneratorError(f"its selector has the wrong number of values for {operator}")
    known = frozenset(values)
    match operator:
        case "In":
            return lambda labels: labels.get(key) in known
        case "NotIn":
            return lambda labels: labels.get(key) not in known
        case "Exists":
            return lambda labels: key in labels
        case _:
            return lambda labels: key not in labels


def _is_qualified(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_PREFIX.fullmatch(prefix)))
