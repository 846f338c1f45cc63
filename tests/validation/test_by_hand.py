"""What people render and apply by hand: overlays over Applications, charts of Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Report

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
BASE = {
    "base/kustomization.yaml": "resources: [app.yaml]\n",
    "base/app.yaml": application("web", "path: REPLACE_ME", namespace="default"),
    "web/a.yaml": CONFIG,
}


def report_of(root: Path, tree: dict[str, str], *, charts: str = "require") -> Report:
    write(root, tree)
    options = Options(charts=charts, repository_urls=(URL,), lint=False, jobs=1)
    return validate(root, options)


def found(report: Report) -> list[tuple[str, str, int]]:
    return sorted((item.rule, item.file, item.line) for item in report.findings)


def overlay(path: str, more: str = "") -> str:
    """An overlay that says which folder the Application is of."""
    return (
        "resources: [../../base]\n"
        f"{more}"
        "patches:\n"
        "  - target: {kind: Application}\n"
        "    patch: |-\n"
        "      - op: replace\n"
        "        path: /spec/source/path\n"
        f"        value: {path}\n"
    )


pytestmark = pytest.mark.usefixtures("kubeconform")


def test_an_overlay_is_judged_by_what_comes_out_of_it(tmp_path: Path) -> None:
    report = report_of(tmp_path, BASE | {"overlays/prod/kustomization.yaml": overlay("web")})
    assert found(report) == []
    assert report.unchecked == ()
    assert (report.counts.applications, report.counts.documents) == (1, 2)


def test_what_an_overlay_breaks_is_found_in_its_line(tmp_path: Path) -> None:
    report = report_of(tmp_path, BASE | {"overlays/prod/kustomization.yaml": overlay("nowhere")})
    assert found(report) == [("argo-source-path", "overlays/prod/kustomization.yaml", 7)]


def test_what_an_overlay_leads_to_is_checked(tmp_path: Path) -> None:
    tree = BASE | {"overlays/prod/kustomization.yaml": overlay("web")}
    tree["web/a.yaml"] = CONFIG + "dta: {}\n"
    assert found(report_of(tmp_path, tree)) == [("schema-invalid", "web/a.yaml", 4)]


def test_what_stands_beside_the_applications_of_an_overlay_is_applied(tmp_path: Path) -> None:
    tree = BASE | {"overlays/prod/kustomization.yaml": overlay("web")}
    tree["base/kustomization.yaml"] = "resources: [app.yaml, project.yaml, settings.yaml]\n"
    tree["base/app.yaml"] = tree["base/app.yaml"].replace("project: default", "project: web")
    tree["base/project.yaml"] = (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        "metadata: {name: web, namespace: argocd}\n"
        "spec:\n  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: '*'}]\n"
    )
    tree["base/settings.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndta: {}\n"
    assert found(report_of(tmp_path, tree)) == [("schema-invalid", "base/settings.yaml", 4)]


def test_overlays_of_one_base_are_for_clusters_of_their_own(tmp_path: Path) -> None:
    tree = BASE | {
        "overlays/a/kustomization.yaml": overlay("web", "namespace: argo-a\n"),
        "overlays/b/kustomization.yaml": overlay("web", "namespace: argo-b\nnamePrefix: b-\n"),
    }
    report = report_of(tmp_path, tree)
    assert found(report) == []
    assert report.counts.applications == 2


def test_an_overlay_that_an_application_builds_is_nobody_s_to_apply(tmp_path: Path) -> None:
    tree = BASE | {
        "overlays/prod/kustomization.yaml": overlay("web"),
        "root.yaml": application("root", "path: overlays/prod", namespace="argocd"),
    }
    report = report_of(tmp_path, tree)
    assert found(report) == []
    assert report.counts.applications == 2


@pytest.mark.parametrize("folder", ["examples", "archive", "tests"])
def test_an_overlay_that_only_shows_something_is_not_built(tmp_path: Path, folder: str) -> None:
    tree = {"web/a.yaml": CONFIG, "app.yaml": application("web", "path: web")}
    tree[f"{folder}/base/kustomization.yaml"] = "resources: [other.yaml]\n"
    tree[f"{folder}/base/other.yaml"] = application("other", "path: web")
    tree[f"{folder}/x/y/kustomization.yaml"] = overlay("nowhere")
    assert "argo-source-path" not in {item.rule for item in report_of(tmp_path, tree).findings}


def test_an_overlay_without_changes_leaves_its_files_as_they_stand(tmp_path: Path) -> None:
    tree = BASE | {"overlays/prod/kustomization.yaml": "resources: [../../base]\n"}
    rules = [rule for rule, _, _ in found(report_of(tmp_path, tree))]
    assert rules == ["argo-source-path", "placeholder"]


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (
            {"overlays/prod/kustomization.yaml": overlay("web")},
            "a kustomization that was not built changes it before it is applied: "
            "2 findings on it as it stands left out",
        ),
        (
            {"main.jsonnet": "local app = std.parseYaml(importstr 'base/app.yaml'); [app]\n"},
            "a Jsonnet program changes it before it is applied: "
            "2 findings on it as it stands left out",
        ),
    ],
    ids=["an overlay", "a Jsonnet program"],
)
def test_what_is_changed_unseen_is_unchecked(
    tmp_path: Path, tree: dict[str, str], reason: str
) -> None:
    report = report_of(tmp_path, BASE | tree, charts="skip")
    assert found(report) == []
    assert ("base/app.yaml", reason) in {(item.what, item.reason) for item in report.unchecked}


def test_an_overlay_that_does_not_build_says_so_itself(tmp_path: Path) -> None:
    tree = BASE | {"overlays/prod/kustomization.yaml": overlay("web", "configMapGenerator: [x]\n")}
    rules = [rule for rule, _, _ in found(report_of(tmp_path, tree))]
    assert rules == ["kustomize-build"]


CHART = {
    "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
    "apps/values.yaml": "to: somewhere\n",
    "apps/templates/app.yaml": application("web", "path: web").replace(
        "namespace: web}", "namespace: {{ .Values.to }}}"
    ),
    "web/a.yaml": CONFIG,
}


def test_values_of_a_chart_that_is_installed_by_hand_are_not_judged(tmp_path: Path) -> None:
    report = report_of(tmp_path, CHART)
    assert report.findings == ()
    assert report.counts.applications == 1


def test_what_is_left_out_of_the_values_of_a_chart_is_unchecked(tmp_path: Path) -> None:
    report = report_of(tmp_path, CHART | {"apps/values.yaml": "to: REPLACE_ME\n"})
    assert report.findings == ()
    reason = "who installs the chart may give other values: 1 finding on it as it stands left out"
    assert [(item.what, item.reason) for item in report.unchecked] == [("apps/values.yaml", reason)]


def test_a_chart_in_the_root_of_the_repository(tmp_path: Path) -> None:
    tree = {path.removeprefix("apps/"): text for path, text in CHART.items()}
    report = report_of(tmp_path, tree)
    assert report.findings == ()
    assert report.counts.applications == 1


def test_an_encrypted_file_is_decrypted_before_somebody_applies_it(tmp_path: Path) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
        "stringData: {a: 'ENC[AES256_GCM,data:a,type:str]'}\nsops: {version: 3.9.0}\n"
    )
    assert found(report_of(tmp_path / "one", {"a.yaml": secret})) == []
    tree = {"app.yaml": application("web", "path: web", namespace="default"), "web/a.yaml": secret}
    assert found(report_of(tmp_path / "two", tree)) == [("schema-invalid", "web/a.yaml", 5)]


def test_a_ring_of_kustomizations_begins_at_its_application(tmp_path: Path) -> None:
    apps = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all, namespace: argocd}\nspec:\n"
        f"  generators: [{{git: {{repoURL: {URL}, revision: HEAD, directories: "
        "[{path: 'system/*'}]}}]\n"
        "  template:\n    metadata: {name: '{{path.basename}}'}\n    spec:\n"
        f"      project: default\n      source: {{repoURL: {URL}, path: '{{{{path}}}}'}}\n"
        "      destination: {server: https://kubernetes.default.svc, namespace: argocd}\n"
    )
    tree = {
        "system/argocd/kustomization.yaml": "namespace: argocd\nresources: [root.yaml, a.yaml]\n",
        "system/argocd/root.yaml": application("root", "path: system/argocd/sets"),
        "system/argocd/a.yaml": CONFIG,
        "system/argocd/sets/kustomization.yaml": "resources: [all.yaml, more.yaml]\n",
        "system/argocd/sets/all.yaml": apps,
        "system/argocd/sets/more.yaml": apps.replace("name: all", "name: more").replace(
            "system/*", "more/*"
        ),
        "system/web/b.yaml": CONFIG.replace("name: a", "name: b"),
        "more/shop/c.yaml": CONFIG.replace("name: a", "name: c"),
    }
    tree["system/argocd/root.yaml"] = tree["system/argocd/root.yaml"].replace(
        "namespace: web}", "namespace: argocd}"
    )
    report = report_of(tmp_path, tree)
    assert found(report) == []
    # root, argocd, web, shop; their three ConfigMaps, root itself and the two sets.
    assert (report.counts.applications, report.counts.documents) == (4, 6)
