"""In place of cert-manager: its kinds, its controller, its webhook, and a schema of its values."""

from __future__ import annotations

import json

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

NAME = "cert-manager"
_VALUES = """\
crds: {enabled: false, keep: true}
dns01RecursiveNameservers: ""
dns01RecursiveNameserversOnly: false
resources: {}
webhook: {resources: {}}
cainjector: {resources: {}}
"""
_RESOURCES = {
    "type": "object",
    "properties": {"resources": {"type": "object"}},
    "additionalProperties": False,
}
_VALUES_SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "global": {},
        "crds": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"enabled": {"type": "boolean"}, "keep": {"type": "boolean"}},
        },
        "dns01RecursiveNameservers": {"type": "string"},
        "dns01RecursiveNameserversOnly": {"type": "boolean"},
        "resources": {"type": "object"},
        "webhook": _RESOURCES,
        "cainjector": _RESOURCES,
    },
}
_ARGUMENTS = """\
"--cluster-resource-namespace=$(POD_NAMESPACE)",
{{- with .Values.dns01RecursiveNameservers }}"--dns01-recursive-nameservers={{ . }}",{{ end -}}
{{ if .Values.dns01RecursiveNameserversOnly }}"--dns01-recursive-nameservers-only"{{ end }}"""
_WEBHOOKS = """\
apiVersion: admissionregistration.k8s.io/v1
kind: %(kind)s
metadata: {name: cert-manager-webhook}
webhooks:
  - name: webhook.cert-manager.io
    admissionReviewVersions: [v1]
    sideEffects: None
    rules:
      - {apiGroups: [cert-manager.io], apiVersions: [v1], operations: [CREATE], resources: ["*/*"]}
    clientConfig:
      service: {name: cert-manager-webhook, namespace: {{ .Release.Namespace | quote }}, path: /}
"""


def files() -> dict[str, str]:
    """The files of the chart."""
    kinds = stream(
        definitions("cert-manager.io", ("Certificate", "ClusterIssuer", "Issuer")),
        definitions("acme.cert-manager.io", ("Order", "Challenge")),
    )
    webhook, injector = f"{NAME}-webhook", f"{NAME}-cainjector"
    return {
        "Chart.yaml": metadata(NAME, "v1.21.1"),
        "values.yaml": _VALUES,
        "values.schema.json": json.dumps(_VALUES_SCHEMA),
        "templates/crds.yaml": f"{{{{- if .Values.crds.enabled }}}}\n{kinds}{{{{- end }}}}\n"
        "{{- $_ := .Values.crds.keep }}\n",
        "templates/controller.yaml": stream(
            workload(
                NAME,
                image="registry.invalid/cert-manager-controller",
                resources=".Values.resources",
                arguments=_ARGUMENTS,
            ),
            account(NAME),
            cluster_rights(NAME),
        ),
        "templates/webhook.yaml": stream(
            workload(webhook, resources=".Values.webhook.resources"),
            account(webhook),
            rights(webhook),
            service(webhook, 443),
            _WEBHOOKS % {"kind": "MutatingWebhookConfiguration"},
            _WEBHOOKS % {"kind": "ValidatingWebhookConfiguration"},
        ),
        "templates/cainjector.yaml": stream(
            workload(injector, resources=".Values.cainjector.resources"),
            account(injector),
            cluster_rights(injector),
            # Real charts keep their leases where the control plane has its own.
            rights(f"{injector}-election").replace(
                "{{ .Release.Namespace | quote }}", "kube-system"
            ),
            account(f"{injector}-election").replace(
                "{{ .Release.Namespace | quote }}", "kube-system"
            ),
        ),
    }
