"""Operators that add something: a key that takes effect beside another, an object of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.mutation.mutant import Mutant, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.text import Source


@dataclass(frozen=True, slots=True)
class Addition:
    """A line to be added before every entry that fits, at its indentation."""

    operator: str
    files: str
    path: str
    line: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that the sample does not have; `lines` are where a finding has to be."""

    operator: str
    file: str
    text: str


_CHILDREN = "apps/[!r]*.yaml"
_DAEMONSET = "components/kube-vip/manifests/daemonset.yaml"
ADDITIONS = (
    Addition("add-key", "apps/*", "spec.destination.server", "name: in-cluster"),
    Addition("add-key", "apps/*", "spec.sources", "source: {repoURL: https://a.invalid, path: a}"),
    Addition("add-key", "apps/*", "spec.project", "projekt: platform"),
    Addition("add-key", _CHILDREN, "*.chart", "path: components"),
    Addition("add-key", _CHILDREN, "*.ref", "chart: argo-cd"),
    Addition("add-key", _CHILDREN, "*.ref", "directory: {recurse: true}"),
    Addition("add-key", _CHILDREN, "*.valueFiles", "directory: {recurse: true}"),
    Addition("add-key", _CHILDREN, "*.valueFiles", "values: 'a: ['"),
    Addition("add-key", _CHILDREN, "*.valueFiles", "valuesObject: {nonsense: true}"),
    Addition("add-key", "apps/*", "spec.syncPolicy.automated", "syncOption: [Prune=false]"),
    Addition("add-key", "projects/*", "spec.sourceRepos", "sourceNamespaces: [default]"),
    Addition("add-key", "projects/*", "spec.sourceRepos", "orphanedResources: yes please"),
    Addition("add-key", _DAEMONSET, "spec.selector", "replicas: 3"),
    Addition("add-key", _DAEMONSET, "*.serviceAccountName", "restartPolicy: Sometimes"),
    Addition("add-key", _DAEMONSET, "*.serviceAccountName", "volumes: [{name: a, secret: {}}]"),
    Addition("add-key", _DAEMONSET, "*.image", "ports: [{containerPort: 70000}]"),
    Addition("add-key", _DAEMONSET, "*.image", "envFrom: [{secretRef: {name: nowhere}}]"),
    Addition("add-key", _DAEMONSET, "*.image", "envFrom: [{configMapRef: {name: nowhere}}]"),
    Addition("add-key", _DAEMONSET, "*.image", "resources: {limits: {memory: 1 GB}}"),
    Addition(
        "add-key", _DAEMONSET, "*.image", "livenessProbe: {httpGet: {path: /, port: metrics}}"
    ),
    Addition("add-key", _DAEMONSET, "*.image", "volumeMounts: [{name: a, mountPath: /a}]"),
    Addition("add-key", "*/certificate.yaml", "spec.secretName", "duration: 90 days"),
    Addition("add-key", "*/issuers.yaml", "metadata.name", "namespace: cert-manager"),
    Addition("add-key", "cluster.yaml", "name", "colour: blue"),
    Addition("add-key", "cluster.yaml", "components.argocd", "traefik: {}"),
    Addition("add-key", "cluster.yaml", "network.gateway", "vlan: 5"),
    Addition("add-key", "*/argocd/values.yaml", "configs.cm", "secret: {password: hunter2hunter2}"),
    Addition("unknown-value", "*/values.yaml", "*", "replicaCont: 2"),
)
_DEFAULT = "metadata: {name: extra, namespace: argocd}\n"
_HERE = "metadata: {name: extra, namespace: cert-manager}\n"
NEW_FILES = (
    NewFile(
        "add-object",
        "apps/secret.yaml",
        f"apiVersion: v1\nkind: Secret\n{_DEFAULT}stringData:\n  password: hunter2hunter2\n",
    ),
    NewFile(
        "add-object",
        "apps/ingress.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"{_DEFAULT}spec:\n  ingressClassName: nginx\n  rules:\n    - host: argocd.example.net\n"
        "      http:\n        paths:\n          - path: /\n            pathType: Prefix\n"
        "            backend: {service: {name: argocd-server, port: {number: 80}}}\n",
    ),
    NewFile(
        "add-object",
        "apps/class.yaml",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: second\n"
        '  annotations: {storageclass.kubernetes.io/is-default-class: "true"}\n'
        "provisioner: cluster.local/other\n",
    ),
    NewFile(
        "add-object",
        "apps/claim.yaml",
        f"apiVersion: v1\nkind: PersistentVolumeClaim\n{_DEFAULT}spec:\n"
        "  storageClassName: nowhere\n  accessModes: [ReadWriteOnce]\n"
        "  resources: {requests: {storage: 1Gi}}\n",
    ),
    NewFile(
        "add-object",
        "apps/service.yaml",
        f"apiVersion: v1\nkind: Service\n{_DEFAULT}spec:\n  type: LoadBalancer\n"
        "  loadBalancerIP: 192.168.1.30\n  selector: {app: nobody}\n  ports: [{port: 80}]\n",
    ),
    NewFile(
        "add-object",
        "apps/monitor.yaml",
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n"
        f"{_DEFAULT}spec: {{selector: {{}}, endpoints: []}}\n",
    ),
    NewFile(
        "add-object",
        "apps/lease.yaml",
        f"apiVersion: coordination.k8s.io/v1\nkind: Lease\n{_DEFAULT}",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/monitor.yaml",
        f"apiVersion: v1\nkind: LimitRange\n{_DEFAULT}spec: {{limits: []}}\n",
    ),
    NewFile(
        "add-object",
        "apps/set.yaml",
        f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n{_DEFAULT}spec:\n"
        "  generators:\n    - list: {elements: [{name: one}]}\n  template:\n"
        "    metadata: {name: 'extra-{{nmae}}'}\n    spec:\n      project: platform\n"
        "      destination: {server: https://kubernetes.default.svc, namespace: argocd}\n"
        "      source: {repoURL: https://github.com/owner/home-cluster, path: projects}\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/pod.yaml",
        f"apiVersion: v1\nkind: Pod\n{_HERE}spec:\n  serviceAccountName: nobody\n"
        "  containers: [{name: a, image: registry.invalid/a:v1}]\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/environment.yaml",
        f"apiVersion: v1\nkind: Pod\n{_HERE}spec:\n  containers:\n    - name: a\n"
        "      image: registry.invalid/a:v1\n      envFrom: [{secretRef: {name: nowhere}}]\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/volume.yaml",
        f"apiVersion: v1\nkind: Pod\n{_HERE}spec:\n"
        "  containers: [{name: a, image: registry.invalid/a:v1}]\n"
        "  volumes: [{name: a, configMap: {name: nowhere}}]\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/tls.yaml",
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n{_HERE}spec:\n"
        "  ingressClassName: traefik\n  tls: [{hosts: [a.example.net], secretName: nowhere}]\n"
        "  rules: [{host: a.example.net}]\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/backend.yaml",
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n{_HERE}spec:\n"
        "  ingressClassName: nginx\n"
        "  defaultBackend: {service: {name: nowhere, port: {number: 80}}}\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/policy.yaml",
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n"
        f"{_HERE}spec: {{minAvailable: 1}}\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/placeholder.yaml",
        f"apiVersion: v1\nkind: ConfigMap\n{_HERE}data:\n  url: https://CHANGEME/\n",
    ),
    NewFile(
        "add-object",
        "components/loopia/manifests/sealed.yaml",
        f"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n{_HERE}spec:\n"
        "  encryptedData: {a: AgBy}\n  template: {metadata: {name: other}}\n",
    ),
    NewFile(
        "add-object",
        "apps/definition.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: things.lab.dev}\nspec:\n  group: lab.dev\n  scope: Namespaced\n"
        "  names: {kind: Thing, plural: things}\n  versions:\n    - name: v1\n      served: true\n"
        "      storage: true\n      schema: {openAPIV3Schema: {properties: {}}}\n",
    ),
    NewFile(
        "add-object",
        "apps/large.yaml",
        f"apiVersion: v1\nkind: ConfigMap\n{_DEFAULT}data:\n  a: {'a' * 300_000}\n",
    ),
    NewFile(
        "add-file",
        "components/loopia/manifests/kustomization.yaml",
        "resources: [certificate.yaml, missing.yaml]\n",
    ),
    NewFile(
        "add-file",
        ".gitopsgen/validate.yaml",
        "waivers:\n  - {rule: k8s-port, path: 'apps/*', reason: there was one}\n",
    ),
    NewFile(
        "add-object",
        "elsewhere/application.yaml",
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n{_DEFAULT}spec:\n"
        "  project: platform\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: argocd}\n"
        "  source: {repoURL: https://github.com/owner/home-cluster, path: elsewhere/empty}\n",
    ),
)


def added_keys(source: Source) -> Iterator[Mutant]:
    """Every line of the table before what it fits."""
    for addition in ADDITIONS:
        if not fnmatchcase(source.file, addition.files):
            continue
        for entry in source.entries:
            if fnmatchcase(entry.name, addition.path) and not entry.is_flow:
                start = entry.start
                indentation = " " * (start - source.line_start(start))
                text = source.replaced(start, start, f"{addition.line}\n{indentation}")
                yield changed(addition.operator, source, entry, text, f"after {addition.line}")


def new_files() -> Iterator[Mutant]:
    """Every file of the table."""
    for new in NEW_FILES:
        lines = frozenset(range(1, new.text.count("\n") + 1))
        yield Mutant(new.operator, new.file, "", {new.file: new.text}, lines)
