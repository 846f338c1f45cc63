from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.validation.rules.api_server.judging import expected, named, refusals

if TYPE_CHECKING:
    from pathlib import Path

INGRESS = "networking.k8s.io/v1/Ingress"
POLICY = "networking.k8s.io/v1/NetworkPolicy"
RBAC = "rbac.authorization.k8s.io/v1/"
BACKEND = "backend: {service: {name: a, port: {number: 80}}}"
JOB = "template: {spec: {containers: [{name: c, image: a}]}}"


def service(rest: str) -> str:
    return named("Service", f"spec: {{{rest}}}")


def ingress(path: str, host: str = "a.example.net") -> str:
    return named(INGRESS, f"spec: {{rules: [{{host: {host}, http: {{paths: [{{{path}}}]}}}}]}}")


def deployment(rest: str) -> str:
    return named("apps/v1/Deployment", f"spec: {{{rest}}}")


def cron_job(schedule: str) -> str:
    return named(
        "batch/v1/CronJob", f"spec: {{schedule: {schedule}, jobTemplate: {{spec: {{{JOB}}}}}}}"
    )


def autoscaler(rest: str) -> str:
    return named("autoscaling/v2/HorizontalPodAutoscaler", f"spec: {{{rest}}}")


def claim(rest: str) -> str:
    return named("PersistentVolumeClaim", f"spec: {{{rest}}}")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (service("selector: {a: b}, §ports: []"), "the Service has no port"),
        (named("Service", "§spec: {selector: {a: b}}"), "the Service has no port"),
        (named("Service", "§spec:"), "the Service has no spec"),
        (
            service("ports: [§{port: 80}, {port: 81, name: b}]"),
            "each of several ports of a Service",
        ),
        (
            service("ports: [{port: 80, name: a}, {port: 81, name: §a}]"),
            "the Service has two ports called a",
        ),
        (
            service("ports: [{port: 80, name: a}, {port: §80, name: b}]"),
            "the Service has port 80 for TCP twice",
        ),
        (service("ports: [{port: 80, name: §A}]"), '"A" cannot be the name of a port'),
        (service("ports: [{port: 80, targetPort: §a_b}]"), '"a_b" cannot be the name of a port'),
        (
            service("ports: [{port: 80, §nodePort: 30080}]"),
            "a Service of type ClusterIP has no nodePort",
        ),
        (
            service("type: NodePort, clusterIP: §None, ports: [{port: 80}]"),
            "a Service of type NodePort has an address",
        ),
        (
            named("Service", "§spec: {type: ExternalName}"),
            "a Service of type ExternalName needs an",
        ),
        (
            service("ports: [{port: 80}], §loadBalancerSourceRanges: [10.0.0.0/8]"),
            "a Service of type ClusterIP has no loadBalancerSourceRanges",
        ),
        (
            service(
                "type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [§10.0.0.1]"
            ),
            '"10.0.0.1" is no network',
        ),
        (service("ports: [{port: 80}], externalIPs: [§a]"), '"a" is no address'),
        (
            service("ports: [{port: 80}], §externalTrafficPolicy: Local"),
            "a Service of type ClusterIP has no externalTrafficPolicy",
        ),
        (
            service("ports: [{port: 80}], selector: {a: §b c}"),
            '"b c" cannot be the value of a label',
        ),
        (named(INGRESS, "§spec: {ingressClassName: nginx}"), "the Ingress has neither rules nor"),
        (ingress(f"path: §a, pathType: Prefix, {BACKEND}"), "a path of type Prefix begins with /"),
        (
            ingress(f"path: §/a//b, pathType: Exact, {BACKEND}"),
            "a path of type Exact does not have //",
        ),
        (
            ingress(f"pathType: Prefix, {BACKEND}").replace("{pathType", "§{pathType"),
            "a path of type Prefix is missing",
        ),
        (ingress("path: /, pathType: Prefix, §backend: {}"), "the backend names no service"),
        (
            ingress("path: /, pathType: Prefix, backend: {§service: {name: a}}"),
            "the service of the backend has no port",
        ),
        (
            ingress(
                "path: /, pathType: Prefix, backend: {service: {name: a, port: {name: b, "
                "§number: 80}}}"
            ),
            "a port has a name or a number, not both",
        ),
        (
            ingress(
                "path: /, pathType: Prefix, backend: {service: {name: §a.b, port: {number: 8}}}"
            ),
            '"a.b" cannot be the name of a Service',
        ),
        (
            ingress(f"path: /, pathType: Prefix, {BACKEND}", "§a_b.net"),
            '"a_b.net" cannot be the host',
        ),
        (
            ingress(f"path: /, pathType: Prefix, {BACKEND}", "§10.0.0.1"),
            '"10.0.0.1" cannot be the host',
        ),
        (
            ingress(f"path: /, pathType: Prefix, {BACKEND}", "§a.*.net"),
            '"a.*.net" cannot be the host',
        ),
        (
            named(
                INGRESS,
                "spec: {ingressClassName: a, defaultBackend: {service: {name: a, port: "
                "{number: 80}}}}",
                "name: a, annotations: {§kubernetes.io/ingress.class: a}",
            ),
            "the class is in spec.ingressClassName as well",
        ),
        (named(POLICY, "spec: {ingress: [{from: [§{}]}]}"), "the peer selects nothing"),
        (
            named(
                POLICY, "spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}, §podSelector: {}}]}]}"
            ),
            "a peer with an ipBlock has no podSelector",
        ),
        (
            named(POLICY, "spec: {egress: [{to: [{ipBlock: {cidr: §10.0.0.0}}]}]}"),
            '"10.0.0.0" is no network',
        ),
        (
            named(
                POLICY,
                "spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [§11.0.0.0/16]}}]}]}",
            ),
            "11.0.0.0/16 is not a part of 10.0.0.0/8",
        ),
        (deployment("replicas: §-1"), "replicas is below zero"),
        (
            deployment("strategy: {type: Recreate, §rollingUpdate: {maxSurge: 1}}"),
            "the strategy Recreate has no rollingUpdate",
        ),
        (
            deployment("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: §0}}"),
            "maxSurge and maxUnavailable are both 0",
        ),
        (
            deployment("strategy: {rollingUpdate: {maxSurge: §'1'}}"),
            'maxSurge: "1" is neither a number nor a percentage',
        ),
        (
            deployment("progressDeadlineSeconds: §10, minReadySeconds: 10"),
            "progressDeadlineSeconds 10 is not more than minReadySeconds 10",
        ),
        (
            named(
                "apps/v1/DaemonSet", "spec: {updateStrategy: {rollingUpdate: {maxUnavailable: §0}}}"
            ),
            "maxSurge and maxUnavailable are both 0",
        ),
        (
            named("batch/v1/Job", f"spec: {{backoffLimit: §-1, {JOB}}}"),
            "backoffLimit is below zero",
        ),
        (
            named("batch/v1/Job", f"spec: {{completionMode: §Indexed, {JOB}}}"),
            "a Job with completionMode Indexed needs completions",
        ),
        (cron_job("§every day"), '"every day" is no schedule: it has 2 fields in place of five'),
        (autoscaler("minReplicas: 3, maxReplicas: §2"), "maxReplicas 2 is less than minReplicas 3"),
        (autoscaler("maxReplicas: §0"), "maxReplicas is below 1"),
        (
            autoscaler("maxReplicas: 2, metrics: [{type: §Pods}]"),
            "a metric of type Pods needs pods",
        ),
        (
            named("policy/v1/PodDisruptionBudget", "spec: {minAvailable: 1, §maxUnavailable: 1}"),
            "a budget has minAvailable or maxUnavailable, not both",
        ),
        (
            named("policy/v1/PodDisruptionBudget", "spec: {minAvailable: §half}"),
            'minAvailable: "half" is neither a number nor a percentage',
        ),
        (named("ConfigMap", "data: {§a b: c}"), '"a b" cannot be a key'),
        (
            named("ConfigMap", "data: {§..: c}"),
            '".." cannot be a key: a file cannot have this name',
        ),
        (named("ConfigMap", "data: {a: b}\nbinaryData: {§a: Yg==}"), "a is in data as well"),
        (
            named("Secret", "type: §kubernetes.io/tls\ndata: {tls.crt: Yg==}"),
            "a Secret of type kubernetes.io/tls needs tls.key",
        ),
        (
            named("Secret", "type: §kubernetes.io/basic-auth\nstringData: {user: a}"),
            "a Secret of type kubernetes.io/basic-auth needs username or password",
        ),
        (
            named("Secret", "type: §kubernetes.io/service-account-token"),
            "a Secret of type kubernetes.io/service-account-token needs the annotation",
        ),
        (
            named(
                "Secret", "type: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: §Yg==}"
            ),
            ".dockerconfigjson is no JSON",
        ),
        (
            named(
                "Secret",
                "type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: §a}",
            ),
            ".dockerconfigjson is no JSON",
        ),
        (
            named(f"{RBAC}Role", "rules: [{apiGroups: [''], resources: [pods], §verbs: []}]"),
            "the rule has no verb",
        ),
        (
            named(f"{RBAC}Role", "rules: [§{resources: [pods], verbs: [get]}]"),
            "the rule has no API group",
        ),
        (
            named(f"{RBAC}ClusterRole", "rules: [§{apiGroups: [''], verbs: [get]}]"),
            "the rule has no res",
        ),
        (
            named(f"{RBAC}Role", "rules: [{§nonResourceURLs: [/metrics], verbs: [get]}]"),
            "a Role has no nonResourceURLs",
        ),
        (
            named(
                f"{RBAC}ClusterRole",
                "rules: [{§nonResourceURLs: [/a], resources: [b], verbs: [get]}]",
            ),
            "a rule is about resources or nonResourceURLs, not both",
        ),
        (
            named(f"{RBAC}ClusterRoleBinding", "subjects: [§{kind: ServiceAccount, name: a}]"),
            "a ServiceAccount needs its namespace here",
        ),
        (
            named(
                f"{RBAC}RoleBinding", "subjects: [{kind: ServiceAccount, name: a, apiGroup: §v1}]"
            ),
            "a ServiceAccount is not of the group v1",
        ),
        (
            named(f"{RBAC}RoleBinding", "subjects: [{kind: ServiceAccount, name: §'a:b'}]"),
            '"a:b" cannot be the name of a ServiceAccount',
        ),
        (
            named(f"{RBAC}RoleBinding", "roleRef: {name: §a/b}"),
            '"a/b" cannot be the name of a role',
        ),
        (
            claim("§accessModes: [], resources: {requests: {storage: 1Gi}}"),
            "the claim has no access mode",
        ),
        (
            claim("accessModes: [ReadWriteOnce], resources: {§requests: {}}"),
            "the claim asks for no storage",
        ),
        (
            claim("accessModes: [ReadWriteOnce], resources: {requests: {storage: §0}}"),
            "the claim asks for no storage",
        ),
        (
            claim("§accessModes: [ReadWriteOncePod, x], resources: {requests: {storage: 1}}"),
            "ReadWriteOncePod goes with no other access mode",
        ),
        (
            named(
                "PersistentVolume", "§spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1}}"
            ),
            "the volume has no source",
        ),
        (
            named(
                "PersistentVolume",
                "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1}, nfs: {}, §csi: {}}",
            ),
            "a volume is one of nfs and csi",
        ),
        (
            named(
                "PersistentVolume",
                "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1}, §local: {path: /a}}",
            ),
            "a local volume needs the nodes that have it",
        ),
        (
            named("ResourceQuota", "spec: {hard: {§deployments.apps: 3}}"),
            "there is no quota for depl",
        ),
    ],
)
def test_an_object_that_is_refused(tmp_path: Path, manifest: str, message: str) -> None:
    (found,) = refusals(tmp_path, manifest)
    assert found.startswith(expected(manifest, message)[0])


@pytest.mark.parametrize(
    "manifest",
    [
        service("clusterIP: None"),
        service("type: ExternalName, externalName: a.example.net"),
        service("ports: [{port: 53, name: a, protocol: UDP}, {port: 53, name: b}]"),
        service("ports: [{port: 80, targetPort: http}], selector: {a: ''}"),
        service(
            "type: NodePort, ports: [{port: 80, nodePort: 30080}], externalTrafficPolicy: Local"
        ),
        service("externalIPs: [192.168.1.5], externalTrafficPolicy: Local, ports: [{port: 80}]"),
        service(
            "type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [' 10.0.0.0/8']"
        ),
        service("ports: [{port: 80, nodePort: 0, name: '{{ .a }}'}, {port: 81, name: '{{ .a }}'}]"),
        ingress(f"path: /, pathType: Prefix, {BACKEND}", "'*.example.net'"),
        ingress(f"path: 'a.*', pathType: ImplementationSpecific, {BACKEND}"),
        ingress(f"path: '{{{{ .path }}}}', pathType: Prefix, {BACKEND}"),
        ingress("path: /, pathType: Prefix, backend: {resource: {kind: Bucket, name: a}}"),
        named("extensions/v1beta1/Ingress", "spec: {}"),
        named(POLICY, "spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}, {}]}"),
        named(POLICY, "spec: {egress: [{to: [{ipBlock: {cidr: '::/0', except: ['fd00::/8']}}]}]}"),
        deployment("strategy: {type: Recreate, rollingUpdate: null}, replicas: 0"),
        deployment("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}"),
        deployment("strategy: {rollingUpdate: {maxSurge: 150%, maxUnavailable: 0}}"),
        named(
            "apps/v1/DaemonSet", "spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 10%}}}"
        ),
        named(
            "apps/v1/DaemonSet",
            "spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}",
        ),
        named("batch/v1/Job", f"spec: {{completionMode: Indexed, completions: 2, {JOB}}}"),
        autoscaler("minReplicas: 2, maxReplicas: 2, metrics: [{type: Resource, resource: {}}]"),
        named("policy/v1/PodDisruptionBudget", "spec: {minAvailable: 50%, maxUnavailable: null}"),
        named("ConfigMap", "data: {.a: b, a.b_C-1: ''}"),
        named("ConfigMap", "data: {'{{ .key }}': b}"),
        named("Secret", "data: {a: aHVudGVyMg==, b: '', c: \"YWJj\\nZGVm\\n\"}"),
        named("Secret", "data: {a: '{{ .password }}', b: '<path:secret#key>'}"),
        named("Secret", "type: kubernetes.io/tls\ndata: {tls.crt: Yg==}\nstringData: {tls.key: a}"),
        named("Secret", "type: kubernetes.io/tls\ndata: {other: '{{ .a }}'}"),
        named("Secret", "type: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: e30=}"),
        named("Secret", "type: helm.sh/release.v1\ndata: {release: YQ==}"),
        named("Secret", "type: kubernetes.io/tls\nsops: {mac: a}\ndata: {a: Yg==}"),
        named(f"{RBAC}ClusterRole", "rules: [{nonResourceURLs: [/metrics], verbs: [get]}]"),
        named(f"{RBAC}ClusterRole", "rules: []\naggregationRule: {clusterRoleSelectors: [{}]}"),
        named(
            f"{RBAC}RoleBinding",
            "subjects: [{kind: ServiceAccount, name: a}, {kind: User, name: "
            "'a:b', apiGroup: rbac.authorization.k8s.io}]",
        ),
        named(f"{RBAC}RoleBinding", "roleRef: {name: 'system:auth-delegator'}"),
        claim("accessModes: [ReadWriteOnce], resources: {requests: {storage: '{{ .size }}'}}"),
        named(
            "PersistentVolume",
            "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1}, csi: "
            "{driver: a}, nodeAffinity: {}, claimRef: {}}",
        ),
        named(
            "ResourceQuota",
            "spec: {hard: {count/deployments.apps: 3, pods: 1, requests.memory: 1Gi, "
            "requests.hugepages-2Mi: 1, requests.nvidia.com/gpu: 1}}",
        ),
        named("example.com/v1/Service", "spec: {ports: []}"),
    ],
)
def test_an_object_that_is_not(tmp_path: Path, manifest: str) -> None:
    assert refusals(tmp_path, manifest) == []
