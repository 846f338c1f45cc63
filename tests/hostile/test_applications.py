"""Applications and ApplicationSets with wrong types, in circles, or of which there is no end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import APPLICATION, URL, one_application, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

WRONG_TYPES = [
    ("Application", "metadata: []\nspec: 3"),
    ("Application", "metadata: {name: 3, namespace: [], annotations: 4}\nspec: {project: []}"),
    ("Application", "metadata: {name: a}\nspec: {destination: 4, source: [], sources: {}}"),
    ("Application", "metadata: {name: a}\nspec: {source: {path: [], repoURL: {}, helm: 3}}"),
    ("Application", "metadata: {name: a}\nspec: {source: {kustomize: [], directory: x, chart: 1}}"),
    ("AppProject", "metadata: {name: a}\nspec: {sourceRepos: 3, destinations: {}, roles: 3}"),
    ("ApplicationSet", "metadata: {name: a}\nspec: {generators: {}, template: 3, goTemplate: x}"),
    ("ApplicationSet", "metadata: {name: a}\nspec: {generators: [3, {list: 3}, {git: []}]}"),
    ("ApplicationSet", "metadata: {name: a}\nspec: {generators: [{matrix: {generators: 3}}]}"),
    ("ApplicationSet", "metadata: {name: a}\nspec: {generators: [{merge: {mergeKeys: 3}}]}"),
]


def application_set(generator: object, annotation: str = "x") -> str:
    """An ApplicationSet in JSON with one generator and one template."""
    spec = {
        "project": "default",
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "default"},
        "source": {"repoURL": URL, "path": "web", "targetRevision": "main"},
    }
    metadata = {"name": "{{ .a }}", "annotations": {"note": annotation}}
    return json.dumps(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "all", "namespace": "argocd"},
            "spec": {
                "goTemplate": True,
                "generators": [generator],
                "template": {"metadata": metadata, "spec": spec},
            },
        }
    )


def elements(key: str, count: int) -> dict[str, object]:
    """A list generator."""
    return {"list": {"elements": [{key: f"x{number}"} for number in range(count)]}}


@pytest.mark.parametrize(("kind", "rest"), WRONG_TYPES)
def test_wrong_types_are_findings(tmp_path: Path, kind: str, rest: str) -> None:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\n{rest}\n"
    run = validate(write(tmp_path, {**one_application({}), "web/other.yaml": text}))
    assert run.status == 1
    rules = ("schema-invalid web/other.yaml", "argo-destination web/other.yaml")
    assert any(found.startswith(rules) for found in run.findings)


def test_ten_thousand_sources(tmp_path: Path) -> None:
    source = f"  - {{repoURL: {URL}, path: web, targetRevision: main}}\n"
    text = APPLICATION[: APPLICATION.index("  source:")] + "  sources:\n" + source * 10_000
    run = validate(write(tmp_path, {**one_application({}), "app.yaml": text}))
    assert run.status == 1
    assert any(found.startswith("argo-duplicate-resource web/ok.yaml") for found in run.findings)


def test_applications_in_a_ring(tmp_path: Path) -> None:
    def named(name: str, path: str) -> str:
        text = APPLICATION.replace("name: web", f"name: {name}")
        return text.replace("path: web", f"path: {path}").replace(
            "namespace: default", "namespace: argocd"
        )

    tree = {f"{folder}/app.yaml": named(of, of) for folder, of in ("ab", "bc", "ca")}
    run = validate(write(tmp_path, dict(tree)))
    assert run.report["summary"]["applications"] == 3
    assert run.status == 0


@pytest.mark.parametrize(
    "generator",
    [
        {"matrix": {"generators": [elements("a", 1000), elements("b", 1000)]}},
        {
            "matrix": {
                "generators": [
                    {"matrix": {"generators": [elements("a", 200), elements("b", 200)]}},
                    elements("c", 200),
                ]
            }
        },
        elements("a", 10_000),
    ],
    ids=["a matrix", "a matrix in a matrix", "a list"],
)
def test_too_many_applications(tmp_path: Path, generator: object) -> None:
    run = validate(write(tmp_path, {**one_application({}), "all.json": application_set(generator)}))
    assert run.status == 0
    assert "ApplicationSet all: it generates more than 5000 Applications" in run.unchecked


_REFUSED = {
    "templates call each other without an end",
    "parentheses are nested too deeply",
    'function "env" is not defined',
}


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ('{{ repeat 1000000000 "x" }}', "its templates print too much"),
        ('{{ nindent 1000000000 "x" }}', "its templates print too much"),
        ("{{ range until 1000000000 }}x{{ end }}", "its templates count too far"),
        (
            "{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}",
            "its templates take too many steps",
        ),
        (
            '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
            "templates call each other without an end",
        ),
        ("{{ " + "(" * 50_000 + "1" + ")" * 50_000 + " }}", "parentheses are nested too deeply"),
        ('{{ regexMatch "(a+)+$" .a }}', "the regular expression (a+)+$ is not evaluated here"),
        ('{{ env "HOME" }}', 'function "env" is not defined'),
    ],
)
def test_templates_without_an_end(tmp_path: Path, template: str, reason: str) -> None:
    text = application_set(elements("a", 1), template)
    run = validate(write(tmp_path, {**one_application({}), "all.json": text}))
    # What Argo CD refuses as well is an error on top.
    assert run.status == (reason in _REFUSED)
    [unchecked] = run.unchecked
    assert unchecked.endswith(reason)


def itself(name: str, parameter: str) -> str:
    """A template of an Application of the chart that it is in."""
    text = APPLICATION.replace("name: web", f"name: {name}").replace(
        "path: web", f"path: web, helm: {{parameters: [{{name: v, value: {parameter}}}]}}"
    )
    return text.replace("namespace: default", "namespace: argocd")


CHART_OF_APPLICATIONS = {
    "app.yaml": APPLICATION.replace("namespace: default", "namespace: argocd"),
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": "v: w\n",
}


def test_a_kustomization_that_holds_its_own_application(tmp_path: Path) -> None:
    tree = {
        "web/app.yaml": CHART_OF_APPLICATIONS["app.yaml"],
        "web/kustomization.yaml": "resources: [app.yaml, wrong.yaml]\n",
        "web/wrong.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: B}\n",
    }
    run = validate(write(tmp_path, tree))
    assert run.report["summary"]["applications"] == 1
    assert [found.partition(" ")[0] for found in run.findings] == ["k8s-name"]


@pytest.mark.parametrize("name", ["web", "{{ .Release.Name }}"])
def test_a_chart_that_holds_its_own_application(tmp_path: Path, name: str) -> None:
    tree = {**CHART_OF_APPLICATIONS, "web/templates/a.yaml": itself(name, "x{{ .Values.v }}")}
    run = validate(write(tmp_path, dict(tree)))
    assert run.report["summary"]["applications"] == 1
    assert (run.status, run.findings) == (0, [])


def test_an_application_set_that_generates_what_holds_it(tmp_path: Path) -> None:
    generator = {"list": {"elements": [{"a": "web"}]}}
    tree = {
        "app.yaml": APPLICATION.replace("namespace: default", "namespace: argocd"),
        "web/kustomization.yaml": "resources: [all.json]\n",
        "web/all.json": application_set(generator),
    }
    run = validate(write(tmp_path, dict(tree)))
    assert run.report["summary"]["applications"] == 1
    assert run.status == 0


def test_two_application_sets_in_a_ring(tmp_path: Path) -> None:
    def generated(name: str, path: str) -> str:
        text = application_set({"list": {"elements": [{"a": name}]}})
        return text.replace('"path": "web"', f'"path": "{path}"').replace('"all"', f'"{name}"')

    tree = {
        "app.yaml": APPLICATION.replace("name: web", "name: root"),
        "web/kustomization.yaml": "resources: [all.json]\n",
        "web/all.json": generated("a", "other"),
        "other/kustomization.yaml": "resources: [all.json]\n",
        "other/all.json": generated("b", "web"),
    }
    run = validate(write(tmp_path, dict(tree)))
    assert run.report["summary"]["applications"] == 3
    # The root and the second Application apply the same set.
    assert [found.partition(" ")[0] for found in run.findings] == ["argo-duplicate-resource"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_chart_that_makes_ever_new_applications(tmp_path: Path, count: int) -> None:
    made = "---\n".join(itself(f"{{{{ .Values.v }}}}{n}", f"{{{{ .Values.v }}}}{n}") for n in "ab")
    one = itself("{{ .Values.v }}a", "{{ .Values.v }}a")
    tree = {**CHART_OF_APPLICATIONS, "web/templates/a.yaml": one if count == 1 else made}
    run = validate(write(tmp_path, dict(tree)), seconds=100)
    assert run.status == 0
    assert run.report["summary"]["applications"] == sum(count**depth for depth in range(7))
    assert len(run.unchecked) == count**7
    assert run.unchecked[0].endswith("Applications make each other without an end")
