"""The list generator, combined generators and selectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.repository.applicationsets.build import expand_text, names

if TYPE_CHECKING:
    from pathlib import Path

NAMED = "template: {metadata: {name: '{{name}}'}, spec: {}}\n"
GO = "goTemplate: true\n"


def test_a_list_has_text_and_values_of_text(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
generators: [{list: {elements: [{name: a, values: {tier: x}}]}}]
template: {metadata: {name: '{{name}}-{{values.tier}}'}, spec: {}}
""",
    )

    assert names(expansion) == ["a-x"]


@pytest.mark.parametrize("element", ["{name: 1}", "{values: [a]}", "{values: {a: 1}}", "text"])
def test_a_list_without_go_templates_takes_nothing_but_text(tmp_path: Path, element: str) -> None:
    expansion = expand_text(tmp_path, f"generators: [{{list: {{elements: [{element}]}}}}]\n{NAMED}")

    assert expansion.applications == ()
    assert "list generator" in expansion.unchecked[0]


def test_a_list_with_go_templates_takes_anything(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        GO
        + """
generators: [{list: {elements: [{name: a, port: 8080, big: 1000000, deep: {list: [v, w]}}]}}]
template:
  metadata: {name: '{{.name}}-{{.port}}-{{index .deep.list 1}}-{{.big}}-{{int .big}}'}
  spec: {}
""",
    )

    assert names(expansion) == ["a-8080-w-1e+06-1000000"]


def test_elements_in_yaml_follow_the_others(tmp_path: Path) -> None:
    text = """
generators:
- list:
    elements: [{name: a}]
    elementsYaml: |
      - name: b
      - name: c
"""
    assert names(expand_text(tmp_path, text + NAMED)) == ["a", "b", "c"]


@pytest.mark.parametrize("yaml", ["'a: b'", "'[a: b: c'", "text"])
def test_elements_in_yaml_must_be_a_list(tmp_path: Path, yaml: str) -> None:
    expansion = expand_text(tmp_path, f"generators: [{{list: {{elementsYaml: {yaml}}}}}]\n{NAMED}")

    assert "elementsYaml" in expansion.unchecked[0]


def test_an_element_without_parameters_leaves_the_template_alone(tmp_path: Path) -> None:
    expansion = expand_text(tmp_path, f"{GO}generators: [{{list: {{elements: [{{}}]}}}}]\n{NAMED}")

    (application,) = expansion.applications
    assert application["metadata"] == {"name": "{{name}}", "namespace": "argocd"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("{matchLabels: {env: dev}}", ["a"]),
        ("{matchLabels: {env: dev, name: b}}", []),
        ("{matchExpressions: [{key: env, operator: In, values: [dev, prod]}]}", ["a", "b"]),
        ("{matchExpressions: [{key: env, operator: NotIn, values: [dev]}]}", ["b", "c"]),
        ("{matchExpressions: [{key: env, operator: Exists}]}", ["a", "b"]),
        ("{matchExpressions: [{key: env, operator: DoesNotExist}]}", ["c"]),
        ("{matchLabels: {url: 'https://x.example/y'}}", ["c"]),
        ("{matchLabels: {values.tier: gold}}", ["a"]),
        ("{}", ["a", "b", "c"]),
    ],
)
@pytest.mark.parametrize("go", [False, True])
def test_selectors(tmp_path: Path, selector: str, expected: list[str], go: bool) -> None:
    text = f"""
generators:
- list:
    elements:
    - {{name: a, env: dev, values: {{tier: gold}}}}
    - {{name: b, env: prod}}
    - {{name: c, url: 'https://x.example/y'}}
  selector: {selector}
"""
    end = f"{GO}{NAMED.replace('{{name', '{{.name')}" if go else NAMED

    expansion = expand_text(tmp_path, text + end)

    assert names(expansion) == expected
    assert expansion.unchecked == ()


@pytest.mark.parametrize(
    "selector",
    [
        "text",
        "{matchLabels: [a]}",
        "{matchLabels: {'bad key': x}}",
        "{matchLabels: {key: 1}}",
        "{matchExpressions: [x]}",
        "{matchExpressions: [{key: a, operator: Like, values: [b]}]}",
        "{matchExpressions: [{key: a, operator: In}]}",
        "{matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
    ],
)
def test_an_invalid_selector_is_unchecked(tmp_path: Path, selector: str) -> None:
    text = f"generators: [{{list: {{elements: [{{name: a}}]}}, selector: {selector}}}]\n{NAMED}"

    expansion = expand_text(tmp_path, text)

    assert expansion.applications == ()
    assert "selector" in expansion.unchecked[0]


def test_a_matrix_is_the_product_and_the_second_sees_the_first(tmp_path: Path) -> None:
    text = """
generators:
- matrix:
    generators:
    - list: {elements: [{env: dev}, {env: prod}]}
    - list: {elements: [{app: web, host: 'web.{{env}}.example'}, {app: db, host: none}]}
template: {metadata: {name: '{{env}}-{{app}}'}, spec: {host: '{{host}}'}}
"""
    expansion = expand_text(tmp_path, text)

    found = [(each["metadata"]["name"], each["spec"]["host"]) for each in expansion.applications]
    assert found == [
        ("dev-web", "web.dev.example"),
        ("dev-db", "none"),
        ("prod-web", "web.prod.example"),
        ("prod-db", "none"),
    ]


def test_elements_of_a_matrix_can_come_from_a_file(tmp_path: Path) -> None:
    text = """
goTemplate: true
generators:
- matrix:
    generators:
    - git: {repoURL: URL, files: [{path: 'sets/*.yaml'}]}
    - list: {elementsYaml: '{{ .apps | toJson }}'}
template: {metadata: {name: '{{.path.filenameNormalized}}-{{.name}}-{{.size}}'}, spec: {}}
"""
    tree = {"sets/One.yaml": "apps: [{name: a, size: 1}, {name: b, size: 2}]\n"}

    expansion = expand_text(tmp_path, text, tree)

    assert names(expansion) == ["one.yaml-a-1", "one.yaml-b-2"]


def test_a_matrix_merges_maps_and_the_first_wins(tmp_path: Path) -> None:
    text = """
goTemplate: true
generators:
- matrix:
    generators:
    - list: {elements: [{m: {a: first, b: first}, only: 1}]}
    - list: {elements: [{m: {a: second, c: second}}]}
template: {metadata: {name: '{{.m.a}}-{{.m.b}}-{{.m.c}}'}, spec: {}}
"""
    assert names(expand_text(tmp_path, text)) == ["first-first-second"]


def test_a_matrix_without_go_templates_refuses_two_values_of_one_key(tmp_path: Path) -> None:
    text = """
generators:
- matrix:
    generators:
    - list: {elements: [{name: a, same: x}]}
    - list: {elements: [{name: b, same: x}]}
"""
    expansion = expand_text(tmp_path, text + NAMED)

    assert expansion.applications == ()
    assert "both generators of a matrix supply name" in expansion.unchecked[0]


def test_values_of_a_generator_in_a_matrix_keep_what_is_not_known_yet(tmp_path: Path) -> None:
    text = """
goTemplate: true
goTemplateOptions: [missingkey=error]
generators:
- matrix:
    generators:
    - list: {elements: [{env: dev}]}
    - git:
        repoURL: URL
        directories: [{path: 'apps/{{.env}}/*'}]
        values: {host: '{{.path.basename}}.example', env: '{{.env}}'}
template: {metadata: {name: '{{.values.host}}-{{.values.env}}'}, spec: {}}
"""
    expansion = expand_text(tmp_path, text, {"apps/dev/web/x.yaml": "", "apps/prod/db/x.yaml": ""})

    assert names(expansion) == ["web.example-dev"]


def test_combined_generators_nest_once(tmp_path: Path) -> None:
    inner = "{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{b: v}]}}]}}"
    text = f"""
generators: [{{matrix: {{generators: [{inner}, {{list: {{elements: [{{c: z}}]}}}}]}}}}]
template: {{metadata: {{name: '{{{{a}}}}{{{{b}}}}{{{{c}}}}'}}, spec: {{}}}}
"""
    deeper = text.replace("{list: {elements: [{a: x}]}}", inner.replace("a: x", "q: x"))

    assert names(expand_text(tmp_path, text)) == ["xvz"]
    assert "of no kind" in expand_text(tmp_path, deeper).unchecked[0]


@pytest.mark.parametrize(
    ("generators", "reason"),
    [
        ("matrix: {generators: [{list: {elements: []}}]}", "this one has 1"),
        ("matrix: {}", "this one has 0"),
        ("matrix: {generators: [{list: {elements: [{a: b}]}}, {}]}", "of no kind"),
        ("matrix: {generators: [{list: {}, git: {}}, {}]}", "neither directories nor files"),
        ("matrix: {generators: [{list: {}, merge: {}}, {list: {}}]}", "this one has 0"),
        ("merge: {generators: [{list: {}}, {list: {}}]}", "needs mergeKeys"),
        ("merge: {mergeKeys: [a], generators: [{list: {}}]}", "this one has 1"),
        ("merge: {mergeKeys: [a], generators: [{list: {elements: [{a: x}, {a: x}]}}, {list: {}}]}",
         "have the same keys"),
        ("merge: {mergeKeys: [a], generators: [{clusters: {}}, {list: {}}]}",
         "the clusters generator"),
    ],
)  # fmt: skip
def test_combined_generators_that_fail(tmp_path: Path, generators: str, reason: str) -> None:
    text = f"generators: [{{{generators.replace('git: {}', 'git: {repoURL: URL}')}}}]\n{NAMED}"

    expansion = expand_text(tmp_path, text)

    assert expansion.applications == ()
    assert reason in expansion.unchecked[0]


@pytest.mark.parametrize("go", [False, True])
def test_a_merge_puts_the_later_ones_over_the_first(tmp_path: Path, go: bool) -> None:
    text = """
generators:
- merge:
    mergeKeys: [name]
    generators:
    - list: {elements: [{name: a, size: small}, {name: b, size: small}]}
    - list: {elements: [{name: b, size: large}, {name: c, size: huge}]}
    - list: {elements: [{name: b, tier: gold}]}
"""
    dot = "." if go else ""
    template = (
        f"template: {{metadata: {{name: '{{{{{dot}name}}}}-{{{{{dot}size}}}}'}}, spec: {{}}}}\n"
    )

    expansion = expand_text(tmp_path, text + template + (GO if go else ""))

    assert names(expansion) == ["a-small", "b-large"]


def test_a_merge_with_go_templates_merges_maps(tmp_path: Path) -> None:
    text = """
goTemplate: true
generators:
- merge:
    mergeKeys: [name]
    generators:
    - list: {elements: [{name: a, m: {v: '1', w: '1'}}]}
    - list: {elements: [{name: a, m: {w: '2'}}]}
template: {metadata: {name: '{{.name}}{{.m.v}}{{.m.w}}'}, spec: {}}
"""
    assert names(expand_text(tmp_path, text)) == ["a12"]
