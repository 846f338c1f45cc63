"""Values that no chart reads, at the line where they are given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import chart_rendering, chart_unknown_values
from tests.validation.rules.build import application, findings_in, places
from tests.validation.rules.chart_world import chart_application, chart_in, rendered, used

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

WEB = {
    "values.yaml": "replicas: 1\nimage: {tag: a, repository: b}\nlabels: {}\n",
    "templates/a.yaml": "{{ .Values.replicas }}{{ .Values.image.tag }}{{ .Values.extra.mode }}",
}
OTHER = {"values.yaml": "colour: blue\nimage: {tag: a}\n", "templates/a.yaml": "x: {{ 1 }}"}


def look(tmp_path: Path, tree: Mapping[str, str]) -> list[Finding]:
    model, files = used(tmp_path, tree, {"web": WEB, "other": OTHER})
    assert model.charts
    return findings_in(model, files, [chart_unknown_values])


def value_files(*names: str, chart: str = "web", name: str = "web") -> str:
    """An Application of a chart with value files of this repository."""
    listed = ", ".join(f"$here/{file}" for file in names)
    app = chart_application(chart, f"{{valueFiles: [{listed}]}}", name=name)
    url = "https://github.com/owner/repo"
    sources = f"  sources:\n    - {{repoURL: {url}, ref: here}}\n    - "
    return app.replace("  source: ", sources)


def test_a_key_in_a_value_file(tmp_path: Path) -> None:
    values = "# all of web\nreplicas: 2\nimage:\n  tag: b\n  repositroy: c\nextra: {mode: x}\n"
    found = look(tmp_path, {"app.yaml": value_files("v.yaml"), "v.yaml": values})
    assert places(found) == ["chart-unknown-value v.yaml:5:3"]
    assert found[0].message == "chart web 1.0.0 knows no value image.repositroy"
    assert found[0].hint == 'Did you mean "repository"?'
    assert found[0].severity == "warning"


def test_keys_in_an_object_a_text_and_parameters(tmp_path: Path) -> None:
    app = chart_application(helm="{valuesObject: {replicaz: 2, labels: {any: x}}}")
    assert places(look(tmp_path / "object", {"app.yaml": app})) == [
        "chart-unknown-value app.yaml:7:107"
    ]
    app = chart_application(helm='{values: "replicaz: 2"}')
    found = look(tmp_path / "text", {"app.yaml": app})
    assert places(found) == ["chart-unknown-value app.yaml:7:92"]
    names = "{name: image.tga, value: x}, {name: 'labels.a\\.b'}, {name: 'list[0].a'}"
    app = chart_application(helm=f"{{parameters: [{names}, {{name: image.tag}}, 3, {{}}]}}")
    found = look(tmp_path / "parameters", {"app.yaml": app})
    assert [f.message for f in found] == [
        "chart web 1.0.0 knows no value image.tga",
        "chart web 1.0.0 knows no value list",
    ]
    assert places(found)[0] == "chart-unknown-value app.yaml:7:112"


def test_a_key_in_a_text_is_found_at_its_own_line(tmp_path: Path) -> None:
    app = chart_application(helm="{}").partition("  source: ")[0]
    source = (
        "  source:\n    chart: web\n    repoURL: https://charts.example.test\n"
        "    targetRevision: 1.0.0\n    helm:\n      values: |\n"
        "        # of web\n        image:\n          tga: b\n"
    )
    found = look(tmp_path, {"app.yaml": app + source})
    assert places(found) == ["chart-unknown-value app.yaml:15:11"]


@pytest.mark.parametrize(
    "values",
    [
        "image: {tag: x}\nlabels: {a.b/c: x}\nextra: {mode: 1}\nglobal: {any: 1}\n",
        "x-common: {any: 1}\n_own: 1\n.hidden: 1\nreplicas: 1\n",
        "common: &common\n  a: 1\nlabels: *common\n",
        "labels: {replicaz: 1}\n",
        "",
        "[1, 2]\n",
    ],
)
def test_values_that_nobody_should_be_asked_about(tmp_path: Path, values: str) -> None:
    assert look(tmp_path, {"app.yaml": value_files("v.yaml"), "v.yaml": values}) == []


def test_a_value_file_of_several_charts_may_have_keys_of_each(tmp_path: Path) -> None:
    tree = {
        "apps/web.yaml": value_files("v.yaml"),
        "apps/other.yaml": value_files("v.yaml", chart="other", name="other"),
        "v.yaml": "replicas: 2\ncolour: red\nimage: {tag: a, repository: b, tga: c}\nsize: 1\n",
    }
    assert places(look(tmp_path, tree)) == [
        "chart-unknown-value v.yaml:3:32",
        "chart-unknown-value v.yaml:4:1",
    ]


def test_nothing_is_said_where_one_of_the_charts_is_not_here(tmp_path: Path) -> None:
    tree = {
        "apps/web.yaml": value_files("v.yaml"),
        "apps/other.yaml": value_files("v.yaml", chart="other", name="other"),
        "v.yaml": "size: 1\n",
    }
    model, files = used(tmp_path, tree, {"web": WEB, "other": OTHER})
    first, *rest = model.charts
    charts = (replace(first, facts=None), *rest)
    assert findings_in(replace(model, charts=charts), files, [chart_unknown_values]) == []


def test_one_application_in_hundreds_is_named_once(tmp_path: Path) -> None:
    tree = {f"apps/{n}.yaml": value_files("v.yaml", name=f"web-{n}") for n in range(100)}
    found = look(tmp_path, {**tree, "v.yaml": "size: 1\n"})
    assert places(found) == ["chart-unknown-value v.yaml:1:1"]


def test_a_key_that_the_schema_forbids_is_left_to_chart_schema(tmp_path: Path) -> None:
    schema = '{"properties": {"a": {}}, "additionalProperties": false}'
    files = {"values.yaml": "a: 1\n", "values.schema.json": schema, "templates/a.yaml": ""}
    app = application("web", "path: web, helm: {valueFiles: [v.yaml]}")
    tree = {"app.yaml": app, **chart_in("web", files), "web/v.yaml": "b: 1\n"}
    found = rendered(tmp_path, tree, [chart_rendering, chart_unknown_values])
    assert places(found) == ["chart-schema web/v.yaml:1:1"]


METADATA = "dependencies: [{name: db, version: 1.0.0, repository: 'https://charts.example.test'}]\n"
DB = {"values.yaml": "size: 1\nauth: {user: a}\n", "templates/a.yaml": "{{ .Values.size }}"}


def test_what_a_chart_here_gives_to_a_chart_in_it(tmp_path: Path) -> None:
    values = "own: 1\n# sise: 2\ndb:\n  sise: 2\n  auth: {user: b}\nglobal: {any: 1}\n"
    tree = {
        "app.yaml": application("web", "path: web, repoURL: https://github.com/owner/repo"),
        **chart_in("web", {"values.yaml": values}, METADATA),
        **chart_in("web/charts/db", DB),
    }
    found = rendered(tmp_path, tree, [chart_unknown_values])
    assert places(found) == ["chart-unknown-value web/values.yaml:4:3"]


def test_what_a_chart_here_gives_to_a_chart_beside_it(tmp_path: Path) -> None:
    metadata = METADATA.replace("https://charts.example.test", "file://../db")
    tree = {
        "app.yaml": application("web", "path: web, repoURL: https://github.com/owner/repo"),
        **chart_in("web", {"values.yaml": "db: {size: 2, auht: {user: b}}\n"}, metadata),
        **chart_in("db", DB),
    }
    found = rendered(tmp_path, tree, [chart_unknown_values])
    assert places(found) == ["chart-unknown-value web/values.yaml:1:15"]
