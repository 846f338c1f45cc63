"""Objects that the API server refuses, for reasons that no schema states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.api_server.access_rules import check_binding, check_role
from gitopsgen.validation.rules.api_server.controllers import (
    check_autoscaler,
    check_cron_job,
    check_daemon_set,
    check_deployment,
    check_disruption_budget,
    check_job,
    check_stateful_set,
    check_workload,
    claims_of,
)
from gitopsgen.validation.rules.api_server.data import check_config_map, check_secret
from gitopsgen.validation.rules.api_server.fields import below
from gitopsgen.validation.rules.api_server.ingresses import check_ingress, check_network_policy
from gitopsgen.validation.rules.api_server.names import check_label
from gitopsgen.validation.rules.api_server.pods import check_pod
from gitopsgen.validation.rules.api_server.problem import RULE, refused
from gitopsgen.validation.rules.api_server.selectors import check_metadata
from gitopsgen.validation.rules.api_server.services import check_service
from gitopsgen.validation.rules.api_server.storage import check_claim, check_quota, check_volume
from gitopsgen.validation.rules.workloads import POD_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gitopsgen.validation.model import LocalContext, Resource
    from gitopsgen.validation.rules.problem import LocalProblem

    Check = Callable[[Mapping[str, Any]], Iterator[LocalProblem]]

RULES = (
    Rule(
        RULE,
        (Severity.ERROR,),
        "The API server refuses an object for a reason that its schema does not state.",
        "A mount of a volume that the pod lacks, a request above its limit, a label with a blank: "
        "each is a text or a number like any other to a schema. The sync fails on it.",
        "volumes:\n  - {name: data, emptyDir: {}}\ncontainers:\n  - name: web\n    image: web:1.2\n"
        "    volumeMounts: [{name: date, mountPath: /data}]",
        "volumes:\n  - {name: data, emptyDir: {}}\ncontainers:\n  - name: web\n    image: web:1.2\n"
        "    volumeMounts: [{name: data, mountPath: /data}]",
    ),
)
_NETWORKING = "networking.k8s.io"
_RBAC = "rbac.authorization.k8s.io"
# Kinds that are nothing without a spec, though their schemas do not want one; of those in apps the
# selector is missed already.
_NEED_SPEC = frozenset(
    {
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("", "Pod"),
        ("", "Service"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("batch", "CronJob"),
        ("batch", "Job"),
        (_NETWORKING, "Ingress"),
    }
)
_CHECKS: Mapping[tuple[str, str], Check] = {
    ("", "ConfigMap"): check_config_map,
    ("", "PersistentVolume"): check_volume,
    ("", "PersistentVolumeClaim"): check_claim,
    ("", "ResourceQuota"): check_quota,
    ("", "Secret"): check_secret,
    ("", "Service"): check_service,
    ("apps", "DaemonSet"): check_daemon_set,
    ("apps", "Deployment"): check_deployment,
    ("apps", "ReplicaSet"): check_workload,
    ("apps", "StatefulSet"): check_stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): check_autoscaler,
    ("batch", "CronJob"): check_cron_job,
    ("batch", "Job"): check_job,
    (_NETWORKING, "Ingress"): check_ingress,
    (_NETWORKING, "NetworkPolicy"): check_network_policy,
    ("policy", "PodDisruptionBudget"): check_disruption_budget,
    (_RBAC, "ClusterRole"): check_role,
    (_RBAC, "ClusterRoleBinding"): check_binding,
    (_RBAC, "Role"): check_role,
    (_RBAC, "RoleBinding"): check_binding,
}


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """Everything for which the API server refuses one object."""
    del context
    kind, data = (resource.group, resource.kind), resource.data
    yield from check_metadata(data, ())
    if resource.namespaced is not False:
        yield from check_label(below(data, "metadata"), ("metadata",), "namespace", "namespace")
    if kind in _NEED_SPEC and data.get("spec") in (None, {}):
        yield refused(("spec",), f"the {resource.kind} has no spec", "Add one.", key=True)
        return
    template = POD_TEMPLATES.get(kind)
    if template is not None:
        yield from check_pod(data, template, _claims(resource))
    check = _CHECKS.get(kind)
    if check is not None:
        yield from check(data)


def _claims(resource: Resource) -> frozenset[str]:
    """The volumes that a StatefulSet adds to its pods."""
    return claims_of(resource.data) if resource.kind == "StatefulSet" else frozenset()
