"""In place of kube-vip-cloud-provider: what hands out the addresses of the pool."""

from __future__ import annotations

from tests.mutation.standins.parts import account, cluster_rights, metadata, stream, workload

NAME = "kube-vip-cloud-provider"
_SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubevip, namespace: {{ .Release.Namespace | quote }}}
data: {{- range $key, $value := .Values.cm.data }}
  {{ $key }}: {{ $value | quote }}
{{- end }}
"""


def files() -> dict[str, str]:
    """The files of the chart."""
    return {
        "Chart.yaml": metadata(NAME, "0.2.10"),
        "values.yaml": "cm: {data: {}}\nresources: {requests: {cpu: 50m}}\n",
        "templates/all.yaml": stream(
            workload(NAME, resources=".Values.resources"),
            account(NAME),
            cluster_rights(NAME),
            _SETTINGS,
        ),
    }
