"""Selectors of workloads, against the labels of their own pods.

Source: Kubernetes' pkg/apis/apps/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping
from gitopsgen.validation.rules.k8s_labels import are_texts, labels_of, mismatches
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import LocalContext, Resource

RULES = (
    Rule(
        "k8s-selector",
        (Severity.ERROR, Severity.WARNING),
        "A workload's selector does not match the labels of its own pods, or a Service selects no "
        "workload of its Application.",
        "The API server refuses the workload; the Service it takes, and it reaches nothing.",
        "kind: Deployment\nspec:\n  selector:\n    matchLabels: {app: web}\n"
        "  template:\n    metadata:\n      labels: {app: wbe}",
        "kind: Deployment\nspec:\n  selector:\n    matchLabels: {app: web}\n"
        "  template:\n    metadata:\n      labels: {app: web}",
    ),
)
_SELECTING = frozenset(
    {
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("argoproj.io", "Rollout"),
    }
)
_PATH: Path = ("spec", "selector")


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """The selector of one workload."""
    del context
    kind = (resource.group, resource.kind)
    if kind in _SELECTING:
        selector = at(resource.data, *_PATH)
    elif kind == ("", "ReplicationController"):
        selector = {"matchLabels": at(resource.data, *_PATH)}
    elif kind == ("batch", "Job") and at(resource.data, "spec", "manualSelector") is True:
        selector = at(resource.data, *_PATH)
    else:
        return
    if kind[0] == "apps" and _is_left_empty(resource.data):
        yield _empty(resource, "Give it labels, and the same ones to the pod template.")
        return
    template = at(resource.data, "spec", "template")
    if template is None and "template" in mapping(resource.data.get("spec")):
        template = {}
    if not isinstance(template, dict) or not isinstance(selector, dict):
        return
    labels = labels_of(template)
    if labels is None or any(is_templated(value) for value in labels.values()):
        return
    for path, wanted in mismatches(selector, labels):
        if is_templated(wanted):
            continue
        # A ReplicationController has no matchLabels between its selector and the labels.
        place = path[1:] if kind == ("", "ReplicationController") else path
        yield LocalProblem(
            "k8s-selector",
            Severity.ERROR,
            (*_PATH, *place),
            f"the selector wants {wanted[:120]}, which the pods of this {resource.kind} lack",
            _hint(labels),
        )
    if kind[0] == "apps" and _is_empty(selector):
        yield _empty(resource, _hint(labels))


def _is_left_empty(data: Mapping[str, object]) -> bool:
    """Whether there is no selector, and the schema does not say so: it lets a null pass."""
    spec = data.get("spec")
    return spec is None or (isinstance(spec, dict) and spec.get("selector", "") is None)


def _empty(resource: Resource, hint: str) -> LocalProblem:
    message = f"the selector of this {resource.kind} is empty"
    return LocalProblem("k8s-selector", Severity.ERROR, _PATH, message, hint)


def _is_empty(selector: Mapping[str, object]) -> bool:
    return all(not value for value in selector.values()) and are_texts(
        mapping(selector.get("matchLabels"))
    )


def _hint(labels: Mapping[str, str]) -> str:
    if not labels:
        return "Give the labels of the selector to the pod template."
    known = ", ".join(f"{key}: {value}" for key, value in list(labels.items())[:5])
    return f"The labels in spec.template.metadata.labels: {known[:200]}."
