"""What sets generate is followed like any other Application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.discovery import discover, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.rendering import NoRenderer
from tests.repository.applicationsets.build import URL, write

if TYPE_CHECKING:
    from pathlib import Path


def test_sets_that_generate_folders_with_sets(tmp_path: Path) -> None:
    def a_set(name: str, folders: str, prefix: str = "") -> str:
        return f"""
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: {name}, namespace: argocd}}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators: [{{git: {{repoURL: {URL}, directories: [{{path: '{folders}'}}]}}}}]
  template:
    metadata: {{name: '{prefix}{{{{ .path.basename }}}}'}}
    spec:
      project: default
      source: {{repoURL: {URL}, path: '{{{{ .path.path }}}}', targetRevision: HEAD}}
      destination: {{name: in-cluster, namespace: argocd}}
"""

    configmap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
    write(
        tmp_path,
        {
            "root.yaml": a_set("root", "apps/*"),
            "apps/team/set.yaml": a_set("team", "apps/team/*", "team-"),
            "apps/team/web/config.yaml": configmap,
            "apps/alone/config.yaml": configmap,
            "loose/config.yaml": configmap,
        },
    )
    files = RepositoryFiles(tmp_path)

    found = discover(files, local_sources(files, [URL]), NoRenderer("not wanted"))

    assert sorted(each.name for each in found.applications) == ["alone", "team", "team-web"]
    applied = [(each.manifest.file, each.manifest.kind) for each in found.applied]
    assert ("apps/team/web/config.yaml", "ConfigMap") in applied
    assert ("apps/alone/config.yaml", "ConfigMap") in applied
    assert not [file for file, _ in applied if file.startswith("loose/")]
    assert found.unchecked == ()
    assert found.complete
