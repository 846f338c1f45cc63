"""Go templates: each expectation is what Go's text/template prints with sprig and this data."""

# ruff: noqa: E501 (a template is not broken across lines)

from __future__ import annotations

import copy
from typing import Any

import pytest

from gitopsgen.repository.applicationsets.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import (
    StringList,
    StringMap,
    from_json,
)
from gitopsgen.repository.applicationsets.rendering import Renderer

DATA: dict[str, Any] = {
    "path": {
        "path": "apps/web-Site",
        "basename": "web-Site",
        "basenameNormalized": "web-site",
        "segments": ["apps", "web-Site"],
    },
    "name": "My_App.v1",
    "port": 8080,
    "big": 12345678,
    "f": 1.5,
    "yes": True,
    "no": False,
    "nothing": None,
    "empty": "",
    "list": ["a", "b", "c"],
    "objs": [{"n": "x", "v": 1}, {"n": "y"}],
    "m": {"b": "2", "a": "1", "n": {"k": "v"}},
    "values": {"x": "vx", "yes": "true"},
    "url": "https://example.net/a?b=c&d=<e>",
    "multi": "l1\nl2",
    "uni": "héllo wörld",
    "sp": "  trim me  ",
}


def data() -> dict[str, Any]:
    """The data in Go's types."""
    result: dict[str, Any] = from_json(copy.deepcopy(DATA))
    result["values"] = StringMap(result["values"])
    result["path"]["segments"] = StringList(result["path"]["segments"])
    return result


def render(template: str) -> str:
    return Renderer(go=True).text(template, data())[0]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{.name}}", "My_App.v1"),
        ("{{ .name | lower | quote }}", '"my_app.v1"'),
        ("{{.path.basename}}-{{ index .path.segments 0 }}", "web-Site-apps"),
        (
            "{{.port}} {{.big}} {{.f}} {{.yes}} {{.nothing}} {{.list}} {{.m}} {{.values}} {{.path.segments}}",
            "8080 1.2345678e+07 1.5 true <no value> [a b c] map[a:1 b:2 n:map[k:v]] map[x:vx yes:true] [apps web-Site]",
        ),
        (
            "{{.missing}} {{.missing.x}} {{.m.zz}} {{.values.zz}}",
            "<no value> <no value> <no value> <no value>",
        ),
        ('{{ default "d" .missing }} {{ .empty | default "d" | upper }}', "d D"),
        ("{{ range $i, $x := .list }}{{$i}}={{ $x }},{{ end }}", "0=a,1=b,2=c,"),
        ("{{- range .objs }}\n- {{ .n }}\n{{- end }}", "\n- x\n- y"),
        (
            "{{ with .m.n }}{{ .k }}{{ $.name }}{{ end }}{{ with $x := .m }}{{ $x.a }}{{ end }}",
            "vMy_App.v11",
        ),
        (
            "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}{{ if true }}{{ $x := 3 }}{{ end }}{{ $x }}",
            "22",
        ),
        (
            '{{ range .list }}{{ if eq . "b" }}{{ continue }}{{ end }}{{ . }}{{ end }}{{ range .list }}{{ if eq . "b" }}{{ break }}{{ end }}{{ . }}{{ end }}',
            "aca",
        ),
        (
            '{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" .name }}{{ block "y" .m }}<{{ .a }}>{{ end }}',
            "[My_App.v1]<1>",
        ),
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        ("{{ if gt .port 80.0 }}a{{end}}{{ if eq (int .port) 8080 }}b{{ end }}", "ab"),
        (
            "{{ normalize .name }} {{ slugify .name }} {{ slugify 5 true .name }} {{ slugify 5 false .name }}",
            "my-app.v1 my-app-v1 my my-ap",
        ),
        (
            '{{ printf "%s-%d-%v-%q" .name 5 .port .name }}|{{ printf "%05d|%-5s|%5s|%.2f" 42 "ab" "cd" .f }}',
            'My_App.v1-5-8080-"My_App.v1"|00042|ab   |   cd|1.50',
        ),
        ("{{ until (int (add 1 2)) }}", "[0 1 2]"),
        ("{{- .name -}} x", "My_App.v1x"),
        ("{{-  3 }}|{{-3}}|{{ -3 }}", "3|-3|-3"),
        ("{{/* a */ -}}   x", "x"),
        ("a  {{- /* a */}}  x", "a  x"),
        ('{{ .list|join "-" }}', "a-b-c"),
        ("{{.name|lower|upper}}", "MY_APP.V1"),
        ('{{ (printf "%s" .name) | lower }}', "my_app.v1"),
        ('{{ printf "%v %v %v" .list .m .nothing }}', "[a b c] map[a:1 b:2 n:map[k:v]] <nil>"),
        ('{{ printf "%d" .port }}', "%!d(float64=8080)"),
        ('{{ printf "%s" .port }}', "%!s(float64=8080)"),
        (
            '{{ printf "%v" 1.0 }} {{ 1.0 }} {{ 2.50 }} {{ 1e6 }} {{ 1e-7 }} {{ 123456789.5 }}',
            "1 1 2.5 1e+06 1e-07 1.234567895e+08",
        ),
        ('{{ printf "%5.1f|%x|%X|%08x" 2.25 255 255 255 }}', "  2.2|ff|FF|000000ff"),
        ('{{ printf "%t %T" .yes .name }}', "true string"),
        ('{{ printf "100%%" }}', "100%"),
        ('{{ "\\u00e9\\x41\\101\\n\\\\" }}', "\u00e9AA\n\\"),
        ('{{ quote "a\\u00e9\\n\\x01\\u2028" }}', '"aé\\n\\x01\\u2028"'),
        ("{{ 'a' }}{{ '\\n' }}{{ '\\'' }}", "971039"),
        ("{{ true }}{{ false }}{{ not true }}", "truefalsefalse"),
        ('{{ if or (eq .name "x") (eq .path.basename "web-Site") }}y{{ end }}', "y"),
        ("{{ if and .yes (not .no) }}y{{ end }}", "y"),
        (
            "{{ range $i, $e := .objs }}{{ if $i }}, {{ end }}{{ $e.n }}{{ else }}none{{ end }}",
            "x, y",
        ),
        ("{{ range $e := .objs }}{{ $e.v }}{{ end }}", "1<no value>"),
        ("{{ range .objs }}{{ .v | default 9 }}{{ end }}", "19"),
        ("{{ range .nothing }}{{ else }}n{{ end }}", "n"),
        ("{{ range .m }}{{ . }};{{ end }}", "1;2;map[k:v];"),
        ("{{ range $k, $v := .values }}{{ $k }}={{ $v }};{{ end }}", "x=vx;yes=true;"),
        (
            "{{ with .name }}{{ . }}{{ end }}{{ with .empty }}a{{ else with .name }}b{{ . }}{{ else }}c{{ end }}",
            "My_App.v1bMy_App.v1",
        ),
        ("{{ if .empty }}a{{ else if .nothing }}b{{ else if .list }}c{{ else }}d{{ end }}", "c"),
        ("{{ if .missing.deep }}a{{ else }}b{{ end }}", "b"),
        ("{{ if .m.missing.deep }}a{{ else }}b{{ end }}", "b"),
        ('{{ default "x" .m.missing.deep }}', "x"),
        ("{{ (default dict .missing).x }}", "<no value>"),
        ('{{ default (dict "a" "b") .missing | toJson }}', '{"a":"b"}'),
        ('{{ dig "path" "basename" "x" . }}', "web-Site"),
        ('{{ dig "m" "n" "zz" "d" . }}', "d"),
        ('{{ .values.x | default "q" }}', "vx"),
        ('{{ .values.zz | default "q" }}', "q"),
        ('{{ index .values "x" }}{{ index . "name" }}{{ index .m "n" "k" }}', "vxMy_App.v1v"),
        ("{{ index .list 1 | upper }}", "B"),
        (
            '{{ index .path.segments 1 | lower }}{{ len .path.segments }}{{ last .path.segments }}{{ join "/" .path.segments }}',
            "web-site2web-Siteapps/web-Site",
        ),
        ('{{ first (splitList "-" .path.basename) }}', "web"),
        ("{{ first (list) }}{{ last (list) }}", "<no value><no value>"),
        ('{{ has "a" .missing }}', "false"),
        (
            '{{ without .list "a" "b" }} {{ compact (list 0 "" "x" nil) }} {{ uniq (list "a" "a") }}',
            "[c] [x] [a]",
        ),
        (
            '{{ append .list 1 | toJson }} {{ prepend .list 1 | toJson }} {{ append .path.segments "q" }}',
            '["a","b","c",1] [1,"a","b","c"] [apps web-Site q]',
        ),
        ("{{ concat .list .path.segments }}", "[a b c apps web-Site]"),
        ("{{ chunk 2 .list }}", "[[a b] [c]]"),
        ("{{ reverse .path.segments }} {{ initial .path.segments }}", "[web-Site apps] [apps]"),
        ('{{ list 1 "a" true nil 1.5 | toJson }}', '[1,"a",true,null,1.5]'),
        ('{{ dict "a" }} {{ dict 1 2 }}', "map[a:] map[1:2]"),
        (
            '{{ keys (dict "a" 1) }} {{ values (dict "a" 1) }} {{ pluck "n" (index .objs 0) (index .objs 1) }}',
            "[a] [1] [x y]",
        ),
        ('{{ unset (dict "a" 1 "b" 2) "a" }} {{ set (dict) "x" .port }}', "map[b:2] map[x:8080]"),
        (
            '{{ merge .m (dict "a" "zz" "new" "1") | toJson }}',
            '{"a":"1","b":"2","n":{"k":"v"},"new":"1"}',
        ),
        (
            '{{ merge (dict "n" (dict "a" 1)) .m | toJson }}',
            '{"a":"1","b":"2","n":{"a":1,"k":"v"}}',
        ),
        (
            '{{ mergeOverwrite (deepCopy .m) (dict "n" (dict "k" "w" "z" 1)) | toJson }}',
            '{"a":"1","b":"2","n":{"k":"w","z":1}}',
        ),
        ('{{ mergeOverwrite (dict "a" "x") (dict "a" "") | toJson }}', '{"a":""}'),
        ('{{ merge (dict "a" "") (dict "a" "y") | toJson }}', '{"a":"y"}'),
        ('{{ merge (dict "a" (list)) (dict "a" (list 1)) | toJson }}', '{"a":[1]}'),
        ('{{ mergeOverwrite (dict "a" (dict "b" 1)) (dict "a" "s") | toJson }}', '{"a":"s"}'),
        ('{{ merge (dict "a" "s") (dict "a" (dict "b" 1)) | toJson }}', '{"a":"s"}'),
        ('{{ mergeOverwrite (dict "a" "s") (dict "a" (dict "b" 1)) | toJson }}', '{"a":{"b":1}}'),
        ('{{ mergeOverwrite (dict "a" "s") (dict "a" nil) | toJson }}', '{"a":null}'),
        ("{{ deepCopy .m | toJson }}", '{"a":"1","b":"2","n":{"k":"v"}}'),
        (
            "{{ .multi | quote }} {{ .multi | squote }} {{ .url | quote }}",
            '"l1\\nl2" \'l1\nl2\' "https://example.net/a?b=c&d=<e>"',
        ),
        (
            "{{ toPrettyJson .objs }}",
            '[\n  {\n    "n": "x",\n    "v": 1\n  },\n  {\n    "n": "y"\n  }\n]',
        ),
        ('{{ toPrettyJson (dict "a" (list) "b" (dict)) }}', '{\n  "a": [],\n  "b": {}\n}'),
        ('{{ fromJson "nope" }} {{ fromJson "[1,2]" }}', "<no value> [1 2]"),
        ('{{ (fromYaml "a: 1\\nb: [x, y]").b }}', "[x true]"),
        ('{{ fromYaml "" }} {{ fromYamlArray "" }}', "map[] []"),
        ('{{ (fromYaml "port: 8080").port }}', "8080"),
        (
            '{{ title "foo bar-baz" }} {{ title "ÉCOLE élan" }} {{ untitle "Foo Bar" }}',
            "Foo Bar-Baz \u00c9COLE \u00c9lan foo bar",
        ),
        (
            "{{ trunc -3 .name }} {{ trunc 100 .name }} {{ trunc 0 .name }} {{ trunc -100 .name }}",
            ".v1 My_App.v1  My_App.v1",
        ),
        ('{{ trimSuffix "x" "xx" }} {{ trimAll "x" "xaxbx" }} {{ trimPrefix "" "a" }}', "x axb a"),
        ('{{ replace "" "-" "abc" }} {{ replace "b" "" "abc" }}', "-a-b-c- ac"),
        (
            '{{ split "," "a,b" }} {{ splitn "," 2 "a,b,c" }} {{ splitList "" "abc" }} {{ splitList "," "" }}',
            "map[_0:a _1:b] map[_0:a _1:b,c] [a b c] []",
        ),
        (
            '{{ join "," (list 1 nil "a" 1.5) }} {{ join "," "abc" }} {{ join "," .nothing }}',
            "1,a,1.5 abc ",
        ),
        (
            '{{ sortAlpha (list "b" "a" 3) }} {{ sortAlpha "x" }} {{ toStrings (list 1 2) }}',
            "[3 a b] [x] [1 2]",
        ),
        ('{{ cat "a" 1 nil 2.5 }} {{ cat }}', "a 1 2.5 "),
        ('{{ plural "one" "many" 1 }} {{ plural "one" "many" 2 }}', "one many"),
        ('{{ repeat 0 "x" }}|{{ indent 0 "x" }}|{{ indent 2 "" }}', "|x|  "),
        ('{{ b64enc "héllo" }} {{ b64dec "aMOpbGxv" }}', "aMOpbGxv h\u00e9llo"),
        (
            '{{ regexMatch "^[a-z]+$" "abc" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }} {{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }}',
            "true -W-xxW- --- -${1}-${1}-",
        ),
        (
            '{{ regexReplaceAll "\\\\W+" .name "-" }} {{ regexFindAll "\\\\d" "a1b2" -1 }} {{ regexSplit "-+" "a--b-c" 2 }} {{ regexFind "x" "y" }}',
            "My_App-v1 [1 2] [a b-c] ",
        ),
        (
            '{{ regexReplaceAll "" "abc" "-" }} {{ regexReplaceAll "b*" "abc" "-" }}',
            "-a-b-c- -a-c-",
        ),
        (
            '{{ slugify 10 true "hello-world-foo" }} {{ slugify 10 false "hello-world-foo" }} {{ slugify "a.b__c--d" }} {{ slugify 3 "abcdef" }}',
            "hello hello-worl a-b-c-d abc",
        ),
        ('{{ normalize "A_b.C-" }} {{ normalize "" }} {{ normalize "ÀÉ" }}', "a-b.c  "),
        (
            '{{ add 1.7 "2" true nil }} {{ add "x" 1 }} {{ sub 1 2 }} {{ div -7 2 }} {{ mod -7 2 }} {{ mul 2 3 4 }} {{ add1 "0x10" }} {{ int "010" }} {{ int "1.0" }} {{ int "1.5" }} {{ int 1.9 }} {{ int true }} {{ int "-5" }} {{ int " 5" }}',
            "4 1 -1 -3 -1 24 17 8 1 0 1 1 -5 0",
        ),
        ('{{ max 1 2.5 "7" }} {{ min 3 1 }} {{ biggest 1 2 }}', "7 1 2"),
        (
            '{{ floor 1.9 }} {{ ceil "1.1" }} {{ round 2.5 0 }} {{ round -2.5 0 }} {{ round 123.556 2 }} {{ round 1.5 1 0.6 }}',
            "1 2 3 -3 123.56 1.5",
        ),
        (
            "{{ until 0 }} {{ until -3 }} {{ untilStep 0 10 3 }} {{ untilStep 10 0 -3 }} {{ untilStep 0 5 0 }}",
            "[] [0 -1 -2] [0 3 6 9] [10 7 4 1] []",
        ),
        (
            '{{ toDecimal "755" }} {{ toDecimal 644 }} {{ atoi "x" }} {{ atoi " 1" }} {{ atoi "+1" }} {{ int64 "9" }} {{ float64 "1e3" }} {{ float64 "x" }} {{ float64 true }}',
            "493 420 0 0 1 9 1000 0 1",
        ),
        ('{{ eq "a" nil }} {{ ne nil nil }}', "false false"),
        ("{{ eq .m nil }}", "false"),
        ("{{ lt .port 9000.0 }} {{ eq .port 8080.0 }}", "true true"),
        (
            '{{ print "a" "b" }} {{ print 1 2 }} {{ print "a" 1 2 "b" }} {{ println 1 "a" }}',
            "ab 1 2 a1 2b 1 a\n",
        ),
        (
            '{{ empty 0 }}{{ empty "" }}{{ empty (list) }}{{ empty .nothing }}{{ empty false }}{{ empty 0.0 }}{{ empty "x" }}',
            "truetruetruetruetruetruefalse",
        ),
        (
            '{{ coalesce }} {{ coalesce nil 0 "" "a" }} {{ all }} {{ any }}',
            "<no value> a true false",
        ),
        (
            '{{ ternary 1 2 true }} {{ true | ternary "a" "b" }} {{ eq 1 1 | ternary "a" "b" }}',
            "1 a a",
        ),
        (
            '{{ kindOf (list) }} {{ kindOf (dict) }} {{ kindOf 1 }} {{ kindOf 1.5 }} {{ kindOf "s" }} {{ kindOf true }} {{ kindOf .missing }} {{ typeOf (list) }} {{ typeOf .path.segments }} {{ kindIs "slice" .list }} {{ typeIs "string" "a" }} {{ typeOf true }} {{ kindOf (add 1 1) }} {{ typeOf (int 1) }}',
            "slice map int float64 string bool invalid []interface {} []string true true bool int64 int",
        ),
        (
            '{{ base "/" }} {{ base "a/" }} {{ dir "/a" }} {{ dir "a/b/" }} {{ dir "" }} {{ clean "" }} {{ clean "/../a" }} {{ ext "a/b.c/d" }} {{ ext ".x" }} {{ isAbs "/a" }}',
            "/ a / a/b . . /a  .x true",
        ),
        ('{{ hasKey .missing "x" }}', "false"),
        ('{{ get .missing "x" }}', ""),
        (
            "{{ $.path.basename }}{{ range .list }}{{ $.name }}{{ end }}",
            "web-SiteMy_App.v1My_App.v1My_App.v1",
        ),
        (
            '{{ define "a" }}{{ $.name }}{{ end }}{{ template "a" . }}{{ template "a" }}',
            "My_App.v1<no value>",
        ),
        ('{{ define "a" }}{{ . }}{{ end }}{{ template "a" }}', "<no value>"),
        ("{{ .name }}}}", "My_App.v1}}"),
        ("{ { .name } }", "{ { .name } }"),
        ('{{ "}}" }}', "}}"),
        ("{{ `a\nb` }}", "a\nb"),
        ("{{ .name | }}", "My_App.v1"),
        ("{{ . | toJson | len }}", "458"),
        (
            "{{ $ }}",
            "map[big:1.2345678e+07 empty: f:1.5 list:[a b c] m:map[a:1 b:2 n:map[k:v]] multi:l1\nl2 name:My_App.v1 no:false nothing:<nil> objs:[map[n:x v:1] map[n:y]] path:map[basename:web-Site basenameNormalized:web-site path:apps/web-Site segments:[apps web-Site]] port:8080 sp:  trim me   uni:h\u00e9llo w\u00f6rld url:https://example.net/a?b=c&d=<e> values:map[x:vx yes:true] yes:true]",
        ),
        ("{{ $x := .name }}{{ range .list }}{{ $x }}{{ end }}", "My_App.v1My_App.v1My_App.v1"),
        ("{{ if $x := .name }}{{ $x }}{{ end }}", "My_App.v1"),
        ("{{ .1 }}", "0.1"),
        ("{{ . | len }}", "17"),
        ("{{not .yes}}", "false"),
        ('{{ and 1 }} {{ or 0 }} {{ or "" 0 nil }}', "1 0 <no value>"),
        ("{{ .yes | and .no }} {{ .name | or .empty }}", "false My_App.v1"),
        ("{{ (index .objs 0).zz }}", "<no value>"),
        (
            '{{ sha512sum "a" }}',
            "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75",
        ),
        (
            '{{ mustToJson .m }} {{ mustMerge (dict) .m | toJson }} {{ mustFirst .list }} {{ mustHas "a" .list }} {{ mustRegexMatch "a" "a" }}',
            '{"a":"1","b":"2","n":{"k":"v"}} {"a":"1","b":"2","n":{"k":"v"}} a true true',
        ),
        ('{{ regexMatch "(" "a" }}', "false"),
        (
            "{{ .path }}",
            "map[basename:web-Site basenameNormalized:web-site path:apps/web-Site segments:[apps web-Site]]",
        ),
        ("{{ range $i, $c := until 3 }}{{ $i }}{{ end }}", "012"),
        ("{{ with $ }}{{ .name }}{{ end }}", "My_App.v1"),
        ("{{ .m.n | toJson | quote }}", '"{\\"k\\":\\"v\\"}"'),
        ('{{ .path.path | replace "/" "-" | trunc 63 | trimSuffix "-" }}', "apps-web-Site"),
        (
            "{{ range $index, $element := .objs -}}\n- name: {{ $element.n }}\n{{ end -}}",
            "- name: x\n- name: y\n",
        ),
        ('{{- if eq .name "x" }}\na: b\n{{- else }}\nc: d\n{{- end }}', "\nc: d"),
    ],
)
def test_what_go_prints(template: str, expected: str) -> None:
    assert render(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{{ if eq .port 8080 }}a{{end}}",
        '{{ hasKey .values "x" }}',
        '{{ fail "no" }}',
        "{{ until (add 1 2) }}",
        "a {{-.name}} b",
        "{{ /* c */ }}x",
        "{{ $a, $b := 1, 2 }}",
        "{{ range .name }}x{{ end }}",
        '{{ dig "values" "x" "d" . }}',
        '{{ dig "name" "zz" "d" . }}',
        '{{ index .nothing "x" }}',
        '{{ index .missing "x" }}',
        "{{ first .name }}",
        "{{ rest .missing }}",
        '{{ mustFromJson "nope" }}',
        '{{ fromYaml "[1]" }}',
        "{{ substr 1 100 .name }} {{ substr -1 3 .name }} {{ substr 3 1 .name }}",
        "{{ div 1 0 }}",
        "{{ eq 1 1.0 }}",
        '{{ lt "a" "b" }} {{ gt 2 1 }} {{ lt true false }}',
        "{{ get .m .nothing }}",
        "{{ .name.foo }}",
        "{{ .list.foo }}",
        "{{ .port.foo }}",
        '{{ template "nope" }}',
        "{{ break }}",
        "{{ else }}",
        "{{ if .yes }}{{ else }}{{ else }}{{ end }}",
        "{{ end }}",
        "{{ .name }",
        "{{{ .name }}}",
        '{{ "a\nb" }}',
        "{{ .name .port }}",
        "{{ lower .name .name }}",
        "{{ lower }}",
        "{{ .list | index 1 }}",
        "{{ .name | .port }}",
        "{{ .name | 1 }}",
        "{{ | lower }}",
        "{{ () }}",
        "{{ (.name }}",
        "{{ .name) }}",
        "{{ .a-b }}",
        "{{ $x }}",
        "{{ $x := 1 }}{{ $x.y }}",
        "{{ $x = 1 }}",
        "{{ range $x := .list }}{{ end }}{{ $x }}",
        "{{ if $x := .name }}{{ end }}{{ $x }}",
        "{{ nil | default 1 }}",
        "{{ nil }}",
        "{{ 1x }}",
        "{{ .name . }}",
        "{{ and }}",
        "{{ eq 1 }}",
        "{{ (eq 1 1).x }}",
        "{{ (index .objs 5).zz }}",
        "{{ len .nothing }}",
        '{{ slice .list 0 2 | join "," }} {{ slice .list 5 6 }}',
        '{{ slice "abc" 1 }}',
        '{{ mustRegexMatch "(" "a" }}',
        "{{ comment }}",
    ],
)
def test_what_go_refuses(template: str) -> None:
    with pytest.raises(TemplateError):
        render(template)
