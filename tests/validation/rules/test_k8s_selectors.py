from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import k8s_selectors
from tests.validation.rules.build import findings_in, make_model, one_application, places
from tests.validation.rules.junk import junk, local_problems

if TYPE_CHECKING:
    from pathlib import Path


def workload(selector: str, labels: str, kind: str = "apps/v1/Deployment") -> dict[str, str]:
    version, _, kind = kind.rpartition("/")
    return one_application(
        f"apiVersion: {version or 'v1'}\nkind: {kind}\nmetadata: {{name: a}}\n"
        f"spec:\n  selector: {selector}\n  template:\n    metadata: {{labels: {labels}}}\n"
    )


@pytest.mark.parametrize(
    ("selector", "labels", "column"),
    [
        ("{matchLabels: {app: web}}", "{app: wbe}", 33),
        ("{matchLabels: {app: web, tier: front}}", "{app: web}", 44),
        ("{matchLabels: {app: web}}", "", 33),
        ("{matchExpressions: [{key: app, operator: In, values: [a]}]}", "{app: b}", 33),
        ("{matchExpressions: [{key: app, operator: NotIn, values: [b]}]}", "{app: b}", 33),
        ("{matchExpressions: [{key: app, operator: Exists}]}", "{b: app}", 33),
        ("{matchExpressions: [{key: app, operator: DoesNotExist}]}", "{app: b}", 33),
        ("{matchLabels: {app: }}", "{app: b}", 33),
        ("{}", "{app: b}", 13),
        ("{matchLabels: {}}", "{app: b}", 13),
        ("", "{app: b}", 12),
        ("~", "{app: b}", 13),
    ],
)
def test_a_selector_that_misses_its_own_pods(
    tmp_path: Path, selector: str, labels: str, column: int
) -> None:
    model, files = make_model(tmp_path, workload(selector, labels))
    findings = findings_in(model, files, [k8s_selectors])
    assert places(findings) == [f"k8s-selector web/a.yaml:5:{column}"]


@pytest.mark.parametrize(
    ("selector", "labels", "kind"),
    [
        ("{matchLabels: {app: web}}", "{app: web, tier: front}", "apps/v1/Deployment"),
        ("{matchLabels: {app: web}}", "{app: 1}", "apps/v1/Deployment"),
        ("{matchLabels: {app: }}", '{app: ""}', "apps/v1/Deployment"),
        ('{matchLabels: {app: "{{ .a }}"}}', "{app: web}", "apps/v1/Deployment"),
        ("{matchLabels: {app: web}}", "{app: web}", "apps/v1/StatefulSet"),
        (
            "{matchExpressions: [{key: app, operator: NotIn, values: [b]}]}",
            "{tier: b}",
            "apps/v1/DaemonSet",
        ),
        ("{matchLabels: {app: web}}", "{app: wbe}", "batch/v1/Job"),
        ("{matchLabels: {app: web}}", "{app: wbe}", "policy/v1/PodDisruptionBudget"),
        ("{app: web}", "{app: web}", "ReplicationController"),
        ("{}", "{app: web}", "ReplicationController"),
        ("{}", "{app: web}", "batch/v1/Job"),
        ("", "{app: web}", "ReplicationController"),
        ("", "{app: web}", "argoproj.io/v1alpha1/Rollout"),
        ("{matchLabels: [app]}", "{app: web}", "apps/v1/ReplicaSet"),
    ],
)
def test_a_selector_that_is_right_or_another_rules(
    tmp_path: Path, selector: str, labels: str, kind: str
) -> None:
    model, files = make_model(tmp_path, workload(selector, labels, kind))
    assert findings_in(model, files, [k8s_selectors]) == []


@pytest.mark.parametrize("spec", ["", "spec:\n", "spec: {selector: }\n"])
def test_a_workload_without_a_selector(tmp_path: Path, spec: str) -> None:
    manifest = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\n{spec}"
    model, files = make_model(tmp_path, one_application(manifest))
    (finding,) = findings_in(model, files, [k8s_selectors])
    assert finding.message == "the selector of this Deployment is empty"


def test_a_template_that_is_null_has_no_labels(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
        "spec:\n  selector: {matchLabels: {app: web}}\n  template:\n"
    )
    model, files = make_model(tmp_path, one_application(manifest))
    assert places(findings_in(model, files, [k8s_selectors])) == ["k8s-selector web/a.yaml:5:33"]


def test_a_spec_without_the_key_is_the_schemas(tmp_path: Path) -> None:
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 1}\n"
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [k8s_selectors]) == []


def test_the_selector_of_a_replication_controller(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, workload("{app: web}", "{app: a}", "ReplicationController"))
    assert places(findings_in(model, files, [k8s_selectors])) == ["k8s-selector web/a.yaml:5:19"]


def test_a_rollout_without_a_template_of_its_own(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n"
        "spec: {selector: {matchLabels: {app: a}}, workloadRef: {name: a}}\n"
    )
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [k8s_selectors]) == []


WORDS = ["selector", "matchLabels", "matchExpressions", "template", "metadata", "labels", "key"]


@given(
    st.sampled_from(["Deployment", "StatefulSet"]),
    st.dictionaries(st.just("spec"), junk([*WORDS, "operator", "In", "values"])),
)
def test_data_of_any_shape(kind: str, data: dict[str, Any]) -> None:
    for problem in local_problems(k8s_selectors, "apps", kind, data):
        assert problem.rule == "k8s-selector"
