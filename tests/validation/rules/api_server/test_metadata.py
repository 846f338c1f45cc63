from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.validation.rules.api_server.judging import expected, named, refusals

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("labels: {app: §has space}", '"has space" cannot be the value of a label: it takes'),
        ("labels: {app: §web-}", '"web-" cannot be the value of a label'),
        (
            f"labels: {{app: §{'v' * 64}}}",
            f'"{"v" * 60}" cannot be the value of a label: it has 64',
        ),
        ("labels: {§a b: c}", '"a b" cannot be the key of a label'),
        ("labels: {§a/b/c: d}", '"a/b/c" cannot be the key of a label: it takes one /'),
        ("labels: {§Example.com/a: d}", '"Example.com/a" cannot be the key of a label'),
        ("labels: {§/a: d}", '"/a" cannot be the key of a label: before the / there is nothing'),
        ("annotations: {§a b: c}", '"a b" cannot be the key of an annotation'),
        ("namespace: §a.b", '"a.b" cannot be the name of a namespace'),
        ("finalizers: [§a b]", '"a b" is no finalizer'),
    ],
)
def test_metadata_that_is_refused(tmp_path: Path, metadata: str, message: str) -> None:
    for kind in ("ConfigMap", "example.com/v1/Gadget"):
        manifest = named(kind, "", f"name: a, {metadata}")
        (found,) = refusals(tmp_path, manifest)
        assert found.startswith(expected(manifest, message)[0])


@pytest.mark.parametrize(
    "metadata",
    [
        "labels: {app: '', app.kubernetes.io/name: Web_1.2, a: '1'}",
        "labels: {app: '{{ .name }}', '${KEY} x': y}",
        "labels: {app: 1, b: [c]}",
        "labels: {app: '<your app here>'}",
        "labels: null",
        "annotations: {Example.com/Key: any text at all}",
        "finalizers: [resources-finalizer.argocd.argoproj.io, foregroundDeletion]",
        "namespace: '{{ .namespace }}'",
        "namespace: ''",
    ],
)
def test_metadata_that_is_not(tmp_path: Path, metadata: str) -> None:
    assert refusals(tmp_path, named("ConfigMap", "", f"name: a, {metadata}")) == []


def test_the_namespace_of_a_cluster_wide_object_is_cleared(tmp_path: Path) -> None:
    assert refusals(tmp_path, named("v1/Namespace", "", "name: a, namespace: A_b")) == []


def test_annotations_have_a_largest_size(tmp_path: Path) -> None:
    manifest = named("ConfigMap", "", f"name: a, §annotations: {{a: {'x' * 256 * 1024}}}")
    message = "the annotations have 262145 bytes, 262144 are permitted"
    assert refusals(tmp_path, manifest) == expected(manifest, message)
    assert refusals(tmp_path, manifest.replace("xx", "x", 1)) == []


def test_the_labels_of_pods_are_looked_at_as_well(tmp_path: Path) -> None:
    manifest = named(
        "apps/v1/Deployment",
        "spec:\n  selector: {matchLabels: {app: §a b}}\n  template:\n    metadata: {labels: {app: "
        "a b}}\n    spec: {containers: [{name: c, image: a}]}",
    )
    message = '"a b" cannot be the value of a label'
    first, second = refusals(tmp_path, manifest)
    assert first.startswith(expected(manifest, message)[0])
    assert second.startswith(f"7:30 {message}")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("§{key: a, operator: In}", "In needs values"),
        ("§{key: a, operator: NotIn, values: []}", "NotIn needs values"),
        ("{key: a, operator: Exists, §values: [b]}", "Exists takes no values"),
        ("{key: §a b, operator: Exists}", "this cannot be the key of a label: it takes"),
        ("{key: a, operator: In, values: [§b c]}", '"b c" cannot be the value of a label'),
    ],
)
def test_a_selector_that_is_refused(tmp_path: Path, expression: str, message: str) -> None:
    manifest = named(
        "networking.k8s.io/v1/NetworkPolicy",
        f"spec: {{podSelector: {{matchExpressions: [{expression}]}}}}",
    )
    (found,) = refusals(tmp_path, manifest)
    assert found.startswith(expected(manifest, message)[0])
