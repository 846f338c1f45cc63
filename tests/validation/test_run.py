from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.tools.programs import Running
from gitopsgen.validation import kubeconform as kubeconform_module
from gitopsgen.validation.rules_stage import Rules
from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("kubeconform")
def test_kubeconform_is_ended_where_another_stage_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Running] = []
    stopped: list[Running] = []

    class Watched(Running):
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **settings)
            started.append(self)

        def stop(self) -> None:
            super().stop()
            stopped.append(self)

    def fail(_rules: object) -> None:
        raise UsageError("no")

    monkeypatch.setattr(kubeconform_module, "Running", Watched)
    monkeypatch.setattr(Rules, "problems", fail)
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    with pytest.raises(UsageError, match="no"):
        validate(tmp_path, Options(charts="skip", lint=False, jobs=1))
    assert len(started) == 1
    assert stopped == started


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    ("overlay", "rules"),
    [
        (
            "resources: [../base]\npatches:\n  - target: {kind: Application}\n"
            "    patch: '[{op: replace, path: \"/spec/source/path\", value: web}]'\n",
            [],
        ),
        ("resources: [../base]\n", ["argo-source-path", "placeholder"]),
        ("local app = std.parseYaml(importstr '../base/app.yaml'); [app]\n", []),
    ],
    ids=["an overlay that changes it", "one that does not", "a Jsonnet program"],
)
def test_an_application_that_an_overlay_changes_is_not_judged_as_it_stands(
    tmp_path: Path, overlay: str, rules: list[str]
) -> None:
    tree = {
        "base/kustomization.yaml": "resources: [app.yaml]\n",
        "base/app.yaml": application("web", "path: REPLACE_ME"),
        f"overlay/{'main.jsonnet' if 'local' in overlay else 'kustomization.yaml'}": overlay,
        "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    write(tmp_path, tree)
    report = validate(tmp_path, Options(charts="skip", repository_urls=(URL,), lint=False, jobs=1))
    assert sorted(finding.rule for finding in report.findings) == rules


@pytest.mark.usefixtures("kubeconform")
def test_the_values_of_a_chart_that_is_installed_by_hand_are_not_judged(tmp_path: Path) -> None:
    template = application("web", "path: web").replace(
        "namespace: web}", "namespace: {{ .Values.to }}}"
    )
    tree = {
        "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
        "apps/values.yaml": "to: somewhere\n",
        "apps/templates/app.yaml": template,
        "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    write(tmp_path, tree)
    report = validate(tmp_path, Options(repository_urls=(URL,), lint=False, jobs=1))
    assert report.findings == ()
    assert report.counts.applications == 1
