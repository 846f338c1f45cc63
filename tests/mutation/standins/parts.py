"""What the charts have in common: templates of workloads and of their rights."""

from __future__ import annotations

_WORKLOAD = """\
apiVersion: apps/v1
kind: @KIND@
metadata:
  name: @NAME@
  namespace: {{ .Release.Namespace }}
  labels: {app.kubernetes.io/name: @NAME@, app.kubernetes.io/part-of: {{ .Release.Name }}}
spec:
  @EXTRA@
  selector:
    matchLabels: {app.kubernetes.io/name: @NAME@}
  template:
    metadata:
      labels: {app.kubernetes.io/name: @NAME@}
    spec:
      serviceAccountName: @ACCOUNT@
      containers:
        - name: main
          image: @IMAGE@:v1
          args: [@ARGUMENTS@]
          ports:
            - {name: main, containerPort: 8080}
          resources: {{- toYaml @RESOURCES@ | nindent 12 }}
"""
_ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: @NAME@, namespace: {{ .Release.Namespace | quote }}}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: @NAME@
  namespace: {{ .Release.Namespace }}
spec:
  selector: {app.kubernetes.io/name: @NAME@}
  ports:
    - {name: main, port: @PORT@, targetPort: main}
"""
_CLUSTER_RIGHTS = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: @NAME@}
rules:
  - {apiGroups: [""], resources: [services], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: @NAME@}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: @NAME@}
subjects:
  - {kind: ServiceAccount, name: @NAME@, namespace: {{ .Release.Namespace | quote }}}
"""
_RIGHTS = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: @NAME@, namespace: {{ .Release.Namespace | quote }}}
rules:
  - {apiGroups: [""], resources: [configmaps], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: @NAME@, namespace: {{ .Release.Namespace | quote }}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: @NAME@}
subjects:
  - {kind: ServiceAccount, name: @NAME@, namespace: {{ .Release.Namespace | quote }}}
"""


def metadata(name: str, version: str) -> str:
    """A Chart.yaml."""
    return f'apiVersion: v2\nname: {name}\nversion: "{version}"\nkubeVersion: ">=1.25.0-0"\n'


def workload(
    name: str,
    *,
    kind: str = "Deployment",
    resources: str,
    image: str = "registry.invalid/program",
    account: str = "",
    arguments: str = "",
) -> str:
    """A workload; `resources` and `arguments` are template text."""
    extra = {"StatefulSet": f"serviceName: {name}", "Deployment": "replicas: 1"}.get(kind, "")
    values = {"KIND": kind, "RESOURCES": resources, "ARGUMENTS": arguments, "EXTRA": extra}
    return _fill(_WORKLOAD, NAME=name, ACCOUNT=account or name, IMAGE=image, **values)


def account(name: str) -> str:
    """A ServiceAccount."""
    return _fill(_ACCOUNT, NAME=name)


def service(name: str, port: int = 80) -> str:
    """A Service of the workload of the same name."""
    return _fill(_SERVICE, NAME=name, PORT=str(port))


def cluster_rights(name: str) -> str:
    """A ClusterRole and its binding to the ServiceAccount of the same name."""
    return _fill(_CLUSTER_RIGHTS, NAME=name)


def rights(name: str) -> str:
    """A Role and its binding to the ServiceAccount of the same name."""
    return _fill(_RIGHTS, NAME=name)


def stream(*documents: str) -> str:
    """Documents as one file."""
    return "---\n".join(documents)


def _fill(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
