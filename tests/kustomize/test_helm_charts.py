"""Charts that kustomizations have helm render, with kustomize and helm themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.kustomize import build as build_module
from gitopsgen.kustomize.closure import closure
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.validation.knowledge import Knowledge, explore
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.renderers import RenderSettings
from gitopsgen.validation.rules import chart_digests, kustomizations
from gitopsgen.validation.scopes import is_namespaced
from tests.charts.servers import chart_files, write_chart
from tests.validation.rules.build import URL, application, findings_in, write

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

REPOSITORY = "https://charts.example.test"
CM = "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: argocd-cm\ndata:\n  "
ENABLED = {"argocd/cm.yaml": f"{CM}kustomize.buildOptions: --enable-helm\n"}
NOT_ENABLED = {"argocd/cm.yaml": f"{CM}other: x\n"}
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data:
  given: {{ toJson .Values | quote }}
  version: {{ .Capabilities.KubeVersion.Version }}
  jobs: "{{ .Capabilities.APIVersions.Has "batch/v1/CronJob" }}"
"""
CHART = chart_files(files={"values.yaml": "a: 1\n", "templates/configmap.yaml": TEMPLATE})
INLINE = "helmCharts:\n  - {name: gadget, releaseName: web, namespace: shop, valuesInline: {b: 2}"
PULLED = f"{INLINE}, repo: '{REPOSITORY}', version: 1.2.3}}\n"


def explored(
    root: Path, tree: dict[str, str], charts_dir: Path | None = None, jobs: int = 2
) -> Knowledge:
    write(root, {**tree, "app.yaml": application("web", "path: over")})
    files = RepositoryFiles(root)
    settings = RenderSettings("require", charts_dir, jobs, "v1.35.7", ())
    return explore(files, local_sources(files, [URL]), settings, "1.35")


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    write_chart(tmp_path / "charts/gadget", CHART)
    return tmp_path / "charts"


def rendered(knowledge: Knowledge) -> dict[str, object]:
    made = [m.data for m in knowledge.found.manifests if m.kind == "ConfigMap"]
    errors = [use.error for use in knowledge.renderers.kustomizations]
    assert len(made) == 1, (knowledge.found.unchecked, errors)
    return made[0]


def findings(root: Path, knowledge: Knowledge, **more: object) -> list[Finding]:
    files = RepositoryFiles(root)
    model = Model(
        build_resources(knowledge.found.applied, is_namespaced),
        local_sources(files, [URL]),
        kustomizations=knowledge.renderers.kustomizations,
    )
    rules = [kustomizations, chart_digests]
    return findings_in(replace(model, **more), files, rules)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        PULLED,
        f"helmChartInflationGenerator:\n  - {{chartName: gadget, chartRepoUrl: '{REPOSITORY}',"
        " chartVersion: 1.2.3, releaseName: web, valuesLocal: {b: 2}}\nnamespace: shop\n",
        "generators: [generator.yaml]\n",
        "generators:\n  - |\n    apiVersion: builtin\n    kind: HelmChartInflationGenerator\n"
        f"    metadata: {{name: x}}\n    name: gadget\n    repo: {REPOSITORY}\n"
        "    version: 1.2.3\n    releaseName: web\n    namespace: shop\n    valuesInline: {b: 2}\n",
        f"helmGlobals: {{chartHome: got/here}}\n{PULLED}",
        "resources: [../base]\nnamespace: shop\n",
    ],
)
def test_charts_are_had_as_all_charts_are(tmp_path: Path, charts: Path, text: str) -> None:
    generator = (
        "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\n"
        f"name: gadget\nrepo: {REPOSITORY}\nversion: 1.2.3\nreleaseName: web\nnamespace: shop\n"
        "valuesInline: {b: 2}\n"
    )
    tree = {**ENABLED, "over/kustomization.yaml": text, "over/generator.yaml": generator}
    tree["base/kustomization.yaml"] = PULLED
    knowledge = explored(tmp_path / "repository", tree, charts)
    made = rendered(knowledge)
    assert made["metadata"] == {"name": "web", "namespace": "shop"}
    assert made["data"] == {"given": '{"a":1,"b":2}', "jobs": "true", "version": "v1.35.7"}
    (use,) = knowledge.renderers.kustomizations
    ((item, chart),) = use.charts
    assert (item.name, chart.version) == ("gadget", "1.2.3")
    assert not knowledge.renderers.depends_on_the_network
    assert findings(tmp_path / "repository", knowledge) == []
    assert not (tmp_path / "repository/over/charts").exists()


@pytest.mark.parametrize("where", ["over/charts/gadget", "over/charts/gadget-1.2.3/gadget"])
def test_a_chart_in_the_repository_is_taken_first(tmp_path: Path, where: str) -> None:
    text = PULLED if "-" in where else f"{INLINE}}}\n"
    tree = {**ENABLED, "over/kustomization.yaml": text}
    tree |= {f"{where}/{path}": content for path, content in CHART.items()}
    knowledge = explored(tmp_path, tree)
    assert rendered(knowledge)["metadata"] == {"name": "web", "namespace": "shop"}
    assert [use.charts for use in knowledge.renderers.kustomizations] == [()]


def test_an_argo_cd_that_has_not_enabled_helm_refuses(tmp_path: Path, charts: Path) -> None:
    tree = {**NOT_ENABLED, "over/kustomization.yaml": PULLED}
    knowledge = explored(tmp_path / "repository", tree, charts)
    (finding,) = findings(tmp_path / "repository", knowledge)
    assert finding.severity == "error"
    assert "--enable-helm" in finding.message


def test_nobody_knows_what_an_argo_cd_elsewhere_has(tmp_path: Path, charts: Path) -> None:
    tree = {"over/kustomization.yaml": PULLED}
    knowledge = explored(tmp_path / "repository", tree, charts)
    rendered(knowledge)
    assert findings(tmp_path / "repository", knowledge) == []
    (item,) = knowledge.renderers.assumptions
    assert "charts in over, and nothing here says" in item.reason
    known = explored(tmp_path / "known", {**tree, **ENABLED}, charts)
    assert known.renderers.assumptions == ()


def test_a_chart_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    text = PULLED.replace(REPOSITORY, "http://127.0.0.1:9/charts")
    knowledge = explored(tmp_path, {**ENABLED, "over/kustomization.yaml": text})
    (item,) = knowledge.found.unchecked
    assert "chart gadget 1.2.3 cannot be had from 127.0.0.1:9" in item.reason
    assert item.required
    assert knowledge.renderers.depends_on_the_network


def test_what_helm_refuses_is_an_error(tmp_path: Path, charts: Path) -> None:
    write(charts / "gadget", {"templates/bad.yaml": '{{ fail "no colour" }}'})
    tree = {**ENABLED, "over/kustomization.yaml": PULLED}
    knowledge = explored(tmp_path / "repository", tree, charts)
    (finding,) = findings(tmp_path / "repository", knowledge)
    assert "no colour" in finding.message
    assert str(tmp_path) not in finding.message


def test_digests_are_compared_with_the_lock(tmp_path: Path, charts: Path) -> None:
    tree = {**ENABLED, "over/kustomization.yaml": PULLED}
    root = tmp_path / "repository"
    knowledge = explored(root, tree, charts)
    (use,) = knowledge.renderers.kustomizations
    archived = tuple((item, replace(chart, digest="sha256:1")) for item, chart in use.charts)
    uses = (replace(use, charts=archived),)
    locked = {(REPOSITORY, "gadget", "1.2.3"): "sha256:1"}
    assert findings(root, knowledge, kustomizations=uses, lock=locked) == []
    for digest, severity in (("sha256:2", "error"), ("", "warning")):
        lock = {**locked, (REPOSITORY, "gadget", "1.2.3"): digest, ("a", "b", "c"): "sha256:3"}
        (finding,) = findings(root, knowledge, kustomizations=uses, lock=lock)
        assert finding.severity == severity
        assert (finding.file, finding.line) == ("over/kustomization.yaml", 2)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("helmCharts: [{name: a}, 3, {version: '1'}]\n", ["over/charts/a", None]),
        ("helmCharts: [{name: a, version: '1'}]\n", ["over/charts/a"]),
        ("helmCharts: [{name: a, repo: 'oci://x', version: '1'}]\n", ["over/charts/a-1/a"]),
        ("helmCharts: [{name: a}]\nhelmGlobals: {chartHome: ../up}\n", ["up/a"]),
        ("helmCharts: [{name: a}]\nhelmGlobals: {chartHome: ../../up}\n", [None]),
        ("helmCharts: [{name: a}]\nhelmGlobals: {chartHome: /etc}\n", [None]),
        ("helmCharts: [{name: a}]\nhelmGlobals: 3\n", ["over/charts/a"]),
        ("helmCharts: {name: a}\ngenerators: [3, gone.yaml, '../..']\n", []),
        ("generators: ['a: [\\n', '{kind: HelmChartInflationGenerator}']\n", []),
    ],
)
def test_where_kustomize_looks_for_charts(
    tmp_path: Path, text: str, targets: list[str | None]
) -> None:
    write(tmp_path, {"over/kustomization.yaml": text})
    found = closure(RepositoryFiles(tmp_path), "over").charts
    assert [chart.target for chart in found] == targets


def test_a_text_that_looks_like_a_folder_is_no_kustomization(tmp_path: Path) -> None:
    tree = {
        "over/kustomization.yaml": "commonLabels: {by: argocd}\ncomponents: [part]\n",
        "over/argocd/kustomization.yaml": "helmCharts: [{name: a}]\n",
        "over/part/kustomization.yaml": "kind: Component\nhelmCharts: [{name: b}]\n",
    }
    write(tmp_path, tree)
    found = closure(RepositoryFiles(tmp_path), "over")
    assert [chart.target for chart in found.charts] == ["over/part/charts/b"]
    assert set(found.files) == set(tree)


@pytest.mark.parametrize(
    ("entry", "version"),
    [
        ("version: 1.0.0", "1.0.0"),
        ("version: ~1.0", "~1.0"),
        ("devel: false", "*"),
        ("devel: true", ">0.0.0-0"),
    ],
)
def test_versions_of_charts(tmp_path: Path, entry: str, version: str) -> None:
    text = f"helmCharts: [{{name: a, repo: 'https://x.test/', {entry}}}]\n"
    write(tmp_path, {"over/kustomization.yaml": text})
    (chart,) = closure(RepositoryFiles(tmp_path), "over").charts
    assert chart.reference is not None
    assert (chart.reference.repository, chart.reference.version) == ("https://x.test", version)


def test_charts_that_never_end_are_waited_for_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_module, "_TIMEOUT_SECONDS", 1.0)
    endless = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"
    chart = {**CHART, "templates/configmap.yaml": endless}
    tree = dict(ENABLED)
    for folder in ("over", "over1", "over2", "over3", "over4"):
        tree[f"{folder}.yaml"] = application(folder, f"path: {folder}")
        tree[f"{folder}/kustomization.yaml"] = f"{INLINE}}}\n"
        for path, text in chart.items():
            tree[f"{folder}/charts/gadget/{path}"] = text
    del tree["over.yaml"]  # `explored` writes an Application of its own
    knowledge = explored(tmp_path, tree, jobs=1)
    errors = [use.error for use in knowledge.renderers.kustomizations if use.error]
    assert errors == ["kustomize did not finish within 1 s"] * 3
    unchecked = [item.reason for item in knowledge.found.unchecked]
    assert len(unchecked) == 2
    assert all("stopped for others already" in reason for reason in unchecked)
    assert knowledge.renderers.depends_on_the_network


def test_the_sources_of_a_chart_may_lack_what_a_release_has(tmp_path: Path, charts: Path) -> None:
    (charts / "gadget/Chart.yaml").write_text(
        "apiVersion: v2\nname: gadget\nversion: 1.2.3\n"
        f"dependencies: [{{name: gizmo, version: 1.0.0, repository: '{REPOSITORY}'}}]\n"
    )
    tree = {**ENABLED, "over/kustomization.yaml": PULLED}
    knowledge = explored(tmp_path / "repository", tree, charts)
    (item,) = knowledge.found.unchecked
    assert item.reason == "a chart from a folder lacks gizmo"
    assert findings(tmp_path / "repository", knowledge) == []
