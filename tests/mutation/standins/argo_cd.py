"""In place of argo-cd: Argo CD itself, with its kinds, settings and Ingress."""

from __future__ import annotations

from tests.mutation.standins.definitions import definitions
from tests.mutation.standins.parts import (
    account,
    cluster_rights,
    metadata,
    rights,
    service,
    stream,
    workload,
)

NAME = "argo-cd"
_CONTROLLER, _SERVER, _REPO_SERVER = (
    "argocd-application-controller",
    "argocd-server",
    "argocd-repo-server",
)
_VALUES = """\
global: {domain: argocd.local}
crds: {install: true, keep: true}
configs:
  cm: {timeout.reconciliation: 180s}
  params: {server.insecure: false}
dex: {enabled: true, resources: {}}
notifications: {enabled: true, resources: {}}
controller: {replicas: 1, resources: {}}
repoServer: {resources: {}}
server:
  resources: {}
  ingress:
    enabled: false
    ingressClassName: ""
    hostname: ""
    path: /
    pathType: Prefix
    annotations: {}
    tls: false
    extraTls: []
"""
_SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: {{ .Release.Namespace | quote }}}
data:
  url: https://{{ .Values.global.domain }}
  {{- toYaml .Values.configs.cm | nindent 2 }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cmd-params-cm, namespace: {{ .Release.Namespace | quote }}}
data: {{- toYaml .Values.configs.params | nindent 2 }}
---
apiVersion: v1
kind: Secret
metadata: {name: argocd-secret, namespace: {{ .Release.Namespace | quote }}}
type: Opaque
"""
_INGRESS = """\
{{- with .Values.server.ingress }}
{{- if .enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: argocd-server
  namespace: {{ $.Release.Namespace }}
spec:
  {{- with .ingressClassName }}
  ingressClassName: {{ . }}
  {{- end }}
  rules:
    - host: {{ .hostname | default $.Values.global.domain }}
      http:
        paths:
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend: {service: {name: argocd-server, port: {number: 80}}}
  {{- if or .tls .extraTls }}
  tls:
    {{- if .tls }}
    - hosts: [{{ .hostname | default $.Values.global.domain }}]
      secretName: argocd-server-tls
    {{- end }}
    {{- with .extraTls }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}
"""
_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: argocd-server, namespace: {{ .Release.Namespace | quote }}}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: argocd-server}}
  ingress: [{}]
"""
_JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: argocd-redis-secret-init
  namespace: {{ .Release.Namespace }}
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      serviceAccountName: argocd-application-controller
      containers: [{name: init, image: "registry.invalid/argocd:v1"}]
"""
_OPTIONAL = """\
{{- if .Values.%(value)s.enabled }}
%(text)s
{{- end }}
"""


def files() -> dict[str, str]:
    """The files of the chart."""
    kinds = definitions("argoproj.io", ("Application", "AppProject"))
    return {
        "Chart.yaml": metadata(NAME, "10.1.1"),
        "values.yaml": _VALUES,
        "templates/crds.yaml": f"{{{{- if .Values.crds.install }}}}\n{kinds}{{{{- end }}}}\n"
        "{{- $_ := .Values.crds.keep }}\n",
        "templates/settings.yaml": _SETTINGS,
        "templates/ingress.yaml": _INGRESS,
        "templates/policy.yaml": _POLICY,
        "templates/job.yaml": _JOB,
        "templates/controller.yaml": stream(
            workload(_CONTROLLER, kind="StatefulSet", resources=".Values.controller.resources"),
            account(_CONTROLLER),
            rights(_CONTROLLER),
            cluster_rights(_CONTROLLER),
        ),
        "templates/server.yaml": stream(
            workload(_SERVER, resources=".Values.server.resources"),
            account(_SERVER),
            service(_SERVER),
        ),
        "templates/repo-server.yaml": stream(
            workload(_REPO_SERVER, resources=".Values.repoServer.resources"),
            account(_REPO_SERVER),
            service(_REPO_SERVER, 8081),
        ),
        **{
            f"templates/{value}.yaml": _OPTIONAL
            % {
                "value": value,
                "text": stream(
                    workload(f"argocd-{value}", resources=f".Values.{value}.resources"),
                    account(f"argocd-{value}"),
                ),
            }
            for value in ("dex", "notifications")
        },
    }
