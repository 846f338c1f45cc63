"""Operators that give a value of a certain meaning another value: a table of what is tried."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.mutation.mutant import Mutant, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.text import Source


@dataclass(frozen=True, slots=True)
class Change:
    """Values as YAML, to be tried at every path that fits; `*` fits any step or part of one."""

    operator: str
    files: str
    path: str
    values: tuple[str, ...]


_APPS, _CHILDREN, _ROOT = "apps/*.yaml", "apps/[!r]*.yaml", "apps/root.yaml"
_DAEMONSET = "components/kube-vip/manifests/daemonset.yaml"
_WAVE = '*.annotations.["argocd.argoproj.io/sync-wave"]'.replace(".[", "[[]").replace('"]', '"[]]')
_CONTAINER = "spec.template.spec.containers[[]*[]]"

_ARGO = (
    Change("wave", _CHILDREN, _WAVE, ('"-20"', '"0"', '"2"', '"9"', "3", '"first"', '"1.5"')),
    Change("wave", "projects/*", _WAVE, ('"9"', "-10", '"early"')),
    Change("project", _APPS, "spec.project", ("default", "platfrom", '""')),
    Change("server", _APPS, "spec.destination.server", ("https://10.0.0.1:6443", "in-cluster")),
    Change(
        "namespace",
        _APPS,
        "spec.destination.namespace",
        ("default", "kube-system", "Upper", "no_label", "cert-managr"),
    ),
    Change("namespace", _APPS, "metadata.namespace", ("default", "argo-cd")),
    Change("namespace", "projects/*", "metadata.namespace", ("default",)),
    Change("name", _APPS, "metadata.name", ("argocd", "Upper", "with_underscore", "a" * 260)),
    Change("name", "components/*/manifests/*", "metadata.name", ("Upper", "with_underscore")),
    Change(
        "repository",
        _APPS,
        "spec.sources[[]*[]].repoURL",
        (
            "https://github.com/ower/home-cluster",
            "git@github.com:owner/home-cluster.git",
            "https://github.com/owner/home-cluster.git",
            "http://github.com/owner/home-cluster",
            "https://charts.invalid",
            "github.com/owner/home-cluster",
        ),
    ),
    Change(
        "revision",
        _APPS,
        "spec.sources[[]*[]].targetRevision",
        ("HEAD", '"*"', "latest", '">=1.0.0"', "99.0.0", "no-such-branch", '""'),
    ),
    Change("chart", _CHILDREN, "spec.sources[[]*[]].chart", ("no-such-chart", '""', "../argo-cd")),
    Change(
        "path",
        _APPS,
        "spec.sources[[]*[]].path",
        ("no/such/folder", "/apps", "../apps", "apps/root.yaml", ".", "bootstrap"),
    ),
    Change("ref", _CHILDREN, "spec.sources[[]*[]].ref", ("vals", "$values", "a/b")),
    Change(
        "value-file",
        _CHILDREN,
        "*.valueFiles[[]*[]]",
        (
            "$values/components/values.yaml",
            "$vals/components/argocd/values.yaml",
            "components/argocd/values.yaml",
            "$values/components/../../values.yaml",
            "$values/README.md",
        ),
    ),
    Change("release", _CHILDREN, "*.releaseName", ("other", "Upper", "a" * 60)),
    Change(
        "sync-option",
        _APPS,
        "*.syncOptions[[]*[]]",
        (
            "CreateNamespace=True",
            "CreateNamespaces=true",
            "CreateNamespace",
            "ServerSideApply: true",
            "Prune=sometimes",
        ),
    ),
    Change("sync-option", _APPS, '*sync-options"[]]', ("Prune=flase", "Pruned=false", "Prune")),
    Change("finalizer", _CHILDREN, "metadata.finalizers[[]*[]]", ("resources-finalizer", '""')),
    Change("retry", _APPS, "*.retry.limit", ("-5", '"10"', "1.5")),
    Change("retry", _APPS, "*.backoff.*uration", ("10 s", "forever", "-5m")),
    Change("flag", _APPS, "*.automated.*", ('"true"', "yes", "1")),
    Change(
        "permitted-source",
        "projects/*",
        "spec.sourceRepos[[]*[]]",
        ("https://github.com/*", "https://charts.invalid", '"!https://github.com/owner/*"'),
    ),
    Change(
        "permitted-place",
        "projects/*",
        "spec.destinations[[]*[]].namespace",
        ("other", '"!kube-system"', '"?"'),
    ),
    Change(
        "permitted-place", "projects/*", "spec.destinations[[]*[]].server", ("https://10.0.0.1",)
    ),
    Change("permitted-kind", "projects/*", "*list[[]*[]].kind", ("Other", "namespace")),
    Change("permitted-kind", "projects/*", "*list[[]*[]].group", ("other.group", "v1")),
    Change(
        "api-version", "apps/*", "apiVersion", ("argoproj.io/v1", "v1alpha1", "argoproj/v1alpha1")
    ),
    Change("kind", "apps/*", "kind", ("Aplication", "application", "AppProject")),
    Change(
        "api-version",
        "components/*/manifests/*",
        "apiVersion",
        ("v2", "apps/v1beta1", "rbac.authorization.k8s.io/v1beta1", "cert-manager.io/v1alpha2"),
    ),
    Change("kind", "components/*/manifests/*", "kind", ("Deploymnet", "Job", "Role", "Issuer")),
)
_OBJECTS = (
    Change("label", _DAEMONSET, "spec.selector.matchLabels*", ("kube-vpi", "a b")),
    Change("label", _DAEMONSET, "spec.template.metadata.labels*", ("kube-vpi", "-a", '""')),
    Change("account", _DAEMONSET, "*.serviceAccountName", ("kube-vpi", "default", "Upper")),
    Change("role", "*/rbac.yaml", "roleRef.kind", ("Role", "ClusterRole", "Group")),
    Change("role", "*/rbac.yaml", "roleRef.name", ("other",)),
    Change("role", "*/rbac.yaml", "roleRef.apiGroup", ('""', "rbac")),
    Change("subject", "*/rbac.yaml", "subjects*.name", ("other",)),
    Change("subject", "*/rbac.yaml", "subjects*.namespace", ("other", "default")),
    Change("subject", "*/rbac.yaml", "subjects*.kind", ("User", "Account")),
    Change(
        "namespace", "components/*/manifests/*", "metadata.namespace", ("other", "default", "A")
    ),
    Change(
        "issuer", "*/certificate.yaml", "spec.issuerRef.name", ("letsencrypt", "letsencrypt-prod")
    ),
    Change("issuer", "*/certificate.yaml", "spec.issuerRef.kind", ("Issuer", "ClusterIsuer")),
    Change("secret", "*/certificate.yaml", "spec.secretName", ("other", "Upper_Case")),
    Change("secret", "*/issuers.yaml", "*KeyRef.name", ("other", "Upper_Case")),
    Change("dns-name", "*/certificate.yaml", "spec.dnsNames*", ('"**.example.net"', "a b")),
    Change("image", _DAEMONSET, "*.image", ("kube-vip:latest", '"a b"', '""')),
    Change("enumeration", _DAEMONSET, "*.effect", ("NoScheduling", "noschedule")),
    Change("enumeration", _DAEMONSET, "*.operator", ("exists", "Is")),
    Change("field-path", _DAEMONSET, "*.fieldPath", ("spec.node", "nodeName")),
    Change("env", _DAEMONSET, f"{_CONTAINER}.env*.value", ("true", "6443", "192.168.1.99", "")),
)
_NODE = (
    "10.1.1.1",
    "192.168.1.0",
    "192.168.1.255",
    "192.168.1.1",
    "192.168.1.20",
    "192.168.1.40",
    "192.168.1.12",
    "192.168.1.300",
    "10.42.0.9",
)
_PLAN = (
    Change("address", "cluster.yaml", "nodes*.address", _NODE),
    Change("address", "cluster.yaml", "network.gateway", (*_NODE[:3], *_NODE[4:])),
    Change("address", "cluster.yaml", "network.api_address", (*_NODE[:4], *_NODE[5:])),
    Change("address", "cluster.yaml", "network.dns[[]*[]]", ("192.168.1.20", "10.43.0.10", "a")),
    Change(
        "pool",
        "cluster.yaml",
        "network.load_balancer_pool",
        (
            "192.168.1.49-192.168.1.30",
            "192.168.1.10-192.168.1.49",
            "192.168.1.30-192.168.2.9",
            "192.168.1.240-192.168.1.255",
            "192.168.1.31-192.168.1.49",
            "192.168.1.30",
            '""',
        ),
    ),
    Change(
        "network",
        "cluster.yaml",
        "network.subnet",
        ("192.168.1.5/24", "192.168.2.0/24", "192.168.1.0/30", "192.168.1.0/33", "10.42.0.0/16"),
    ),
    Change(
        "network",
        "cluster.yaml",
        "network.*_cidr",
        ("10.43.0.0/16", "192.168.0.0/16", "10.42.0.1/16", "10.42.0.0/24", "10.0.0.0/33"),
    ),
    Change("plan", "cluster.yaml", "nodes*.role", ("worker", "server", "master")),
    Change("plan", "cluster.yaml", "nodes*.name", ("k-m2", "K_M", "-a", '""')),
    Change("plan", "cluster.yaml", "name", ("Home", "a b", '""')),
    Change("plan", "cluster.yaml", "domain", ("example", "-a.net", "other.net", '"*.example.net"')),
    Change("plan", "cluster.yaml", "kubernetes", ("v1.99.0", "1.35", "v1.35.7", "latest")),
    Change("plan", "cluster.yaml", "repository.url", ("home-cluster", "https://github.com/o/r")),
    Change("plan", "cluster.yaml", "ssh.port", ("0", "70000", '"22"')),
    Change(
        "component",
        "cluster.yaml",
        "components.nfs*.server",
        ("192.168.1.22", "192.168.1.30", "192.168.1.0", "192.168.1.1", "10.42.0.9"),
    ),
    Change(
        "component",
        "cluster.yaml",
        "components.ingress-nginx.address",
        ("192.168.1.50", "192.168.1.11", "192.168.1.31", "10.0.0.1"),
    ),
    Change("component", "cluster.yaml", "components.loopia.zones[[]*[]]", ("other.net", "a b")),
    Change("component", "cluster.yaml", "components.argocd.host", ("a.b.example.net", "argocd")),
    Change("component", "cluster.yaml", "components.cert-manager.*", ("nobody", "prod")),
)
_VALUES = (
    Change("quantity", "*/values.yaml", "*.cpu", ("100x", "0.1.5", "1 m")),
    Change("quantity", "*/values.yaml", "*.memory", ("64MB", "1Gb", "64 Mi")),
    Change("load-balancer", "*/values.yaml", '*loadbalancerIPs"[]]', ("192.168.1.60", "10.0.0.1")),
    Change("load-balancer", "*/values.yaml", "*.range-global", ("192.168.1.200-192.168.1.210",)),
    Change("default-class", "*/values.yaml", "*.defaultClass", ("false", '"true"')),
    Change("default-class", "*/values.yaml", "*.default", ("false",)),
    Change("switch", "*/values.yaml", "*.enabled", ("true", "false", '"false"')),
    Change("controller-kind", "*/values.yaml", "controller.kind", ("Deployment", "Job", "Other")),
    Change("host", "*/values.yaml", "global.domain", ("argocd", "Upper.example.net", "a b")),
    Change("host", "*/values.yaml", "*.hosts[[]*[]]", ("Upper.example.net", "a b")),
    Change("server", "*/values.yaml", "nfs.server", ("192.168.1.99", "fileserver")),
    Change("path", "*/values.yaml", "nfs.path", ("srv/nfs", '""')),
    Change("account", "*/values.yaml", "certManager.*", ("other",)),
)
CHANGES = (*_ARGO, *_OBJECTS, *_PLAN, *_VALUES)


def changed_values(source: Source) -> Iterator[Mutant]:
    """Every change of the table that fits something in the file."""
    for change in CHANGES:
        if not fnmatchcase(source.file, change.files):
            continue
        for entry in source.entries:
            if fnmatchcase(entry.name, change.path):
                for value in change.values:
                    text = source.with_value(entry, value)
                    if text != source.text:
                        yield changed(change.operator, source, entry, text, value or "nothing")
