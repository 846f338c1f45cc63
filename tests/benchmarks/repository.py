"""A healthy Argo CD repository of any size, for benchmarks."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://git.example.test/owner/repository"
_KINDS = 10

_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: default
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
  source:
    repoURL: {url}
    targetRevision: main
    path: {path}
  syncPolicy:
    automated: {{}}
    syncOptions:
      - CreateNamespace=true
"""

_MANIFESTS = (
    """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      serviceAccountName: {account}
      containers:
        - name: web
          image: registry.example.test/{name}:1.2.3
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LEVEL
              value: info
          envFrom:
            - configMapRef:
                name: {config}
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
""",
    """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app.kubernetes.io/name: {workload}
  ports:
    - name: http
      port: 80
      targetPort: http
""",
    """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
  settings.yaml: |
    level: info
    number: "{number}"
    upstream: http://upstream.example.test:8080
""",
    """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
""",
    """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {name}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list, watch]
""",
    """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {role}
subjects:
  - kind: ServiceAccount
    name: {account}
""",
    """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {name}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {workload}
""",
    """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {name}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {workload}
  policyTypes: [Ingress]
  ingress:
    - ports:
        - port: http
          protocol: TCP
""",
    """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
spec:
  schedule: "{minute} 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          serviceAccountName: {account}
          containers:
            - name: task
              image: registry.example.test/task:1.2.3
              args: [--number, "{number}"]
""",
)


# What large teams write on everything that they own.
_LABELS = """\
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/instance: {name}
    app.kubernetes.io/version: "1.2.3"
    app.kubernetes.io/component: server
    app.kubernetes.io/part-of: shop
    app.kubernetes.io/managed-by: argocd
  annotations:
    example.test/owner: team-a
    example.test/docs: https://docs.example.test/{name}
    example.test/contact: team-a@example.test
"""


def _labelled(manifest: str) -> str:
    head, name, rest = manifest.partition("  name: {name}\n")
    if rest.startswith("  labels:\n"):
        rest = rest.partition("{name}\n")[2]
    return f"{head}{name}{_LABELS}{rest}"


def make_repository(root: Path, manifests: int, applications: int, *, labels: bool = False) -> int:
    """Write a repository of about so many manifests, Applications among them; returns how many.

    One root holds all Applications. Nothing is wrong in it. With `labels` and annotations a
    manifest has about fifty YAML nodes, without thirty.
    """
    templates = tuple(map(_labelled, _MANIFESTS)) if labels else _MANIFESTS
    applications = max(1, min(applications, manifests // _KINDS))
    (root / "apps").mkdir(parents=True)
    (root / "apps/root.yaml").write_text(_application("root", "apps", "argocd"))
    count = 1
    for number in range(applications):
        name = f"app-{number:05}"
        (root / f"apps/{name}.yaml").write_text(_application(name, f"manifests/{name}", name))
        folder = root / "manifests" / name
        folder.mkdir(parents=True)
        share = (manifests - 1) // applications - 1
        for position in range(share):
            group = f"{name}-{position // len(_MANIFESTS)}"
            text = templates[position % len(templates)].format(
                name=group,
                config=group,
                account=group,
                workload=group,
                role=group,
                number=number * share + position,
                minute=number % 60,
            )
            (folder / f"{position:04}.yaml").write_text(text)
        count += share + 1
    return count


def add_git(root: Path) -> None:
    """Make it a git repository: what `gitopsgen validate` meets at people's."""
    for arguments in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", "-C", str(root), *arguments], check=True)


def _application(name: str, path: str, namespace: str) -> str:
    text = _APPLICATION.format(name=name, path=path, url=URL)
    return text.replace(f"namespace: {name}\n", f"namespace: {namespace}\n")
