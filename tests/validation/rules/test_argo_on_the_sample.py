"""The sample repository is healthy: the rules on Argo CD find nothing until something breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import RenderedObject, RenderedSource
from gitopsgen.validation.rules import (
    argo_crds,
    argo_duplicates,
    argo_namespaces,
    argo_resources,
    argo_sync_options,
    argo_waves,
    crd_validity,
)
from tests.sample import SAMPLE
from tests.validation.rules.build import findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

    from gitopsgen.repository.rendering import RenderRequest

FAMILIES: tuple[ModuleType, ...] = (
    argo_crds,
    argo_duplicates,
    argo_namespaces,
    argo_resources,
    argo_sync_options,
    argo_waves,
    crd_validity,
)
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.cert-manager.io, annotations: {{helm.sh/resource-policy: keep}}}}
spec:
  group: cert-manager.io
  scope: {scope}
  names: {{plural: {plural}, kind: {kind}}}
  versions:
    - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object}}}}}}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: argocd-server}
spec: {ingressClassName: nginx}
"""
# What each chart of the sample renders to, as far as these rules look at it.
RENDERED = {
    "argo-cd": [INGRESS],
    "cert-manager": [
        DEFINITION.format(plural="certificates", kind="Certificate", scope="Namespaced"),
        DEFINITION.format(plural="issuers", kind="Issuer", scope="Namespaced"),
        DEFINITION.format(plural="clusterissuers", kind="ClusterIssuer", scope="Cluster"),
    ],
    "ingress-nginx": [
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n",
        "apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: {name: webhook}\n",
    ],
}


class Charts:
    """Renders every chart to a Deployment and to what `RENDERED` has."""

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        return [self._render(request.source.chart or "") for request in requests]

    def _render(self, chart: str) -> RenderedSource:
        texts = [DEPLOYMENT.format(name=chart), *RENDERED.get(chart, [])]
        objects = tuple(
            RenderedObject(text, read_documents(text).documents[0].data) for text in texts
        )
        return RenderedSource(Rendering(f"chart {chart}"), objects)


def found(tmp_path: Path, changes: dict[str, tuple[str, str]]) -> list[str]:
    """What is found in the sample after texts of some files were replaced."""
    tree = {
        path.relative_to(SAMPLE).as_posix(): path.read_text()
        for path in SAMPLE.rglob("*")
        if path.name.endswith(YAML_SUFFIXES)
    }
    for name, (old, new) in changes.items():
        assert old in tree[name]
        tree[name] = tree[name].replace(old, new)
    # The model reads files of this repository: its URL is that of the sample.
    url = "https://github.com/owner/home-cluster"
    tree = {name: text.replace(url, "https://github.com/owner/repo") for name, text in tree.items()}
    model, files = make_model(tmp_path, tree, renderer=Charts())
    assert model.complete
    return places(findings_in(model, files, FAMILIES))


def test_the_sample_is_healthy(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "components/argocd/values.yaml",
            "resource.customizations.health.argoproj.io_Application",
            "resource.customizations.actions.argoproj.io_Application",
            ["argo-wave-without-health apps/argocd.yaml:9:35"],
            id="health",
        ),
        pytest.param(
            "apps/argocd.yaml",
            'sync-wave: "3"',
            'sync-wave: "1"',
            ["argo-ingress-before-controller apps/argocd.yaml:9:35"],
            id="Ingress",
        ),
        pytest.param(
            "apps/ingress-nginx.yaml",
            'sync-wave: "2"',
            'sync-wave: "0"',
            ["argo-crd-order apps/ingress-nginx.yaml:20:14"],
            id="CRD",
        ),
        pytest.param(
            "apps/nfs-subdir-external-provisioner.yaml",
            "CreateNamespace=true",
            "CreateNamespace=True",
            ["argo-sync-option apps/nfs-subdir-external-provisioner.yaml:30:9"],
            id="namespace",
        ),
        pytest.param(
            "apps/kube-vip.yaml",
            'sync-wave: "0"',
            "sync-wave: 0",
            ["argo-wave-invalid apps/kube-vip.yaml:10:35"],
            id="wave",
        ),
        pytest.param(
            "components/loopia/manifests/issuers.yaml",
            "cert-manager.io/v1",
            "certs-manager.io/v1",
            [
                "argo-crd-missing components/loopia/manifests/issuers.yaml:3:13",
                "argo-crd-missing components/loopia/manifests/issuers.yaml:26:13",
            ],
            id="group",
        ),
    ],
)
def test_one_change_is_one_finding(
    tmp_path: Path, file: str, old: str, new: str, expected: list[str]
) -> None:
    assert found(tmp_path, {file: (old, new)}) == expected
