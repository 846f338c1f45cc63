from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.rules import argo_applications, argo_folders
from tests.validation.rules.build import SERVER, URL, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding


def found(tmp_path: Path, path: str, destination: str = f"server: {SERVER}") -> list[Finding]:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all, namespace: argocd}\nspec:\n"
        "  generators: [{list: {elements: [{name: web}, {name: shop}, {name: blog}]}}]\n"
        "  template:\n    metadata: {name: '{{name}}'}\n    spec:\n      project: default\n"
        f"      source:\n        repoURL: {URL}\n        path: '{path}'\n"
        f"      destination: {{{destination}, namespace: web}}\n"
    )
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    model, files = make_model(tmp_path, {"set.yaml": text, "apps/web/a.yaml": config})
    return findings_in(model, files, [argo_applications, argo_folders])


def test_what_is_wrong_in_a_template_is_one_finding(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "apps/web", f"server: {SERVER}, name: in-cluster")
    assert places([finding]) == ["argo-destination set.yaml:13:61"]
    assert "Application argocd/blog, from ApplicationSet all, and 2 more" in finding.message


def test_so_it_is_where_the_parameters_make_it_differ(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "nowhere/{{name}}")
    assert "no folder nowhere/blog" in finding.message
    assert "and 2 more" in finding.message


def test_what_is_wrong_with_some_is_told_of_each(tmp_path: Path) -> None:
    messages = [finding.message for finding in found(tmp_path, "apps/{{name}}")]
    assert len(messages) == 2
    assert all("more" not in message for message in messages)
