from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.schemas.kinds import kinds
from gitopsgen.validation.rules import k8s_enums
from gitopsgen.validation.rules.k8s_enum_tables import FIELDS
from tests.validation.rules.build import findings_in, make_model, one_application, places
from tests.validation.rules.junk import junk, local_problems

if TYPE_CHECKING:
    from pathlib import Path


def object_of(kind: str, line: str) -> dict[str, str]:
    version, _, kind = kind.rpartition("/")
    return one_application(
        f"apiVersion: {version or 'v1'}\nkind: {kind}\nmetadata: {{name: a}}\n{line}\n"
    )


POD = "spec: {template: {spec: {%s}}}"


@pytest.mark.parametrize(
    ("kind", "line", "hint"),
    [
        ("Service", "spec: {type: !Loadbalancer}", "Did you mean LoadBalancer?"),
        ("Service", "spec: {ports: [{protocol: !tcp}]}", "Did you mean TCP?"),
        ("Service", "spec: {sessionAffinity: !Cookie}", "It takes ClientIP or None."),
        ("Service", "spec: {ipFamilyPolicy: !DualStack}", "Did you mean PreferDualStack?"),
        (
            "networking.k8s.io/v1/Ingress",
            "spec: {rules: [{http: {paths: [{pathType: !prefix}]}}]}",
            "Did you mean Prefix?",
        ),
        ("networking.k8s.io/v1/NetworkPolicy", "spec: {policyTypes: [!ingress]}", "Did you mean"),
        ("PersistentVolumeClaim", "spec: {accessModes: [!RWO]}", "It takes ReadWriteOnce, "),
        ("PersistentVolume", "spec: {persistentVolumeReclaimPolicy: !Keep}", "It takes Retain, "),
        ("storage.k8s.io/v1/StorageClass", "reclaimPolicy: !Recycle", "It takes Delete or Retain."),
        ("apps/v1/Deployment", "spec: {strategy: {type: !recreate}}", "Did you mean Recreate?"),
        ("apps/v1/Deployment", POD % "restartPolicy: !Never", "It takes Always alone."),
        ("apps/v1/DaemonSet", POD % "dnsPolicy: !HostNetwork", "It takes ClusterFirst, "),
        ("apps/v1/StatefulSet", "spec: {podManagementPolicy: !parallel}", "Did you mean Parallel?"),
        (
            "apps/v1/Deployment",
            POD % "initContainers: [{imagePullPolicy: !IfNotExists}]",
            "Did you mean IfNotPresent?",
        ),
        (
            "apps/v1/Deployment",
            POD % "tolerations: [{effect: !NoShedule}]",
            "Did you mean NoSchedule?",
        ),
        ("batch/v1/CronJob", "spec: {concurrencyPolicy: !forbid}", "Did you mean Forbid?"),
        ("batch/v1/Job", POD % "restartPolicy: !Always", "It takes OnFailure or Never."),
        ("LimitRange", "spec: {limits: [{type: !container}]}", "Did you mean Container?"),
        (
            "rbac.authorization.k8s.io/v1/RoleBinding",
            "subjects: [{kind: !serviceAccount}]",
            "Did you mean ServiceAccount?",
        ),
        (
            "rbac.authorization.k8s.io/v1/RoleBinding",
            "roleRef: {apiGroup: !rbac}",
            "It takes rbac.authorization.k8s.io alone.",
        ),
        (
            "apps/v1/DaemonSet",
            POD % "containers: [{env: [{valueFrom: {fieldRef: {fieldPath: !nodeName}}}]}]",
            "Did you mean spec.nodeName?",
        ),
        (
            "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
            "roleRef: {kind: !Role}",
            "It takes ClusterRole alone.",
        ),
        (
            "policy/v1/PodDisruptionBudget",
            "spec: {unhealthyPodEvictionPolicy: !Always}",
            "Did you mean AlwaysAllow?",
        ),
        (
            "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration",
            "webhooks: [{sideEffects: !Some}]",
            "It takes None or NoneOnDryRun.",
        ),
        (
            "autoscaling/v2/HorizontalPodAutoscaler",
            "spec: {metrics: [{type: !CPU}]}",
            "It takes Object, Pods, Resource, ContainerResource or External.",
        ),
    ],
)
def test_a_value_that_is_none_of_the_few(tmp_path: Path, kind: str, line: str, hint: str) -> None:
    column = line.index("!") + 1
    model, files = make_model(tmp_path, object_of(kind, line.replace("!", "")))
    findings = findings_in(model, files, [k8s_enums])
    assert places(findings) == [f"k8s-enum web/a.yaml:4:{column}"]
    assert findings[0].hint.startswith(hint)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("Service", "spec: {type: LoadBalancer, externalTrafficPolicy: Local}"),
        ("Service", 'spec: {type: "", sessionAffinity: }'),
        ("Service", "spec: {type: [Loadbalancer]}"),
        ("Service", 'spec: {type: "{{ .type }}"}'),
        ("lab.dev/v1/Service", "spec: {type: Loadbalancer}"),
        ("Pod", "spec: {restartPolicy: Never, tolerations: [{operator: Lt}]}"),
        ("Pod", 'spec: {volumes: [{hostPath: {type: ""}}, {emptyDir: {medium: HugePages-2Mi}}]}'),
        ("apps/v1/Deployment", POD % "initContainers: [{restartPolicy: Always}]"),
        ("apps/v1/Deployment", POD % "containers: [{name: a}]"),
        (
            "apps/v1/Deployment",
            POD % "containers: [{env: [{valueFrom: "
            "{fieldRef: {fieldPath: metadata.labels['a']}}}]}]",
        ),
        ("rbac.authorization.k8s.io/v1/RoleBinding", 'roleRef: {apiGroup: "", kind: Role}'),
        ("LimitRange", "spec: {limits: [{type: lab.dev/Disk}]}"),
        ("Secret", "type: my.own/type"),
        ("batch/v1/Job", POD % "containers: [{name: a}], restartPolicy: OnFailure"),
        ("batch/v1/Job", "spec: {suspend: true}"),
    ],
)
def test_values_that_count(tmp_path: Path, kind: str, line: str) -> None:
    model, files = make_model(tmp_path, object_of(kind, line))
    assert findings_in(model, files, [k8s_enums]) == []


def test_the_pods_of_a_job_say_whether_they_start_again(tmp_path: Path) -> None:
    line = "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}"
    model, files = make_model(tmp_path, object_of("batch/v1/CronJob", line))
    (finding,) = findings_in(model, files, [k8s_enums])
    assert (finding.rule, finding.line) == ("k8s-enum", 4)
    assert finding.hint == "Write OnFailure or Never."


def test_the_kinds_of_the_tables_exist() -> None:
    assert FIELDS.keys() <= {(kind.group, kind.kind) for kind in kinds()}


WORDS = ["spec", "template", "containers", "type", "ports", "protocol", "metrics", "accessModes"]


@given(st.sampled_from(sorted(FIELDS)), st.dictionaries(st.sampled_from(WORDS), junk(WORDS)))
def test_data_of_any_shape(kind: tuple[str, str], data: dict[str, Any]) -> None:
    for problem in local_problems(k8s_enums, *kind, data):
        assert problem.rule == "k8s-enum"
