"""SealedSecrets that were renamed or moved after sealing.

Source: sealed-secrets' pkg/apis/sealedsecrets/v1alpha1, EncryptionLabel and SecretScope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, text
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "secret-sealed-scope",
        (Severity.WARNING,),
        "A SealedSecret has another name or namespace than the Secret in it, and its scope forbids "
        "that.",
        "A sealed value is tied to the name and namespace that it was sealed for: the controller "
        "cannot open it elsewhere, unless its scope is wider.",
        "kind: SealedSecret\nmetadata: {name: web, namespace: web}\n"
        "spec:\n  template:\n    metadata: {name: wbe, namespace: web}",
        "kind: SealedSecret\nmetadata: {name: web, namespace: web}\n"
        "spec:\n  template:\n    metadata: {name: web, namespace: web}",
    ),
)
_CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide"
_NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide"


def check(model: Model) -> Iterator[RuleProblem]:
    """SealedSecrets that their controller cannot open."""
    for resource in model.of_kind("bitnami.com", "SealedSecret"):
        if _has(resource, _CLUSTER_WIDE):
            continue
        if not _has(resource, _NAMESPACE_WIDE):
            yield from _compare(resource, "name", resource.name)
        yield from _compare(resource, "namespace", resource.namespace)


def _has(resource: Resource, annotation: str) -> bool:
    return resource.annotations.get(annotation) in ("true", True)


def _compare(resource: Resource, field: str, own: str) -> Iterator[RuleProblem]:
    inner = text(at(resource.data, "spec", "template", "metadata", field))
    if not own or not inner or own == inner or is_templated(own) or is_templated(inner):
        return
    yield RuleProblem(
        "secret-sealed-scope",
        Severity.WARNING,
        resource.manifest,
        ("metadata", field)
        if at(resource.data, "metadata", field)
        else ("spec", "template", "metadata", field),
        f"sealed for the {field} {inner[:80]}, it cannot be opened as {own[:80]}",
        f"Seal it again for this {field}, or with a wider scope.",
    )
