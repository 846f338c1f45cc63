"""Label selectors, and what they select.

Source: k8s.io/apimachinery's pkg/labels and pkg/apis/meta/v1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path


def labels_of(template: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The labels of a pod template, None where they are not all texts."""
    labels = at(template, "metadata", "labels")
    if labels is None:
        return {}
    if not isinstance(labels, dict):
        return None
    known = {key: "" if value is None else value for key, value in labels.items()}
    return known if are_texts(known) else None


def are_texts(labels: Mapping[Any, Any]) -> bool:
    """Whether all keys and values are texts, as the schema wants them."""
    return all(isinstance(item, str) for pair in labels.items() for item in pair)


def mismatches(selector: object, labels: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Where a label selector does not select labels, and what it asks for there.

    What has the wrong type asks for nothing: the schemas report it.
    """
    wanted = mapping(mapping(selector).get("matchLabels"))
    for key, written in wanted.items():
        # To the API server a null is the empty text.
        value = "" if written is None else written
        if isinstance(key, str) and isinstance(value, str) and labels.get(key) != value:
            yield ("matchLabels", key), f"{key}: {value}"
    for path, item in mappings(selector, ("matchExpressions",)):
        if not _holds(item, labels):
            yield path, f"{item.get('key')} {item.get('operator')}"


def _holds(item: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator = item.get("key"), item.get("operator")
    if not isinstance(key, str):
        return True
    values = sequence(item.get("values"))
    if operator == "In":
        return labels.get(key) in values if values else True
    if operator == "NotIn":
        return labels.get(key) not in values
    if operator == "Exists":
        return key in labels
    return operator != "DoesNotExist" or key not in labels
