"""Names that the API server refuses for their kind.

Sources: k8s.io/apimachinery's validation, and each kind's validation in Kubernetes' pkg/apis.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, text
from gitopsgen.validation.rules.api_server.forms import (
    LONGEST_LABEL,
    LONGEST_SUBDOMAIN,
    label_refusal,
    subdomain_refusal,
)
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.placeholder_forms import placeholder_in
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.validation.model import LocalContext, Resource

RULES = (
    Rule(
        "k8s-name",
        (Severity.ERROR,),
        "metadata.name is not valid for its kind.",
        "The API server refuses the object: most names are DNS subdomains (a-z, 0-9, - and .), "
        "those of Services, Namespaces and StatefulSets are DNS labels (no dots, 63 characters).",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web_app",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-app",
    ),
)
# A CronJob's Jobs get a suffix of 11 characters.
_LONGEST_CRON_JOB = 52

# StatefulSets since 1.27; before, those with a dot were taken, but never had a pod.
_LABELS = frozenset({("", "Namespace"), ("apps", "StatefulSet")})
# Kinds whose names need only be a segment of a URL path; a CRD's name is another rule's.
_SEGMENTS = frozenset(
    {
        ("", "ComponentStatus"),
        ("", "Event"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("events.k8s.io", "Event"),
        ("internal.apiserver.k8s.io", "StorageVersion"),
        ("networking.k8s.io", "IPAddress"),
        ("policy", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("storagemigration.k8s.io", "StorageVersionMigration"),
    }
)
# Groups of API servers beside Kubernetes' own, which need not keep to the rule for CRDs.
_AGGREGATED = (
    ".openshift.io",
    "metrics.k8s.io",
    "packages.operators.coreos.com",
    "projectcalico.org",
)
# What is asked of the API server and never stored has no name; the rest is for tools alone.
_NAMELESS = frozenset({"authentication.k8s.io", "authorization.k8s.io", "kustomize.config.k8s.io"})
# The first minor version of Kubernetes that may permit a digit at a Service's beginning.
_RELAXED_SERVICES = 36


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """The name of one object."""
    metadata = mapping(resource.data.get("metadata"))
    name = metadata.get("name")
    if resource.group in _NAMELESS or metadata.get("generateName"):
        return
    if name is None or name == "":
        yield _problem(f"the {resource.kind[:80]} has no name", "Give it a metadata.name.")
    elif isinstance(name, str) and not is_templated(name) and not placeholder_in(name):
        reason = _refusal(resource, name, context.minor)
        if reason:
            message = f'"{name[:80]}" is no name for a {resource.kind[:80]}: {reason}'
            yield _problem(message, _hint(resource, name, context.minor))


def _problem(message: str, hint: str) -> LocalProblem:
    return LocalProblem("k8s-name", Severity.ERROR, ("metadata", "name"), message, hint)


def _refusal(resource: Resource, name: str, minor: str) -> str:
    """Why the API server refuses a name, empty where it does not."""
    kind = (resource.group, resource.kind)
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(name, resource.data)
    if kind in _SEGMENTS or resource.group.endswith(_AGGREGATED):
        return _segment_refusal(name)
    if kind == ("", "Service"):
        return label_refusal(name, starts_with_letter=_minor(minor) < _RELAXED_SERVICES)
    if kind in _LABELS:
        return label_refusal(name)
    return subdomain_refusal(name, _longest(resource))


def _segment_refusal(name: str) -> str:
    if name in (".", ".."):
        return "it means a folder in a URL"
    return next((f"{mark} may not be in it" for mark in "/%" if mark in name), "")


def _longest(resource: Resource) -> int:
    kind = (resource.group, resource.kind)
    if kind == ("batch", "CronJob"):
        return _LONGEST_CRON_JOB
    if kind == ("batch", "Job") and at(resource.data, "spec", "manualSelector") is not True:
        # The name becomes a label of the pods.
        return LONGEST_LABEL
    return LONGEST_SUBDOMAIN


def _api_service(name: str, data: Mapping[str, object]) -> str:
    version, group = at(data, "spec", "version"), text(at(data, "spec", "group"))
    if isinstance(version, str) and version and group and name != f"{version}.{group}":
        return f"it has to be {version[:40]}.{group[:60]}"
    return _segment_refusal(name)


def _priority_class(name: str, data: Mapping[str, object]) -> str:
    del data
    known = ("system-cluster-critical", "system-node-critical")
    if name.startswith("system-") and name not in known:
        return "system- is kept for Kubernetes' own classes"
    return subdomain_refusal(name)


_SPECIAL = {
    ("apiregistration.k8s.io", "APIService"): _api_service,
    ("scheduling.k8s.io", "PriorityClass"): _priority_class,
}


def _hint(resource: Resource, name: str, minor: str) -> str:
    guess = re.sub(r"[^a-z0-9.]+", "-", name.lower()[:1000]).strip("-.")
    for near in (guess, guess.replace(".", "-")):
        if near and not _refusal(resource, near, minor):
            return f"Did you mean {near}?"
    return "Choose another name."


def _minor(version: str) -> int:
    digits = version.rpartition(".")[2]
    return int(digits) if digits.isdecimal() else 0
