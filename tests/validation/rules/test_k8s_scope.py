from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.manifests import Rendering
from gitopsgen.validation.rules import k8s_scope
from tests.validation.rules.build import findings_in, make_model, one_application, places

if TYPE_CHECKING:
    from pathlib import Path


def test_a_cluster_scoped_object_with_a_namespace(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
        "metadata:\n  name: reader\n  namespace: web\n"
    )
    model, files = make_model(tmp_path, one_application(manifest))
    findings = findings_in(model, files, [k8s_scope])
    assert places(findings) == ["k8s-namespace-scope web/a.yaml:5:3"]


@pytest.mark.parametrize(
    "manifest",
    [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n",
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: web, namespace: ""}\n',
        "apiVersion: v1\nkind: Namespace\nmetadata: [namespace]\n",
        "apiVersion: lab.dev/v1\nkind: Unknown\nmetadata: {name: a, namespace: web}\n",
    ],
)
def test_what_may_name_a_namespace(tmp_path: Path, manifest: str) -> None:
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [k8s_scope]) == []


def test_a_scope_that_a_definition_in_the_repository_says(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: lab.dev/v1\nkind: Zone\nmetadata: {name: a, namespace: web}\n---\n"
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: zones.lab.dev}\n"
        "spec: {group: lab.dev, scope: Cluster, names: {kind: Zone}}\n"
    )
    model, files = make_model(tmp_path, one_application(manifest))
    findings = findings_in(model, files, [k8s_scope])
    assert places(findings) == ["k8s-namespace-scope web/a.yaml:3:21"]


def test_what_a_kustomization_gave(tmp_path: Path) -> None:
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: a\n"
    tree = {**one_application(role), "web/b.yaml": f"{role}  namespace: web\n"}
    model, files = make_model(tmp_path, tree)
    rendering = Rendering("kustomization web", changed_by=("web/kustomization.yaml",))
    resources = tuple(
        replace(
            resource,
            manifest=replace(
                resource.manifest,
                data={**resource.data, "metadata": {"name": "a", "namespace": "web"}},
                rendering=rendering,
            ),
        )
        for resource in model.resources
        if resource.kind == "ClusterRole"
    )
    findings = findings_in(replace(model, resources=resources), files, [k8s_scope])
    assert places(findings) == ["k8s-namespace-scope web/b.yaml:5:3"]
