"""Fields of Kubernetes' kinds that take one of a few words, which their schemas do not say.

Every value of Kubernetes 1.25 to 1.37 counts. Sources: k8s.io/api's types, and the validation in
Kubernetes' pkg/apis, which refuses any other value. In a path, `[]` are the items of a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = tuple[str, ...]
Kind = tuple[str, str]

_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_ALWAYS = ("Always",)
_EXPRESSIONS = ("In", "NotIn", "Exists", "DoesNotExist")
_FAILURE = ("Fail", "Ignore")
_HOST_PATHS = (
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
)
_MATCH = ("Exact", "Equivalent")
_METRICS = ("Object", "Pods", "Resource", "ContainerResource", "External")
_MODES = ("Filesystem", "Block")
_NODES = (*_EXPRESSIONS, "Gt", "Lt")
_OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT", "*")
_POLICIES = ("Pods", "Percent")
_PROFILES = ("RuntimeDefault", "Unconfined", "Localhost")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_ROLLING = ("RollingUpdate", "OnDelete")
_SCHEMES = ("HTTP", "HTTPS")
_SCOPES = ("Cluster", "Namespaced", "*")
_SELECT = ("Max", "Min", "Disabled")
_SUBJECTS = ("User", "Group", "ServiceAccount")
_TARGETS = ("Utilization", "Value", "AverageValue")
_TRAFFIC = ("Cluster", "Local")
_HONOR = ("Honor", "Ignore")

_CONTAINER: Mapping[str, Values] = {
    # Beside these there are metadata.annotations['…'] and metadata.labels['…'].
    "env[].valueFrom.fieldRef.fieldPath": (
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.host",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ),
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "lifecycle.postStart.httpGet.scheme": _SCHEMES,
    "lifecycle.preStop.httpGet.scheme": _SCHEMES,
    "livenessProbe.httpGet.scheme": _SCHEMES,
    "ports[].protocol": _PROTOCOLS,
    "readinessProbe.httpGet.scheme": _SCHEMES,
    "resizePolicy[].restartPolicy": ("NotRequired", "RestartContainer"),
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "securityContext.procMount": ("Default", "Unmasked"),
    "securityContext.seccompProfile.type": _PROFILES,
    "startupProbe.httpGet.scheme": _SCHEMES,
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "volumeMounts[].mountPropagation": ("None", "HostToContainer", "Bidirectional"),
    "volumeMounts[].recursiveReadOnly": ("Disabled", "IfPossible", "Enabled"),
}
_REQUIRED_NODES = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED_NODES = "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"
_POD: Mapping[str, Values] = {
    **{
        f"{containers}[].{path}": values
        for containers in ("containers", "initContainers")
        for path, values in _CONTAINER.items()
    },
    f"{_REQUIRED_NODES}.nodeSelectorTerms[].matchExpressions[].operator": _NODES,
    f"{_PREFERRED_NODES}[].preference.matchExpressions[].operator": _NODES,
    **{
        f"affinity.{kind}.{path}.labelSelector.matchExpressions[].operator": _EXPRESSIONS
        for kind in ("podAffinity", "podAntiAffinity")
        for path in (
            "requiredDuringSchedulingIgnoredDuringExecution[]",
            "preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm",
        )
    },
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "os.name": ("linux", "windows"),
    "preemptionPolicy": ("PreemptLowerPriority", "Never"),
    "securityContext.fsGroupChangePolicy": ("OnRootMismatch", "Always"),
    "securityContext.seccompProfile.type": _PROFILES,
    "securityContext.supplementalGroupsPolicy": ("Merge", "Strict"),
    "tolerations[].effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "tolerations[].operator": ("Exists", "Equal", "Lt", "Gt"),
    "topologySpreadConstraints[].labelSelector.matchExpressions[].operator": _EXPRESSIONS,
    "topologySpreadConstraints[].nodeAffinityPolicy": _HONOR,
    "topologySpreadConstraints[].nodeTaintsPolicy": _HONOR,
    "topologySpreadConstraints[].whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "volumes[].ephemeral.volumeClaimTemplate.spec.accessModes[]": _ACCESS_MODES,
    "volumes[].ephemeral.volumeClaimTemplate.spec.volumeMode": _MODES,
    "volumes[].hostPath.type": _HOST_PATHS,
}
_JOB: Mapping[str, Values] = {
    "completionMode": ("NonIndexed", "Indexed"),
    "podFailurePolicy.rules[].action": ("FailJob", "FailIndex", "Ignore", "Count"),
    "podFailurePolicy.rules[].onExitCodes.operator": ("In", "NotIn"),
    "podReplacementPolicy": ("TerminatingOrFailed", "Failed"),
}
_OF_JOBS = ("OnFailure", "Never")
_CLAIM: Mapping[str, Values] = {"accessModes[]": _ACCESS_MODES, "volumeMode": _MODES}
_WEBHOOK: Mapping[str, Values] = {
    "failurePolicy": _FAILURE,
    "matchPolicy": _MATCH,
    "rules[].operations[]": _OPERATIONS,
    "rules[].scope": _SCOPES,
    "sideEffects": ("None", "NoneOnDryRun"),
}
_CONSTRAINTS: Mapping[str, Values] = {
    "matchPolicy": _MATCH,
    "resourceRules[].operations[]": _OPERATIONS,
    "resourceRules[].scope": _SCOPES,
}


def _below(prefix: str, fields: Mapping[str, Values]) -> dict[str, Values]:
    return {f"{prefix}.{path}": values for path, values in fields.items()}


def _workload(
    fields: Mapping[str, Values], restart: Values, template: str = "spec.template"
) -> dict[str, Values]:
    return {
        **fields,
        **_below(f"{template}.spec", _POD),
        f"{template}.spec.restartPolicy": restart,
    }


_SELECTOR: Mapping[str, Values] = {"spec.selector.matchExpressions[].operator": _EXPRESSIONS}
_BINDING: Mapping[str, Values] = {
    "roleRef.apiGroup": ("rbac.authorization.k8s.io",),
    "subjects[].kind": _SUBJECTS,
}
FIELDS: Mapping[Kind, Mapping[str, Values]] = {
    ("", "LimitRange"): {"spec.limits[].type": ("Pod", "Container", "PersistentVolumeClaim")},
    ("", "Node"): {"spec.taints[].effect": ("NoSchedule", "PreferNoSchedule", "NoExecute")},
    ("", "PersistentVolume"): {
        **_below("spec", _CLAIM),
        "spec.hostPath.type": _HOST_PATHS,
        "spec.nodeAffinity.required.nodeSelectorTerms[].matchExpressions[].operator": _NODES,
        "spec.persistentVolumeReclaimPolicy": ("Retain", "Delete", "Recycle"),
    },
    ("", "PersistentVolumeClaim"): _below("spec", _CLAIM),
    ("", "Pod"): _below("spec", {**_POD, "restartPolicy": ("Always", "OnFailure", "Never")}),
    ("", "ReplicationController"): _workload({}, _ALWAYS),
    ("", "ResourceQuota"): {
        "spec.scopeSelector.matchExpressions[].operator": _EXPRESSIONS,
        "spec.scopes[]": (
            "Terminating",
            "NotTerminating",
            "BestEffort",
            "NotBestEffort",
            "PriorityClass",
            "CrossNamespacePodAffinity",
            "VolumeAttributesClass",
        ),
    },
    ("", "Service"): {
        "spec.externalTrafficPolicy": _TRAFFIC,
        "spec.internalTrafficPolicy": _TRAFFIC,
        "spec.ipFamilies[]": ("IPv4", "IPv6"),
        "spec.ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
        "spec.ports[].protocol": _PROTOCOLS,
        "spec.sessionAffinity": ("ClientIP", "None"),
        "spec.type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    },
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): {
        **_below("webhooks[]", _WEBHOOK),
        "webhooks[].reinvocationPolicy": ("Never", "IfNeeded"),
    },
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): {
        "spec.failurePolicy": _FAILURE,
        **_below("spec.matchConstraints", _CONSTRAINTS),
    },
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): {
        "spec.validationActions[]": ("Deny", "Warn", "Audit"),
        **_below("spec.matchResources", _CONSTRAINTS),
    },
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _below(
        "webhooks[]", _WEBHOOK
    ),
    ("apps", "DaemonSet"): _workload({**_SELECTOR, "spec.updateStrategy.type": _ROLLING}, _ALWAYS),
    ("apps", "Deployment"): _workload(
        {**_SELECTOR, "spec.strategy.type": ("RollingUpdate", "Recreate")}, _ALWAYS
    ),
    ("apps", "ReplicaSet"): _workload(_SELECTOR, _ALWAYS),
    ("apps", "StatefulSet"): _workload(
        {
            **_SELECTOR,
            "spec.persistentVolumeClaimRetentionPolicy.whenDeleted": ("Retain", "Delete"),
            "spec.persistentVolumeClaimRetentionPolicy.whenScaled": ("Retain", "Delete"),
            "spec.podManagementPolicy": ("OrderedReady", "Parallel"),
            "spec.updateStrategy.type": (*_ROLLING, "Recreate"),
            **_below("spec.volumeClaimTemplates[].spec", _CLAIM),
        },
        _ALWAYS,
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): {
        **{
            f"spec.behavior.{direction}.{field}": values
            for direction in ("scaleDown", "scaleUp")
            for field, values in (("policies[].type", _POLICIES), ("selectPolicy", _SELECT))
        },
        "spec.metrics[].type": _METRICS,
        **{
            f"spec.metrics[].{metric[0].lower()}{metric[1:]}.target.type": _TARGETS
            for metric in _METRICS
        },
    },
    ("batch", "CronJob"): _workload(
        {
            "spec.concurrencyPolicy": ("Allow", "Forbid", "Replace"),
            **_below("spec.jobTemplate.spec", _JOB),
        },
        _OF_JOBS,
        "spec.jobTemplate.spec.template",
    ),
    ("batch", "Job"): _workload(_below("spec", _JOB), _OF_JOBS),
    ("discovery.k8s.io", "EndpointSlice"): {"addressType": ("IPv4", "IPv6", "FQDN")},
    ("networking.k8s.io", "Ingress"): {
        "spec.rules[].http.paths[].pathType": ("Exact", "Prefix", "ImplementationSpecific"),
    },
    ("networking.k8s.io", "IngressClass"): {"spec.parameters.scope": ("Cluster", "Namespace")},
    ("networking.k8s.io", "NetworkPolicy"): {
        "spec.egress[].ports[].protocol": _PROTOCOLS,
        "spec.ingress[].ports[].protocol": _PROTOCOLS,
        "spec.podSelector.matchExpressions[].operator": _EXPRESSIONS,
        "spec.policyTypes[]": ("Ingress", "Egress"),
    },
    ("policy", "PodDisruptionBudget"): {
        **_SELECTOR,
        "spec.unhealthyPodEvictionPolicy": ("IfHealthyBudget", "AlwaysAllow"),
    },
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): {
        **_BINDING,
        "roleRef.kind": ("ClusterRole",),
    },
    ("rbac.authorization.k8s.io", "RoleBinding"): {
        **_BINDING,
        "roleRef.kind": ("Role", "ClusterRole"),
    },
    ("scheduling.k8s.io", "PriorityClass"): {
        "preemptionPolicy": ("PreemptLowerPriority", "Never"),
    },
    ("storage.k8s.io", "CSIDriver"): {
        "spec.fsGroupPolicy": ("ReadWriteOnceWithFSType", "File", "None"),
        "spec.volumeLifecycleModes[]": ("Persistent", "Ephemeral"),
    },
    ("storage.k8s.io", "StorageClass"): {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
}
