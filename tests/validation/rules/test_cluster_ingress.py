"""Hosts and paths that two Ingresses claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import cluster_ingress
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "apps/other.yaml": application("other", "path: other", namespace="other"),
}
NGINX = "ingressClassName: nginx, "


def ingress(
    path: str = "path: /, pathType: Prefix",
    *,
    host: str = "web.example.net",
    extra: str = NGINX,
    annotations: str = "",
    name: str = "web",
) -> str:
    return (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: {name}, annotations: {{{annotations}}}}}\n"
        f"spec: {{{extra}rules: [\n"
        f"  {{host: '{host}',\n"
        f"   http: {{paths: [{{{path}}}]}}}}]}}\n"
    )


def look(tmp_path: Path, first: str, second: str) -> list[Finding]:
    model, files = make_model(tmp_path, {**APPS, "other/a.yaml": first, "web/b.yaml": second})
    return findings_in(model, files, [cluster_ingress])


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        (ingress(), ingress(), "5:10"),
        (ingress(), ingress(name="again"), "5:10"),
        (ingress(host="WEB.example.net"), ingress(), "5:10"),
        (ingress("path: /a, pathType: Prefix"), ingress("path: /a/, pathType: Prefix"), "6:26"),
        (ingress(), ingress(extra="", annotations="kubernetes.io/ingress.class: nginx"), "5:10"),
    ],
)
def test_the_later_ingress_with_a_host_and_path_is_found(
    tmp_path: Path, first: str, second: str, place: str
) -> None:
    findings = look(tmp_path, first, second)
    assert places(findings) == [f"ingress-host-duplicate web/b.yaml:{place}"]
    assert "belongs to the Ingress other/web (other/a.yaml) already" in findings[0].message


@pytest.mark.parametrize(
    "second",
    [
        ingress("path: /api, pathType: Prefix"),
        ingress("path: /, pathType: Exact"),
        ingress(host="api.example.net"),
        ingress(host="*.example.net"),
        ingress(extra="ingressClassName: internal, "),
        ingress(annotations="nginx.ingress.kubernetes.io/canary: 'true'"),
        ingress(annotations="alb.ingress.kubernetes.io/scheme: internal"),
        ingress(annotations="traefik.ingress.kubernetes.io/router.entrypoints: web"),
        ingress("path: 3"),
        ingress().replace("web.example.net", ""),
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x}\nspec: 3\n",
    ],
)
def test_what_differs_in_any_way_that_counts_is_fine(tmp_path: Path, second: str) -> None:
    # `path: 3` reads as the root: nothing but its type tells it apart.
    assert look(tmp_path, ingress(), second) == []


def test_a_host_of_which_several_paths_are_taken_is_found_once(tmp_path: Path) -> None:
    paths = "path: /a, pathType: Exact}, {path: /b, pathType: Exact}, {path: /c, pathType: Exact"
    (finding,) = look(tmp_path, ingress(paths), ingress(paths))
    assert (finding.line, finding.column) == (5, 10)
    assert finding.message.startswith("web.example.net/a and 2 more of its paths belong to ")


def test_ingresses_for_any_host_are_left_alone(tmp_path: Path) -> None:
    assert look(tmp_path, ingress(host=""), ingress(host="")) == []


def test_the_default_class_is_that_of_an_ingress_without_one(tmp_path: Path) -> None:
    nginx = (
        "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: nginx\n"
        "  annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}\n"
    )
    assert len(look(tmp_path, ingress() + nginx, ingress(extra=""))) == 1
    assert look(tmp_path / "none", ingress(), ingress(extra="")) == []


def test_another_cluster_may_serve_the_same_host(tmp_path: Path) -> None:
    far = APPS["apps/other.yaml"].replace("https://kubernetes.default.svc", "https://10.0.0.1")
    tree = {**APPS, "apps/other.yaml": far, "other/a.yaml": ingress(), "web/b.yaml": ingress()}
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [cluster_ingress]) == []


def test_one_ingress_from_two_places_is_not_two(tmp_path: Path) -> None:
    tree = {**APPS, "web/a.yaml": ingress(), "web/b.yaml": ingress()}
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [cluster_ingress]) == []
