"""Fields with a null in them: an API server takes them for fields that are not there.

Its own kinds are read by Go's JSON decoder, which leaves a field alone where there is a null. The
schemas permit a null nearly everywhere, even where a field has to be there: so a document that has
one is held against them once more without it. What a CRD says of nulls, its schema says too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.layout import GroupVersionKind
from gitopsgen.validation.kubeconform_messages import SchemaProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MISSING = re.compile(r'missing field "(?P<name>[^"]*)"')


def without_nulls(document: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """A copy without fields that are null; None where that is not called for.

    `text` is the document in JSON, as `json.dumps` writes it. Only the kinds that Kubernetes
    itself brings have a copy. The items of lists stay, so that paths stay right.
    """
    if ": null" not in text or not _is_built_in(document):
        return None
    bare: dict[str, Any] = _bare(document)
    return bare


def missing_by_null(
    document: Mapping[str, Any],
    found: Sequence[SchemaProblem],
    found_without: Sequence[SchemaProblem],
) -> tuple[SchemaProblem, ...]:
    """The problems of a document, `found`, and those that show only without its nulls."""
    places = {problem.pointer for problem in found}
    more: dict[str, SchemaProblem] = {}
    for problem in found_without:
        missing = _MISSING.fullmatch(problem.message)
        if missing is None:
            continue
        parent = _at(document, problem.pointer)
        name = missing["name"]
        if isinstance(parent, dict) and name in parent:
            pointer = f"{problem.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if pointer not in places:
                message = f'missing field "{name}": it has no value'
                more[pointer] = SchemaProblem("invalid", pointer, message, key=True)
    return (*found, *more.values())


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    return value


def _at(document: Any, pointer: str) -> Any:
    """What a JSON pointer leads to; None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def _is_built_in(document: Mapping[str, Any]) -> bool:
    from gitopsgen.schemas.kinds import kinds

    group, _, version = document["apiVersion"].rpartition("/")
    return GroupVersionKind(group, version, document["kind"]) in kinds()
