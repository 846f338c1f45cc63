from __future__ import annotations

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.registry import all_rules

E, W = Severity.ERROR, Severity.WARNING

# Ids are used by people's waivers, scripts and links: none may vanish or change its meaning. With
# each, the severities that its findings may have.
RULES = {
    "plan-schema": {E},
    "plan-address-outside-subnet": {E},
    "plan-reserved-address": {E},
    "plan-duplicate-address": {E},
    "plan-pool-overlap": {E},
    "plan-pool-order": {E},
    "plan-address-outside-pool": {E},
    "plan-cidr-overlap": {E},
    "plan-cidr-invalid": {E},
    "plan-server-count": {E, W},
    "plan-node-name": {E},
    "plan-domain": {E},
    "plan-component-needs": {E, W},
    "plan-nfs-on-client": {W},
    "plan-component-retired": {W},
    "yaml-syntax": {E},
    "yaml-duplicate-key": {E},
    "yaml-ambiguous-scalar": {W},
    "schema-invalid": {E},
    "schema-unknown-kind": {E},
    "schema-api-removed": {E},
    "crd-invalid": {E},
    "k8s-name": {E},
    "k8s-quantity": {E},
    "k8s-port": {E},
    "k8s-selector": {E, W},
    "k8s-enum": {E},
    "k8s-invalid": {E},
    "k8s-namespace-scope": {W},
    "argo-application-namespace": {E},
    "argo-duplicate-application": {E},
    "argo-duplicate-resource": {E},
    "argo-destination": {E},
    "argo-project-missing": {E},
    "argo-project-source": {E},
    "argo-project-destination": {E},
    "argo-project-kind": {E},
    "argo-source-path": {E},
    "argo-source-empty": {W},
    "argo-source-invalid": {E, W},
    "argo-values-ref": {E},
    "argo-values-file": {E},
    "argo-repository-url": {W},
    "argo-revision-floating": {W},
    "argo-namespace-missing": {E},
    "argo-crd-order": {E, W},
    "argo-crd-missing": {E},
    "argo-wave-without-health": {W},
    "argo-ingress-before-controller": {W},
    "argo-wave-invalid": {E},
    "argo-sync-option": {E},
    "argo-hook": {E, W},
    "argo-unreachable": {W},
    "argo-parameter": {E},
    "argo-large-resource": {E},
    "argo-excluded": {W},
    "argo-prune-danger": {W},
    "chart-render": {E},
    "chart-unknown-value": {W},
    "chart-schema": {E},
    "chart-empty": {W},
    "chart-digest": {E, W},
    "kustomize-build": {E},
    "chart-kube-version": {E},
    "ref-issuer": {E},
    "ref-tls-secret": {W},
    "ref-secret": {W},
    "ref-configmap": {W},
    "ref-claim": {W},
    "ref-role": {W},
    "ref-scale-target": {W},
    "ref-storage-class": {E, W},
    "ref-service": {E},
    "ref-service-account": {E},
    "ref-ingress-class": {E, W},
    "storage-default-class": {E, W},
    "ingress-host-duplicate": {E},
    "load-balancer-address": {E},
    "secret-plaintext": {E},
    "secret-sealed-scope": {W},
    "placeholder": {E, W},
    "waiver-unused": {W},
}


def test_no_rule_is_new_without_being_listed_here() -> None:
    assert all_rules().keys() <= RULES.keys()


def test_rules_are_as_severe_as_ever() -> None:
    for rule in all_rules().values():
        assert set(rule.severities) <= RULES[rule.id], rule.id
