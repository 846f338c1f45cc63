"""In place of nfs-subdir-external-provisioner: volumes on a file server, and their class."""

from __future__ import annotations

from tests.mutation.standins.parts import (
    account,
    cluster_rights,
    metadata,
    rights,
    stream,
    workload,
)

NAME = "nfs-subdir-external-provisioner"
_VALUES = """\
nfs: {server: "", path: /nfs-storage, mountOptions: []}
storageClass: {name: nfs-client, defaultClass: false, archiveOnDelete: true}
resources: {}
"""
_STORAGE = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: {{ .Values.storageClass.name }}
  {{- if .Values.storageClass.defaultClass }}
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
  {{- end }}
provisioner: cluster.local/nfs
parameters: {archiveOnDelete: {{ .Values.storageClass.archiveOnDelete | quote }}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-nfs}
spec:
  capacity: {storage: 10Mi}
  accessModes: [ReadWriteMany]
  storageClassName: ""
  mountOptions: {{- toYaml .Values.nfs.mountOptions | nindent 4 }}
  nfs:
    server: {{ .Values.nfs.server }}
    path: {{ .Values.nfs.path }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: pvc-nfs
  namespace: {{ .Release.Namespace }}
  annotations: {helm.sh/resource-policy: keep}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ""
  volumeName: pv-nfs
  resources: {requests: {storage: 10Mi}}
"""


def files() -> dict[str, str]:
    """The files of the chart."""
    return {
        "Chart.yaml": metadata(NAME, "4.0.18"),
        "values.yaml": _VALUES,
        "templates/all.yaml": stream(
            workload(NAME, resources=".Values.resources"),
            account(NAME),
            rights(NAME),
            cluster_rights(NAME),
            _STORAGE,
        ),
    }
