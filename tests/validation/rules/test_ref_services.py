"""Services that Ingresses name, and ServiceAccounts that workloads name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import ref_services
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "web/service.yaml": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {ports: [{name: http, port: 80}, {name: https, port: 443}]}\n"
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: far}\n"
        "spec: {type: ExternalName, externalName: far.example.org, ports: [{port: 80}]}\n"
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n"
    ),
}
CHART = "repoURL: https://charts.example.net, chart: db, targetRevision: 1.0.0"


def found(
    tmp_path: Path,
    manifest: str,
    more: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> list[str]:
    tree = {**APPS, "web/a.yaml": manifest, **(more or {})}
    model, files = make_model(tmp_path, tree, settings=settings)
    return places(findings_in(model, files, [ref_services]))


def ingress(backend: str, metadata: str = "name: web") -> str:
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{{metadata}}}\n"
        "spec:\n  rules:\n    - http:\n        paths:\n          - path: /\n"
        f"            backend: {{{backend}}}\n"
    )


def deployment(spec: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        f"spec:\n  template:\n    spec: {{{spec}}}\n"
    )


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (ingress("service: {name: wbe, port: {number: 80}}"), "ref-service web/a.yaml:9:39"),
        (ingress("service: {name: web, port: {number: 8080}}"), "ref-service web/a.yaml:9:59"),
        (ingress("service: {name: web, port: {name: htpp}}"), "ref-service web/a.yaml:9:57"),
        (ingress("serviceName: wbe, servicePort: 80"), "ref-service web/a.yaml:9:36"),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
            "spec:\n  defaultBackend: {service: {name: nope, port: {number: 80}}}\n",
            "ref-service web/a.yaml:5:36",
        ),
        (deployment("serviceAccountName: wbe"), "ref-service-account web/a.yaml:6:32"),
        (deployment("serviceAccount: wbe"), "ref-service-account web/a.yaml:6:28"),
        (
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\n"
            "spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
            "          serviceAccountName: wbe\n",
            "ref-service-account web/a.yaml:9:31",
        ),
    ],
)
def test_what_the_namespace_lacks_is_found(tmp_path: Path, manifest: str, place: str) -> None:
    assert found(tmp_path, manifest) == [place]


@pytest.mark.parametrize(
    "manifest",
    [
        ingress("service: {name: web, port: {number: 443}}"),
        ingress("service: {name: web, port: {name: http}}"),
        ingress("service: {name: web}"),
        ingress("service: {name: far, port: {number: 8443}}"),
        ingress("service: {name: redirect, port: {name: use-annotation}}"),
        ingress("resource: {apiGroup: example.net, kind: Bucket, name: assets}"),
        ingress("service: {name: kubernetes, port: {number: 443}}", "name: a, namespace: default"),
        ingress("service: {name: metrics, port: {number: 1}}", "name: a, namespace: kube-system"),
        ingress("service: {name: argocd-server, port: {number: 80}}", "name: a, namespace: argocd"),
        ingress("service: {name: '{{ name }}', port: {number: 80}}"),
        ingress("service: 3"),
        deployment("serviceAccountName: web"),
        deployment("serviceAccountName: default"),
        deployment("containers: []"),
        deployment("serviceAccountName: [web]"),
        deployment("serviceAccountName: web, serviceAccount: old"),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: 3\n",
    ],
)
def test_what_is_there_or_comes_by_itself_is_fine(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, manifest) == []


BROKEN = ingress("service: {name: db, port: {number: 80}}")


@pytest.mark.parametrize(
    "more",
    [
        {"apps/db.yaml": application("db", CHART, namespace="web")},
        {
            "apps/db.yaml": application("db", CHART, namespace="db").replace(
                "1.0.0}", "1.0.0, helm: {valuesObject: {target: web}}}"
            )
        },
        {"apps/db.yaml": application("db", "repoURL: https://example.net/x.git, path: x")},
        {"web/db.yaml": "apiVersion: minio.min.io/v2\nkind: Tenant\nmetadata: {name: store}\n"},
        {"web/db.yaml": "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: x}\n"},
        {"web/db.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: s}\n"},
        {
            "web/db.yaml": "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
            "metadata: {name: g}\n"
        },
        {
            "apps/all.yaml": application("all", "path: all", namespace="kyverno"),
            "all/a.yaml": "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\n"
            "metadata: {name: p}\nspec: {rules: [{generate: {kind: Service, name: db}}]}\n",
        },
    ],
    ids=["chart", "values", "repository", "operator", "installer", "events", "gateway", "policy"],
)
def test_what_else_may_bring_the_service_keeps_the_rule_silent(
    tmp_path: Path, more: dict[str, str]
) -> None:
    assert found(tmp_path, BROKEN, more) == []


@pytest.mark.parametrize(
    "more",
    [
        {"apps/db.yaml": application("db", CHART, namespace="db")},
        {"web/db.yaml": "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: x}\n"},
        {
            "apps/db.yaml": application("db", "path: db", namespace="db"),
            "db/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n",
        },
    ],
    ids=["chart of another namespace", "passive kind", "service of another namespace"],
)
def test_what_cannot_bring_the_service_changes_nothing(
    tmp_path: Path, more: dict[str, str]
) -> None:
    assert found(tmp_path, BROKEN, more) == ["ref-service web/a.yaml:9:39"]


def test_a_namespace_that_the_cluster_has_already_is_not_known(tmp_path: Path) -> None:
    settings = Settings(provides=Provided(namespaces=frozenset({"web"})))
    assert found(tmp_path, BROKEN, settings=settings) == []


def test_argo_cd_in_the_repository_makes_its_namespace_known(tmp_path: Path) -> None:
    manifest = ingress("service: {name: argocd, port: {number: 80}}", "name: a, namespace: argocd")
    argocd = (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: controller\n"
        "  namespace: argocd\n  labels: {app.kubernetes.io/part-of: argocd}\n"
    )
    assert found(tmp_path, manifest, {"web/b.yaml": argocd}) == ["ref-service web/a.yaml:9:39"]


def test_the_hint_tells_where_the_service_is(tmp_path: Path) -> None:
    tree = {
        **APPS,
        "web/a.yaml": ingress("service: {name: web, port: {number: 80}}", "name: a, namespace: x"),
        "web/b.yaml": ingress("service: {name: wbe, port: {number: 80}}"),
        "web/c.yaml": ingress("service: {name: web, port: {number: 81}}"),
    }
    model, files = make_model(tmp_path, tree)
    assert [finding.hint for finding in findings_in(model, files, [ref_services])] == [
        "Namespace web has it: an Ingress only reaches Services of its own.",
        "Did you mean web?",
        "Its ports: 80 (http), 443 (https).",
    ]
