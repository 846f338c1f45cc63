"""The files of an application of a person's own, in the style of those that are rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.blueprints.metadata import GroupKind
from gitopsgen.charts.helm_client import is_registry
from gitopsgen.cluster.edit_values import inline

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECTS = "projects"
_NAMESPACE = GroupKind("", "Namespace")

_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
  finalizers:
    # Deleting this Application deletes what it installed.
    - resources-finalizer.argocd.argoproj.io
  annotations:
    argocd.argoproj.io/sync-wave: "{wave}"
spec:
  project: {project}
  destination:
    server: https://kubernetes.default.svc
    namespace: {namespace}
  sources:
{sources}\
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
    retry:
      limit: 10
      # A retry takes the newest commit: a mended mistake does not wait for the old one.
      refresh: true
      backoff:
        duration: 10s
        factor: 2
        maxDuration: 5m
"""

_PROJECT = """\
# What the application {name} may do, and nothing more: a mistake in it stays in its namespace.
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: {project}
  namespace: argocd
  finalizers:
    # It goes only when no Application is left in it.
    - resources-finalizer.argocd.argoproj.io
  annotations:
    # Before every Application: none can sync without its project.
    argocd.argoproj.io/sync-wave: "-10"
spec:
  description: The application {name}
  # Where charts and manifests may come from. Another spelling of a URL is another repository.
  sourceRepos:
{sources}\
  destinations:
    - namespace: {namespace}
      server: https://kubernetes.default.svc
  # Of what belongs to the whole cluster: only what is listed here.
  clusterResourceWhitelist:
{kinds}\
  # In its own namespace: anything.
  namespaceResourceWhitelist:
    - {{group: "*", kind: "*"}}
"""

_VALUES = """\
# Values of the chart {chart}; what there is to set:
# helm show values --version {version} {where}
"""

_README = """\
# {name}

Argo CD applies every manifest in this folder to the namespace `{namespace}`, through
`apps/{name}.yaml`.
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, pinned; `repository` as Argo CD names it: a registry without a scheme."""

    name: str
    repository: str
    version: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of manifests in a git repository, perhaps the application's own."""

    path: str
    url: str
    revision: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class OwnApp:
    """An application and its project; `has_project` says that it is there already.

    `cluster_kinds` are the kinds of the whole cluster that its chart brings.
    """

    name: str
    namespace: str
    project: str
    wave: int
    source: Chart | Folder
    own_url: str
    own_branch: str
    has_project: bool = False
    cluster_kinds: tuple[GroupKind, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The repositories that it takes something from, sorted."""
        if isinstance(self.source, Folder):
            return (self.source.url,)
        return tuple(sorted({self.source.repository, self.own_url}))


def files_of(app: OwnApp) -> dict[str, str]:
    """The new files of an application, by path."""
    files = {f"apps/{app.name}.yaml": _application(app)}
    if not app.has_project:
        files[f"{PROJECTS}/{app.project}.yaml"] = _project(app)
    if isinstance(app.source, Chart):
        files[f"components/{app.name}/values.yaml"] = _values(app.source)
    return files


def folder_notes(app: OwnApp) -> dict[str, str]:
    """The file that makes git keep an application's own folder while nothing else is in it."""
    if not isinstance(app.source, Folder) or not app.source.is_own:
        return {}
    text = _README.format(name=app.name, namespace=app.namespace)
    return {f"{app.source.path}/README.md": text}


def _application(app: OwnApp) -> str:
    source = app.source
    if isinstance(source, Folder):
        lines = [
            f"    - repoURL: {inline(source.url)}",
            f"      targetRevision: {inline(source.revision)}",
            f"      path: {inline(source.path)}",
        ]
    else:
        lines = [
            f"    - repoURL: {inline(source.repository)}",
            f"      chart: {inline(source.name)}",
            f"      targetRevision: {inline(source.version)}",
            "      helm:",
            "        valueFiles:",
            f"          - $values/components/{app.name}/values.yaml",
            f"    - repoURL: {inline(app.own_url)}",
            f"      targetRevision: {inline(app.own_branch)}",
            "      ref: values",
        ]
    return _APPLICATION.format(
        name=inline(app.name),
        namespace=inline(app.namespace),
        project=inline(app.project),
        wave=app.wave,
        sources=_lines(lines),
    )


def _project(app: OwnApp) -> str:
    kinds = [f'    - {{group: "", kind: Namespace, name: {inline(app.namespace)}}}']
    kinds += [
        f'    - {{group: "{kind.group}", kind: {kind.kind}}}'
        for kind in app.cluster_kinds
        if kind != _NAMESPACE
    ]
    return _PROJECT.format(
        name=app.name,
        project=inline(app.project),
        namespace=inline(app.namespace),
        sources=_lines([f"    - {inline(url)}" for url in app.sources]),
        kinds=_lines(kinds),
    )


def _values(chart: Chart) -> str:
    # The address has a line of its own: it may be as long as it likes.
    where = f"{chart.name} --repo \\\n# {chart.repository}"
    if is_registry(chart.repository):
        where = f"\\\n# oci://{chart.repository}/{chart.name}"
    return _VALUES.format(chart=chart.name, where=where, version=chart.version)


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
