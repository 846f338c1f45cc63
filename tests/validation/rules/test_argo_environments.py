"""Environments that each have an Argo CD of their own are no rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import (
    argo_duplicates,
    cluster_addresses,
    cluster_ingress,
    cluster_storage,
)
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
STORAGE = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: %s
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: example.net/disk
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: %s}
spec: {type: LoadBalancer, loadBalancerIP: 192.0.2.9, ports: [{port: 80}]}
"""
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s}
spec:
  ingressClassName: nginx
  rules:
    - host: web.example.net
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[str]:
    model, files = make_model(tmp_path, tree)
    modules = [argo_duplicates, cluster_addresses, cluster_ingress, cluster_storage]
    return places(findings_in(model, files, modules))


def two_roots(one: str, other: str, *, leaves: bool = False) -> dict[str, str]:
    """Two roots in these files; below them, or they themselves, are Applications of `web`."""
    if leaves:
        return {
            one: application("one", "path: web"),
            other: application("other", "path: web"),
            "web/a.yaml": CONFIG,
        }
    return {
        one: application("one", "path: x/one", namespace="argocd"),
        other: application("other", "path: x/other", namespace="argocd"),
        "x/one/web.yaml": application("web-one", "path: web"),
        "x/other/web.yaml": application("web-other", "path: web"),
        "web/a.yaml": CONFIG,
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("argocd/bootstrap/dev/root.yaml", "argocd/bootstrap/prod/root.yaml"),
        ("dev/apps/root.yaml", "production/apps/root.yaml"),
        ("roots/web-dev/app.yaml", "roots/web-uat/app.yaml"),
        ("roots/app.yaml", "roots/staging/app.yaml"),
        ("clusters/berlin/root.yaml", "clusters/paris/argocd/top.yaml"),
        ("envs/a/root.yaml", "envs/b/root.yaml"),
    ],
)
@pytest.mark.parametrize("leaves", [False, True])
def test_folders_of_environments(tmp_path: Path, one: str, other: str, *, leaves: bool) -> None:
    assert found(tmp_path, two_roots(one, other, leaves=leaves)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bootstrap/dev.yaml", "bootstrap/prod.yaml"),
        ("root.yaml", "root-test.yaml"),
        ("root_dev.yaml", "root_live.yaml"),
        ("clusters/berlin.yaml", "clusters/paris.yaml"),
    ],
)
def test_files_of_environments_hold_applications(tmp_path: Path, one: str, other: str) -> None:
    assert found(tmp_path, two_roots(one, other)) == []
    (finding,) = found(tmp_path / "leaves", two_roots(one, other, leaves=True))
    assert finding.startswith("argo-duplicate-resource web/a.yaml")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/root.yaml", "b/root.yaml"),
        ("dev/a.yaml", "dev/b.yaml"),
        ("clusters/a/one.yaml", "clusters/a/two.yaml"),
        ("devices/root.yaml", "products/root.yaml"),
        ("apps/dev/a/root.yaml", "apps/prod/b/root.yaml"),
    ],
)
@pytest.mark.parametrize("leaves", [False, True])
def test_other_places_are_of_one_argo_cd(
    tmp_path: Path, one: str, other: str, *, leaves: bool
) -> None:
    (finding,) = found(tmp_path, two_roots(one, other, leaves=leaves))
    assert finding.startswith("argo-duplicate-resource web/a.yaml")


def test_one_root_is_of_one_argo_cd(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps, directory: {recurse: true}"),
        "apps/dev/web.yaml": application("web-dev", "path: web"),
        "apps/prod/web.yaml": application("web-prod", "path: web"),
        "web/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert finding.startswith("argo-duplicate-resource web/a.yaml")


def test_three_environments_and_a_rival_in_the_last(tmp_path: Path) -> None:
    tree = {"web/a.yaml": CONFIG}
    for name in ("dev", "uat", "prod"):
        tree[f"roots/{name}/web.yaml"] = application(f"web-{name}", "path: web")
    assert found(tmp_path, tree) == []
    tree["roots/uat/x.yaml"] = application("x", "path: web")
    (finding,) = found(tmp_path, tree)
    assert finding.startswith("argo-duplicate-resource web/a.yaml")


@pytest.mark.parametrize("manifest", [STORAGE, SERVICE, INGRESS])
def test_claims_of_other_environments(tmp_path: Path, manifest: str) -> None:
    tree = {
        "roots/dev/web.yaml": application("web-dev", "path: web/dev"),
        "roots/prod/web.yaml": application("web-prod", "path: web/prod"),
        "web/dev/a.yaml": manifest % "one",
        "web/prod/a.yaml": manifest % "two",
    }
    assert found(tmp_path, tree) == []
    tree["roots/prod/again.yaml"] = application("again", "path: web/again")
    tree["web/again/a.yaml"] = manifest % "three"
    assert len(found(tmp_path, tree)) == 1


def test_roots_of_one_name_are_of_two_argo_cds(tmp_path: Path) -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: web, namespace: argocd}\nspec: {generators: [], template: {}}\n"
    )
    tree = {
        f"{name}/{file}.yaml": content
        for name in ("one", "two")
        for file, content in (
            ("root", application("root", f"path: {name}", namespace="argocd")),
            ("set", text),
        )
    }
    assert found(tmp_path, tree) == []


def test_roots_that_lead_to_applications_of_one_name_are_of_two_argo_cds(tmp_path: Path) -> None:
    tree = {
        "x/one.yaml": application("one", "path: x/one", namespace="argocd"),
        "x/two.yaml": application("two", "path: x/two", namespace="argocd"),
        "x/one/web.yaml": application("web", "path: web"),
        "x/two/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []
    tree["x/two/web.yaml"] = application("web-two", "path: web")
    assert found(tmp_path, tree) == ["argo-duplicate-resource web/a.yaml:3:18"]
