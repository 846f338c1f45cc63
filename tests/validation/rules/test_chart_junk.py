"""Charts and helm's messages of any shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import chart_digests, chart_rendering, chart_unknown_values
from gitopsgen.validation.rules.chart_messages import (
    LONGEST_MESSAGE,
    essence,
    kube_version_conflict,
    lines_named,
    schema_violations,
    values_named,
)
from tests.validation.rules.build import findings_in
from tests.validation.rules.chart_world import chart_application, used

if TYPE_CHECKING:
    from pathlib import Path

WORDS = st.sampled_from(
    [
        "values don't meet the specifications of the schema(s) in the following chart(s):\n",
        "web:\n", "- at '/a/0/b': ", "  - at '': ", "additional properties 'a', 'b' not allowed\n",
        "'allOf' failed\n", "- (root): ", "execution error at (web/templates/a.yaml:1:2): ",
        "template: web/charts/db/templates/a.yaml:9:9: executing \"a\" at <.Values.a.b>: ", "\n",
        "chart requires kubeVersion: >=1 which is incompatible with Kubernetes v1.35.0", "…",
        "failed to parse",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=8).map("".join) | st.text(max_size=200))
def test_any_message_is_taken(message: str) -> None:
    assert len(essence(message)) <= LONGEST_MESSAGE + 1
    assert isinstance(schema_violations(message), list)
    assert isinstance(values_named(message), list)
    assert isinstance(lines_named(message), list)
    kube_version_conflict(message)


@pytest.mark.parametrize(
    "helm",
    ["3", "[]", "{parameters: 3, valueFiles: x, values: 3, valuesObject: []}", "{values: '['}"],
)
@pytest.mark.parametrize(
    "error",
    [
        "",
        "values don't meet the specifications of the schema(s) in the following chart(s):\n"
        "db:\n- at '/a/0/b': bad\n- at '/a': missing property 'b'\nweb:\n- at '': bad",
        'template: web/charts/db/templates/a.yaml:9999999999:1: executing "x" at <.Values.a.b>: x',
        "failed to parse web/values.yaml",
    ],
)
def test_applications_of_any_shape_are_taken(tmp_path: Path, helm: str, error: str) -> None:
    web = {"values.yaml": "a: [1]", "templates/a.yaml": "{{ .Values.a }}"}
    model, files = used(tmp_path, {"app.yaml": chart_application(helm=helm)}, {"web": web})
    families = [chart_rendering, chart_digests, chart_unknown_values]
    charts = tuple(replace(use, error=error, digest="sha256:0") for use in model.charts)
    lock = {("", "", ""): "sha256:1"}
    found = findings_in(replace(model, charts=charts, lock=lock), files, families)
    assert all(finding.file == "app.yaml" for finding in found)
    assert "chart-digest" in {finding.rule for finding in found}
