"""What a set generates as a whole: the form of Applications, templates, patches, failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.applicationsets.model import MissingParameter
from tests.repository.applicationsets.build import expand_data, expand_text, names

if TYPE_CHECKING:
    from pathlib import Path

TWO = "generators: [{list: {elements: [{name: a}, {name: b}]}}]\n"


def test_an_application_has_what_argo_cd_gives_it(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
generators:
- list: {elements: [{env: dev}]}
template:
  metadata:
    name: 'web-{{env}}'
    namespace: elsewhere
    labels: {env: '{{ env }}', '{{env}}': key}
    annotations: {argocd.argoproj.io/sync-wave: '1'}
  spec:
    project: default
    source: {repoURL: URL, path: 'apps/{{env}}', targetRevision: HEAD}
    destination: {namespace: '{{env}}', server: https://kubernetes.default.svc}
    syncPolicy: {automated: {prune: true}, retry: {limit: 5}}
""",
    )

    (application,) = expansion.applications
    assert application == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "web-dev",
            "namespace": "argocd",
            "labels": {"env": "dev", "dev": "key"},
            "annotations": {"argocd.argoproj.io/sync-wave": "1"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://github.com/owner/repo",
                "path": "apps/dev",
                "targetRevision": "HEAD",
            },
            "destination": {"namespace": "dev", "server": "https://kubernetes.default.svc"},
            "syncPolicy": {"automated": {"prune": True}, "retry": {"limit": 5}},
        },
    }
    assert expansion.unchecked == ()
    assert expansion.missing == ()


@pytest.mark.parametrize(
    ("extra", "finalizers"),
    [
        ("", ["resources-finalizer.argocd.argoproj.io"]),
        ("syncPolicy: {preserveResourcesOnDeletion: false}\n",
         ["resources-finalizer.argocd.argoproj.io"]),
        ("syncPolicy: {preserveResourcesOnDeletion: true}\n", None),
    ],
)  # fmt: skip
def test_the_finalizer_comes_unless_resources_are_preserved(
    tmp_path: Path, extra: str, finalizers: list[str] | None
) -> None:
    text = TWO + extra + "template: {metadata: {name: '{{name}}'}, spec: {}}\n"

    expansion = expand_text(tmp_path, text)

    found = [each["metadata"].get("finalizers") for each in expansion.applications]
    assert found == [finalizers, finalizers]


def test_what_is_null_in_a_map_is_lost(tmp_path: Path) -> None:
    spec = {
        "generators": [{"list": {"elements": [{"name": "a"}]}}],
        "template": {
            "metadata": {"name": "{{name}}"},
            "spec": {"source": {"helm": {"valuesObject": {"a": None, "b": [None], "c": 1}}}},
        },
    }

    (application,) = expand_data(tmp_path, spec).applications

    assert application["spec"]["source"]["helm"]["valuesObject"] == {"b": [None], "c": 1}


def test_own_finalizers_stay(tmp_path: Path) -> None:
    text = TWO + "template: {metadata: {name: '{{name}}', finalizers: [mine]}, spec: {}}\n"

    expansion = expand_text(tmp_path, text)

    assert expansion.applications[0]["metadata"]["finalizers"] == ["mine"]


def test_a_set_without_a_namespace_generates_applications_without_one(tmp_path: Path) -> None:
    spec = {
        "generators": [{"list": {"elements": [{"name": "a"}]}}],
        "template": {"metadata": {"name": "{{name}}", "namespace": "x"}, "spec": {}},
    }

    (application,) = expand_data(tmp_path, spec, {"name": "set"}).applications

    assert "namespace" not in application["metadata"]


def test_a_generators_own_template_is_completed_from_the_one_of_the_set(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
generators:
- list:
    elements: [{name: a}]
    template:
      metadata: {labels: {own: 'yes'}}
      spec:
        project: special
        source: {path: '', helm: {valuesObject: {b: 2}}}
- list: {elements: [{name: b}]}
template:
  metadata: {name: '{{name}}', labels: {base: 'yes', own: 'no'}}
  spec:
    project: default
    source: {repoURL: URL, path: 'apps/{{name}}', helm: {valuesObject: {a: 1}}}
""",
    )

    first, second = expansion.applications
    assert first["metadata"]["labels"] == {"base": "yes", "own": "yes"}
    assert first["spec"]["project"] == "special"
    assert first["spec"]["source"]["path"] == "apps/a"
    assert first["spec"]["source"]["helm"] == {"valuesObject": {"b": 2}}
    assert second["spec"]["project"] == "default"
    assert second["spec"]["source"]["helm"] == {"valuesObject": {"a": 1}}


def test_a_patch_is_merged_but_never_changes_the_project(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
goTemplate: true
generators:
- list: {elements: [{name: a, prune: true, values: [v1.yaml, v2.yaml]}, {name: b}]}
template:
  metadata: {name: '{{.name}}', annotations: {keep: 'yes', drop: 'yes'}, finalizers: [one]}
  spec:
    project: default
    source: {repoURL: URL, path: x, helm: {valueFiles: [old.yaml]}}
templatePatch: |
  metadata:
    annotations: {drop: null, added: 'yes'}
    finalizers: [one, two]
  spec:
    project: other
    {{- if hasKey . "values" }}
    source:
      helm:
        valueFiles:
        {{- range .values }}
        - {{ . }}
        {{- end }}
    {{- end }}
    {{- if .prune }}
    syncPolicy: {automated: {prune: {{ .prune }}, selfHeal: null}}
    {{- end }}
""",
    )

    first, second = expansion.applications
    assert first["metadata"]["annotations"] == {"keep": "yes", "added": "yes"}
    assert first["metadata"]["finalizers"] == ["one", "two"]
    assert first["spec"]["project"] == "default"
    assert first["spec"]["source"]["helm"] == {"valueFiles": ["v1.yaml", "v2.yaml"]}
    assert first["spec"]["syncPolicy"] == {"automated": {"prune": True}}
    assert second["spec"]["source"]["helm"] == {"valueFiles": ["old.yaml"]}
    assert "syncPolicy" not in second["spec"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("{a: 2, new: {b: 1, none: null}}", {"a": 2, "m": {"x": 1}, "new": {"b": 1}}),
        ("{m: text}", {"a": 1, "m": "text"}),
        ("{m: null}", {"a": 1}),
        ("{$patch: replace, b: 1}", {"b": 1}),
        ("{m: {x: 2}}", None),
    ],
)
def test_a_patch_of_values_cannot_reach_deep(
    tmp_path: Path, patch: str, expected: dict[str, object] | None
) -> None:
    spec = {
        "generators": [{"list": {"elements": [{"name": "a"}]}}],
        "template": {
            "metadata": {"name": "{{name}}"},
            "spec": {"source": {"helm": {"valuesObject": {"a": 1, "m": {"x": 1}}}}},
        },
        "templatePatch": f"spec: {{source: {{helm: {{valuesObject: {patch}}}}}}}",
    }

    expansion = expand_data(tmp_path, spec)

    if expected is None:
        assert expansion.applications == ()
        assert "merges into m of valuesObject" in expansion.unchecked[0]
    else:
        (application,) = expansion.applications
        assert application["spec"]["source"]["helm"]["valuesObject"] == expected


@pytest.mark.parametrize("patch", ["'[1]'", "'a: [b'", "'{$patch: odd}'"])
def test_a_patch_that_argo_cd_refuses_is_unchecked(tmp_path: Path, patch: str) -> None:
    text = (
        TWO
        + f"template: {{metadata: {{name: '{{{{name}}}}'}}, spec: {{}}}}\ntemplatePatch: {patch}\n"
    )

    expansion = expand_text(tmp_path, text)

    assert expansion.applications == ()
    assert "templatePatch" in expansion.unchecked[0]


def test_an_empty_patch_changes_nothing(tmp_path: Path) -> None:
    text = TWO + "template: {metadata: {name: '{{name}}'}, spec: {}}\ntemplatePatch: ''\n"

    assert names(expand_text(tmp_path, text)) == ["a", "b"]


def test_one_generator_that_cannot_be_run_leaves_the_others(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
generators:
- clusters: {}
- list: {elements: [{name: a}]}
template: {metadata: {name: '{{name}}-{{typo}}'}, spec: {}}
""",
    )

    assert names(expansion) == ["a-{{typo}}"]
    assert expansion.unchecked == (
        "the clusters generator is not evaluated: what it generates depends on the clusters "
        "that Argo CD knows",
    )
    assert [each.name for each in expansion.missing] == ["typo"]


@pytest.mark.parametrize(
    "kind", ["clusters", "scmProvider", "pullRequest", "plugin", "clusterDecisionResource"]
)
def test_a_generator_of_the_outside_is_named(tmp_path: Path, kind: str) -> None:
    expansion = expand_text(
        tmp_path,
        f"generators: [{{{kind}: {{}}}}]\ntemplate: {{metadata: {{name: x}}, spec: {{}}}}\n",
    )

    assert expansion.applications == ()
    assert expansion.unchecked[0].startswith(f"the {kind} generator is not evaluated: ")


def test_an_unknown_generator_is_unchecked(tmp_path: Path) -> None:
    expansion = expand_text(tmp_path, "generators: [{gut: {}}]\ntemplate: {metadata: {name: x}}\n")

    assert expansion.applications == ()
    assert len(expansion.unchecked) == 1


def test_no_more_than_5000_applications(tmp_path: Path) -> None:
    elements = [{"name": f"a{number}"} for number in range(80)]
    others = [{"other": f"b{number}"} for number in range(80)]
    spec = {
        "generators": [
            {"matrix": {"generators": [{"list": {"elements": elements}},
                                       {"list": {"elements": others}}]}},
            {"list": {"elements": [{"name": "x", "other": "y"}]}},
        ],
        "template": {"metadata": {"name": "{{name}}-{{other}}"}, "spec": {}},
    }  # fmt: skip

    expansion = expand_data(tmp_path, spec)

    assert names(expansion) == ["x-y"]
    assert expansion.unchecked == ("it generates more than 5000 Applications",)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("name: 'x-{{typo}}'", [(("metadata", "name"), "typo")]),
        ("name: 'x-{{ name }}', labels: {a: '{{path.basename}}'}",
         [(("metadata", "labels", "a"), "path.basename")]),
        ("name: '{{name}}', labels: {a: '{{some}}'}", [(("metadata", "labels", "a"), "some")]),
        ("name: '{{.name}}'", [(("metadata", "name"), ".name")]),
        ("name: '{{name}}', annotations: {a: '{{.name}}'}", []),
        ("name: '{{name}}', annotations: {a: '{{ .Values.x }} {{ $labels.y }} {{`x`}} {{}}'}", []),
        ("name: '{{name}}', annotations: {a: '{{some}}'}", []),
        ("name: '{{name}}', annotations: {a: '{{inputs.parameters.x}}'}", []),
        ("name: '{{name}}', annotations: {a: '{{nam}}'}",
         [(("metadata", "annotations", "a"), "nam")]),
    ],
    ids=["name", "path", "one lacks it", "go", "handed on", "other languages", "one has it",
         "other programs", "nearly a parameter"],
)  # fmt: skip
def test_missing_parameters_without_go_templates(
    tmp_path: Path, template: str, expected: list[tuple[tuple[str, ...], str]]
) -> None:
    text = (
        "generators: [{list: {elements: [{name: a, some: x}, {name: b}]}}]\n"
        f"template: {{metadata: {{{template}}}, spec: {{}}}}\n"
    )

    expansion = expand_text(tmp_path, text)

    assert expansion.missing == tuple(
        MissingParameter(("spec", "template", *path), name) for path, name in expected
    )
    assert len(expansion.applications) == 2


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ("", "{{.typo}}", [".typo"]),
        ("", "{{$.typo}}", ["$.typo"]),
        ("", "{{.typo.deep}}", [".typo.deep"]),
        ("", "{{.values.typo}}", [".values.typo"]),
        ("", "{{.nothing}}", []),
        ("", '{{ .typo | default "x" }}', []),
        ("", "{{ if .typo }}{{ .typo }}{{ end }}", []),
        ("", '{{ dig "typo" "x" . }}', []),
        ("", "{{.some}}", []),
        ("", "{{ with .typo }}{{ .x }}{{ end }}", []),
        ("missingkey=error", "{{.typo}}", [".typo"]),
        ("missingkey=error", "{{ .typo | default `x` }}", [".typo"]),
        ("missingkey=error", "{{ if .typo }}x{{ end }}", [".typo"]),
        ("missingkey=error", "{{ if hasKey . `typo` }}{{ .typo }}{{ end }}", []),
        ("missingkey=error", "{{ if and (hasKey . `typo`) .typo }}{{ .typo }}{{ end }}", []),
        ("missingkey=error", "{{ range .list }}{{ .typo }}{{ end }}", [".typo"]),
        ("missingkey=error", "{{.some}}", [".some"]),
        ("missingkey=zero", "{{.typo}}", []),
    ],
)
def test_missing_parameters_with_go_templates(
    tmp_path: Path, options: str, text: str, expected: list[str]
) -> None:
    spec = {
        "goTemplate": True,
        "goTemplateOptions": [options] if options else [],
        "generators": [
            {"list": {"elements": [
                {"name": "a", "some": "x", "nothing": None, "values": {}, "list": [{}]},
                {"name": "b", "nothing": None, "values": {}, "list": []},
            ]}},
        ],
        "template": {"metadata": {"name": "{{.name}}"}, "spec": {"source": {"path": text}}},
    }  # fmt: skip

    expansion = expand_data(tmp_path, spec)

    path = ("spec", "template", "spec", "source", "path")
    assert expansion.missing == tuple(MissingParameter(path, name) for name in expected)
    assert expansion.unchecked == ()


def test_a_missing_parameter_of_a_generators_template_is_placed_there(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
generators:
- list:
    elements: [{name: a}]
    template: {spec: {source: {path: '{{typo}}'}}}
template: {metadata: {name: '{{nome}}'}, spec: {project: default}}
""",
    )

    assert [(each.path, each.name) for each in expansion.missing] == [
        (("spec", "template", "metadata", "name"), "nome"),
        (("spec", "generators", 0, "list", "template", "spec", "source", "path"), "typo"),
    ]


def test_a_missing_parameter_of_the_patch_is_placed_there(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
goTemplate: true
goTemplateOptions: [missingkey=error]
generators: [{list: {elements: [{name: a}]}}]
template: {metadata: {name: '{{.name}}'}, spec: {}}
templatePatch: 'spec: {source: {path: {{.typo}}}}'
""",
    )

    assert [(each.path, each.name) for each in expansion.missing] == [
        (("spec", "templatePatch"), ".typo")
    ]


def test_a_missing_key_leaves_the_other_applications(tmp_path: Path) -> None:
    expansion = expand_text(
        tmp_path,
        """
goTemplate: true
goTemplateOptions: [missingkey=error]
generators: [{list: {elements: [{name: a, tag: x}, {name: b}]}}]
template: {metadata: {name: '{{.name}}'}, spec: {tag: '{{.tag}}'}}
""",
    )

    assert names(expansion) == ["a"]
    assert [each.name for each in expansion.missing] == [".tag"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ .name", "bad character at the end after .name"),
        ("{{ nonsense .name }}", 'function "nonsense" is not defined'),
        ("{{ lower .port }}", "wrong type for lower: wants string, got float64"),
        ("{{ if eq .port 80 }}x{{ end }}", "incompatible types"),
        ("{{ now }}", "the template function now is not evaluated here"),
        ('{{ fail "not like this" }}', "not like this"),
    ],
)
def test_a_template_that_cannot_be_rendered_is_unchecked(
    tmp_path: Path, text: str, reason: str
) -> None:
    spec = {
        "goTemplate": True,
        "generators": [{"list": {"elements": [{"name": "a", "port": 80}]}}],
        "template": {"metadata": {"name": text}, "spec": {}},
    }

    expansion = expand_data(tmp_path, spec)

    assert expansion.applications == ()
    assert reason in expansion.unchecked[0]


def test_what_fails_in_argo_cd_is_placed(tmp_path: Path) -> None:
    text = """
generators:
- list: {elements: [{name: a}, {name: b, port: 80}]}
- list: {elements: [{name: c}]}
template: {metadata: {name: '{{name}}'}, spec: {source: {path: '{{name}}/{{name'}}}
"""

    failures = expand_text(tmp_path, text).failures

    assert [failure.path for failure in failures] == [
        ("spec", "generators", 0, "list", "elements", 1, "port"),
        ("spec", "template", "spec", "source", "path"),
    ]


def test_an_unknown_option_is_unchecked(tmp_path: Path) -> None:
    text = "goTemplate: true\ngoTemplateOptions: [missingkey=oops]\n" + TWO

    expansion = expand_text(tmp_path, text)

    assert "missingkey=oops" in expansion.unchecked[0]
