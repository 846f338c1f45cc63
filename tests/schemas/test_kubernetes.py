from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.errors import UsageError
from gitopsgen.schemas.kinds import kinds
from gitopsgen.schemas.kubernetes import available_versions, schema_directory
from schemas_build.modules import module_files, pinned_modules
from tests.schemas.conform import changed, without

if TYPE_CHECKING:
    from tests.schemas.conform import Conform

OLDEST, NEWEST = available_versions()[0], available_versions()[-1]

# Healthy manifests, each with what people write that a careless schema would refuse.
HEALTHY = """
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {app.kubernetes.io/name: web}, annotations: null}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: web, creationTimestamp: null}
data: {colour: blue, empty: ""}
binaryData: {logo: aGVsbG8=}
---
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: web}
type: Opaque
data:
  short: aA==
  long: |
    aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29y
    bGQ=
  empty: ""
stringData: {plain: value}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: admin, port: 81, targetPort: 8081}]
  type: LoadBalancer
  loadBalancerIP: null
status: {loadBalancer: {}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
automountServiceAccountToken: false
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}, storageClassName: ""}
---
apiVersion: v1
kind: Pod
metadata: {name: shell}
spec:
  containers:
    - name: shell
      image: alpine:3
      command: [sleep, infinity]
      env: [{name: A, value: b}, {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
      livenessProbe: {httpGet: {path: /, port: 8080}}
      readinessProbe: {tcpSocket: {port: web}}
      resources: {limits: {cpu: 1, memory: 512Mi}, requests: {cpu: 100m}}
      securityContext: null
  affinity: null
  tolerations: []
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, creationTimestamp: null}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {creationTimestamp: null, labels: {app: web}}
    spec:
      containers:
        - {name: web, image: nginx, ports: [{containerPort: 80}], resources: {}}
      volumes: [{name: data, configMap: {name: settings, defaultMode: 420}}]
status: {}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
  volumeClaimTemplates:
    - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}
status: {}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
  template:
    metadata: {labels: {app: agent}}
    spec: {hostNetwork: true, containers: [{name: agent, image: agent}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: job, image: job}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  tls: [{hosts: [web.example.net]}]
  rules:
    - host: web.example.net
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {name: http}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}, {port: web}]}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
  - {apiGroups: [""], resources: [secrets], verbs: [get]}
  - {nonResourceURLs: [/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: web}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: nfs, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: nfs.example.net
parameters: {archiveOnDelete: "false"}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
status: {}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: low}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 4
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: check}
webhooks:
  - name: check.example.net
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {name: check, namespace: web, path: /check}}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: metrics-server, namespace: kube-system}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.net}
spec:
  group: example.net
  names: {kind: Gadget, plural: gadgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-preserve-unknown-fields: true
              properties:
                properties: {type: array, items: {type: string}, default: [a]}
                size: {type: integer, enum: [1, 2], default: 1}
                labels: {type: object, additionalProperties: {type: string}}
                open: {type: object, additionalProperties: true}
---
apiVersion: v1
kind: ConfigMapList
metadata: {}
items: [{metadata: {name: one}, data: {a: b}}]
"""

# kind, path, wrong value, what kubeconform has to say.
WRONG: list[tuple[str, str, Any, str]] = [
    ("Namespace", "metadata.lables", {}, "'lables' not allowed"),
    ("Namespace", "metadata.labels", {"a": 1}, "at '/metadata/labels/a': got number"),
    ("Namespace", "metadata.creationTimestamp", "yesterday", "date-time"),
    ("ConfigMap", "data.port", 80, "at '/data/port': got number"),
    ("ConfigMap", "data.flag", True, "at '/data/flag': got boolean"),
    ("ConfigMap", "binaryData.logo", "not base64!", "at '/binaryData/logo': 'not base64!'"),
    ("Secret", "data.short", "aA=", "does not match pattern"),
    ("Secret", "stringdata", {}, "'stringdata' not allowed"),
    ("Service", "spec.ports.0.port", "80", "at '/spec/ports/0/port': got string"),
    ("Service", "spec.ports.0.port", 2**31, "at '/spec/ports/0/port': maximum"),
    ("Service", "spec.ports.0.targetPort", [80], "at '/spec/ports/0/targetPort': got array"),
    ("Service", "spec.ports.1.targetPort", 80.5, "at '/spec/ports/1/targetPort': got number"),
    ("Service", "status.loadbalancer", {}, "'loadbalancer' not allowed"),
    ("PersistentVolumeClaim", "spec.accessModes", "ReadWriteOnce", "got string, want"),
    ("PersistentVolumeClaim", "spec.resources.requests.storage", ["1Gi"], "got array"),
    ("Pod", "spec.containers", {}, "at '/spec/containers': got object, want array"),
    ("Pod", "spec.containers.0.comand", ["ls"], "'comand' not allowed"),
    ("Pod", "spec.containers.0.env.0.value", 1, "at '/spec/containers/0/env/0/value'"),
    ("Deployment", "spec.replicas", "2", "at '/spec/replicas': got string"),
    ("Deployment", "spec.replicas", 1.5, "at '/spec/replicas'"),
    ("Deployment", "spec.template.spec.hostNetwork", "yes", "got string, want"),
    ("Deployment", "spec.template.spec.volumes.0.configmap", {}, "'configmap' not allowed"),
    ("Deployment", "status.redyReplicas", 1, "'redyReplicas' not allowed"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.spec.size", 1, "'size' not allowed"),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.port", 80, "got number"),
    ("Ingress", "spec.rules.0.http.paths.0.backend.serviceName", "web", "not allowed"),
    ("NetworkPolicy", "spec.ingress.0.ports.0.port", {}, "got object"),
    ("ClusterRole", "rules.0.verbs", "get", "at '/rules/0/verbs': got string"),
    ("RoleBinding", "roleRef.namespace", "web", "'namespace' not allowed"),
    ("StorageClass", "parameters.archiveOnDelete", False, "got boolean"),
    ("CustomResourceDefinition", "spec.versions.0.served", "yes", "got string"),
    ("CustomResourceDefinition", "spec.version", "v1", "'version' not allowed"),
    ("ConfigMapList", "items.0.date", {}, "'date' not allowed"),
]

MISSING = [
    ("Pod", "spec.containers", "missing property 'containers'"),
    ("Pod", "spec.containers.0.name", "missing property 'name'"),
    ("Deployment", "spec.selector", "missing property 'selector'"),
    ("Deployment", "spec.template", "missing property 'template'"),
    ("CronJob", "spec.schedule", "missing property 'schedule'"),
    ("Ingress", "spec.rules.0.http.paths.0.pathType", "missing property 'pathType'"),
    ("ClusterRole", "rules.0.verbs", "missing property 'verbs'"),
    ("RoleBinding", "roleRef.name", "missing property 'name'"),
    ("StorageClass", "provisioner", "missing property 'provisioner'"),
    ("HorizontalPodAutoscaler", "spec.maxReplicas", "missing property 'maxReplicas'"),
    ("CustomResourceDefinition", "spec.scope", "missing property 'scope'"),
]


@cache
def healthy() -> dict[str, dict[str, Any]]:
    return {document["kind"]: document for document in yaml.safe_load_all(HEALTHY)}


def test_thirteen_versions_are_known() -> None:
    assert available_versions() == tuple(f"1.{minor}" for minor in range(25, 38))


def test_a_version_without_schemas_is_refused_with_the_range() -> None:
    with pytest.raises(UsageError, match=r"no schemas for Kubernetes 1\.24") as raised:
        schema_directory("1.24")
    assert raised.value.hint == "this gitopsgen knows Kubernetes 1.25 to 1.37"


@pytest.mark.parametrize("minor", ["", "1", "../1.35", "1.35/..", "v1.35", "1.35.7"])
def test_only_a_minor_version_leads_to_a_folder(minor: str) -> None:
    with pytest.raises(UsageError):
        schema_directory(minor)


@pytest.mark.parametrize("minor", available_versions())
def test_healthy_manifests_are_accepted(conform: Conform, minor: str) -> None:
    documents = list(healthy().values())

    problems = conform.problems(schema_directory(minor), documents)

    assert [problem for problem in problems if problem] == []


@pytest.mark.parametrize("minor", [OLDEST, NEWEST])
def test_mistakes_are_found(conform: Conform, minor: str) -> None:
    documents = [changed(healthy()[kind], path, value) for kind, path, value, _ in WRONG]
    documents += [without(healthy()[kind], path) for kind, path, _ in MISSING]

    problems = conform.problems(schema_directory(minor), documents)

    expected = [*(case[3] for case in WRONG), *(case[2] for case in MISSING)]
    for problem, part, document in zip(problems, expected, documents, strict=True):
        assert part in problem, document


@pytest.mark.parametrize("minor", [OLDEST, NEWEST])
def test_every_kind_has_a_schema_that_kubeconform_can_use(conform: Conform, minor: str) -> None:
    names = list(kinds(minor))

    problems = conform.problems(
        schema_directory(minor),
        [{"apiVersion": name.api_version, "kind": name.kind, "nonsense": 1} for name in names],
    )

    for name, problem in zip(names, problems, strict=True):
        assert "additional properties 'nonsense' not allowed" in problem, name


def test_kind_and_api_version_are_taken_literally(conform: Conform) -> None:
    namespace = healthy()["Namespace"]

    problems = conform.problems(
        schema_directory(NEWEST),
        [
            {**namespace, "kind": "namespace"},
            {**namespace, "apiVersion": "v1/v1"},
            {**namespace, "apiVersion": "V1"},
            {**namespace, "apiVersion": "v2"},
        ],
    )

    assert "value must be 'Namespace'" in problems[0]
    assert "value must be 'v1'" in problems[1]
    assert problems[2:] == ["could not find schema for Namespace"] * 2


def test_a_kind_is_known_only_in_the_versions_that_have_it(conform: Conform) -> None:
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "some"},
        "spec": {"policyName": "some", "validationActions": ["Deny"]},
    }
    flow = {
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1beta2",
        "kind": "PriorityLevelConfiguration",
        "metadata": {"name": "some"},
        "spec": {"type": "Exempt"},
    }

    assert conform.problems(schema_directory(OLDEST), [policy, flow]) == [
        "could not find schema for ValidatingAdmissionPolicyBinding",
        "",
    ]
    assert conform.problems(schema_directory(NEWEST), [policy, flow]) == [
        "",
        "could not find schema for PriorityLevelConfiguration",
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("go_modules")
@pytest.mark.parametrize("minor", available_versions())
def test_kubernetes_own_samples_are_accepted(conform: Conform, minor: str) -> None:
    """k8s.io/api carries a sample of every kind of its groups with every field filled."""
    module = next(
        module
        for module in pinned_modules()["k8s.io/api"]
        if module.version == f"v0.{minor.removeprefix('1.')}.0"
    )
    samples = [json.loads(text) for _, text in module_files(module, r"testdata/HEAD/[\w.-]+\.json")]
    served = {(name.api_version, name.kind): name for name in kinds(minor)}
    known = [doc for doc in samples if (doc.get("apiVersion"), doc.get("kind")) in served]

    problems = conform.problems(schema_directory(minor), known)

    assert [problem for problem in problems if problem] == []
    # Two kinds are of other modules, and 1.26 has no sample of the third.
    assert {name.kind for name in served.values()} - {doc["kind"] for doc in known} <= {
        "APIService",
        "CustomResourceDefinition",
        "SelfSubjectReview",
    }
