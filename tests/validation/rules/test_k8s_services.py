from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.findings import Severity
from gitopsgen.validation.rules import k8s_services
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path


def deployment(labels: str, ports: str = "", name: str = "web", annotations: str = "") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n"
        f"spec:\n  template:\n    metadata:\n      labels: {{{labels}}}\n"
        f"      annotations: {{{annotations}}}\n"
        f"    spec: {{containers: [{{name: a, ports: [{ports}]}}]}}\n"
    )


def service(selector: str, port: str = "port: 80", spec: str = "type: ClusterIP") -> str:
    return (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        f"spec:\n  selector: {{{selector}}}\n  ports: [{{{port}}}]\n  {spec}\n"
    )


def repository(*manifests: str) -> dict[str, str]:
    tree = {f"web/{index}.yaml": manifest for index, manifest in enumerate(manifests)}
    return {"app.yaml": application("web", "path: web"), **tree}


@pytest.mark.parametrize(
    ("selector", "labels", "column"),
    [
        ("app: wbe", "app: web", 19),
        ("app: web, tier: front", "app: web, tier: back", 30),
        ("app: web, tier: front", "app: web", 30),
        ("app: web", "app.kubernetes.io/name: web", 19),
        ("app: web", "", 19),
    ],
)
def test_a_service_that_selects_nothing(
    tmp_path: Path, selector: str, labels: str, column: int
) -> None:
    model, files = make_model(tmp_path, repository(service(selector), deployment(labels)))
    findings = findings_in(model, files, [k8s_services])
    assert places(findings) == [f"k8s-selector web/0.yaml:5:{column}"]
    assert findings[0].severity is Severity.WARNING
    assert "Deployment web" in findings[0].hint


@pytest.mark.parametrize(
    "manifests",
    [
        (service("app: web"), deployment("app: web, tier: front")),
        (service("app: other"),),
        (service(""), deployment("app: web")),
        (service("app: wbe", spec="type: ExternalName"), deployment("app: web")),
        (service("app: wbe"), deployment("app: web"), deployment("app: wbe", name="b")),
        (service("app: web, statefulset.kubernetes.io/pod-name: a-0"), deployment("app: web")),
        (service("app: web, vault-active: 'true'"), deployment("app: web")),
        (service("app: web, role: primary"), deployment("app: web, role: replica")),
        (service("app: '{{ .app }}'"), deployment("app: web")),
        (service("app: [a]"), deployment("app: web")),
        (
            service("app: wbe"),
            deployment("app: web"),
            "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {}\n",
        ),
        (
            service("app: wbe"),
            deployment("app: web"),
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: db}\nspec: "
            "{template: {metadata: {labels: {app: wbe}}, spec: {containers: [{name: a}]}}}\n",
        ),
    ],
)
def test_a_service_that_selects_something_or_may(
    tmp_path: Path, manifests: tuple[str, ...]
) -> None:
    model, files = make_model(tmp_path, repository(*manifests))
    assert findings_in(model, files, [k8s_services]) == []


def test_the_pods_of_another_application_in_the_namespace_count(tmp_path: Path) -> None:
    tree = repository(service("app: wbe"), deployment("app: web"))
    tree["b.yaml"] = application("b", "path: b")
    tree["b/b.yaml"] = deployment("app: wbe", name="b")
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [k8s_services]) == []
    tree["b.yaml"] = application("b", "path: b", namespace="elsewhere")
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [k8s_services])) == ["k8s-selector web/0.yaml:5:19"]


def test_nothing_is_said_where_a_chart_of_the_namespace_is_not_known(tmp_path: Path) -> None:
    tree = repository(service("app: wbe"), deployment("app: web"))
    chart = "repoURL: https://charts.lab.dev, chart: db, targetRevision: 1.0.0"
    tree["db.yaml"] = application("db", chart)
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [k8s_services]) == []


PORTS = "{name: http, containerPort: 80}"


def test_a_target_port_that_no_container_has(tmp_path: Path) -> None:
    manifests = (service("app: web", "port: 80, targetPort: htpp"), deployment("app: web", PORTS))
    model, files = make_model(tmp_path, repository(*manifests))
    findings = findings_in(model, files, [k8s_services])
    assert places(findings) == ["k8s-port web/0.yaml:6:34"]
    assert findings[0].message == 'no container of the Deployment web has a port called "htpp"'
    assert findings[0].hint == "Did you mean http?"


@pytest.mark.parametrize(
    ("port", "deployments"),
    [
        ("targetPort: http", (deployment("app: web", PORTS),)),
        ("targetPort: 8080", (deployment("app: web", PORTS),)),
        ("name: web", (deployment("app: web", PORTS),)),
        (
            "targetPort: http",
            (deployment("app: web"), deployment("app: web", PORTS, name="b")),
        ),
        (
            "targetPort: proxy",
            (deployment("app: web", PORTS, annotations="sidecar.istio.io/inject: 'true'"),),
        ),
        ("targetPort: http", ()),
    ],
)
def test_a_target_port_that_is_there_or_may_be(
    tmp_path: Path, port: str, deployments: tuple[str, ...]
) -> None:
    manifests = (service("app: web", f"port: 80, {port}"), *deployments)
    model, files = make_model(tmp_path, repository(*manifests))
    assert findings_in(model, files, [k8s_services]) == []


@pytest.mark.parametrize(
    "manifest",
    [
        "apiVersion: v1\nkind: Service\nmetadata: [a]\nspec: [selector]\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: 1}\nspec: {template: [a]}\n",
        "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {metadata: {labels: [a]}}}\n",
        "apiVersion: apps/v1\nkind: Deployment\n"
        "spec: {template: {metadata: {labels: {app: web}}, spec: {containers: {a: b}}}}\n",
    ],
)
def test_data_of_any_shape(tmp_path: Path, manifest: str) -> None:
    tree = repository(service("app: web", "port: [80], targetPort: {a: b}"), manifest)
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [k8s_services]) == []


def test_the_hint_names_the_nearest_workload(tmp_path: Path) -> None:
    manifests = (
        service("app: web, tier: front"),
        deployment("app: web, tier: back", name="near"),
        deployment("app: other, tier: back", name="far"),
    )
    model, files = make_model(tmp_path, repository(*manifests))
    (finding,) = findings_in(model, files, [k8s_services])
    assert finding.hint == "The nearest, Deployment near, has app: web, tier: back."
