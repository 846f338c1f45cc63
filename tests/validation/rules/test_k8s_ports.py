from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import k8s_ports
from tests.validation.rules.build import findings_in, make_model, one_application, places
from tests.validation.rules.junk import junk, local_problems

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n    - "
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n"
    "      ports: [{name: http, containerPort: 80}, {name: metrics, containerPort: 81}]\n      "
)
INGRESS = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n"
    "spec:\n  defaultBackend:\n    service:\n      name: a\n      port: "
)
POLICY = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
    "spec:\n  egress:\n    - ports:\n        - "
)


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (f"{SERVICE}port: 0\n", "6:13"),
        (f"{SERVICE}port: 65536\n", "6:13"),
        (f"{SERVICE}{{port: 80, targetPort: 99999}}\n", "6:30"),
        (f'{SERVICE}{{port: 80, targetPort: "8080"}}\n', "6:30"),
        (f"{SERVICE}{{port: 80, nodePort: -1}}\n", "6:28"),
        (f"{POD}ports: [{{containerPort: 70000}}]\n".replace("ports: [{name", "x: [{name"), "8:31"),
        (f"{POD}livenessProbe: {{httpGet: {{port: htpp}}}}\n", "8:39"),
        (f'{POD}readinessProbe: {{tcpSocket: {{port: "80"}}}}\n', "8:42"),
        (f"{POD}startupProbe: {{grpc: {{port: 0}}}}\n", "8:35"),
        (f"{POD}lifecycle: {{preStop: {{httpGet: {{port: web}}}}}}\n", "8:45"),
        (f"{INGRESS}{{number: 80000}}\n", "8:22"),
        (f"{INGRESS}{{number: 0}}\n", "8:22"),
        (f'{INGRESS}{{name: "80"}}\n', "8:20"),
        (f"{POLICY}port: 0\n", "7:17"),
        (f'{POLICY}port: "443"\n', "7:17"),
        (f"{POLICY}{{port: 80, endPort: 70000}}\n", "7:31"),
        (f"{POLICY}{{port: 80, endPort: 79}}\n", "7:31"),
        (
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: a}\n"
            "spec: {service: {name: a, namespace: b, port: 66000}}\n",
            "4:47",
        ),
        (
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n"
            "metadata: {name: a}\nwebhooks:\n  - clientConfig: {service: {port: 66000}}\n",
            "5:36",
        ),
    ],
)
def test_a_port_that_is_none(tmp_path: Path, manifest: str, place: str) -> None:
    model, files = make_model(tmp_path, one_application(manifest))
    assert places(findings_in(model, files, [k8s_ports])) == [f"k8s-port web/a.yaml:{place}"]


@pytest.mark.parametrize(
    "manifest",
    [
        f"{SERVICE}{{port: 80, targetPort: 0, nodePort: 0}}\n",
        f"{SERVICE}{{port: 80, targetPort: http, nodePort: 30080}}\n",
        f'{SERVICE}{{port: 65535, targetPort: ""}}\n',
        f"{SERVICE}{{port: true}}\n",
        f"{POD}livenessProbe: {{httpGet: {{port: http}}}}\n",
        f"{POD}livenessProbe: {{httpGet: {{port: 8080}}}}\n",
        f"{POD}livenessProbe: {{exec: {{command: [a]}}}}\n",
        f'{POD}livenessProbe: {{httpGet: {{port: "{{{{ .port }}}}"}}}}\n',
        f"{INGRESS}{{name: http}}\n",
        f"{INGRESS}{{name: http, number: 0}}\n",
        f"{POLICY}{{port: http}}\n",
        f"{POLICY}{{port: 80, endPort: 80}}\n",
        f"{POLICY}{{protocol: TCP}}\n",
        "apiVersion: lab.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 0}]}\n",
    ],
)
def test_a_port_that_is_one(tmp_path: Path, manifest: str) -> None:
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [k8s_ports]) == []


@pytest.mark.parametrize(
    ("port", "hint"),
    [
        ("htp", "Did you mean http?"),
        ("web", "Its ports are called http, metrics."),
        ('"8080"', "Write 8080 without quotes."),
    ],
)
def test_the_hint_of_a_probe(tmp_path: Path, port: str, hint: str) -> None:
    manifest = f"{POD}livenessProbe: {{httpGet: {{port: {port}}}}}\n"
    model, files = make_model(tmp_path, one_application(manifest))
    (finding,) = findings_in(model, files, [k8s_ports])
    assert finding.hint == hint


def test_a_probe_may_not_name_a_port_of_another_container(tmp_path: Path) -> None:
    manifest = f"{POD}image: a\n    - {{name: b, livenessProbe: {{tcpSocket: {{port: http}}}}}}\n"
    model, files = make_model(tmp_path, one_application(manifest))
    (finding,) = findings_in(model, files, [k8s_ports])
    assert finding.line == 9
    assert "or write its number" in finding.hint


WORDS = ["spec", "ports", "port", "targetPort", "rules", "http", "backend", "service", "number"]
WORDS += ["containers", "livenessProbe", "httpGet", "egress", "endPort", "webhooks", "name"]


@given(
    st.sampled_from([("", "Pod"), ("", "Service"), ("networking.k8s.io", "Ingress")])
    | st.just(("networking.k8s.io", "NetworkPolicy")),
    st.dictionaries(st.sampled_from(["spec", "webhooks"]), junk(WORDS)),
)
def test_data_of_any_shape(kind: tuple[str, str], data: dict[str, Any]) -> None:
    for problem in local_problems(k8s_ports, *kind, data):
        assert problem.rule == "k8s-port"


def test_a_number_of_very_many_digits() -> None:
    (problem,) = local_problems(k8s_ports, "", "Service", {"spec": {"ports": [{"port": 10**5000}]}})
    assert problem.message == "port with so many digits is no port"
