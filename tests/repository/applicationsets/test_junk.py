"""Whatever a set looks like: no exception, and bounded work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.repository.applicationsets.globbing import match_path, match_pathspec
from gitopsgen.repository.applicationsets.model import Expansion
from tests.repository.applicationsets.build import expand_data

if TYPE_CHECKING:
    from pathlib import Path

_TEXTS = st.sampled_from(
    ["", "a", "{{a}}", "{{.a}}", "{{", "{{}}", "{{ range . }}{{ . }}{{ end }}", "https://github.com/owner/repo",
     "{{ .a | quote }}", "*", "[", "x/{{ index . 0 }}", "{{ template `x` }}", "\ud800"]
)  # fmt: skip
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
_KEYS = st.sampled_from(
    [
        "list",
        "git",
        "matrix",
        "merge",
        "generators",
        "elements",
        "elementsYaml",
        "selector",
        "template",
        "values",
        "directories",
        "files",
        "path",
        "exclude",
        "repoURL",
        "mergeKeys",
        "matchLabels",
        "matchExpressions",
        "key",
        "operator",
        "metadata",
        "spec",
        "name",
        "labels",
        "clusters",
        "a",
        "{{a}}",
    ]
)
_JUNK = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=25,
)
_SPECS = st.fixed_dictionaries(
    {"generators": _JUNK | st.lists(_JUNK, max_size=3)},
    optional={
        "template": _JUNK,
        "goTemplate": st.booleans(),
        "goTemplateOptions": st.just(["missingkey=error"]) | _JUNK,
        "templatePatch": _LEAVES,
        "syncPolicy": _JUNK,
    },
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spec=_SPECS | _JUNK, metadata=_JUNK)
def test_junk_never_raises(tmp_path: Path, spec: Any, metadata: Any) -> None:
    assert isinstance(expand_data(tmp_path, spec, metadata), Expansion)


@settings(max_examples=300)
@given(
    text=st.text(alphabet="{}.|$()\"'`=:-+ abifendrang019,/*\\\n", max_size=40), go=st.booleans()
)
def test_no_text_of_a_template_raises(tmp_path_factory: Any, text: str, go: bool) -> None:
    spec = {
        "goTemplate": go,
        "generators": [{"list": {"elements": [{"a": "x"}]}}],
        "template": {"metadata": {"name": "{{" + text + "}}"}, "spec": {text: text}},
    }

    # Not the folder of all tests: what others have left there would be looked at.
    root = tmp_path_factory.getbasetemp() / "of-templates"
    root.mkdir(exist_ok=True)
    expansion = expand_data(root, spec)

    assert expansion.applications or expansion.unchecked or expansion.missing


@pytest.mark.parametrize(
    "text",
    [
        "{{ define `a` }}{{ template `a` . }}{{ template `a` . }}{{ end }}{{ template `a` . }}",
        "{{ range 100000000 }}x{{ end }}",
        "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}",
        "{{ repeat 100000000 .a }}",
        "{{ until 100000000 }}",
        "{{ indent 100000000 .a }}",
        "{{ $x := .a }}{{ range 100 }}{{ $x = cat $x $x }}{{ end }}",
        "{{ $x := list 1 }}{{ range 100 }}{{ $x = concat $x $x }}{{ end }}{{ $x }}",
        "{{ regexMatch `(a+)+$` (repeat 100 .a) }}",
        "{{ regexMatch `a*a*a*a*a*b` (repeat 100 .a) }}",
        "{{ printf `%999999999d` 1 }}",
        "{{ $_ := set . `a` . }}{{ . }}",
        "{{" + "(" * 10_000 + ".a" + ")" * 10_000 + "}}",
        "{{ if .a }}" * 10_000 + "{{ end }}" * 10_000,
        "{{ if .a }}{{ else if .a }}" + "{{ else if .a }}" * 10_000 + "{{ end }}",
        "{{ round 1.5 9999 }}",
        "{{ " + "9" * 10_000 + " }}",
        "{{ atoi `" + "9" * 10_000 + "` }}",
        "{{ fromJson `" + "[" * 10_000 + "` }}",
        "{{ int 1e300 }}{{ float64 `nan` | int }}",
        "{{ floor `inf` }}",
        "{{ add 9223372036854775807 1 }}",
        "{{ '\\U00110000' }}",
    ],
)
def test_a_hostile_template_takes_no_time(tmp_path: Path, text: str) -> None:
    spec = {
        "goTemplate": True,
        "generators": [{"list": {"elements": [{"a": "a"}]}}],
        "template": {"metadata": {"name": "x"}, "spec": {"text": text}},
    }

    start = time.process_time()
    expansion = expand_data(tmp_path, spec)

    assert time.process_time() - start < 8
    assert expansion.applications or expansion.unchecked


def test_deep_data_is_unchecked(tmp_path: Path) -> None:
    deep: Any = "{{a}}"
    for _ in range(5000):
        deep = [deep]
    spec = {
        "generators": [{"list": {"elements": [{"a": "x"}]}}],
        "template": {"metadata": {"name": "x"}, "spec": {"deep": deep}},
    }

    expansion = expand_data(tmp_path, spec)

    assert expansion.unchecked == ("it is nested too deeply to be evaluated",)


def test_nested_products_are_bounded(tmp_path: Path) -> None:
    def listed(key: str) -> Any:
        return {"list": {"elements": [{key: str(number)} for number in range(1000)]}}

    inner = {"matrix": {"generators": [listed("a"), listed("b")]}}
    spec = {
        "generators": [{"matrix": {"generators": [inner, listed("c")]}}],
        "template": {"metadata": {"name": "{{a}}"}, "spec": {}},
    }

    expansion = expand_data(tmp_path, spec)

    assert expansion.applications == ()
    assert expansion.unchecked == ("it generates more than 5000 Applications",)


def test_globs_take_no_time() -> None:
    assert not match_path("*a" * 60 + "b", "a" * 250)
    assert not match_pathspec("**a" * 60 + "b", "a" * 250)


@given(
    pattern=st.text(alphabet="ab*?[]!^-\\/.", max_size=15),
    path=st.text(alphabet="ab/.", max_size=8),
)
def test_any_glob_gives_an_answer(pattern: str, path: str) -> None:
    assert match_path(pattern, path) in {True, False}
