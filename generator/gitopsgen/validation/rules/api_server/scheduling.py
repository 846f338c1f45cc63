"""Where pods may run: node selectors, tolerations, affinity, spreading.

Source: Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.api_server.fields import below, entries
from gitopsgen.validation.rules.api_server.forms import qualified_name_refusal
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.selectors import (
    check_labels,
    check_selector,
    check_values,
)
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def check_scheduling(spec: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """Where the pods of the spec at a path may run."""
    yield from check_labels(spec, path, "nodeSelector")
    for place, item in entries(spec, path, "tolerations"):
        yield from _toleration(place, item)
    if affinity := below(spec, "affinity"):
        place = (*path, "affinity")
        yield from _node_affinity(below(affinity, "nodeAffinity"), (*place, "nodeAffinity"))
        for field in ("podAffinity", "podAntiAffinity"):
            yield from _pod_affinity(below(affinity, field), (*place, field))
    for place, item in entries(spec, path, "topologySpreadConstraints"):
        yield from check_selector(item, place, "labelSelector")
        yield from _topology(place, item)
        skew = item.get("maxSkew")
        if isinstance(skew, int) and skew < 1:
            yield refused((*place, "maxSkew"), "maxSkew is below 1", "Write 1 or more.")


def _toleration(path: Path, item: Mapping[str, Any]) -> Iterator[LocalProblem]:
    key, operator = item.get("key"), item.get("operator")
    if not key and operator != "Exists" and (key is None or isinstance(key, str)):
        message = "a toleration without a key needs the operator Exists"
        yield refused((*path, "operator"), message, "Add the key, or operator: Exists.")
    elif key and (why := _key_refusal(key)):
        yield refused((*path, "key"), f"this cannot be the key of a taint: {why}", "Mend it.")
    if operator == "Exists" and item.get("value"):
        message = "a toleration with the operator Exists has no value"
        yield refused(
            (*path, "value"), message, "Leave it out, or write operator: Equal.", key=True
        )
    if item.get("tolerationSeconds") is not None and item.get("effect") != "NoExecute":
        message = "tolerationSeconds goes with the effect NoExecute alone"
        yield refused((*path, "tolerationSeconds"), message, "Leave it out.", key=True)


def _key_refusal(key: object) -> str:
    return qualified_name_refusal(key) if isinstance(key, str) and not is_unfilled(key) else ""


def _node_affinity(affinity: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    required = affinity.get(_REQUIRED)
    if isinstance(required, dict):
        place = (*path, _REQUIRED)
        if not required.get("nodeSelectorTerms"):
            message = "the required node affinity has no nodeSelectorTerms"
            yield lacking(place, message, "Add a term.")
        for spot, term in entries(required, place, "nodeSelectorTerms"):
            yield from _node_term(term, spot)
    for place, item in entries(affinity, path, _PREFERRED):
        yield from _weight(place, item)
        yield from _node_term(below(item, "preference"), (*place, "preference"))


def _node_term(term: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, item in entries(term, path, "matchExpressions"):
        yield from check_values(place, item, counted=("In", "NotIn"))
        values = item.get("values")
        if item.get("operator") in ("Gt", "Lt") and isinstance(values, list) and len(values) != 1:
            message = f"{item['operator']} takes one value"
            yield refused((*place, "values"), message, "Write one number, in quotes.", key=True)


def _pod_affinity(affinity: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, item in entries(affinity, path, _REQUIRED):
        yield from check_selector(item, place, "labelSelector")
        yield from _topology(place, item)
    for place, item in entries(affinity, path, _PREFERRED):
        yield from _weight(place, item)
        term, inside = below(item, "podAffinityTerm"), (*place, "podAffinityTerm")
        yield from check_selector(term, inside, "labelSelector")
        yield from _topology(inside, term)


def _topology(path: Path, item: Mapping[str, Any]) -> Iterator[LocalProblem]:
    if item.get("topologyKey") == "":
        hint = "Write the label of nodes that tells them apart, such as kubernetes.io/hostname."
        yield refused((*path, "topologyKey"), "topologyKey is empty", hint)


def _weight(path: Path, item: Mapping[str, Any]) -> Iterator[LocalProblem]:
    weight = item.get("weight")
    if isinstance(weight, int) and not 1 <= weight <= 100:
        yield refused((*path, "weight"), "the weight is outside 1–100", "Write 1 to 100.")
