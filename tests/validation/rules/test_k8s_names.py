from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import k8s_names
from tests.validation.rules.build import findings_in, make_model, one_application, places
from tests.validation.rules.junk import junk, local_problems

if TYPE_CHECKING:
    from pathlib import Path


def named(kind: str, name: str, extra: str = "") -> dict[str, str]:
    version, _, kind = kind.rpartition("/")
    return one_application(
        f"apiVersion: {version or 'v1'}\nkind: {kind}\nmetadata:\n  name: {name}\n{extra}"
    )


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [
        ("ConfigMap", "Web_App", "Did you mean web-app?"),
        ("ConfigMap", "web-", "Did you mean web?"),
        ("ConfigMap", "web..app", "Did you mean web--app?"),
        ("ConfigMap", "ü", "Choose another name."),
        ("ConfigMap", "a" * 254, "Choose another name."),
        ("Service", "web.app", "Did you mean web-app?"),
        ("Service", "1web", "Choose another name."),
        ("Service", "a" * 64, "Choose another name."),
        ("Namespace", "team.web", "Did you mean team-web?"),
        ("apps/v1/StatefulSet", "db.main", "Did you mean db-main?"),
        ("apps/v1/Deployment", "My App", "Did you mean my-app?"),
        ("batch/v1/CronJob", "a" * 53, "Choose another name."),
        ("batch/v1/Job", "a" * 64, "Choose another name."),
        ("rbac.authorization.k8s.io/v1/ClusterRole", "a/b", "Did you mean a-b?"),
        ("rbac.authorization.k8s.io/v1/ClusterRole", '".."', "Choose another name."),
        ("rbac.authorization.k8s.io/v1/RoleBinding", "100%", "Did you mean 100?"),
        ("scheduling.k8s.io/v1/PriorityClass", "system-web", "Choose another name."),
        ("cert-manager.io/v1/Certificate", "'*.example'", "Did you mean example?"),
    ],
)
def test_a_name_that_is_refused(tmp_path: Path, kind: str, name: str, hint: str) -> None:
    model, files = make_model(tmp_path, named(kind, name))
    findings = findings_in(model, files, [k8s_names])
    assert places(findings) == ["k8s-name web/a.yaml:4:9"]
    assert findings[0].hint == hint


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ConfigMap", "kube-root-ca.crt"),
        ("ConfigMap", "a" * 253),
        ("ConfigMap", '"1"'),
        ("ConfigMap", '"{{ .name }}"'),
        ("ConfigMap", "__ROOT_NAME__"),
        ("ConfigMap", "${NAME}"),
        ("ConfigMap", '"{prefix}-db"'),
        ("ConfigMap", "REPLACE_ME"),
        ("ConfigMap", "7"),
        ("Service", "web-1"),
        ("Service", "a" * 63),
        ("Namespace", "1-team"),
        ("apps/v1/Deployment", "web.app"),
        ("batch/v1/CronJob", "a" * 52),
        ("rbac.authorization.k8s.io/v1/ClusterRole", "system:node:Reader_1"),
        ("rbac.authorization.k8s.io/v1/Role", '"a:b c"'),
        ("scheduling.k8s.io/v1/PriorityClass", "system-node-critical"),
        ("apiextensions.k8s.io/v1/CustomResourceDefinition", "Not_Mine"),
        ("user.openshift.io/v1/Group", "Team_A"),
        ("networking.k8s.io/v1/IPAddress", '"2001:db8::1"'),
        ("apiregistration.k8s.io/v1/APIService", "v1beta1.metrics.k8s.io"),
    ],
)
def test_a_name_that_is_taken(tmp_path: Path, kind: str, name: str) -> None:
    model, files = make_model(tmp_path, named(kind, name))
    assert findings_in(model, files, [k8s_names]) == []


def test_a_service_may_begin_with_a_digit_where_kubernetes_may_permit_it(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, named("Service", "1web"), minor="1.36")
    assert findings_in(model, files, [k8s_names]) == []


def test_the_name_of_an_api_service_says_what_it_serves(tmp_path: Path) -> None:
    spec = "spec: {version: v1beta1, group: metrics.k8s.io}\n"
    kind = "apiregistration.k8s.io/v1/APIService"
    model, files = make_model(tmp_path, named(kind, "metrics", spec))
    (finding,) = findings_in(model, files, [k8s_names])
    assert "it has to be v1beta1.metrics.k8s.io" in finding.message
    model, files = make_model(tmp_path, named(kind, "v1beta1.metrics.k8s.io", spec))
    assert findings_in(model, files, [k8s_names]) == []


@pytest.mark.parametrize(
    ("metadata", "place"),
    [('{name: ""}', "3:18"), ("{labels: {a: b}}", "3:11"), ("{name: }", "3:18")],
)
def test_an_object_without_a_name(tmp_path: Path, metadata: str, place: str) -> None:
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\n"
    model, files = make_model(tmp_path, one_application(manifest))
    findings = findings_in(model, files, [k8s_names])
    assert places(findings) == [f"k8s-name web/a.yaml:{place}"]


@pytest.mark.parametrize(
    "manifest",
    [
        "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n",
        "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectReview\nspec: {}\n",
    ],
)
def test_an_object_that_needs_no_name(tmp_path: Path, manifest: str) -> None:
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [k8s_names]) == []


@given(
    st.sampled_from(["Service", "Job", "APIService", "PriorityClass"]),
    st.sampled_from(["", "batch", "apiregistration.k8s.io", "scheduling.k8s.io"]),
    st.dictionaries(
        st.sampled_from(["metadata", "spec"]),
        junk(["name", "generateName", "version", "group", "manualSelector", "a/b"]),
    ),
)
def test_data_of_any_shape(kind: str, group: str, data: dict[str, Any]) -> None:
    for problem in local_problems(k8s_names, group, kind, data):
        assert problem.rule == "k8s-name"
