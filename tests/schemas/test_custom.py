"""Every shipped custom kind accepts what its controller takes and rejects mistakes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.schemas.custom import custom_kinds, custom_schema_directory
from tests.schemas.conform import changed, without

if TYPE_CHECKING:
    from tests.schemas.conform import Conform

HEALTHY = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ingress-nginx
  namespace: argocd
  annotations: {argocd.argoproj.io/sync-wave: "2"}
  finalizers: [resources-finalizer.argocd.argoproj.io]
spec:
  project: platform
  destination: {server: https://kubernetes.default.svc, namespace: ingress-nginx}
  sources:
    - repoURL: https://kubernetes.github.io/ingress-nginx
      chart: ingress-nginx
      targetRevision: 4.15.1
      helm:
        releaseName: ingress-nginx
        valueFiles: [$values/components/ingress-nginx/values.yaml]
        valuesObject: {controller: {kind: DaemonSet, replicas: 2, list: [1, {a: b}]}}
        parameters: [{name: a, value: b, forceString: true}]
    - {repoURL: https://github.com/owner/home, targetRevision: main, ref: values}
    - repoURL: https://github.com/owner/home
      path: components/ingress-nginx/manifests
      directory: {recurse: true, exclude: "*.txt", jsonnet: {}}
  ignoreDifferences:
    - {group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true, ServerSideApply=true]
    retry: {limit: -1, refresh: true, backoff: {duration: 5s, factor: 2, maxDuration: 3m}}
status: {}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: platform, namespace: argocd}
spec:
  description: What the platform consists of
  sourceRepos: [https://github.com/owner/home]
  destinations: [{server: https://kubernetes.default.svc, namespace: argocd}]
  clusterResourceWhitelist:
    - {group: "", kind: Namespace}
    - {group: rbac.authorization.k8s.io, kind: "*"}
  namespaceResourceWhitelist: [{group: apps, kind: Deployment}]
  roles:
    - name: reader
      policies: ["p, proj:platform:reader, applications, get, platform/*, allow"]
  syncWindows: [{kind: allow, schedule: "0 3 * * *", duration: 1h, applications: ["*"]}]
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: previews, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - list: {elements: [{name: a, depth: {any: thing}}]}
    - git: {repoURL: https://github.com/owner/home, revision: main, directories: [{path: apps/*}]}
    - matrix:
        generators:
          - clusters: {selector: {matchLabels: {env: test}}}
          - list: {elements: [{size: 1}]}
  template:
    metadata: {name: "{{.name}}", labels: {a: b}}
    spec:
      project: default
      destination: {name: in-cluster, namespace: web}
      source: {repoURL: https://github.com/owner/home, path: "apps/{{.name}}", targetRevision: main}
  syncPolicy: {preserveResourcesOnDeletion: true}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: loopia
  namespace: cert-manager
  annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}
spec:
  encryptedData: {username: AgBy3i4OJSWK, password: AgBy3i4OJSWK}
  template:
    type: Opaque
    immutable: true
    metadata: {name: loopia, namespace: cert-manager, labels: {a: b}, creationTimestamp: null}
    data: {config: "user={{ .username }}"}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt-staging}
spec:
  acme:
    email: ops@example.net
    server: https://acme-staging-v02.api.letsencrypt.org/directory
    privateKeySecretRef: {name: letsencrypt-staging}
    solvers:
      - selector: {dnsZones: [example.net]}
        dns01:
          webhook:
            groupName: acme.webhook.loopia.com
            solverName: loopia
            config: {usernameSecretKeyRef: {name: loopia, key: username}, ttl: 300}
      - http01: {ingress: {ingressClassName: nginx}}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: own, namespace: web}
spec: {ca: {secretName: own-ca}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard, namespace: ingress-nginx}
spec:
  secretName: wildcard-tls
  dnsNames: ["*.example.net", example.net]
  duration: 2160h
  renewBefore: 360h
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  usages: [digital signature, server auth]
  issuerRef: {name: letsencrypt-staging, kind: ClusterIssuer, group: cert-manager.io}
  secretTemplate: {labels: {a: b}}
---
apiVersion: cert-manager.io/v1
kind: CertificateRequest
metadata: {name: once, namespace: web}
spec: {request: aGVsbG8=, isCA: false, usages: [any], issuerRef: {name: own}}
---
apiVersion: acme.cert-manager.io/v1
kind: Order
metadata: {name: once, namespace: web}
spec: {request: aGVsbG8=, dnsNames: [example.net], issuerRef: {name: own}}
---
apiVersion: acme.cert-manager.io/v1
kind: Challenge
metadata: {name: once, namespace: web}
spec:
  type: DNS-01
  url: https://acme.example.net/challenge
  authorizationURL: https://acme.example.net/authorization
  dnsName: example.net
  token: token
  key: key
  wildcard: true
  issuerRef: {name: own}
  solver: {dns01: {cloudflare: {apiTokenSecretRef: {name: cloudflare, key: token}}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec:
  controllerName: gateway.envoyproxy.io/gatewayclass-controller
  parametersRef: {group: example.net, kind: Settings, name: some}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: web}
spec:
  gatewayClassName: envoy
  addresses: [{value: 192.168.1.30}, {value: "2001:db8::1"}, {type: Hostname, value: example.net}]
  listeners:
    - name: https
      port: 443
      protocol: HTTPS
      hostname: "*.example.net"
      tls: {mode: Terminate, certificateRefs: [{name: wildcard-tls}]}
      allowedRoutes: {namespaces: {from: All}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: web}
spec:
  parentRefs: [{name: web, sectionName: https}]
  hostnames: [web.example.net]
  rules:
    - matches: [{path: {type: PathPrefix, value: /}, headers: [{name: A, value: b}]}]
      filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: A, value: b}]}}]
      backendRefs: [{name: web, port: 80, weight: 1}]
      timeouts: {request: 10s}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: grpc, namespace: web}
spec:
  parentRefs: [{name: web}]
  rules: [{matches: [{method: {service: a.B, method: C}}], backendRefs: [{name: grpc, port: 9000}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: tls, namespace: web}
spec:
  parentRefs: [{name: web}]
  hostnames: [tls.example.net]
  rules: [{backendRefs: [{name: tls, port: 443}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: {name: tcp, namespace: web}
spec: {parentRefs: [{name: web}], rules: [{backendRefs: [{name: tcp, port: 5432}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: UDPRoute
metadata: {name: udp, namespace: web}
spec: {parentRefs: [{name: web}], rules: [{backendRefs: [{name: udp, port: 53}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: grant, namespace: web}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: other}]
  to: [{group: "", kind: Service}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: tls, namespace: web}
spec:
  targetRefs: [{group: "", kind: Service, name: web}]
  validation: {hostname: web.example.net, wellKnownCACertificates: System}
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: more, namespace: web}
spec:
  parentRef: {name: web}
  listeners: [{name: http, port: 80, protocol: HTTP}]
"""

# kind, path, wrong value, what kubeconform has to say.
WRONG: list[tuple[str, str, Any, str]] = [
    ("Application", "spec.sources.0.helm.valueFile", "a.yaml", "'valueFile' not allowed"),
    ("Application", "spec.sources.0.helm.valueFiles", "a.yaml", "got string, want"),
    ("Application", "spec.sources.0.targetRevision", 4.15, "got number, want"),
    ("Application", "spec.syncPolicy.automated.selfheal", True, "'selfheal' not allowed"),
    ("Application", "spec.syncPolicy.syncOptions", {"CreateNamespace": True}, "got object"),
    ("Application", "spec.syncPolicy.retry.limit", "5", "got string"),
    ("Application", "metadata.annotations", {"a": 2}, "at '/metadata/annotations/a': got number"),
    ("Application", "spec.destination.cluster", "home", "'cluster' not allowed"),
    ("Application", "status.syncd", {}, "'syncd' not allowed"),
    ("AppProject", "spec.sourceRepo", "*", "'sourceRepo' not allowed"),
    ("AppProject", "spec.clusterResourceWhitelist.0.kinds", ["*"], "'kinds' not allowed"),
    ("AppProject", "spec.destinations.0", "argocd", "got string, want object"),
    ("ApplicationSet", "spec.generators.0.lists", {}, "'lists' not allowed"),
    ("ApplicationSet", "spec.generators.1.git.directories.0.path", 1, "got number"),
    ("ApplicationSet", "spec.generators.2.matrix.generators.0.cluster", {}, "not allowed"),
    ("ApplicationSet", "spec.template.spec.source.paths", "apps", "'paths' not allowed"),
    ("ApplicationSet", "spec.goTemplate", "true", "got string"),
    ("SealedSecret", "spec.encryptedData.port", 1, "at '/spec/encryptedData/port': got number"),
    ("SealedSecret", "spec.template.immutable", "yes", "got string"),
    ("SealedSecret", "spec.templates", {}, "'templates' not allowed"),
    ("SealedSecret", "spec.data", "not base64", "does not match pattern"),
    ("ClusterIssuer", "spec.acme.solvers.0.dns01.webhook.solver", "a", "'solver' not allowed"),
    ("ClusterIssuer", "spec.acme.solvers", {}, "at '/spec/acme/solvers': got object"),
    ("ClusterIssuer", "spec.acme.email", ["a"], "got array"),
    ("ClusterIssuer", "spec.letsencrypt", {}, "'letsencrypt' not allowed"),
    ("Issuer", "spec.ca.secret", "own-ca", "'secret' not allowed"),
    ("Issuer", "spec.ca.secretName", 1, "got number"),
    ("Certificate", "spec.dnsNames", "example.net", "got string, want"),
    ("Certificate", "spec.privateKey.algorithm", "DSA", "value must be one of"),
    ("Certificate", "spec.issuerRef.namespace", "web", "'namespace' not allowed"),
    ("Certificate", "spec.commonNames", "a", "'commonNames' not allowed"),
    ("CertificateRequest", "spec.isCa", True, "'isCa' not allowed"),
    ("CertificateRequest", "spec.request", "not base64!", "does not match pattern"),
    ("CertificateRequest", "spec.usages.0", "everything", "value must be one of"),
    ("Order", "spec.dnsName", "example.net", "'dnsName' not allowed"),
    ("Order", "spec.dnsNames", "example.net", "got string"),
    ("Challenge", "spec.type", "dns01", "value must be one of 'HTTP-01', 'DNS-01'"),
    ("Challenge", "spec.wildcard", "yes", "got string"),
    ("Challenge", "spec.solver.dns02", {}, "'dns02' not allowed"),
    ("GatewayClass", "spec.controller", "a", "'controller' not allowed"),
    ("GatewayClass", "spec.controllerName", "envoy", "does not match pattern"),
    ("Gateway", "spec.listeners.0.port", 99999, "maximum: got 99,999, want 65,535"),
    ("Gateway", "spec.listeners.0.tls.certificateRef", {}, "'certificateRef' not allowed"),
    ("Gateway", "spec.listeners.0.hostname", "Web.example.net", "does not match pattern"),
    ("Gateway", "spec.listeners", [], "minItems"),
    ("Gateway", "spec.addresses.0.value", "192.168.1.300", "at '/spec/addresses/0'"),
    ("HTTPRoute", "spec.rules.0.matches.0.path.type", "Prefix", "value must be one of"),
    ("HTTPRoute", "spec.rules.0.backendRefs.0.port", "80", "got string"),
    ("HTTPRoute", "spec.rules.0.backendRef", {}, "'backendRef' not allowed"),
    ("HTTPRoute", "spec.rules.0.timeouts.request", "10 seconds", "does not match pattern"),
    ("GRPCRoute", "spec.rules.0.matches.0.method.type", "Prefix", "value must be one of"),
    ("GRPCRoute", "spec.rules.0.matches.0.path", {}, "'path' not allowed"),
    ("TLSRoute", "spec.rules.0.backendRefs.0.port", 0, "minimum: got 0, want 1"),
    ("TLSRoute", "spec.rules.0.matches", [], "'matches' not allowed"),
    ("TCPRoute", "spec.rules.0.backendRefs.0.port", "http", "got string"),
    ("TCPRoute", "spec.hostnames", ["a"], "'hostnames' not allowed"),
    ("UDPRoute", "spec.rules.0.backendRefs", {}, "got object"),
    ("UDPRoute", "spec.hostnames", ["a"], "'hostnames' not allowed"),
    ("ReferenceGrant", "spec.from.0.name", "a", "'name' not allowed"),
    ("ReferenceGrant", "spec.to", {}, "got object"),
    ("BackendTLSPolicy", "spec.validation.hostnames", [], "'hostnames' not allowed"),
    ("BackendTLSPolicy", "spec.validation.hostname", 1, "got number"),
    ("ListenerSet", "spec.listeners.0.port", "80", "got string"),
    ("ListenerSet", "spec.parentRefs", [], "'parentRefs' not allowed"),
]

# kind, path of a field that must not be missing.
MISSING = [
    ("Application", "spec"),
    ("Application", "spec.project"),
    ("Application", "spec.destination"),
    ("Application", "spec.sources.0.repoURL"),
    ("AppProject", "spec"),
    ("AppProject", "spec.clusterResourceWhitelist.0.kind"),
    ("ApplicationSet", "spec.template"),
    ("ApplicationSet", "spec.template.spec.project"),
    ("SealedSecret", "spec"),
    ("ClusterIssuer", "spec.acme.server"),
    ("ClusterIssuer", "spec.acme.privateKeySecretRef"),
    ("ClusterIssuer", "spec.acme.solvers.0.dns01.webhook.groupName"),
    ("Issuer", "spec.ca.secretName"),
    ("Certificate", "spec.secretName"),
    ("Certificate", "spec.issuerRef"),
    ("CertificateRequest", "spec.request"),
    ("Order", "spec.issuerRef"),
    ("Challenge", "spec.solver"),
    ("Challenge", "spec.solver.dns01.cloudflare.apiTokenSecretRef.name"),
    ("GatewayClass", "spec.controllerName"),
    ("Gateway", "spec.gatewayClassName"),
    ("Gateway", "spec.listeners.0.protocol"),
    ("HTTPRoute", "spec.rules.0.matches.0.headers.0.value"),
    ("HTTPRoute", "spec.rules.0.backendRefs.0.name"),
    ("GRPCRoute", "spec.rules.0.backendRefs.0.name"),
    ("TLSRoute", "spec.rules"),
    ("TCPRoute", "spec.rules"),
    ("UDPRoute", "spec.rules"),
    ("ReferenceGrant", "spec.from.0.namespace"),
    ("BackendTLSPolicy", "spec.validation.hostname"),
    ("ListenerSet", "spec.parentRef"),
]


@cache
def healthy() -> dict[str, dict[str, Any]]:
    return {document["kind"]: document for document in yaml.safe_load_all(HEALTHY)}


def served() -> list[dict[str, Any]]:
    """The healthy documents in every version that their kind has."""
    return [{**healthy()[name.kind], "apiVersion": name.api_version} for name in custom_kinds()]


def test_healthy_resources_are_accepted(conform: Conform) -> None:
    documents = served()

    problems = conform.problems(custom_schema_directory(), documents)

    assert [problem for problem in problems if problem] == []
    assert {document["kind"] for document in documents} == set(healthy())


def test_mistakes_are_found(conform: Conform) -> None:
    documents = [changed(healthy()[kind], path, value) for kind, path, value, _ in WRONG]
    documents += [without(healthy()[kind], path) for kind, path in MISSING]
    expected = [case[3] for case in WRONG]
    expected += [f"missing property '{path.rpartition('.')[2]}'" for _, path in MISSING]

    problems = conform.problems(custom_schema_directory(), documents)

    for problem, part, document in zip(problems, expected, documents, strict=True):
        assert part in problem, document


@pytest.mark.parametrize("field", ["spec", "metadata", ""])
def test_every_kind_refuses_unknown_fields(conform: Conform, field: str) -> None:
    documents = [changed(document, f"{field}.nonsense".lstrip("."), {}) for document in served()]

    problems = conform.problems(custom_schema_directory(), documents)

    for problem in problems:
        assert "additional properties 'nonsense' not allowed" in problem


def test_every_kind_has_several_mistakes_among_the_tests() -> None:
    for name in custom_kinds():
        assert sum(case[0] == name.kind for case in [*WRONG, *MISSING]) >= 3, name


def test_cluster_scoped_kinds() -> None:
    cluster = {name.kind for name, kind in custom_kinds().items() if not kind.namespaced}

    assert cluster == {"ClusterIssuer", "GatewayClass"}


def test_each_kind_says_where_its_schema_is_from() -> None:
    kinds = {name.kind: kind for name, kind in custom_kinds().items()}

    assert kinds["Application"].module == "github.com/argoproj/argo-cd/v3"
    assert kinds["Certificate"].module == "github.com/cert-manager/cert-manager"
    assert kinds["SealedSecret"].plural == "sealedsecrets"
    assert all(kind.module_version.startswith("v") for kind in kinds.values())
