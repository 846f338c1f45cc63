"""In place of ingress-nginx: a controller with its class, its Service and its webhook."""

from __future__ import annotations

from tests.mutation.standins.parts import (
    account,
    cluster_rights,
    metadata,
    rights,
    service,
    stream,
    workload,
)

NAME = "ingress-nginx"
_CONTROLLER, _BACKEND = "ingress-nginx-controller", "ingress-nginx-defaultbackend"
_VALUES = """\
controller:
  kind: Deployment
  ingressClassResource: {enabled: true, name: nginx, default: false}
  watchIngressWithoutClass: false
  extraArgs: {}
  service: {type: LoadBalancer, annotations: {}}
  admissionWebhooks: {enabled: true, certManager: {enabled: false}}
  resources: {}
defaultBackend: {enabled: false, resources: {}}
"""
_ARGUMENTS = """\
{{ if .Values.controller.watchIngressWithoutClass }}"--watch-ingress-without-class=true",{{ end -}}
{{ range $k, $v := .Values.controller.extraArgs }}"--{{ $k }}={{ $v }}",{{ end }}"""
_CLASS = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: {{ .Values.controller.ingressClassResource.name }}
  {{- if .Values.controller.ingressClassResource.default }}
  annotations: {ingressclass.kubernetes.io/is-default-class: "true"}
  {{- end }}
spec: {controller: k8s.io/ingress-nginx}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: ingress-nginx-controller
  namespace: {{ .Release.Namespace }}
  annotations: {{- toYaml .Values.controller.service.annotations | nindent 4 }}
spec:
  type: {{ .Values.controller.service.type }}
  selector: {app.kubernetes.io/name: ingress-nginx-controller}
  ports:
    - {name: http, port: 80, targetPort: main}
    - {name: https, port: 443, targetPort: main}
"""
_WEBHOOK = """\
{{- if .Values.controller.admissionWebhooks.enabled }}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ingress-nginx-admission}
webhooks:
  - name: validate.nginx.ingress.kubernetes.io
    admissionReviewVersions: [v1]
    sideEffects: None
    rules:
      - apiGroups: [networking.k8s.io]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [ingresses]
    clientConfig:
      service:
        name: ingress-nginx-controller
        namespace: {{ .Release.Namespace }}
        path: /networking/v1/ingresses
{{- if .Values.controller.admissionWebhooks.certManager.enabled }}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: ingress-nginx-self-signed-issuer, namespace: {{ .Release.Namespace | quote }}}
spec: {selfSigned: {}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: ingress-nginx-admission, namespace: {{ .Release.Namespace | quote }}}
spec:
  secretName: ingress-nginx-admission
  issuerRef: {name: ingress-nginx-self-signed-issuer}
  dnsNames: [ingress-nginx-controller.{{ .Release.Namespace }}.svc]
{{- end }}
{{- end }}
"""
_OPTIONAL = "{{- if .Values.defaultBackend.enabled }}\n%s\n{{- end }}\n"


def files() -> dict[str, str]:
    """The files of the chart."""
    return {
        "Chart.yaml": metadata(NAME, "4.15.1"),
        "values.yaml": _VALUES,
        "templates/controller.yaml": stream(
            workload(
                _CONTROLLER,
                kind="{{ .Values.controller.kind }}",
                account=NAME,
                resources=".Values.controller.resources",
                arguments=_ARGUMENTS,
            ),
            account(NAME),
            rights(NAME),
            cluster_rights(NAME),
            _SERVICE,
            _CLASS,
        ),
        "templates/webhook.yaml": _WEBHOOK,
        "templates/backend.yaml": _OPTIONAL
        % stream(
            workload(_BACKEND, account=NAME, resources=".Values.defaultBackend.resources"),
            service(_BACKEND),
        ),
    }
