"""In place of cert-manager-webhook-loopia: a solver that the API server reaches as an API."""

from __future__ import annotations

from tests.mutation.standins.parts import (
    account,
    cluster_rights,
    metadata,
    service,
    stream,
    workload,
)

NAME = "cert-manager-webhook-loopia"
_VALUES = """\
groupName: acme.example.org
fullnameOverride: ""
certManager: {namespace: cert-manager, serviceAccountName: cert-manager}
resources: {}
"""
_NAME = "{{ .Values.fullnameOverride | default .Release.Name }}"
_API = """\
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1alpha1.{{ .Values.groupName }}}
spec:
  group: {{ .Values.groupName }}
  version: v1alpha1
  groupPriorityMinimum: 1000
  versionPriority: 15
  insecureSkipTLSVerify: true
  service: {name: "{{ .Values.fullnameOverride | default .Release.Name }}",
    namespace: {{ .Release.Namespace | quote }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "{{ .Values.fullnameOverride | default .Release.Name }}:solver"}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: "{{ .Values.fullnameOverride | default .Release.Name }}"
subjects:
  - kind: ServiceAccount
    name: {{ .Values.certManager.serviceAccountName }}
    namespace: {{ .Values.certManager.namespace }}
"""


def files() -> dict[str, str]:
    """The files of the chart."""
    return {
        "Chart.yaml": metadata(NAME, "1.2"),
        "values.yaml": _VALUES,
        "templates/all.yaml": stream(
            workload(_NAME, resources=".Values.resources").replace(_NAME, f'"{_NAME}"'),
            account(f'"{_NAME}"'),
            service(f'"{_NAME}"', 443),
            cluster_rights(f'"{_NAME}"'),
            _API,
        ),
    }
