from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_values
from tests.validation.rules.build import SERVER, URL, application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

CHART = "repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0"
REF = f"    - {{repoURL: {URL}, ref: values}}\n"
TREE = {
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/values.yaml": "a: 1\n",
    "web/prod.yaml": "a: 2\n",
    "values/web.yaml": "a: 3\n",
}


def several(helm: str, more: str = REF, chart: str = CHART) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "metadata: {name: web, namespace: argocd}\nspec:\n"
        f"  destination: {{server: {SERVER}, namespace: web}}\n"
        f"  sources:\n    - {{{chart},\n       helm: {{{helm}}}}}\n{more}"
    )


def found(tmp_path: Path, text: str, more: Mapping[str, str] | None = None) -> list[Finding]:
    model, files = make_model(tmp_path, {**TREE, "app.yaml": text, **(more or {})})
    return findings_in(model, files, [argo_values])


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (several("valueFiles: [$value/values/web.yaml]"), "8:28", "Did you mean $values?"),
        (several("valueFiles: [$x/values/web.yaml]"), "8:28", "There are: values."),
        (several("valueFiles: [a.yaml, $values]", more=""), "8:36", "ref: values"),
        (
            several("fileParameters: [{name: a, path: $x/values/web.yaml}]"),
            "8:48",
            "There are: values.",
        ),
        (
            several("valueFiles: [$c/a.yaml]", more=f"    - {{{CHART}, ref: c}}\n"),
            "8:28",
            "git repository",
        ),
        (
            application("web", f"{CHART}, helm: {{valueFiles: [$values/values/web.yaml]}}"),
            "7:104",
            "below `sources`",
        ),
    ],
)
def test_refs_that_no_source_has(tmp_path: Path, text: str, place: str, says: str) -> None:
    (finding,) = found(tmp_path, text)
    assert places([finding]) == [f"argo-values-ref app.yaml:{place}"]
    assert says in finding.hint


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (
            application("web", "path: web, helm: {valueFiles: [values.yaml, prd.yaml]}"),
            "7:96",
            "Did you mean web/prod.yaml?",
        ),
        (
            application("web", "path: web, helm: {valueFiles: [/prod.yaml]}"),
            "7:83",
            "web/prod.yaml",
        ),
        (
            application("web", "path: web, helm: {valueFiles: [../../x.yaml]}"),
            "7:83",
            "refuses",
        ),
        (several("valueFiles: [$values/values/wb.yaml]"), "8:28", "values/web.yaml"),
        (several("valueFiles: [$values/$ARGOCD_APP_NAME/w.yaml]"), "8:28", "web/prod.yaml"),
        (several("valueFiles: [$values/values/*.yml]"), "8:28", "ignoreMissingValueFiles"),
        (several("valueFiles: ['$values/values/[a.yaml']"), "8:28", "brackets"),
        (several("valueFiles: ['$values/{a,b}/web.yaml']"), "8:28", "web.yaml"),
        (
            application("web", "path: web, helm: {valueFiles: ['/${ARGOCD_ENV_STAGE}/a.yaml']}"),
            "7:83",
            "",
        ),
        (
            application("web", "path: web, helm: {fileParameters: [{name: a, path: 'w*.txt'}]}"),
            "7:103",
            "",
        ),
        (
            application("web", "path: web, helm: {fileParameters: [{name: a, path: gone.txt}]}"),
            "7:103",
            "ignoreMissingValueFiles",
        ),
        (
            several("ignoreMissingValueFiles: false, valueFiles: [$values/nothing/of/it.yaml]"),
            "8:60",
            "ignoreMissingValueFiles",
        ),
    ],
)
def test_value_files_that_are_not_there(tmp_path: Path, text: str, place: str, says: str) -> None:
    (finding,) = found(tmp_path, text)
    assert places([finding]) == [f"argo-values-file app.yaml:{place}"]
    assert says in finding.hint


@pytest.mark.parametrize(
    "text",
    [
        several("valueFiles: [$values/values/web.yaml]"),
        several("valueFiles: [$values/values/$ARGOCD_APP_NAME.yaml]"),
        several("valueFiles: [$values/$ARGOCD_APP_REVISION/web.yaml]"),
        several("valueFiles: [inside.yaml]"),
        several("valueFiles: ['https://example.com/a.yaml', 'secrets://a.yaml']"),
        several("valueFiles: [$values/values/*.yaml, $values/**/web.yaml]"),
        several("ignoreMissingValueFiles: true, valueFiles: [$values/gone.yaml, $values/x/*.yaml]"),
        several(
            "valueFiles: [$values/gone.yaml]",
            more="    - {repoURL: https://github.com/other/x, ref: values}\n",
        ),
        several(
            "valueFiles: [$values/gone.yaml]",
            more=f"    - {{repoURL: {URL}, ref: values, targetRevision: v1.0.0}}\n",
        ),
        several(
            "valueFiles: [$values/values/web.yaml, /values/web.yaml]",
            chart=f"repoURL: {URL}, path: web",
        ),
        application("web", "path: web, helm: {valueFiles: [values.yaml, ./prod.yaml]}"),
        application("web", "path: web, helm: {valueFiles: [/values/$ARGOCD_APP_NAME.yaml]}"),
        application("web", "path: web, helm: {valueFiles: ['/${ARGOCD_ENV_STAGE}/app.yaml']}"),
        application("web", "path: web, helm: {valueFiles: [$values/values/web.yaml]}"),
        application("web", "path: web, helm: {valueFiles: ['*.yaml', '../{values,x}/w?b.y*']}"),
        application("web", "path: web, helm: {valueFiles: [../values/web.yaml]}"),
        application("web", "path: gone, helm: {valueFiles: [values.yaml]}"),
        application("web", "path: web, targetRevision: v1, helm: {valueFiles: [gone.yaml]}"),
    ],
)
def test_files_that_are_there_or_that_nobody_can_judge(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_an_illegal_ref_is_another_rules(tmp_path: Path) -> None:
    helm = "valueFiles: [$values/values/web.yaml]"
    assert found(tmp_path, several(helm, more=REF.replace("ref: values", "ref: $values"))) == []


def test_a_dry_source_has_no_refs(tmp_path: Path) -> None:
    source = f"{{repoURL: {URL}, path: web, helm: {{valueFiles: [%s]}}}}"
    text = application("web", "path: web").replace(
        f"source: {{repoURL: {URL}, path: web}}",
        f"sourceHydrator: {{drySource: {source}, syncSource: {{path: web, targetBranch: live}}}}",
    )
    assert found(tmp_path, text % "$any/values/web.yaml") == []
    (finding,) = found(tmp_path, text % "stage.yaml")
    assert finding.rule == "argo-values-file"


def test_a_value_file_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to("values")
    text = application("web", "path: web, helm: {valueFiles: [/linked/web.yaml]}")
    assert found(tmp_path, text) == []


def test_a_glob_that_may_match_a_link(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(parents=True)
    (tmp_path / "other/linked.yml").symlink_to("../values/web.yaml")
    (tmp_path / "other/file.yaml").write_text("a: 1\n")
    assert found(tmp_path, several("valueFiles: ['$values/other/*.yml']")) == []


@pytest.mark.parametrize(
    "helm",
    [
        "valueFiles: 5",
        "valueFiles: [5, null, [a], '']",
        "valueFiles: ['$', '$/', '${', '*', '[']",
        "fileParameters: [5, {path: 5}, {name: a}]",
        "ignoreMissingValueFiles: [a]",
    ],
)
def test_data_of_any_shape(tmp_path: Path, helm: str) -> None:
    for text in (several(helm), application("web", f"path: web, helm: {{{helm}}}")):
        assert all(finding.line in {7, 8} for finding in found(tmp_path, text))
