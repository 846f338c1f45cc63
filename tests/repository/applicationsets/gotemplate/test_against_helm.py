"""Go templates here and in helm, which is written in Go, print the same."""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.repository.applicationsets.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import from_json
from gitopsgen.repository.applicationsets.rendering import Renderer
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DATA: dict[str, Any] = {
    "name": "My_App.v1",
    "port": 8080,
    "half": 0.5,
    "yes": True,
    "nothing": None,
    "empty": "",
    "list": ["b", "a", "c"],
    "objs": [{"k": "x", "v": 1}, {"k": "z"}],
    "m": {"b": "2", "a": "1", "deep": {"k": "v"}},
    "text": "line one\nline two",
}
# Pipelines are put together at random from these: what starts one, and what may follow.
_STARTS = (
    ".name", ".port", ".half", ".yes", ".nothing", ".empty", ".list", ".objs", ".m", ".m.deep.k",
    ".m.none", ".none", ".text", "index .list 0", '(index .objs 0).k', '"a-b"', "1", "1.5", "true",
    'dict "x" 1', "list 1 .name", 'hasKey .m "a"', 'dig "deep" "k" "d" .m',
    'printf "%s-%d" .name 3',
    "keys (dict 1 2)", "len .list", 'splitList "_" .name', "add 1 .port",
)  # fmt: skip
_FILTERS = (
    "lower", "upper", "trim", "quote", "squote", 'default "d"', "empty", "not", "len", "toJson",
    "toString", "first", "last", "rest", "join \",\"", 'replace "_" "-"', "trunc 4", "indent 2",
    "nindent 2", "title", 'has "a"', "sortAlpha", "reverse", "uniq", "int", "add 1", "b64enc",
    'contains "a"', 'hasPrefix "M"', 'trimSuffix "1"', 'trimPrefix "My"', 'ternary "p" "q"',
    "kindOf", "typeOf", 'regexReplaceAll "[^a-z]+" "x1y"', "print", 'printf "%v|"', 'eq "a-b"',
    "and .yes", 'or .empty', "coalesce .nothing", 'append .list', "compact", "toStrings", "float64",
    "floor", "sha256sum", "repeat 2", 'cat "c"', "initial", "without .list", 'get .m',
)  # fmt: skip
_FRAMES = (
    "{{ PIPE }}", "{{- PIPE -}} x", "{{ if PIPE }}y{{ else }}n{{ end }}",
    "{{ range PIPE }}<{{ . }}>{{ else }}none{{ end }}", "{{ with PIPE }}{{ . }}{{ end }}",
    "{{ range $i, $e := PIPE }}{{ $i }}={{ $e }};{{ end }}", "{{ $x := PIPE }}{{ $x }}",
)  # fmt: skip


def _templates(count: int) -> list[str]:
    chance = random.Random(20261123)
    found = []
    for _ in range(count):
        filters = chance.choices(_FILTERS, k=chance.choice((0, 1, 1, 2, 2, 3)))
        pipe = " | ".join((chance.choice(_STARTS), *filters))
        found.append(chance.choice(_FRAMES).replace("PIPE", pipe))
    return found


def _here(template: str) -> str | None:
    """What is printed here; None for a failure."""
    try:
        return Renderer(go=True, missing_key="zero").text(template, from_json(DATA))[0]
    except (TemplateError, NotSupportedError):
        return None


def _in_helm(helm: Path, folder: Path, templates: Sequence[str]) -> list[str]:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: t\nversion: 1.0.0\n")
    (folder / "data.json").write_text(json.dumps(DATA))
    defined = "".join(f'{{{{ define "t{n}" }}}}{t}{{{{ end }}}}' for n, t in enumerate(templates))
    (folder / "templates" / "_defined.tpl").write_text(defined)
    calls = "\n".join(
        f'- {{{{ include "t{n}" (fromJson (.Files.Get "data.json")) | b64enc | quote }}}}'
        for n in range(len(templates))
    )
    (folder / "templates" / "all.yaml").write_text(f"items:\n{calls}\n")
    output = run([helm, "template", "x", folder]).stdout.decode()
    lines = [line[2:].strip('"') for line in output.splitlines() if line.startswith("- ")]
    return [base64.b64decode(line).decode() for line in lines]


def test_what_is_printed_here_helm_prints_too(helm: Path, tmp_path: Path) -> None:
    printed = {template: _here(template) for template in _templates(1500)}
    templates = [template for template, text in printed.items() if text is not None]

    found = _in_helm(helm, tmp_path / "chart", templates)

    assert len(templates) > 300
    assert found == [printed[template] for template in templates]


_NUMBERS = (
    "0x1p4", "0x1.8p1", "-0x.8p0", "0X1_fP-2", "0x_1f", "0x1e4", "1_000", "0b1_0", "0o1_7", "0_17",
    "017", "1_000.5", "1_0e1_0", "5.", ".5", "+.5e1", "1e3", "-1_8.", "08.5", "'a'", "1e21",
    "9223372036854775807", "-9223372036854775808", "0xffff", "1e-7",
)  # fmt: skip
_NO_NUMBERS = (
    "1__0", "1_", "0x1.8", "0x", "0b2", "08", "0_8", "1e", "0x1p", "1e400", "0x1p2000", "12a",
    "1.x",
    "9223372036854775808", "0x_", "+", "1_.5", "1._5", "0b1.1", "1e_5",
)  # fmt: skip


def test_numbers_are_those_of_go(helm: Path, tmp_path: Path) -> None:
    templates = [f"{{{{ {number} }}}} {{{{ kindOf {number} }}}}" for number in _NUMBERS]
    found = _in_helm(helm, tmp_path / "chart", templates)
    assert found == [_here(template) for template in templates]


@pytest.mark.parametrize("number", _NO_NUMBERS)
def test_what_is_no_number_to_go_is_none_here(helm: Path, tmp_path: Path, number: str) -> None:
    with pytest.raises(TemplateError):
        Renderer(go=True, missing_key="zero").text(f"{{{{ {number} }}}}", {})
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: t\nversion: 1.0.0\n")
    (tmp_path / "templates" / "x.yaml").write_text(f"a: {{{{ {number} }}}}\n")
    assert run([helm, "template", "x", tmp_path], check=False).status != 0


def test_complex_numbers_are_not_evaluated() -> None:
    with pytest.raises(NotSupportedError):
        Renderer(go=True, missing_key="zero").text("{{ 1i }}", {})
