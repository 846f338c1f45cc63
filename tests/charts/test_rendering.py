"""Helm sources as Argo CD renders them, with helm itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.charts.options import HelmOptions
from gitopsgen.charts.render import Helm, helm_template
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.validation.knowledge import Knowledge, explore
from gitopsgen.validation.placing import place_in, position_of
from gitopsgen.validation.renderers import RenderSettings
from tests.charts.servers import chart_files, write_chart
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("helm")

CAPABILITIES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data:
  version: {{ .Capabilities.KubeVersion.Version }}
  jobs: "{{ .Capabilities.APIVersions.Has "batch/v1/CronJob" }}"
  gadgets: "{{ .Capabilities.APIVersions.Has "example.test/v1" }}"
  given: {{ toJson .Values | quote }}
"""
GADGETS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.test}
spec:
  group: example.test
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
"""


def chart(**more: str) -> dict[str, str]:
    """A chart that shows what helm was told, without values of its own."""
    return chart_files(
        files={
            "values.yaml": "{}\n",
            "templates/configmap.yaml": CAPABILITIES,
            **{name.replace("__", "/"): text for name, text in more.items()},
        }
    )


def explored(root: Path, tree: dict[str, str], charts_dir: Path | None = None) -> Knowledge:
    write(root, tree)
    files = RepositoryFiles(root)
    settings = RenderSettings("require", charts_dir, 2, "v1.35.7", ())
    return explore(files, local_sources(files, [URL]), settings, "1.35")


def local(helm: str = "{}", **more: str) -> dict[str, str]:
    """A repository with a chart and one Application of it."""
    return {
        "app.yaml": application("web", f"path: chart, helm: {helm}"),
        **{f"chart/{path}": text for path, text in chart(**more).items()},
    }


def config(knowledge: Knowledge) -> dict[str, Any]:
    """The ConfigMap that the chart renders to."""
    found = [m.data for m in knowledge.found.manifests if m.kind == "ConfigMap"]
    assert len(found) == 1, knowledge.found.unchecked
    return found[0]


def given(knowledge: Knowledge) -> str:
    """The values that the chart got, as JSON."""
    text: str = config(knowledge)["data"]["given"]
    return text


def test_a_chart_in_the_repository_sees_the_cluster(tmp_path: Path) -> None:
    made = config(explored(tmp_path, local()))
    assert made["metadata"] == {"name": "web", "namespace": "web"}
    assert made["data"]["version"] == "v1.35.7"
    assert made["data"]["jobs"] == "true"
    assert made["data"]["gadgets"] == "false"


def test_a_chart_sees_the_kinds_that_the_repository_brings(tmp_path: Path) -> None:
    tree = {
        **local(),
        "crds.yaml": application("crds", "path: crds"),
        "crds/gadgets.yaml": GADGETS,
    }
    assert config(explored(tmp_path, tree))["data"]["gadgets"] == "true"


@pytest.mark.parametrize(
    ("helm", "expected"),
    [
        ("{}", "{}"),
        ("{valueFiles: [one.yaml]}", '{"a":1,"b":1}'),
        ("{valueFiles: [one.yaml, /two.yaml]}", '{"a":1,"b":2}'),
        ("{valueFiles: [one.yaml, none.yaml], ignoreMissingValueFiles: true}", '{"a":1,"b":1}'),
        ("{valueFiles: [$ARGOCD_APP_NAME.yaml]}", '{"name":"web"}'),
        ('{valueFiles: [one.yaml], values: "b: 3"}', '{"a":1,"b":3}'),
        ('{values: "b: 3", valuesObject: {b: 4}}', '{"b":4}'),
        ("{valuesObject: {b: 4}, parameters: [{name: b, value: '5'}]}", '{"b":5}'),
        ("{parameters: [{name: b, value: '5', forceString: true}]}", '{"b":"5"}'),
        ("{parameters: [{name: b, value: 'x,y'}]}", '{"b":"x,y"}'),
        ("{parameters: [{name: b, value: '{x,y}'}]}", '{"b":["x","y"]}'),
        ("{parameters: [{name: b, value: 'x\\,y,z'}]}", '{"b":"x,y,z"}'),
        (
            "{parameters: [{name: 'a[1].b', value: '1', forceString: true}]}",
            '{"a":[null,{"b":"1"}]}',
        ),
        ("{parameters: [{name: 'a\\.b', value: 'true'}]}", '{"a.b":true}'),
        ("{fileParameters: [{name: f, path: one.txt}]}", '{"f":"text"}'),
        ("{fileParameters: [{name: f, path: 'a,b.txt'}]}", '{"f":"comma"}'),
        ('{values: "m: $ARGOCD_APP_NAME"}', '{"m":"$ARGOCD_APP_NAME"}'),
        ("{parameters: [{name: m, value: '${ARGOCD_APP_NAME}-$$-$x'}]}", '{"m":"web-$-"}'),
        ("{valueFiles: ['env/*.yaml']}", '{"m":3,"z":3}'),
        ("{valueFiles: ['env/*.yaml', /two.yaml, 'env/1.yaml']}", '{"b":2,"m":1,"z":3}'),
        ("{valueFiles: [one.yaml, /two.yaml, one.yaml]}", '{"a":1,"b":2}'),
        ("{valueFiles: ['env/**/*.yaml']}", '{"m":0,"z":3}'),
        ("{valueFiles: ['/chart/{env,none}/[13].yaml']}", '{"m":3,"z":3}'),
        ("{valueFiles: ['*.yml', one.yaml], ignoreMissingValueFiles: true}", '{"a":1,"b":1}'),
    ],
)
def test_values_are_laid_over_each_other_as_in_argo_cd(
    tmp_path: Path, helm: str, expected: str
) -> None:
    tree = {
        **local(helm),
        "chart/one.yaml": "a: 1\nb: 1\n",
        "two.yaml": "b: 2\n",
        "chart/web.yaml": "name: web\n",
        "chart/one.txt": "text",
        "chart/a,b.txt": "comma",
        "chart/env/1.yaml": "m: 1\n",
        "chart/env/3.yaml": "m: 3\nz: 3\n",
        "chart/env/2/deep.yaml": "m: 0\n",
    }
    assert given(explored(tmp_path, tree)) == expected


@pytest.mark.parametrize(
    ("helm", "expected"),
    [
        ("{valueFiles: [values-a.yaml]}", '{"a":1}'),
        ("{valueFiles: [/values-a.yaml]}", '{"a":1}'),
        ("{valueFiles: ['values-*.yaml']}", '{"a":2}'),
        ("{valueFiles: ['values-*.yaml', values-a.yaml]}", '{"a":1}'),
        ("{valueFiles: [values-a.yaml, gone.yaml], ignoreMissingValueFiles: true}", '{"a":1}'),
    ],
)
def test_value_files_may_be_in_the_chart(tmp_path: Path, helm: str, expected: str) -> None:
    charts = tmp_path / "charts"
    files = {**chart(**{"values-a.yaml": "a: 1\n", "values-b.yaml": "a: 2\n"})}
    write_chart(charts / "gadget", files)
    source = "repoURL: https://charts.test, chart: gadget, targetRevision: 1.2.3"
    tree = {"app.yaml": application("web", f"{source}, helm: {helm}")}
    assert given(explored(tmp_path / "repository", tree, charts)) == expected


@pytest.mark.parametrize("name", ["gone.yaml", "no-*.yaml", "../../repository/app.yaml"])
def test_value_files_that_a_chart_lacks(tmp_path: Path, name: str) -> None:
    charts = tmp_path / "charts"
    write_chart(charts / "gadget", chart())
    source = "repoURL: https://charts.test, chart: gadget, targetRevision: 1.2.3"
    text = application("web", f"{source}, helm: {{valueFiles: ['{name}']}}")
    knowledge = explored(tmp_path / "repository", {"app.yaml": text}, charts)
    reasons = [item.reason for item in knowledge.found.unchecked]
    errors = [use.error for use in knowledge.renderers.charts]
    assert name in "".join((*reasons, *errors))
    assert not [m for m in knowledge.found.manifests if m.kind == "ConfigMap"]


def test_release_namespace_and_versions_can_be_set(tmp_path: Path) -> None:
    helm = "{releaseName: other, namespace: elsewhere, kubeVersion: v1.30.0, apiVersions: [a/v1]}"
    made = config(explored(tmp_path, local(helm)))
    assert made["metadata"] == {"name": "other", "namespace": "elsewhere"}
    assert made["data"]["version"] == "v1.30.0"
    assert made["data"]["jobs"] == "false"


@pytest.mark.parametrize(
    ("helm", "reason"),
    [
        ("{valueFiles: [none.yaml]}", "none.yaml is not in this repository"),
        ("{valueFiles: [../../../etc/passwd]}", "etc/passwd is not in this repository"),
        ("{valueFiles: ['https://example.test/x.yaml']}", "is not in this repository"),
        ("{valueFiles: [$x/one.yaml]}", "/one.yaml is not in this repository"),
        ("{valueFiles: ['*.yml']}", "no file matches its value file *.yml"),
        ("{fileParameters: [{name: f, path: none.txt}]}", "the file none.txt"),
    ],
)
def test_a_chart_without_its_values_is_not_rendered(tmp_path: Path, helm: str, reason: str) -> None:
    found = explored(tmp_path, local(helm)).found
    assert [m.kind for m in found.manifests] == ["Application"]
    assert len(found.unchecked) == 1
    assert reason in found.unchecked[0].reason
    assert not found.complete


def test_crds_come_unless_they_are_skipped_and_tests_never(tmp_path: Path) -> None:
    test = CAPABILITIES.replace(
        "metadata: {", 'metadata: {annotations: {"helm.sh/hook": test-success}, '
    )
    more = {"crds__gadgets.yaml": GADGETS, "templates__test.yaml": test}
    kinds = [m.kind for m in explored(tmp_path / "a", local(**more)).found.manifests]
    assert sorted(kinds) == ["Application", "ConfigMap", "CustomResourceDefinition"]
    skipped = explored(tmp_path / "b", local("{skipCrds: true}", **more)).found.manifests
    assert sorted(m.kind for m in skipped) == ["Application", "ConfigMap"]


def test_what_helm_refuses_is_an_error_of_the_use(tmp_path: Path) -> None:
    more = {"templates__bad.yaml": '{{ required "a colour is needed" .Values.colour }}'}
    knowledge = explored(tmp_path, local(**more))
    (use,) = knowledge.renderers.charts
    assert "a colour is needed" in use.error
    assert not knowledge.found.complete
    assert knowledge.found.unchecked == ()


def test_a_chart_that_renders_to_no_yaml_is_an_error(tmp_path: Path) -> None:
    knowledge = explored(tmp_path, local(**{"templates__bad.yaml": "a: [\n"}))
    assert "YAML" in knowledge.renderers.charts[0].error


def test_charts_of_a_folder_stand_for_those_of_a_repository(tmp_path: Path) -> None:
    write_chart(tmp_path / "charts/gadget", chart())
    tree = {
        "app.yaml": application(
            "web", "repoURL: https://charts.example.test, chart: gadget, targetRevision: 1.2.3"
        )
    }
    knowledge = explored(tmp_path / "repository", tree, tmp_path / "charts")
    assert config(knowledge)["metadata"]["name"] == "web"
    (use,) = knowledge.renderers.charts
    assert (use.version, use.digest, use.rendered) == ("1.2.3", "", 1)


def test_a_dependency_beside_the_chart_is_taken_in(tmp_path: Path) -> None:
    needs = (
        "apiVersion: v2\nname: gadget\nversion: 1.0.0\n"
        "dependencies: [{name: part, version: '>=0', repository: 'file://../part'}]\n"
    )
    tree = {
        **local(**{"Chart.yaml": needs}),
        **{f"part/{path}": text for path, text in chart_files("part").items()},
    }
    found = explored(tmp_path, tree).found
    assert [m.kind for m in found.manifests].count("ConfigMap") == 2, found.unchecked


@pytest.mark.parametrize(
    ("helm", "complete"),
    [
        ("valuesObject: {part: {enabled: false}}", True),
        ("valuesObject: {part: {enabled: true}}", False),
        ("parameters: [{name: part.enabled, value: 'false'}]", True),
        ("parameters: [{name: part.enabled, value: 'false', forceString: true}]", False),
        ("parameters: [{name: '[', value: ''}, {name: part.enabled, value: 'true'}]", False),
    ],
)
def test_a_dependency_that_is_off_may_be_missing(tmp_path: Path, helm: str, complete: bool) -> None:
    needs = (
        "apiVersion: v2\nname: gadget\nversion: 1.0.0\n"
        "dependencies: [{name: part, version: 1.0.0, condition: part.enabled}]\n"
    )
    tree = local(f"{{{helm}}}", **{"Chart.yaml": needs})
    knowledge = explored(tmp_path, tree)
    found = knowledge.found
    assert found.complete is complete, knowledge.renderers.charts[0].error
    if not complete:
        assert "its dependency part 1.0.0 is missing" in found.unchecked[0].reason


def test_a_rendered_value_is_placed_at_the_values_that_cause_it(tmp_path: Path) -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
        "data: {host: {{ .Values.web.host }}, path: {{ .Values.path }}, other: fixed}\n"
    )
    tree = local("{valueFiles: [own.yaml]}", **{"templates__configmap.yaml": template})
    tree["chart/values.yaml"] = "web: {host: x.example.test}\npath: /of/the/chart\n"
    tree["chart/own.yaml"] = "web:\n  # comment\n  host: a.example.test\n"
    knowledge = explored(tmp_path, tree)
    (made,) = (m for m in knowledge.found.manifests if m.kind == "ConfigMap")
    files = RepositoryFiles(tmp_path)
    place = place_in(made, ("data", "host"), files)
    position = position_of(place, files)
    assert (place[0], position.line, position.column) == ("chart/own.yaml", 3, 9)
    place = place_in(made, ("data", "path"), files)
    position = position_of(place, files)
    assert (place[0], position.line, position.column) == ("chart/values.yaml", 2, 7)
    place = place_in(made, ("data", "other"), files)
    position = position_of(place, files)
    assert (place[0], position.line) == ("app.yaml", 7)


def test_applications_that_a_chart_renders_are_followed(tmp_path: Path) -> None:
    child = application("child", "path: web")
    tree = {
        "root.yaml": application("root", "path: apps"),
        **{f"apps/{p}": t for p, t in chart(**{"templates__configmap.yaml": child}).items()},
        "web/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: found}\n",
    }
    found = explored(tmp_path, tree).found
    assert [m.kind for m in found.manifests] == ["Application", "Application", "Secret"]
    assert [app.name for app in found.applications] == ["root", "child"]


def test_a_render_is_kept_until_something_changes(tmp_path: Path, cache: Path) -> None:
    for text in ("a: 1\n", "a: 2\n", "a: 1\n"):
        tree = {**local("{valueFiles: [own.yaml]}"), "chart/own.yaml": text}
        assert given(explored(tmp_path, tree)) == f'{{"a":{text[3]}}}'
    assert len(list((cache / "results/charts").glob("*/*.kept"))) == 2


def test_a_chart_that_never_ends_is_stopped(tmp_path: Path, helm: Path) -> None:
    endless = (
        '{{ define "grow" }}{{ $x := repeat 1000 . }}{{ range until 100000 }}{{ $x }}{{ end }}'
        '{{ end }}{{ range until 100000 }}{{ include "grow" "x" }}{{ end }}'
    )
    write_chart(tmp_path / "chart", chart(**{"templates__configmap.yaml": endless}))
    options = HelmOptions("web", "web", (), (), (), (), (), "", ())
    told = Helm(helm, "v1.35.0", (), timeout=2)
    result = helm_template(told, tmp_path / "chart", options, tmp_path)
    assert "did not finish within 2 s" in result.error or "memory" in result.error
