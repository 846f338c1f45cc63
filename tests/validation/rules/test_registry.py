"""The rules as a whole: their ids and severities are what waivers and scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules.registry import all_rules, families, local_families

if TYPE_CHECKING:
    from gitopsgen.findings import Rule

# E: an error, W: a warning, EW: depends on what was found.
IDS = {
    "plan-schema": "E", "plan-address-outside-subnet": "E", "plan-reserved-address": "E",
    "plan-duplicate-address": "E", "plan-pool-overlap": "E", "plan-pool-order": "E",
    "plan-address-outside-pool": "E", "plan-cidr-overlap": "E", "plan-cidr-invalid": "E",
    "plan-server-count": "EW", "plan-node-name": "E", "plan-domain": "E",
    "plan-component-needs": "EW", "plan-nfs-on-client": "W", "plan-component-retired": "W",
    "yaml-syntax": "E", "yaml-duplicate-key": "E", "yaml-ambiguous-scalar": "W",
    "schema-invalid": "E", "schema-unknown-kind": "E", "schema-api-removed": "E",
    "crd-invalid": "E",
    "k8s-name": "E", "k8s-quantity": "E", "k8s-port": "E", "k8s-selector": "EW",
    "k8s-enum": "E", "k8s-invalid": "E", "k8s-namespace-scope": "W",
    "argo-application-namespace": "E", "argo-duplicate-application": "E",
    "argo-duplicate-resource": "E", "argo-destination": "E", "argo-project-missing": "E",
    "argo-project-source": "E", "argo-project-destination": "E", "argo-project-kind": "E",
    "argo-source-path": "E", "argo-source-empty": "W", "argo-source-invalid": "EW",
    "argo-values-ref": "E", "argo-values-file": "E", "argo-repository-url": "W",
    "argo-revision-floating": "W", "argo-namespace-missing": "E", "argo-crd-order": "EW",
    "argo-crd-missing": "E", "argo-wave-without-health": "W",
    "argo-ingress-before-controller": "W", "argo-wave-invalid": "E", "argo-sync-option": "E",
    "argo-hook": "EW",
    "argo-unreachable": "W", "argo-parameter": "E", "argo-large-resource": "E",
    "argo-excluded": "W", "argo-prune-danger": "W",
    "chart-render": "E", "chart-unknown-value": "W", "chart-schema": "E", "chart-empty": "W",
    "chart-digest": "EW", "kustomize-build": "E", "chart-kube-version": "E",
    "ref-issuer": "E", "ref-tls-secret": "W", "ref-secret": "W", "ref-configmap": "W",
    "ref-storage-class": "EW", "ref-service": "E", "ref-service-account": "E",
    "ref-ingress-class": "EW", "ref-claim": "W", "ref-role": "W", "ref-scale-target": "W",
    "storage-default-class": "EW", "ingress-host-duplicate": "E", "load-balancer-address": "E",
    "secret-plaintext": "E", "secret-sealed-scope": "W", "placeholder": "EW",
    "waiver-unused": "W",
}  # fmt: skip


def test_the_rules_are_these() -> None:
    found = {
        rule.id: "".join(severity.value[0].upper() for severity in rule.severities)
        for rule in all_rules().values()
    }
    assert found == IDS


def test_no_rule_is_described_twice() -> None:
    described = [rule.id for family in local_families() for rule in family.RULES]
    described += [rule.id for family in families() for rule in family.RULES]
    assert len(described) == len(set(described))


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_and_why_and_shows_both(rule: Rule) -> None:
    assert rule.says.endswith(".")
    assert rule.why.endswith(".")
    assert rule.bad.strip()
    assert rule.good.strip()
    assert rule.bad != rule.good
