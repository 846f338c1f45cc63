"""Issuers that certificates, Ingresses and Gateways name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import ref_issuers
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "apps/issuers.yaml": application("issuers", "path: issuers", namespace="cert-manager"),
    "issuers/a.yaml": (
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: letsencrypt}\n"
        "spec: {selfSigned: {}}\n"
    ),
    "issuers/b.yaml": (
        "apiVersion: cert-manager.io/v1\nkind: Issuer\n"
        "metadata: {name: own, namespace: web}\nspec: {selfSigned: {}}\n"
    ),
}


def found(tmp_path: Path, manifest: str, more: Mapping[str, str] | None = None) -> list[str]:
    model, files = make_model(tmp_path, {**APPS, "web/a.yaml": manifest, **(more or {})})
    return places(findings_in(model, files, [ref_issuers]))


def certificate(reference: str) -> str:
    return (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web}\n"
        f"spec:\n  secretName: web-tls\n  issuerRef: {{{reference}}}\n"
    )


def ingress(annotations: str, kind: str = "networking.k8s.io/v1\nkind: Ingress") -> str:
    return f"apiVersion: {kind}\nmetadata:\n  name: web\n  annotations:\n    {annotations}\n"


GATEWAY = "gateway.networking.k8s.io/v1\nkind: Gateway"


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (certificate("kind: ClusterIssuer, name: letsencryt"), "6:42"),
        (certificate("name: letsencrypt"), "6:21"),
        (certificate("name: own, kind: ClusterIssuer"), "6:21"),
        (ingress("cert-manager.io/cluster-issuer: own"), "6:37"),
        (ingress("cert-manager.io/issuer: letsencrypt"), "6:29"),
        (ingress("cert-manager.io/cluster-issuer: nobody", GATEWAY), "6:37"),
    ],
)
def test_an_issuer_that_nothing_brings_is_found(tmp_path: Path, manifest: str, place: str) -> None:
    assert found(tmp_path, manifest) == [f"ref-issuer web/a.yaml:{place}"]


@pytest.mark.parametrize(
    "manifest",
    [
        certificate("kind: ClusterIssuer, name: letsencrypt"),
        certificate("name: own"),
        certificate("name: own, kind: ''"),
        certificate("name: pca, kind: AWSPCAClusterIssuer, group: awspca.cert-manager.io"),
        ingress("cert-manager.io/cluster-issuer: letsencrypt"),
        ingress("cert-manager.io/issuer: own"),
        ingress(
            "cert-manager.io/issuer: letsencrypt\n    cert-manager.io/issuer-kind: ClusterIssuer"
        ),
        ingress("cert-manager.io/issuer: x\n    cert-manager.io/issuer-group: example.net"),
        ingress("cert-manager.io/cluster-issuer: <your issuer>"),
        ingress("cert-manager.io/cluster-issuer: 3"),
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x}\nspec: []\n",
    ],
)
def test_what_names_a_known_or_a_foreign_issuer_is_fine(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, manifest) == []


def test_an_issuer_of_another_namespace_is_not_seen(tmp_path: Path) -> None:
    manifest = certificate("name: own").replace("{name: web}", "{name: web, namespace: other}")
    assert found(tmp_path, manifest) == ["ref-issuer web/a.yaml:6:21"]


def test_an_issuer_of_another_cluster_does_not_count(tmp_path: Path) -> None:
    far = APPS["apps/issuers.yaml"].replace("https://kubernetes.default.svc", "https://10.0.0.1")
    manifest = ingress("cert-manager.io/cluster-issuer: letsencrypt")
    assert found(tmp_path, manifest, {"apps/issuers.yaml": far}) == ["ref-issuer web/a.yaml:6:37"]


def test_a_cluster_named_and_one_addressed_may_be_the_same(tmp_path: Path) -> None:
    near = APPS["apps/issuers.yaml"].replace(
        "server: https://kubernetes.default.svc", "name: production"
    )
    manifest = ingress("cert-manager.io/cluster-issuer: letsencrypt")
    assert found(tmp_path, manifest, {"apps/issuers.yaml": near}) == []


def test_a_chart_that_was_not_rendered_may_bring_an_issuer(tmp_path: Path) -> None:
    chart = application(
        "more", "repoURL: https://charts.example.net, chart: issuers, targetRevision: 1.0.0"
    )
    manifest = ingress("cert-manager.io/cluster-issuer: nobody")
    assert found(tmp_path, manifest, {"apps/more.yaml": chart}) == []


def test_what_no_application_reaches_may_be_applied_by_hand(tmp_path: Path) -> None:
    manual = APPS["issuers/a.yaml"].replace("letsencrypt", "manual")
    manifest = ingress("cert-manager.io/cluster-issuer: manual")
    assert found(tmp_path, manifest, {"by-hand/a.yaml": manual}) == []


def test_manifests_of_a_single_program_are_no_whole_cluster(tmp_path: Path) -> None:
    manifest = ingress("cert-manager.io/cluster-issuer: nobody")
    model, files = make_model(tmp_path, {"web/a.yaml": manifest})
    assert findings_in(model, files, [ref_issuers]) == []


def test_the_hint_names_the_nearest_issuer_or_the_other_kind(tmp_path: Path) -> None:
    model, files = make_model(
        tmp_path,
        {
            **APPS,
            "web/a.yaml": certificate("kind: ClusterIssuer, name: letsencryt"),
            "web/b.yaml": certificate("name: letsencrypt"),
        },
    )
    first, second = findings_in(model, files, [ref_issuers])
    assert first.hint == "Did you mean letsencrypt?"
    assert second.hint == "There is a ClusterIssuer of that name: name that kind."


def test_a_kind_that_is_not_cert_managers(tmp_path: Path) -> None:
    places_found = found(tmp_path, certificate("kind: ClusterIsuer, name: letsencrypt"))
    assert places_found == ["ref-issuer web/a.yaml:6:21"]
