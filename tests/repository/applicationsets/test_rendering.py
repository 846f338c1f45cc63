"""Templates without Go: `{{name}}` becomes a parameter's text, all else stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.applicationsets.errors import TemplateError
from gitopsgen.repository.applicationsets.rendering import Renderer

PARAMETERS: dict[str, Any] = {
    "name": "web",
    "path[0]": "apps",
    "path.basename": "web",
    "values.tier": "gold",
    "number": 1.0,
    "braces": "{{name}}",
}


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("{{name}}", "web", []),
        ("a-{{ name }}-{{\tname\n}}", "a-web-web", []),
        ("{{path[0]}}/{{path.basename}}/{{values.tier}}", "apps/web/gold", []),
        ("{{Name}}", "{{Name}}", ["Name"]),
        ("{{ typo }}{{name}}", "{{ typo }}web", ["typo"]),
        ("{{path[1]}}", "{{path[1]}}", ["path[1]"]),
        ("{{metadata.labels.a/b}}", "{{metadata.labels.a/b}}", ["metadata.labels.a/b"]),
        ("{{number}}", "{{number}}", []),
        ("{{}}", "{{}}", []),
        ("{{.name}}", "{{.name}}", [".name"]),
        (
            "{{ index .path.segments 1 }}",
            "{{ index .path.segments 1 }}",
            ["index .path.segments 1"],
        ),
        ("{{ $labels.x }}{{ name | upper }}", "{{ $labels.x }}{{ name | upper }}", []),
        ("{{{{name}}}}", "{{{{name}}}}", []),
        ("{{braces}}", "{{name}}", []),
        ("{{name\n", "{{name\n", []),
        ("{{a\nb}}", "{{a\nb}}", []),
        ("{name} }}", "{name} }}", []),
    ],
)
def test_replacement(text: str, expected: str, missing: list[str]) -> None:
    assert Renderer(go=False).text(text, PARAMETERS) == (expected, missing)


def test_an_open_tag_behind_a_closed_one_fails() -> None:
    with pytest.raises(TemplateError, match="not closed"):
        Renderer(go=False).text("{{name}} {{", PARAMETERS)


@given(text=st.text(alphabet="{}ab c.", max_size=30))
def test_without_parameters_all_stays(text: str) -> None:
    renderer = Renderer(go=False)
    try:
        rendered = renderer.text(text, {})[0]
    except TemplateError:
        assert text.rfind("{{") > text.find("}}")
    else:
        assert rendered == text
