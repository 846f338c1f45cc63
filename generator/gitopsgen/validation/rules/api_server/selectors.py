"""Labels, annotations and label selectors.

Source: k8s.io/apimachinery's pkg/api/validation and pkg/apis/meta/v1/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text
from gitopsgen.validation.rules.api_server.fields import below, entries, texts
from gitopsgen.validation.rules.api_server.forms import (
    label_value_refusal,
    qualified_name_refusal,
)
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

# All annotations of an object together.
_MOST_ANNOTATIONS = 256 * 1024


def check_metadata(holder: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """The labels, annotations and finalizers in `metadata` of the mapping at a path."""
    metadata = holder.get("metadata")
    if not isinstance(metadata, dict):
        return
    path = (*path, "metadata")
    if metadata.get("labels"):
        yield from check_labels(metadata, path, "labels")
    if metadata.get("annotations"):
        yield from _annotations(below(metadata, "annotations"), (*path, "annotations"))
    for place, name in texts(metadata, path, "finalizers"):
        if why := _key_refusal(name):
            yield refused(place, f'"{name[:60]}" is no finalizer: {why}', "Mend or drop it.")


def _annotations(annotations: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    size = 0
    for key, value in annotations.items():
        if not isinstance(key, str):
            continue
        size += len(key) + len(value.encode(errors="replace") if isinstance(value, str) else "")
        # An upper-case letter in the domain is let pass here, though not in a label.
        if why := _key_refusal(key.lower()):
            yield _key((*path, key), "an annotation", why)
    if size > _MOST_ANNOTATIONS:
        message = f"the annotations have {size} bytes, {_MOST_ANNOTATIONS} are permitted"
        yield refused(path, message, "Keep large texts in a ConfigMap.", key=True)


def check_labels(holder: Mapping[str, Any], path: Path, field: str) -> Iterator[LocalProblem]:
    """The keys and values of the labels that a field of the mapping at a path holds."""
    for key, value in below(holder, field).items():
        if not isinstance(key, str):
            continue
        if why := _key_refusal(key):
            yield _key((*path, field, key), "a label", why)
        if why := _value_refusal(value):
            yield _value((*path, field, key), value, why)


def check_selector(holder: Mapping[str, Any], path: Path, field: str) -> Iterator[LocalProblem]:
    """The label selector that a field of the mapping at a path holds."""
    selector = holder.get(field)
    if not selector or not isinstance(selector, dict):
        return
    path = (*path, field)
    yield from check_labels(selector, path, "matchLabels")
    for place, item in entries(selector, path, "matchExpressions"):
        yield from check_values(place, item, counted=("In", "NotIn"))
        if why := _key_refusal(text(item.get("key"))):
            message = f"this cannot be the key of a label: {why}"
            yield refused((*place, "key"), message, "Mend the key.")
        for spot, value in texts(item, place, "values"):
            if why := _value_refusal(value):
                yield _value(spot, value, why)


def check_values(
    path: Path, item: Mapping[str, Any], *, counted: tuple[str, ...]
) -> Iterator[LocalProblem]:
    """Whether the requirement at a path has values where its operator wants some, and else none."""
    operator, values = item.get("operator"), item.get("values")
    if values is not None and not isinstance(values, list):
        return
    if operator in counted and not values:
        yield refused(path, f"{operator} needs values", "Add values.")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield refused((*path, "values"), f"{operator} takes no values", "Leave them out.", key=True)


def _key_refusal(key: str) -> str:
    why = qualified_name_refusal(key)
    return "" if why and is_unfilled(key) else why


def _value_refusal(value: object) -> str:
    why = label_value_refusal(value) if isinstance(value, str) else ""
    return "" if why and is_unfilled(str(value)) else why


def _key(path: Path, what: str, why: str) -> LocalProblem:
    message = f'"{str(path[-1])[:60]}" cannot be the key of {what}: {why}'
    return refused(path, message, "Mend it.", key=True)


def _value(path: Path, value: object, why: str) -> LocalProblem:
    message = f'"{str(value)[:60]}" cannot be the value of a label: {why}'
    return refused(path, message, "Mend it, or make it an annotation, which takes any text.")
