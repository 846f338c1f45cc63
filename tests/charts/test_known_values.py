"""Which keys of values a chart knows: what is known must never be called unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts.known_values import KnownValues
from gitopsgen.charts.model import ChartFacts
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Mapping


def chart(
    *templates: str,
    values: str = "{}",
    schema: Any = None,
    subcharts: Mapping[str, ChartFacts] | None = None,
    dependencies: tuple[Mapping[str, Any], ...] = (),
    files: Mapping[str, str] | None = None,
) -> ChartFacts:
    documents = read_documents(values).documents
    data = documents[0].data if documents else None
    return ChartFacts(
        name="web",
        version="1.0.0",
        kube_version="",
        values=data if isinstance(data, dict) else {},
        values_text=values,
        schema=schema,
        templates={f"{number}.yaml": text for number, text in enumerate(templates)},
        dependencies=dependencies,
        subcharts=subcharts or {},
        files=files or {},
    )


def unknown(facts: ChartFacts, values: str) -> list[str]:
    data = read_documents(values).documents[0].data
    return [".".join(one.keys) for one in KnownValues(facts).unknown_in(data)]


DEFAULTS = "image: {tag: a, repository: b}\nenabled: true\nfree: {}\nnone:\nlist: []\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("imge: {tag: b}", ["imge"]),
        ("image: {tga: b}", ["image.tga"]),
        ("image: {tag: b, tga: b}\nenabeld: false", ["enabeld", "image.tga"]),
        ("unknown: null", ["unknown"]),
        ("image: {repository: a}\nenabled: false", []),
        ("free: {any: {thing: 1}}\nnone: {any: 1}\nlist: [{any: 1}]", []),
        ("enabled: {in: depth}", []),
        ("global: {any: 1}\ntags: {web: true}", []),
        ("{}", []),
    ],
)
def test_keys_that_values_yaml_has_or_has_not(values: str, expected: list[str]) -> None:
    template = "{{ if .Values.enabled }}{{ .Values.image.tag }}{{ end }}"
    assert unknown(chart(template, values=DEFAULTS), values) == expected


def test_the_nearest_key_of_the_same_place_is_named() -> None:
    facts = chart("{{ .Values.image.pullPolicy }}", values=DEFAULTS)
    found = KnownValues(facts).unknown_in({"image": {"tga": 1, "pullPolcy": 1, "zzz": 1}})
    assert [one.nearest for one in found] == ["tag", "pullPolicy", ""]


FILES = {"x.conf": "{{ toYaml .Values.a }}", "known.conf": "x = {{ .Values.a.b }}"}
# Each template knows `a.b` (and whatever is below it), and knows that `a` has nothing else.
PRECISE = [
    "{{ .Values.a.b }}",
    "{{ $.Values.a.b }}",
    "{{ (.Values.a).b }}",
    "{{ .Values.a.b | quote }}",
    "{{ with .Values.a }}{{ .b }}{{ end }}",
    "{{ with .Values.x }}{{ $.Values.a.b }}{{ end }}",
    "{{ $a := .Values.a }}{{ $a.b }}",
    "{{ $v := .Values }}{{ if true }}{{ $v.a.b }}{{ end }}",
    '{{ index .Values "a" "b" }}',
    '{{ index .Values.a "b" }}',
    '{{ get .Values.a "b" }}',
    '{{ (get .Values "a").b }}',
    '{{ if hasKey .Values.a "b" }}x{{ end }}',
    '{{ dig "a" "b" "none" .Values }}',
    '{{ pluck "b" .Values.a | first }}',
    "{{ if and .Values.a .Values.a.b }}x{{ else if .Values.a.b }}y{{ end }}",
    '{{ define "x" }}{{ .Values.a.b }}{{ end }}{{ include "x" . }}',
    '{{ define "x" }}{{ .Values.a.b }}{{ end }}{{ template "x" $ }}',
    '{{ define "x" }}{{ .values.b }}{{ end }}{{ include "x" (dict "values" .Values.a "r" $) }}',
    '{{ define "x" }}{{ (index . 1).b }}{{ end }}{{ include "x" (list . .Values.a) | indent 2 }}',
    '{{ define "x" }}{{ .b }}{{ end }}{{ range list .Values.a }}{{ include "x" . }}{{ end }}',
    '{{ $x := dict }}{{ $_ := set $x "v" .Values.a }}{{ $x.v.b }}',
    "{{ $x := dict }}{{ if true }}{{ $x = .Values.a }}{{ end }}{{ $x.b }}",
    "{{ (default .Values.x .Values.a).b }}",
    "{{ (.Values.a | default dict).b }}",
    "{{ (merge (deepCopy .Values.a) .Values.x).b }}",
    "{{ $x := dict }}{{ $_ := merge $x .Values.a }}{{ $x.b }}",
    '{{ (ternary .Values.a .Values.x true).b }}{{ fail "x" }}',
    '{{ tpl "{{ .Values.a.b }}" . }}',
    "{{ toYaml .Values.a.b }}",
    "{{ range $k, $v := .Values.a.b }}{{ $k }}{{ end }}",
    '{{ include (print $.Template.BasePath "/1.yaml") . | sha256sum }}{{ .Values.a.b }}',
    '{{ $_ := set . "k" "v" }}{{ .Values.a.b }}',
    '{{ $_ := set . "k" .Values.a }}{{ .k.b }}',
    '{{ $_ := set .Values "k" (print "x" .Release.Name) }}{{ .Values.a.b }}',
    '{{ $_ := set .Values.a "k" "x" }}{{ .Values.a.b }}',
    "{{ $_ := merge . (dict `k` .Values.a) }}{{ .k.b }}",
    '{{ define "x" }}{{ .k.b }}{{ end }}{{ include "x" (merge (dict "k" .Values.a) .) }}',
    '{{ range $key := list "a" "x" }}{{ $m := index $.Values $key }}{{ $m.b }}{{ end }}',
    '{{ $m := .Values }}{{ range splitList "." "a.b" }}{{ $m = index $m . }}{{ end }}{{ $m }}',
    '{{ define "x" }}{{ $m := .v }}{{ range splitList "." .path }}{{ $m = index $m . }}{{ end }}'
    '{{ toYaml $m }}{{ end }}{{ include "x" (dict "v" .Values "path" "a.b") }}',
    '{{ define "k" }}{{ if .Values.x }}{{ print "a.b" }}{{ else }}{{ "x" }}{{ end }}{{ end }}'
    '{{ $m := .Values }}{{ range splitList "." (include "k" .) }}{{ $m = index $m . }}{{ end }}',
    '{{ index .Values (printf "%s" "a") "b" }}',
    '{{ $l := list "x" }}{{ $l = append $l "a" }}{{ (index .Values (last $l)).b }}',
    '{{ (index .Values (first (reverse (list "x" "a")))).b }}',
    '{{ define "x.one" }}{{ .b }}{{ end }}{{ define "y" }}{{ toYaml . }}{{ end }}'
    '{{ include (printf "x.%s" .Values.x.kind) .Values.a }}',
    "{{ include (print .Template.BasePath .Values.x.name) . }}{{ .Values.a.b }}",
    '{{ include "missing" . }}{{ .Values.a.b }}',
    '{{ tpl (.Files.Get "known.conf") . }}',
    "{{- /* .Values.a.c */ -}}{{ .Values.a.b }}{{ mulf 2 0x1p20 }}",
]
# Each of these may reach anything below `a`.
OPEN = [
    "{{ toYaml .Values.a }}",
    "{{ .Values.a }}",
    "{{ with .Values.a }}{{ toYaml . | nindent 2 }}{{ end }}",
    "{{ range $k, $v := .Values.a }}{{ $v }}{{ end }}",
    "{{ range .Values.a }}{{ .name }}{{ end }}",
    "{{ index .Values.a .Release.Name }}",
    "{{ get .Values.a (printf \"%s\" .Values.x) }}",
    '{{ define "x" }}{{ toYaml . }}{{ end }}{{ include "x" .Values.a }}',
    '{{ define "x" }}{{ toYaml .v }}{{ end }}{{ include (printf "%s" "x") (dict "v" .Values.a) }}',
    "{{ toYaml .Values }}",
    "{{ $v := .Values }}{{ range $k, $e := $v }}{{ end }}",
    '{{ tpl (.Files.Get "x.conf") . }}',
    "{{ tpl (.Files.Get .Values.x.file) . }}",
    '{{ define "f" }}{{ .Files.Get "x.conf" }}{{ end }}{{ tpl (include "f" .) $ }}',
    '{{ range $path, $_ := .Files.Glob "*" }}{{ tpl ($.Files.Get $path) $ }}{{ end }}',
    '{{ $x := "a" }}{{ if .Values.x }}{{ $x = .Values.x.key }}{{ end }}{{ index .Values $x }}',
    '{{ index .Values (default .Release.Name "z") }}',
    '{{ index .Values (lower "A") }}',
    '{{ range $k := keys (dict "a" "z") }}{{ index $.Values $k }}{{ end }}',
    '{{ range sortAlpha (list "z" "a") }}{{ index $.Values . }}{{ end }}',
    '{{ $_ := set . "k" .Values.a }}{{ toYaml .k }}',
    '{{ $x := dict "d" (dict) }}{{ $_ := set $x.d "k" "a" }}{{ index .Values $x.d.k }}',
    '{{ $_ := set . "Values" (deepCopy .Values.a) }}{{ toYaml .Values }}',
    "{{ $_ := merge . (dict `k` .Values.a) }}{{ toYaml .k }}",
    '{{ $_ := set .Values.x "k" .Values.a }}',
    '{{ range tuple "z" "a" }}{{ if $.x }}{{ continue }}{{ end }}{{ index $.Values . }}{{ end }}',
    "{{ $x := merge (dict) .Values.a }}{{ toYaml $x }}",
    "{{ $x := dict }}{{ $_ := merge $x .Values.a }}{{ toYaml $x }}",
    '{{ $x := dict }}{{ $_ := set $x "y" .Values.a }}{{ toYaml $x.y }}',
    '{{ $_ := set .Values "other" .Values.a }}{{ .Values.other.anything }}',
    '{{ $_ := set .Values.x "other" . }}',
    "{{ $_ := mergeOverwrite .Values.x .Values.a }}{{ .Values.x.anything }}",
    "{{ $x := list }}{{ range list 1 2 }}{{ toYaml $x }}{{ $x = append $x $.Values.a }}{{ end }}",
    "{{ keys .Values.a | sortAlpha }}",
    "{{ omit .Values.a \"x\" | toYaml }}",
    "{{ .Values.a | toJson | fromJson }}",
    "{{ somethingNew .Values.a }}",
    "{{ unclosed",
    "{{ if true }}",
]  # fmt: skip


@pytest.mark.parametrize("template", PRECISE)
def test_what_a_template_reads_is_known_and_nothing_else(template: str) -> None:
    facts = chart(template, "x: 1", values="a: {z: 1}\nx: {}\n", files=FILES)
    assert unknown(facts, "a: {b: {c: 1}}") == []
    assert unknown(facts, "a: {z: 1, c: 1}") == ["a.c"]


@pytest.mark.parametrize("template", OPEN)
def test_a_mapping_that_is_used_as_a_whole_may_have_any_key(template: str) -> None:
    facts = chart(template, values="a: {z: 1}\nx: {}\n", files=FILES)
    assert unknown(facts, "a: {b: 1}") == []


def test_other_templates_may_use_a_mapping_as_a_whole() -> None:
    facts = chart("{{ .Values.a.b }}", "{{ toYaml .Values.a }}", values="a: {b: 1}")
    assert unknown(facts, "a: {c: 1}\nd: 1") == ["d"]


def test_a_mapping_that_values_yaml_lacks_is_known_by_its_fields() -> None:
    facts = chart("{{ .Values.monitor.enabled }}{{ .Values.leaf }}")
    assert unknown(facts, "monitor: {enabled: true, enabeld: true}\nleaf: {any: 1}") == [
        "monitor.enabeld"
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "# tag: x",
        "  # tag: x",
        "#tag:",
        "## @param image.tag says what",
        "# image.tag -- says what",
    ],
)
def test_keys_that_stand_in_comments_are_known(comment: str) -> None:
    facts = chart("{{ .Values.image.name }}", values=f"image:\n  name: x\n{comment}\n")
    assert unknown(facts, "image: {tag: 1, tga: 2}") == ["image.tga"]


def test_texts_that_a_template_evaluates_may_read_values() -> None:
    facts = chart("{{ tpl .Values.text . }}", values='text: "{{ .Values.host }}"\n')
    values = 'host: a\nport: 1\nhots: b\ntext: "{{ .Values.host }}:{{ .Values.port }}"\n'
    assert unknown(facts, values) == ["hots"]


SCHEMA = {
    "$defs": {"image": {"properties": {"tag": {"type": "string"}}}},
    "properties": {
        "image": {"$ref": "#/$defs/image"},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "ports": {
            "patternProperties": {"^p-": {"properties": {"port": {}}}},
            "properties": {"x": {}},
        },
        "either": {"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
        "elsewhere": {"$ref": "https://example.test/schema.json"},
        "anything": {},
    },
}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("image: {tag: x}\nlabels: {any: x}\neither: {a: 1, b: 2}\nanything: {any: 1}", []),
        ("ports: {p-web: {port: 1}}\nelsewhere: {any: 1}", []),
        ("image: {tga: x}\neither: {c: 1}\nother: 1", ["image.tga", "either.c", "other"]),
        ("ports: {p-web: {prot: 1}}", ["ports.p-web.prot"]),
    ],
)
def test_keys_that_the_schema_names_are_known(values: str, expected: list[str]) -> None:
    assert sorted(unknown(chart(schema=SCHEMA), values)) == sorted(expected)


def test_a_schema_that_goes_in_circles_ends() -> None:
    schema = {"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"}
    values = json.loads('{"a": ' * 50 + "1" + "}" * 50)
    assert KnownValues(chart(schema=schema)).unknown_in(values) == []
    assert KnownValues(chart(schema={"$ref": "#"})).unknown_in({"a": 1})


DB = chart("{{ .Values.size }}{{ .Values.auth.user }}", values="size: 1\nauth: {user: a}\n")


def test_values_of_subcharts_are_theirs() -> None:
    dependency = {"name": "postgres", "alias": "db", "condition": "db.enabled,persist.db"}
    facts = chart(values="db: {size: 3}", subcharts={"db": DB}, dependencies=(dependency,))
    assert unknown(facts, "db: {size: 2, enabled: true, auth: {user: b}, global: {x: 1}}") == []
    assert unknown(facts, "persist: {db: true}") == []
    assert unknown(facts, "db: {auth: {usr: b}, sise: 2}\npostgres: {anything: 1}") == [
        "db.sise", "db.auth.usr",
    ]  # fmt: skip


def test_a_parent_may_read_the_values_of_a_subchart() -> None:
    template = '{{ .Values.db.extra }}{{ include "db.name" .Subcharts.db }}'
    define = '{{ define "db.name" }}{{ .Values.nameOverride }}{{ end }}'
    facts = chart(template, define, subcharts={"db": DB})
    assert unknown(facts, "db: {extra: 1, nameOverride: x, other: 1}") == ["db.other"]


@pytest.mark.parametrize("argument", [".", ".Values.a", '(dict "context" $)'])
def test_a_library_that_is_not_here_may_read_whatever_it_is_given(argument: str) -> None:
    facts = chart(f'{{{{ include "lib.x" {argument} }}}}', values="a: {z: 1}")
    assert unknown(facts, "a: {b: 1}") == ["a.b"]
    absent = replace(facts, dependencies=({"name": "lib"},))
    assert unknown(absent, "a: {b: 1}") == []


def test_a_library_may_lay_its_own_values_under_those_of_the_chart() -> None:
    init = (
        '{{ define "lib.init" }}{{ $own := deepCopy .Values.lib }}'
        '{{ $all := mustMergeOverwrite $own (deepCopy (omit .Values "lib")) }}'
        '{{ $_ := set . "Values" (deepCopy $all) }}{{ end }}'
    )
    library = chart(init, values="image: {tag: a}")
    facts = chart('{{ include "lib.init" . }}{{ .Values.port }}', subcharts={"lib": library})
    assert unknown(facts, "port: 1\nlib: {image: {tag: b}, port: 2}") == []
    assert unknown(facts, "prot: 1\nlib: {image: {tga: b}}") == ["prot", "lib.image.tga"]


def test_a_subchart_that_is_not_here_may_take_anything() -> None:
    facts = chart(dependencies=({"name": "db"}, {"name": "x", "alias": "cache"}))
    assert unknown(facts, "db: {any: 1}\ncache: {any: 1}\nother: 1") == ["other"]


def test_imported_values_may_be_anything() -> None:
    imports = {"name": "db", "import-values": [{"child": "a", "parent": "own"}, "data", 3]}
    facts = chart(subcharts={"db": DB}, dependencies=(imports,))
    assert unknown(facts, "own: {any: 1}") == []


def test_a_chart_without_any_values_stands_for_one_that_is_elsewhere() -> None:
    facts = replace(chart("kind: ConfigMap"), values_text="")
    assert unknown(facts, "anything: 1") == []
    assert unknown(replace(facts, templates={"a": "{{ .Values.b }}"}), "a: 1\nb: 1") == ["a"]


def test_a_library_that_reads_whatever_it_is_given_knows_everything() -> None:
    library = chart('{{ define "lib.all" }}{{ toYaml .Values }}{{ end }}')
    facts = chart('{{ include "lib.all" . }}', subcharts={"lib": library})
    assert unknown(facts, "anything: {at: all}") == []


def test_templates_that_call_themselves_for_ever_end() -> None:
    deeper = '{{ define "x" }}{{ include "x" (dict "d" .) }}{{ end }}{{ include "x" . }}'
    assert unknown(chart(deeper, values="a: 1"), "b: 1") == []
    again = '{{ define "x" }}{{ include "x" . }}{{ .Values.a }}{{ end }}{{ include "x" . }}'
    assert unknown(chart(again), "a: 1\nb: 1") == ["b"]


def test_mappings_that_double_with_every_call_end() -> None:
    body = '{{ define "x" }}{{ include "x" (dict "a" . "b" .) }}{{ toYaml . }}{{ end }}'
    facts = chart(body + '{{ include "x" (dict "v" .Values.a) }}', values="a: {b: 1}")
    assert unknown(facts, "a: {c: 1}") == []
    shallow = "{{ $x := dict }}" + "{{ $x = dict `a` $x `b` $x }}" * 200 + "{{ toYaml $x }}"
    assert unknown(chart(shallow, values="a: {b: 1}"), "a: {c: 1}") == ["a.c"]


_SNIPPETS = st.sampled_from(
    [
        "{{ if .Values.a }}", "{{ else if $x }}", "{{ else }}", "{{ end }}",
        "{{ range $k, $v := . }}",
        "{{ with $.Values }}", '{{ define "d" }}', '{{ include "d" . }}', '{{ template "d" }}',
        "{{ $x := dict `a` . }}", "{{ $x = merge $x .Values }}", "{{ $_ := set $x `k` $ }}",
        "{{ tpl .Values.a . }}", "{{ tpl `{{ .b` . }}", "{{ index . 1 `a` .b }}",
        "{{ (index .).x }}",
        "{{ dig }}", "{{ set }}", "{{ dict 1 }}", "{{ pluck }}", "{{ include }}", "{{ nil | get }}",
        "{{ .Files.Get `x` | toYaml }}", "{{ .Subcharts.a.Values.b }}", "{{", "}}", "text",
        "{{ break }}",
        "{{ hasKey . `a` | ternary . $ }}", "{{ . | include `d` }}", "{{ omit }}{{ get . }}",
    ]
)  # fmt: skip


@given(st.lists(_SNIPPETS, max_size=12), st.lists(_SNIPPETS, max_size=6))
def test_templates_of_any_shape_are_taken(one: list[str], other: list[str]) -> None:
    facts = chart("".join(one), '{{ define "d" }}' + "".join(other) + "{{ end }}", values="a: 1")
    assert isinstance(KnownValues(facts).unknown_in({"b": {"c": 1}}), list)


_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(_DATA, _DATA, _DATA)
def test_data_of_any_shape_is_taken(values: Any, schema: Any, given: Any) -> None:
    facts = chart(
        "{{ .Values.a.b }}",
        schema=schema if isinstance(schema, dict) else None,
        dependencies=({"name": values, "import-values": schema, "condition": given},),
    )
    given = given if isinstance(given, dict) else {"x": given}
    assert isinstance(KnownValues(facts).unknown_in(given), list)


@given(_DATA)
def test_what_values_yaml_has_is_known(values: Any) -> None:
    values = values if isinstance(values, dict) else {"x": values}
    facts = chart(values=json.dumps(values))
    assert KnownValues(facts).unknown_in(facts.values) == []
