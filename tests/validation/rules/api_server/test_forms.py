from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import k8s_invalid
from gitopsgen.validation.rules.api_server.quantities import amount_of
from gitopsgen.validation.rules.api_server.schedules import schedule_refusal
from gitopsgen.validation.rules.workloads import POD_TEMPLATES
from tests.validation.rules.junk import junk, local_problems

_WORDS = """
spec template metadata labels annotations finalizers namespace containers initContainers name
image ports hostPort env valueFrom secretKeyRef envFrom volumeMounts mountPath subPath volumes
configMap defaultMode items path projected sources resources limits requests cpu livenessProbe
httpGet lifecycle preStop securityContext capabilities add affinity nodeAffinity
requiredDuringSchedulingIgnoredDuringExecution nodeSelectorTerms matchExpressions operator In
values tolerations key topologySpreadConstraints maxSkew strategy rollingUpdate maxSurge
replicas selector matchLabels schedule jobTemplate metrics type Resource rules http paths
pathType Prefix backend service port number tls hosts ingress from ipBlock cidr except data
stringData binaryData verbs apiGroups subjects kind roleRef ServiceAccount accessModes capacity
storage hard volumeClaimTemplates dnsConfig hostAliases
"""
WORDS = tuple(_WORDS.split())
KINDS = (
    *POD_TEMPLATES,
    *(("", kind) for kind in ("Service", "ConfigMap", "Secret", "PersistentVolume")),
    *(("", kind) for kind in ("PersistentVolumeClaim", "ResourceQuota")),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "Role"),
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(WORDS), junk(WORDS), max_size=4))
def test_any_data_can_be_looked_at(kind: tuple[str, str], data: dict[str, object]) -> None:
    for problem in local_problems(k8s_invalid, *kind, data):
        assert problem.message


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1", 1),
        (2, 2),
        (0.5, Fraction(1, 2)),
        ("100m", Fraction(1, 10)),
        ("1.5Gi", 1_610_612_736),
        ("1G", 10**9),
        ("2e3", 2000),
        ("-1k", -1000),
        (".5", Fraction(1, 2)),
    ],
)
def test_how_much_a_quantity_is(value: object, amount: Fraction) -> None:
    assert amount_of(value) == amount


@pytest.mark.parametrize("value", ["", "lots", "1 Gi", "512MB", True, None, [], "1" * 50, "1e999"])
def test_what_is_no_quantity_has_no_amount(value: object) -> None:
    assert amount_of(value) is None


@pytest.mark.parametrize(
    "schedule",
    [
        "0 4 * * *",
        "*/15 0-6,22-23 1,15 jan-mar MON-FRI",
        "5/10 * ? * *",
        "@daily",
        "@every 1h30m",
        "  0  4 * *  6 ",
        "0 0 29 2 *",
    ],
)
def test_a_schedule(schedule: str) -> None:
    assert schedule_refusal(schedule) == ""


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("", "it has 0 fields in place of five"),
        ("0 0 4 * * *", "it has 6 fields in place of five"),
        ("60 * * * *", '"60" is no minute'),
        ("* 24 * * *", '"24" is no hour'),
        ("* * 0 * *", '"0" is no day of the month'),
        ("* * * 13 *", '"13" is no month'),
        ("0 0 * * 7", '"7" is no day of the week'),
        ("*/0 * * * *", '"*/0" is no minute'),
        ("10-5 * * * *", '"10-5" is no minute'),
        ("1-2-3 * * * *", '"1-2-3" is no minute'),
        ("* * * * monday", '"monday" is no day of the week'),
        ("@dayly", "there is no such word"),
        ("@every day", "day is no duration"),
        ("TZ=UTC 0 4 * * *", "the time zone belongs into spec.timeZone"),
    ],
)
def test_what_is_no_schedule(schedule: str, why: str) -> None:
    assert schedule_refusal(schedule) == why
