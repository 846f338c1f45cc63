from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import RenderedObject, RenderedSource
from gitopsgen.validation.rules import argo_resources
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gitopsgen.repository.rendering import RenderRequest

CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
SLICE = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: nas}\n"
OPTIONS = "  annotations: {argocd.argoproj.io/sync-options: "


def config_map(size: int, letter: str = "x", annotation: str = "") -> str:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
    return f"{text}{annotation}data: {{d: '{letter * size}'}}\n"


def policy(options: str) -> str:
    return f"  syncPolicy: {{{options}}}\n"


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[str]:
    model, files = make_model(tmp_path, tree)
    return places(findings_in(model, files, [argo_resources]))


def one(manifest: str, options: str = "") -> dict[str, str]:
    extra = policy(options) if options else ""
    return {"app.yaml": application("web", "path: web", extra=extra), "web/a.yaml": manifest}


@pytest.mark.parametrize(("size", "letter"), [(262_145, "x"), (131_073, "é"), (43_700, "<")])
def test_a_config_map_too_large_for_a_client_side_apply(
    tmp_path: Path, size: int, letter: str
) -> None:
    tree = one(config_map(size, letter))
    assert found(tmp_path, tree) == ["argo-large-resource web/a.yaml:4:9"]


def test_the_limit_counts_the_whole_object(tmp_path: Path) -> None:
    around = len('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"d":""}}')
    assert found(tmp_path, one(config_map(262_144 - around))) == []
    assert len(found(tmp_path, one(config_map(262_145 - around)))) == 1


def test_a_large_crd(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        f"metadata: {{name: a}}\nspec: {{text: '{'x' * 262_144}'}}\n"
    )
    assert found(tmp_path, one(manifest)) == ["argo-large-resource web/a.yaml:3:18"]


@pytest.mark.parametrize("option", ["ServerSideApply=true", "Replace=true"])
def test_options_that_keep_no_copy(tmp_path: Path, option: str) -> None:
    assert found(tmp_path, one(config_map(300_000), f"syncOptions: [{option}]")) == []
    annotation = f"{OPTIONS}{option}}}\n"
    assert found(tmp_path, one(config_map(300_000, annotation=annotation))) == []


def test_an_annotation_wins_over_the_application(tmp_path: Path) -> None:
    manifest = config_map(300_000, annotation=f"{OPTIONS}ServerSideApply=false}}\n")
    tree = one(manifest, "syncOptions: [ServerSideApply=true]")
    assert found(tmp_path, tree) == ["argo-large-resource web/a.yaml:4:9"]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Endpoints"),
        ("v1", "Event"),
        ("discovery.k8s.io/v1", "EndpointSlice"),
        ("coordination.k8s.io/v1", "Lease"),
        ("certificates.k8s.io/v1", "CertificateSigningRequest"),
        ("cert-manager.io/v1", "CertificateRequest"),
        ("wgpolicyk8s.io/v1alpha2", "PolicyReport"),
        ("cilium.io/v2", "CiliumEndpoint"),
        ("metrics.k8s.io/v1", "Anything"),
    ],
)
def test_kinds_that_argo_cd_leaves_out(tmp_path: Path, api_version: str, kind: str) -> None:
    manifest = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n"
    assert found(tmp_path, one(manifest)) == ["argo-excluded web/a.yaml:2:7"]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Service"),
        ("cert-manager.io/v1", "Certificate"),
        ("cilium.io/v2", "CiliumNetworkPolicy"),
        ("kyverno.io/v1", "ClusterPolicy"),
        ("example.com/v1", "Lease"),
    ],
)
def test_kinds_that_argo_cd_applies(tmp_path: Path, api_version: str, kind: str) -> None:
    manifest = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n"
    assert found(tmp_path, one(manifest)) == []


def test_exclusions_of_the_repository_itself(tmp_path: Path) -> None:
    tree = one(SLICE)
    tree["web/cm.yaml"] = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n"
        "  resource.exclusions: |\n    - apiGroups: ['*.example.com']\n      kinds: ['*']\n"
    )
    tree["web/b.yaml"] = "apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: {name: a}\n"
    tree["web/c.yaml"] = "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: a}\n"
    assert found(tmp_path, tree) == [
        "argo-excluded web/b.yaml:2:7",
        "argo-excluded web/c.yaml:2:7",
    ]


def test_what_nobody_but_a_person_applies_is_not_left_out(tmp_path: Path) -> None:
    assert found(tmp_path, {"a.yaml": SLICE}) == []


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "PersistentVolumeClaim"),
        ("v1", "Namespace"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ],
)
def test_data_that_a_prune_may_delete(tmp_path: Path, api_version: str, kind: str) -> None:
    manifest = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: data}}\n"
    tree = one(manifest, "automated: {prune: true}")
    assert found(tmp_path, tree) == ["argo-prune-danger web/a.yaml:3:18"]


@pytest.mark.parametrize(
    ("annotation", "options"),
    [
        pytest.param("Prune=false", "automated: {prune: true}", id="never"),
        pytest.param("Prune=confirm", "automated: {prune: true}", id="after a confirmation"),
        pytest.param("Prune=False", "automated: {prune: true}", id="misspelt"),
        pytest.param("Delete=false, Prune=false", "automated: {prune: true}", id="two options"),
        pytest.param("", "automated: {prune: true}, syncOptions: [Prune=false]", id="application"),
        pytest.param("", "automated: {prune: false}", id="no prune"),
        pytest.param("", "automated: {}", id="no prune by default"),
        pytest.param("", "automated: {prune: true, enabled: false}", id="not automated"),
    ],
)
def test_data_that_stays(tmp_path: Path, annotation: str, options: str) -> None:
    manifest = f'{CLAIM}{OPTIONS}"{annotation}"}}\n' if annotation else CLAIM
    assert found(tmp_path, one(manifest, options)) == []


@pytest.mark.parametrize("annotation", ["Prune=true", "Delete=false"])
def test_options_that_do_not_protect(tmp_path: Path, annotation: str) -> None:
    options = "automated: {prune: true}"
    if annotation == "Prune=true":
        options += ", syncOptions: [Prune=false]"
    tree = one(f"{CLAIM}{OPTIONS}{annotation}}}\n", options)
    assert found(tmp_path, tree) == ["argo-prune-danger web/a.yaml:4:9"]


class OneClaim:
    """Renders every source to a claim."""

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"},
        }
        return [
            RenderedSource(Rendering("source"), (RenderedObject("a", claim),)) for _ in requests
        ]


def test_a_kustomization_has_files_and_a_chart_has_not(tmp_path: Path) -> None:
    chart = "repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0"
    prune = policy("automated: {prune: true}")
    tree = {
        "chart.yaml": application("chart", chart, extra=prune),
        "kustomized.yaml": application("kustomized", "path: web", namespace="b", extra=prune),
        "web/kustomization.yaml": "resources: []\n",
    }
    model, files = make_model(tmp_path, tree, renderer=OneClaim())
    findings = findings_in(model, files, [argo_resources])
    assert [finding.file for finding in findings] == ["kustomized.yaml"]
