"""Claims, roles and workloads that others name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import ref_targets
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "web/there.yaml": (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: web-data}\n"
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader}\n"
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\n"
        "spec: {volumeClaimTemplates: [{metadata: {name: data}}]}\n"
    ),
}
CHART = "repoURL: https://charts.example.net, chart: db, targetRevision: 1.0.0"
OPERATOR = (
    "apiVersion: volsync.backube/v1alpha1\nkind: ReplicationDestination\nmetadata: {name: a}\n"
)


def found(tmp_path: Path, manifest: str, more: Mapping[str, str] | None = None) -> list[str]:
    model, files = make_model(tmp_path, {**APPS, "web/a.yaml": manifest, **(more or {})})
    findings = findings_in(model, files, [ref_targets])
    return [f"{place} {item.hint}" for place, item in zip(places(findings), findings, strict=True)]


def pod(claim: str) -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  volumes:\n    - name: data\n"
        f"      persistentVolumeClaim: {{claimName: {claim}}}\n"
    )


def binding(kind: str, name: str, metadata: str = "name: a") -> str:
    return (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
        f"metadata: {{{metadata}}}\nroleRef: {{kind: {kind}, name: {name}}}\n"
    )


def scaler(version: str, kind: str, target: str, field: str = "scaleTargetRef") -> str:
    return (
        f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n"
        f"spec: {{{field}: {{{target}}}}}\n"
    )


HPA = ("autoscaling/v2", "HorizontalPodAutoscaler")


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (pod("wbe-data"), "ref-claim web/a.yaml:7:42 Did you mean web-data?"),
        (
            pod("other"),
            "ref-claim web/a.yaml:7:42 Add it, or name one that exists in namespace web.",
        ),
        (
            pod("data-db"),
            "ref-claim web/a.yaml:7:42 Add it, or name one that exists in namespace web.",
        ),
        (binding("Role", "raeder"), "ref-role web/a.yaml:4:29 Did you mean reader?"),
        (
            binding("Role", "reader", "name: a, namespace: else"),
            "ref-role web/a.yaml:4:29 Namespace web has one of that name: "
            "it is not seen from here.",
        ),
        (
            scaler(*HPA, "apiVersion: apps/v1, kind: Deployment, name: wbe"),
            "ref-scale-target web/a.yaml:4:70 Did you mean web?",
        ),
        (
            scaler("keda.sh/v1alpha1", "ScaledObject", "name: wbe"),
            "ref-scale-target web/a.yaml:4:31 Did you mean web?",
        ),
        (
            scaler(
                "autoscaling.k8s.io/v1",
                "VerticalPodAutoscaler",
                "apiVersion: apps/v1, kind: StatefulSet, name: dbs",
                "targetRef",
            ),
            "ref-scale-target web/a.yaml:4:66 Did you mean db?",
        ),
    ],
)
def test_what_nothing_brings(tmp_path: Path, manifest: str, expected: str) -> None:
    assert found(tmp_path, manifest) == [expected]


@pytest.mark.parametrize(
    "manifest",
    [
        pod("web-data"),
        pod("data-db-0"),
        pod("'{{ .claim }}'"),
        binding("Role", "reader"),
        binding("ClusterRole", "anything"),
        binding("Role", "any", "name: a, namespace: kube-system"),
        scaler(*HPA, "apiVersion: apps/v1, kind: Deployment, name: web"),
        scaler(*HPA, "apiVersion: lab.dev/v1, kind: Gadget, name: any"),
        scaler("keda.sh/v1alpha1", "ScaledObject", "kind: StatefulSet, name: db"),
    ],
)
def test_what_something_brings(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, manifest) == []


@pytest.mark.parametrize(
    "more",
    [
        {"apps/db.yaml": application("db", CHART)},
        {"web/operator.yaml": OPERATOR},
        {"by-hand.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: other}\n"},
    ],
    ids=["a chart that was not rendered", "an operator", "a manifest that no root reaches"],
)
def test_what_something_else_may_bring(tmp_path: Path, more: dict[str, str]) -> None:
    assert found(tmp_path, pod("other"), more) == []
