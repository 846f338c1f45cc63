"""The sample repository is healthy; one change each breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.discovery import discover, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.rendering import NoRenderer
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.rules import (
    argo_applications,
    argo_folders,
    argo_projects,
    argo_revisions,
    argo_sources,
    argo_values,
)
from gitopsgen.validation.scopes import is_namespaced
from tests.sample import SAMPLE
from tests.validation.rules.build import findings_in, write

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES = (
    argo_applications,
    argo_folders,
    argo_projects,
    argo_revisions,
    argo_sources,
    argo_values,
)
URL = "https://github.com/owner/home-cluster"


def sample() -> dict[str, str]:
    return {
        path.relative_to(SAMPLE).as_posix(): path.read_text(encoding="utf-8")
        for path in SAMPLE.rglob("*")
        if path.is_file()
    }


def rules_in(root: Path, tree: dict[str, str]) -> list[tuple[str, str]]:
    write(root, tree)
    files = RepositoryFiles(root)
    sources = local_sources(files, [URL])
    found = discover(files, sources, NoRenderer("nothing is rendered here"))
    model = Model(
        resources=build_resources(found.applied, is_namespaced),
        sources=sources,
        applications=found.applications,
        unreached=found.unreached,
        set_aside=found.set_aside,
        complete=found.complete,
        incomplete_applications=found.incomplete,
    )
    return [(item.rule, item.file) for item in findings_in(model, files, FAMILIES)]


def test_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    assert rules_in(tmp_path, sample()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("apps/kube-vip.yaml", "namespace: argocd\n", "namespace: web\n", "application-namespace"),
        ("apps/kube-vip.yaml", "  name: kube-vip\n", "  name: root\n", "duplicate-application"),
        ("apps/argocd.yaml", "  destination:\n", "  destination:\n    name: x\n", "destination"),
        (
            "projects/platform.yaml",
            "    - https://charts.jetstack.io\n",
            "    - https://charts.jetstack.io/*\n",
            "project-source",
        ),
        (
            "projects/platform.yaml",
            "namespace: cert-manager",
            "namespace: c",
            "project-destination",
        ),
        ("apps/argocd.yaml", "$values/components", "$value/components", "values-ref"),
        ("apps/argocd.yaml", "/argocd/values.yaml", "/argo/values.yaml", "values-file"),
        ("apps/kube-vip.yaml", "/kube-vip/manifests", "/kubevip/manifests", "source-path"),
        ("apps/cert-manager.yaml", "v1.21.1", "v1.21.x", "revision-floating"),
    ],
)
def test_a_change_that_breaks_it(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    tree = sample()
    assert old in tree[file]
    tree[file] = tree[file].replace(old, new, 1)
    assert f"argo-{rule}" in {found for found, _ in rules_in(tmp_path, tree)}
