"""Namespaces on objects that live in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.secret_places import is_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "k8s-namespace-scope",
        (Severity.WARNING,),
        "A cluster-scoped object has a metadata.namespace.",
        "It is ignored: the object is one for the whole cluster, whatever the namespace says.",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
        "metadata:\n  name: reader\n  namespace: web",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Cluster-scoped objects that name a namespace; those that a chart made are not its user's."""
    for resource in model.resources:
        if resource.namespaced is not False or not is_written(resource.manifest):
            continue
        namespace = at(resource.data, "metadata", "namespace")
        if isinstance(namespace, str) and namespace and not _is_given(resource.manifest, model):
            yield RuleProblem(
                "k8s-namespace-scope",
                Severity.WARNING,
                resource.manifest,
                ("metadata", "namespace"),
                f"a {resource.kind} lives in no namespace: {namespace[:80]} is ignored",
                "Leave metadata.namespace out.",
                key=True,
            )


def _is_given(manifest: Manifest, model: Model) -> bool:
    """Whether a kustomization gave it: kustomize does not know which custom kinds take none."""
    if manifest.rendering is None or not manifest.rendering.changed_by:
        return False
    file = model.sources.files.read(manifest.file)
    documents = file.contents.documents if file is not None else ()
    written = [d.data for d in documents if d.index == manifest.document]
    return not any(at(data, *manifest.path, "metadata", "namespace") for data in written)
