"""Rules on what helm makes of charts, with helm itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import chart_rendering
from gitopsgen.validation.rules.chart_messages import essence, schema_violations
from tests.validation.rules.build import application, places
from tests.validation.rules.chart_world import chart_in, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "port": {"type": "integer"},
            "image": {
                "type": "object",
                "properties": {"tag": {"type": "string"}, "pull": {"enum": ["Always", "Never"]}},
                "additionalProperties": False,
            },
            "either": {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            "both": {"allOf": [{"properties": {"a": {"type": "integer"}}}]},
        },
        "required": ["host"],
    }
)


def look(tmp_path: Path, helm: str, chart: dict[str, str], **more: str) -> list[Finding]:
    app = application("web", f"path: web, helm: {helm}" if helm else "path: web")
    files = {path.replace("__", "/") + ".yaml": text for path, text in more.items()}
    return rendered(tmp_path, {"app.yaml": app, **chart, **files}, [chart_rendering])


def web(template: str, values: str = "{}", **more: str) -> dict[str, str]:
    files = {"values.yaml": values, "templates/a.yaml": template}
    return chart_in("web", {**files, **{k.replace("_", "."): v for k, v in more.items()}})


def test_a_value_that_a_chart_refuses_is_found_where_it_stands(tmp_path: Path) -> None:
    chart = web(CONFIG + 'data: {host: {{ required "host is missing" .Values.net.host }}}\n')
    found = look(tmp_path, "{valueFiles: [v.yaml]}", chart, web__v="other: 1\nnet:\n  host: ''\n")
    assert places(found) == ["chart-render web/v.yaml:3:9"]
    message = "helm cannot render chart web: host is missing (templates/a.yaml:4)"
    assert found[0].message == message


def test_a_value_that_is_missing_is_found_in_what_should_hold_it(tmp_path: Path) -> None:
    chart = web(CONFIG + 'data: {host: {{ required "host is missing" .Values.net.host }}}\n')
    found = look(tmp_path, "{valuesObject: {net: {port: 1}}}", chart)
    assert places(found) == ["chart-render app.yaml:7:85"]


def test_a_message_that_names_no_value_is_found_at_the_source(tmp_path: Path) -> None:
    chart = web(CONFIG + '{{ fail "this chart has moved" }}\n')
    found = look(tmp_path, "", chart)
    assert places(found) == ["chart-render app.yaml:7:58"]


@pytest.mark.parametrize(
    ("helm", "place"),
    [
        ("{releaseName: Upper}", "7:83"),
        ("{releaseName: web, values: 'a: ['}", "7:96"),
    ],
)
def test_a_setting_that_helm_cannot_read_is_the_place(
    tmp_path: Path, helm: str, place: str
) -> None:
    found = look(tmp_path, helm, web(CONFIG))
    assert places(found) == [f"chart-render app.yaml:{place}"]


def test_a_value_of_a_subchart_is_found_below_its_name(tmp_path: Path) -> None:
    chart = {
        **chart_in("web", {"values.yaml": "{}"}),
        **chart_in("web/charts/db", {"templates/a.yaml": "{{ .Values.size.of.it }}"}),
    }
    found = look(tmp_path, "{valueFiles: [v.yaml]}", chart, web__v="size: 2\ndb:\n  size: 3\n")
    assert places(found) == ["chart-render web/v.yaml:3:3"]
    assert "at <.Values.size.of.it>: can't evaluate field of" in found[0].message


def test_text_that_is_no_yaml_is_helms_failure(tmp_path: Path) -> None:
    found = look(tmp_path, "", web(CONFIG + "data: {a: {{ .Values.missing }}\n"))
    assert places(found) == ["chart-render web/templates/a.yaml:4:1"]


def test_text_that_a_value_makes_no_yaml_is_found_at_the_value(tmp_path: Path) -> None:
    chart = web(CONFIG + "data:\n{{- if true }}\n  a: {{ .Values.title }}\n{{- end }}\n")
    found = look(tmp_path, "{valuesObject: {title: 'a: b'}}", chart)
    assert places(found) == ["chart-render app.yaml:7:92"]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a: {{ .Values.port }", "4:1"),
        ("{{ if .Values.port }}", "4:1"),
        ('a: {{ include "web.nmae" . }}', "4:1"),
        ("a: {{ .Values.port | qoute }}", "4:1"),
    ],
)
def test_a_broken_template_of_the_repository_is_the_place(
    tmp_path: Path, template: str, line: str
) -> None:
    found = look(tmp_path, "{valuesObject: {port: 1}}", web(CONFIG + template, "{port: 2}"))
    assert places(found) == [f"chart-render web/templates/a.yaml:{line}"]


def test_a_value_of_the_charts_own_is_found_in_its_values(tmp_path: Path) -> None:
    chart = web(CONFIG + 'a: {{ required "no host" .Values.host }}\n', "port: 1\nhost: ''\n")
    assert places(look(tmp_path, "", chart)) == ["chart-render web/values.yaml:2:7"]
    schema = '{"properties": {"port": {"type": "string"}}}'
    chart = web(CONFIG, "image: {tag: a}\nport: 1\n", values_schema_json=schema)
    found = look(tmp_path / "schema", "{valuesObject: {image: {tag: b}}}", chart)
    assert places(found) == ["chart-schema web/values.yaml:2:7"]


def test_what_a_chart_refuses_is_found_by_the_conditions_around(tmp_path: Path) -> None:
    condition = '{{ if eq .Values.net.mode "x" }}\n{{ if true }}\n{{ end }}\n'
    fail = condition + '{{ fail "not so" }}\n{{ end }}'
    found = look(tmp_path, "{valuesObject: {net: {mode: x}}}", web(CONFIG + fail, "net: {mode: y}"))
    assert places(found) == ["chart-render app.yaml:7:97"]


@pytest.mark.parametrize(
    ("metadata", "place"),
    [
        ("apiVersion: v2\nname: web\n", "1:1"),
        ("apiVersion: v2\nname: web\nversion: one\n", "3:10"),
        (
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
            "  - {name: db, version: 1.0.0, repository: 'file://../db'}\n",
            "5:44",
        ),
    ],
)
def test_a_wrong_chart_yaml_is_the_place(tmp_path: Path, metadata: str, place: str) -> None:
    found = look(tmp_path, "", {**web(CONFIG), "web/Chart.yaml": metadata})
    assert places(found) == [f"chart-render web/Chart.yaml:{place}"]


def test_a_value_file_that_is_no_mapping_is_the_place(tmp_path: Path) -> None:
    found = look(tmp_path, "{valueFiles: [v.yaml]}", web(CONFIG), web__v="- a\n")
    assert places(found) == ["chart-render web/v.yaml:1:1"]
    assert str(tmp_path) not in found[0].message


def test_a_broken_value_file_is_left_to_the_yaml_rules(tmp_path: Path) -> None:
    assert look(tmp_path, "{valueFiles: [v.yaml]}", web(CONFIG), web__v="a: [\n") == []


VALUES = """\
port: http
image:
  tag: 1
  pul: Always
either: []
both:
  a: x
"""


def test_every_violation_of_the_schema_is_found_at_its_line(tmp_path: Path) -> None:
    chart = web(CONFIG, values_schema_json=SCHEMA)
    found = look(tmp_path, "{valueFiles: [v.yaml]}", chart, web__v=VALUES)
    assert places(found) == [
        "chart-schema app.yaml:7:58",
        "chart-schema web/v.yaml:1:7",
        "chart-schema web/v.yaml:3:8",
        "chart-schema web/v.yaml:4:3",
        "chart-schema web/v.yaml:5:9",
        "chart-schema web/v.yaml:7:6",
    ]
    assert found[0].message == "the values: missing property 'host' (schema of chart web)"
    assert found[3].message == 'image.pul: the key "pul" is not allowed (schema of chart web)'


def test_violations_of_inline_values_and_parameters(tmp_path: Path) -> None:
    chart = web(CONFIG, "{host: a}", values_schema_json=SCHEMA)
    helm = (
        '{values: "image: {pull: No}", '
        "parameters: [{name: host, value: b}, {name: port, value: b}]}"
    )
    found = look(tmp_path, helm, chart)
    assert places(found) == ["chart-schema app.yaml:7:78", "chart-schema app.yaml:7:156"]


def test_schemas_of_subcharts_count(tmp_path: Path) -> None:
    schema = '{"properties": {"port": {"type": "integer"}}}'
    db = {"values.schema.json": schema, "templates/a.yaml": CONFIG}
    chart = {**chart_in("web", {"values.yaml": "{}"}), **chart_in("web/charts/db", db)}
    found = look(tmp_path, "{valuesObject: {port: a, db: {port: b}}}", chart)
    assert places(found) == ["chart-schema app.yaml:7:105"]


def test_values_that_fit_are_fine(tmp_path: Path) -> None:
    chart = web(CONFIG, "{port: 80}", values_schema_json=SCHEMA)
    assert look(tmp_path, "{valuesObject: {host: a, image: {tag: a}, own: 1}}", chart) == []
    assert look(tmp_path, "{skipSchemaValidation: true}", chart) == []


def test_a_chart_of_which_nothing_comes(tmp_path: Path) -> None:
    chart = web("{{ if .Values.enabled }}\n" + CONFIG + "{{ end }}\n")
    found = look(tmp_path, "", chart)
    assert places(found) == ["chart-empty app.yaml:7:58"]
    assert found[0].severity == "warning"
    assert look(tmp_path, "{valuesObject: {enabled: true}}", chart) == []


def test_a_chart_for_another_kubernetes(tmp_path: Path) -> None:
    chart = chart_in("web", {"templates/a.yaml": CONFIG}, "kubeVersion: '<1.30.0-0'\n")
    found = look(tmp_path, "", chart)
    assert places(found) == ["chart-kube-version web/Chart.yaml:4:14"]
    assert found[0].message == "chart web wants Kubernetes <1.30.0-0, the cluster has v1.35.0"
    assert look(tmp_path, "{kubeVersion: v1.29.0}", chart) == []


def test_a_chart_for_another_kubernetes_that_could_not_be_rendered(tmp_path: Path) -> None:
    chart = chart_in("web", {"templates/a.yaml": CONFIG}, "kubeVersion: '<1.30.0-0'\n")
    helm = "{valueFiles: [missing.yaml]}"
    assert places(look(tmp_path, helm, chart)) == ["chart-kube-version web/Chart.yaml:4:14"]
    chart["web/Chart.yaml"] = chart["web/Chart.yaml"].replace("<1.30", "<1.36")
    assert look(tmp_path, helm, chart) == []


def test_messages_of_older_helms_are_understood() -> None:
    error = (
        "values don't meet the specifications of the schema(s) in the following chart(s):\n"
        "web:\n- image.tag: Invalid type. Expected: string, given: integer\n"
        "- (root): x is required\n"
    )
    found = [(v.chart, v.steps, v.says) for v in schema_violations(error)]
    assert found == [
        ("web", ("image", "tag"), "Invalid type. Expected: string, given: integer"),
        ("web", (), "x is required"),
    ]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            'template: web/templates/a.yaml:3:4: executing "web/templates/a.yaml" at'
            ' <include "x" .>: error calling include: template: web/templates/_x.tpl:9:2:'
            ' executing "x" at <.Values.a>: nil pointer',
            "templates/_x.tpl:9: at <.Values.a>: nil pointer",
        ),
        (
            "execution error at (web/charts/db/templates/a.yaml:1:2): no\n way",
            "no way (charts/db/templates/a.yaml:1)",
        ),
        ("x" * 500, "x" * 400 + "…"),
        ("", ""),
    ],
)  # fmt: skip
def test_messages_are_cut_to_what_matters(error: str, expected: str) -> None:
    assert essence(error) == expected
