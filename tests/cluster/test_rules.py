# ruff: noqa: E501, a table of faults reads best with one fault a line
"""Every rule of the plan: a fault at its place, and near misses that are healthy."""

from __future__ import annotations

import pytest

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.cluster.document import read_cluster
from gitopsgen.cluster.plan import PLAN_RULES
from gitopsgen.cluster.schema import compose
from gitopsgen.findings import Severity

SPECS = load_catalogue().specs
SCHEMA = compose(SPECS)

# Free of findings, but for the two components whose lifecycle warns.
HEALTHY = """\
apiVersion: gitopsgen/v1
name: home
domain: example.net
kubernetes: v1.35.7+k3s1
repository: {url: https://github.com/owner/home, branch: main}
ssh: {user: ubuntu, port: 22}
nodes:
  - {name: k-m1, address: 192.168.1.11, role: server}
  - {name: k-m2, address: 192.168.1.12, role: server}
  - {name: k-m3, address: 192.168.1.13, role: server}
  - {name: k-w1, address: 192.168.1.21, role: worker}
network:
  subnet: 192.168.1.0/24
  gateway: 192.168.1.1
  dns: [192.168.1.1]
  interface: eth0
  api_address: 192.168.1.20
  load_balancer_pool: 192.168.1.30-192.168.1.49
  pod_cidr: 10.42.0.0/16
  service_cidr: 10.43.0.0/16
components:
  argocd: {host: argocd.example.net}
  kube-vip:
  nfs-subdir-external-provisioner: {server: 192.168.1.5}
  ingress-nginx: {address: 192.168.1.30}
  cert-manager: {email: ops@example.net}
  loopia: {zones: [example.net]}
"""


def found(*changes: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Rule, severity and the text at the place of each finding, lifecycle warnings left out."""
    text = HEALTHY
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} has to be there once"
        text = text.replace(old, new)
    lines = text.split("\n")
    result = read_cluster(text, SCHEMA, SPECS)
    errors = [f for f in result.findings if f.severity is Severity.ERROR]
    assert (result.cluster is None) == bool(errors)
    return [
        (f.rule, f.severity.value, lines[f.line - 1][f.column - 1 :].split(",")[0].rstrip("}] "))
        for f in result.findings
        if f.rule != "plan-component-retired"
    ]


def test_the_healthy_cluster_has_only_lifecycle_warnings() -> None:
    assert found() == []
    result = read_cluster(HEALTHY, SCHEMA, SPECS)
    assert [(f.rule, f.line, f.column) for f in result.findings] == [
        ("plan-component-retired", 24, 3),
        ("plan-component-retired", 25, 3),
    ]


FAULTS = [
    # plan-schema: unknown key, wrong type, missing key, bad form
    ("gateway: ", "gatewya: ", [("plan-schema", "network:"), ("plan-schema", "gatewya: 192.168.1.1")]),
    ("port: 22", "port: many", [("plan-schema", "many")]),
    ("port: 22", "port: 70000", [("plan-schema", "70000")]),
    ("  interface: eth0\n", "", [("plan-schema", "network:")]),
    ("name: k-w1, ", "", [("plan-schema", "{address: 192.168.1.21")]),
    ("role: worker", "role: wroker", [("plan-schema", "wroker")]),
    ("name: home", "name: Home", [("plan-schema", "Home")]),
    ("api_address: 192.168.1.20", "api_address: 192.168.1.256", [("plan-schema", "192.168.1.256")]),
    ("subnet: 192.168.1.0/24", "subnet: 192.168.1.0", [("plan-schema", "192.168.1.0")]),
    ("kubernetes: v1.35.7+k3s1", "kubernetes: v1.35", [("plan-schema", "v1.35")]),
    ("  loopia: {zones: [example.net]}", "  loopia:", [("plan-schema", "")]),
    ("  kube-vip:\n", "  kube-vip:\n  kube-vop: {}\n", [("plan-schema", "kube-vop: {")]),
    ("{email: ops@example.net}", "{email: ops@example.net, environment: prod}", [("plan-schema", "prod")]),
    # addresses
    ("address: 192.168.1.21", "address: 192.168.2.21", [("plan-address-outside-subnet", "192.168.2.21")]),
    ("gateway: 192.168.1.1", "gateway: 192.168.0.1", [("plan-address-outside-subnet", "192.168.0.1")]),
    ("api_address: 192.168.1.20", "api_address: 10.0.0.1", [("plan-address-outside-subnet", "10.0.0.1")]),
    ("192.168.1.30-192.168.1.49", "192.168.1.30-192.168.2.49", [("plan-address-outside-subnet", "192.168.1.30-192.168.2.49"), ("plan-reserved-address", "192.168.1.30-192.168.2.49")]),
    ("api_address: 192.168.1.20", "api_address: 192.168.1.255", [("plan-reserved-address", "192.168.1.255")]),
    ("address: 192.168.1.21", "address: 192.168.1.0", [("plan-reserved-address", "192.168.1.0")]),
    ("192.168.1.30-192.168.1.49", "192.168.1.30-192.168.1.255", [("plan-reserved-address", "192.168.1.30-192.168.1.255")]),
    ("address: 192.168.1.12", "address: 192.168.1.11", [("plan-duplicate-address", "192.168.1.11")]),
    ("api_address: 192.168.1.20", "api_address: 192.168.1.21", [("plan-duplicate-address", "192.168.1.21")]),
    ("server: 192.168.1.5", "server: 192.168.1.1", [("plan-duplicate-address", "192.168.1.1")]),
    ("dns: [192.168.1.1]", "dns: [192.168.1.20]", [("plan-duplicate-address", "192.168.1.20")]),
    ("api_address: 192.168.1.20", "api_address: 192.168.1.49", [("plan-pool-overlap", "192.168.1.30-192.168.1.49")]),
    ("server: 192.168.1.5", "server: 192.168.1.40", [("plan-pool-overlap", "192.168.1.30-192.168.1.49")]),
    ("dns: [192.168.1.1]", "dns: [192.168.1.45]", [("plan-pool-overlap", "192.168.1.30-192.168.1.49")]),
    ("192.168.1.30-192.168.1.49", "192.168.1.49-192.168.1.30", [("plan-pool-order", "192.168.1.49-192.168.1.30")]),
    ("192.168.1.30-192.168.1.49", '""', [("plan-pool-order", '""')]),
    ("ingress-nginx: {address: 192.168.1.30}", "ingress-nginx: {address: 192.168.1.50}", [("plan-address-outside-pool", "192.168.1.50")]),
    ("pod_cidr: 10.42.0.0/16", "pod_cidr: 10.43.0.0/16", [("plan-cidr-overlap", "10.43.0.0/16")]),
    ("service_cidr: 10.43.0.0/16", "service_cidr: 192.168.0.0/16", [("plan-cidr-overlap", "192.168.0.0/16")]),
    ("dns: [192.168.1.1]", "dns: [10.42.0.10]", [("plan-cidr-overlap", "10.42.0.10")]),
    # the other side is a default, which the file does not name
    ("pod_cidr: 10.42.0.0/16\n  service_cidr: 10.43.0.0/16", "pod_cidr: 10.43.0.0/16", [("plan-cidr-overlap", "10.43.0.0/16")]),
    ("server: 192.168.1.5", "server: 10.43.1.5", [("plan-cidr-overlap", "10.43.1.5")]),
    ("pod_cidr: 10.42.0.0/16", "pod_cidr: 10.42.1.0/16", [("plan-cidr-invalid", "10.42.1.0/16")]),
    ("pod_cidr: 10.42.0.0/16", "pod_cidr: 10.42.0.0/23", [("plan-cidr-invalid", "10.42.0.0/23")]),
    ("192.168.1.30-192.168.1.49", "192.168.1.30, 192.168.1.33/28", [("plan-cidr-invalid", "192.168.1.30")]),
    # choices
    ("k-m3, address: 192.168.1.13, role: server", "k-m3, address: 192.168.1.13, role: worker", [("plan-server-count", "nodes:")]),
    ("name: k-m2", "name: k-m1", [("plan-node-name", "k-m1")]),
    ("name: k-m2", "name: k_m2", [("plan-node-name", "k_m2")]),
    ("domain: example.net", "domain: exam_ple.net", [("plan-domain", "exam_ple.net")]),
    # a zone that is none says nothing about what it covers
    ("zones: [example.net]", 'zones: ["*.example.net"]', [("plan-schema", '"*.example.net"')]),
    ("host: argocd.example.net", "host: argocd.lab.example.net", [("plan-domain", "argocd.lab.example.net")]),
    ("  kube-vip:\n", "", [("plan-component-needs", "ingress-nginx: {address: 192.168.1.30")]),
    ("  cert-manager: {email: ops@example.net}\n", "", [("plan-component-needs", "loopia: {zones: [example.net")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS)
def test_a_fault_is_found_at_its_place(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert found((old, new)) == [(rule, "error", at) for rule, at in expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("server: 192.168.1.5", "server: 192.168.1.21", ("plan-nfs-on-client", "192.168.1.21")),
        ("v1.35.7+k3s1", "v1.37.0+k3s1", ("plan-component-needs", "v1.37.0+k3s1")),
    ],
)
def test_a_warning_does_not_refuse_the_cluster(
    old: str, new: str, expected: tuple[str, str]
) -> None:
    assert {(rule, at) for rule, severity, at in found((old, new)) if severity == "warning"} == {
        expected
    }


def test_a_single_server_is_a_warning_and_none_an_error() -> None:
    two = "  - {name: k-m2, address: 192.168.1.12, role: server}\n"
    three = "  - {name: k-m3, address: 192.168.1.13, role: server}\n"
    one = "k-m1, address: 192.168.1.11, role: server"
    assert found((two, ""), (three, "")) == [("plan-server-count", "warning", "nodes:")]
    assert found((two, ""), (three, ""), (one, one.replace("server", "worker"))) == [
        ("plan-server-count", "error", "nodes:")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dns: [192.168.1.1]", "dns: [1.1.1.1, 9.9.9.9]"),
        ("server: 192.168.1.5", "server: 172.16.0.5"),
        ("192.168.1.30-192.168.1.49", "192.168.1.22-192.168.1.254"),
        ("192.168.1.30-192.168.1.49", "192.168.1.30"),
        ("192.168.1.30-192.168.1.49", "192.168.1.32/28, 192.168.1.30-192.168.1.30"),
        ("pod_cidr: 10.42.0.0/16", "pod_cidr: 10.42.0.0/22"),
        ("service_cidr: 10.43.0.0/16", "service_cidr: 192.168.2.0/24"),
        ("subnet: 192.168.1.0/24", "subnet: 192.168.0.0/16"),
        ("host: argocd.example.net", "host: example.net"),
        ("loopia: {zones: [example.net]}", "loopia: {zones: [lab.example.net, example.net]}"),
        ("  loopia: {zones: [example.net]}\n", ""),
        ("  kube-vip:\n", "  kube-vip: {}\n"),
        ("ssh: {user: ubuntu, port: 22}\n", ""),
        (", branch: main", ""),
        ("https://github.com/owner/home", "git@git.example.net:owner/home.git"),
        ("https://github.com/owner/home", "ssh://git@git.example.net:2222/owner/home.git"),
        ("  pod_cidr: 10.42.0.0/16\n  service_cidr: 10.43.0.0/16\n", ""),
    ],
)
def test_a_near_miss_is_healthy(old: str, new: str) -> None:
    assert found((old, new)) == []


def test_two_components_of_one_role_are_refused() -> None:
    from dataclasses import replace

    nfs = next(spec for spec in SPECS if spec.role == "storage")
    other = replace(nfs, name="other-storage", options={"type": "object"})
    specs = (*SPECS, other)
    text = f"{HEALTHY}  other-storage: {{}}\n"
    errors = [
        (f.rule, f.line, f.column)
        for f in read_cluster(text, compose(specs), specs).findings
        if f.severity is Severity.ERROR
    ]
    assert errors == [("plan-component-needs", 28, 3)]


def test_all_faults_are_found_in_one_run() -> None:
    rules = {
        rule
        for rule, severity, _ in found(
            ("name: k-m2", "name: k-m1"),
            ("port: 22", "prot: 22"),
            ("gateway: 192.168.1.1", "gateway: 192.168.0.1"),
            ("pod_cidr: 10.42.0.0/16", "pod_cidr: 10.43.1.0/16"),
            ("host: argocd.example.net", "host: a.b.example.net"),
            ("  kube-vip:\n", ""),
        )
        if severity == "error"
    }
    assert rules == {
        "plan-node-name",
        "plan-schema",
        "plan-address-outside-subnet",
        "plan-cidr-overlap",
        "plan-cidr-invalid",
        "plan-domain",
        "plan-component-needs",
    }


def test_every_rule_of_the_plan_has_a_fault_here() -> None:
    tested = {rule for _, _, expected in FAULTS for rule, _ in expected}
    tested |= {"plan-nfs-on-client", "plan-component-retired"}
    assert {rule.id for rule in PLAN_RULES} == tested
