"""AppProjects that come after Applications that are of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_project_order
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

WAVE = "argocd.argoproj.io/sync-wave"
HEALTH = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n"
    "  resource.customizations.health.argoproj.io_Application: return {}\n"
)


def project(wave: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        f'metadata:\n  name: web\n  annotations: {{{WAVE}: "{wave}"}}\n'
    )


def child(wave: str, name: str = "web") -> str:
    text = application("a", "path: web").replace("project: default", f"project: {name}")
    return text.replace("name: a,", f'name: a, annotations: {{{WAVE}: "{wave}"}},')


def found(tmp_path: Path, **files: str) -> list[str]:
    tree = {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/cm.yaml": HEALTH,
        "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        **{f"apps/{name}.yaml": text for name, text in files.items()},
    }
    model, read = make_model(tmp_path, tree)
    return places(findings_in(model, read, [argo_project_order]))


def test_a_project_in_a_later_wave_never_comes(tmp_path: Path) -> None:
    expected = ["argo-project-missing apps/project.yaml:5:47"]
    assert found(tmp_path, project=project("9"), app=child("0"), other=child("1")) == expected


@pytest.mark.parametrize(("wave", "of"), [("0", "1"), ("0", "0"), ("-10", "-5")])
def test_a_project_that_comes_in_time(tmp_path: Path, wave: str, of: str) -> None:
    assert found(tmp_path, project=project(wave), app=child(of)) == []


def test_an_application_of_another_project_does_not_wait(tmp_path: Path) -> None:
    assert found(tmp_path, project=project("9"), app=child("0", "other")) == []


def test_one_of_two_that_comes_in_time_is_enough(tmp_path: Path) -> None:
    assert found(tmp_path, a=project("9"), b=project("-1"), app=child("0")) == []


def test_without_health_no_wave_waits(tmp_path: Path) -> None:
    assert found(tmp_path, cm="", project=project("9"), app=child("0")) == []


def test_a_project_of_another_application_is_not_compared(tmp_path: Path) -> None:
    tree = {
        "projects.yaml": application("projects", "path: projects", namespace="argocd"),
        "projects/a.yaml": project("9"),
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/cm.yaml": HEALTH,
        "apps/a.yaml": child("0"),
    }
    model, read = make_model(tmp_path, tree)
    assert findings_in(model, read, [argo_project_order]) == []


@pytest.mark.parametrize("spec", ["[]", "{project: [web]}", "{project: 3}"])
def test_projects_of_any_shape(tmp_path: Path, spec: str) -> None:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{}}\nspec: {spec}\n"
    assert found(tmp_path, project=project("9"), app=text) == []
