from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.findings import Severity
from gitopsgen.validation.rules import argo_sources
from tests.validation.rules.build import SERVER, URL, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

HEAD = (
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
    "metadata: {name: web, namespace: argocd}\nspec:\n"
    f"  destination: {{server: {SERVER}, namespace: web}}\n"
)
CHARTS = "https://charts.example.com"


def found(tmp_path: Path, spec: str) -> list[Finding]:
    tree = {
        "app.yaml": f"{HEAD}{spec}\n",
        "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_sources])


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (f"  source: {{repoURL: {URL}}}", "6:3"),
        (f"  source: {{repoURL: {URL}, path: ''}}", "6:52"),
        (f"  source: {{repoURL: {URL}, ref: values}}", "6:3"),
        (f"  sources:\n    - {{repoURL: {URL}, path: web}}\n    - {{repoURL: {URL}}}", "8:7"),
        (f"  source: {{repoURL: {CHARTS}, chart: web}}", "6:56"),
        (f"  source: {{repoURL: {CHARTS}, chart: web, targetRevision: ''}}", "6:77"),
        (
            f"  source:\n    repoURL: {URL}\n    path: elsewhere\n    helm: {{releaseName: a}}\n"
            "    directory: {recurse: true}",
            "10:5",
        ),
        # The one that does not fit the folder, or the chart.
        (
            f"  source:\n    repoURL: {URL}\n    path: web\n    helm: {{releaseName: a}}\n"
            "    directory: {recurse: true}",
            "9:5",
        ),
        (
            f"  source:\n    repoURL: {CHARTS}\n    chart: web\n    targetRevision: 1.0.0\n"
            "    helm: {releaseName: a}\n    kustomize: {namePrefix: a}",
            "11:5",
        ),
        (
            f"  source:\n    repoURL: {URL}\n    path: web\n    kustomize: {{namePrefix: a}}\n"
            "    plugin: {}",
            "10:5",
        ),
        (f"  sources:\n    - {{repoURL: {URL}, path: web, ref: a.b}}", "7:64"),
        (
            f"  sources:\n    - {{repoURL: {URL}, path: web, ref: a}}\n"
            f"    - {{repoURL: {URL}, ref: a}}",
            "8:53",
        ),
        ("  project: default", "4:1"),
        ("  sources: []", "4:1"),
        (
            f"  sourceHydrator:\n    drySource: {{repoURL: {URL}, path: web, targetRevision: a}}\n"
            "    syncSource: {targetBranch: '', path: web}",
            "8:32",
        ),
        (
            "  sourceHydrator:\n    drySource: {repoURL: '', path: web, targetRevision: HEAD}\n"
            "    syncSource: {targetBranch: live, path: web}",
            "7:26",
        ),
    ],
)
def test_sources_that_argo_cd_refuses(tmp_path: Path, spec: str, place: str) -> None:
    (finding,) = found(tmp_path, spec)
    assert places([finding]) == [f"argo-source-invalid app.yaml:{place}"]
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (
            f"  source: {{repoURL: {URL}, path: shop}}\n  sources: [{{repoURL: {URL}, path: web}}]",
            "6:3",
        ),
        (
            f"  source:\n    repoURL: {CHARTS}\n    chart: web\n    targetRevision: 1.0.0\n"
            "    path: web",
            "10:5",
        ),
        (
            f"  source: {{repoURL: {URL}, path: shop}}\n  sourceHydrator:\n    drySource: "
            f"{{repoURL: {URL}, path: web}}",
            "6:3",
        ),
    ],
)
def test_what_argo_cd_ignores(tmp_path: Path, spec: str, place: str) -> None:
    (finding,) = found(tmp_path, spec)
    assert places([finding]) == [f"argo-source-invalid app.yaml:{place}"]
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "spec",
    [
        f"  source: {{repoURL: {URL}, path: web}}",
        f"  source: {{repoURL: {URL}, path: .}}",
        f"  source: {{repoURL: {URL}, paht: web}}",
        f"  soruce: {{repoURL: {URL}, path: web}}",
        f"  source: {{repoURL: {CHARTS}, chart: web, targetRevision: 1.0.0}}",
        f"  source: {{repoURL: {URL}, path: web, helm: {{}}, directory: {{recurse: true}}}}",
        f"  source: {{repoURL: {URL}, path: web, directory: {{recurse: false}}, "
        "kustomize: {namePrefix: '', images: []}, helm: {releaseName: a}}",
        f"  sources:\n    - {{repoURL: {CHARTS}, chart: web, targetRevision: 1.0.0}}\n"
        f"    - {{repoURL: {URL}, ref: values}}\n    - {{repoURL: {URL}, ref: b_2, path: web}}",
        f"  sources: []\n  source: {{repoURL: {URL}, path: web}}",
        f"  sourceHydrator: {{drySource: {{repoURL: {URL}, path: web, targetRevision: HEAD}}}}",
        "  source: {repoURL: oci://registry.example.com/web, path: ., targetRevision: 1.0.0}",
    ],
)
def test_sources_that_are_fine(tmp_path: Path, spec: str) -> None:
    assert found(tmp_path, spec) == []


@pytest.mark.parametrize(
    "spec",
    [
        "  source: 5",
        "  source: []",
        "  sources: {a: b}",
        "  sources: [5, [], null]",
        "  source: {path: [a], chart: {b: c}, targetRevision: 5, ref: [], helm: []}",
        "  sources: [{path: web, ref: 5, kustomize: 7, directory: a}]",
    ],
)
def test_data_of_any_shape(tmp_path: Path, spec: str) -> None:
    assert all(finding.file == "app.yaml" for finding in found(tmp_path, spec))
