"""Files that are none, links that lead anywhere, and paths that leave the repository."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import (
    APPLICATION,
    CHART,
    CONFIG_MAP,
    HELM_APPLICATION,
    one_application,
    validate,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

SETTINGS = [".gitopsgen/validate.yaml", ".gitopsgen/lock.yaml", ".yamllint", "cluster.yaml"]


@pytest.mark.parametrize("path", ["web/a.yaml", "web/kustomization.yaml", *SETTINGS])
def test_a_pipe_is_not_waited_for(tmp_path: Path, path: str) -> None:
    root = write(tmp_path, one_application({}))
    (root / path).parent.mkdir(exist_ok=True)
    os.mkfifo(root / path)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    is_yaml = path.endswith(".yaml")
    assert run.unchecked == ([f"{path}: it is no regular file"] if is_yaml else [])


@pytest.mark.parametrize("path", ["values.yaml", "templates/z.yaml", "charts/z-1.0.0.tgz"])
def test_a_pipe_in_a_chart_is_not_waited_for(tmp_path: Path, path: str) -> None:
    root = write(tmp_path, one_application(CHART))
    (root / "web" / path).parent.mkdir(exist_ok=True)
    os.mkfifo(root / "web" / path)
    run = validate(root)
    assert run.status == 1
    assert "cannot load irregular file" in run.findings[0]


def test_a_socket_is_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, one_application({}))
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("web/a.yaml")
        run = validate(root)
    assert (run.status, run.findings) == (0, [])


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "/proc", "/proc/self/environ"])
@pytest.mark.parametrize("path", ["web/a.yaml", ".yamllint", ".gitopsgen/validate.yaml"])
def test_what_a_link_leads_to_is_not_read(tmp_path: Path, path: str, target: str) -> None:
    root = write(tmp_path, one_application({}))
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).symlink_to(target)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    assert "root:" not in run.out
    noted = f"{path}: it is a link to no file of this repository"
    assert run.unchecked == ([noted] if path.endswith(".yaml") else [])


@pytest.mark.parametrize("target", ["a.yaml", "nowhere.yaml", "..", "../web", "."])
def test_links_in_circles_and_to_nowhere(tmp_path: Path, target: str) -> None:
    root = write(tmp_path, one_application({}))
    (root / "web/a.yaml").symlink_to(target)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    to_no_file = target.endswith(".yaml")
    assert run.unchecked == (
        ["web/a.yaml: it is a link to no file of this repository"] if to_no_file else []
    )


@pytest.mark.parametrize("path", ["values.yaml", "templates/b.yaml", ".helmignore"])
def test_a_chart_with_a_link_to_an_endless_file(tmp_path: Path, path: str) -> None:
    root = write(tmp_path, one_application(CHART))
    (root / "web" / path).symlink_to("/dev/zero")
    run = validate(root)
    assert run.status == 1
    assert run.findings[0].startswith("chart-render app.yaml:7")


def test_a_value_file_that_is_a_link_is_not_rendered_with(tmp_path: Path) -> None:
    root = write(tmp_path, {**one_application(CHART), "app.yaml": HELM_APPLICATION})
    (root / "v.yaml").symlink_to("/dev/zero")
    run = validate(root)
    assert run.unchecked == [
        "chart web: its value file /v.yaml is not in this repository",
        "v.yaml: it is a link to no file of this repository",
    ]


def test_a_kustomization_takes_nothing_through_a_link(tmp_path: Path) -> None:
    kustomization = "resources: [a.yaml]\n"
    root = write(tmp_path, one_application({"web/kustomization.yaml": kustomization}))
    (root / "web/a.yaml").symlink_to("/dev/zero")
    run = validate(root)
    assert run.status == 1
    assert run.findings[0].startswith("kustomize-build web/kustomization.yaml:1")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../..", "the path ../.. leaves the repository"),
        ("web/../../..", "the path web/../../.. leaves the repository"),
        ("/etc", "the path /etc is absolute"),
        ("~", "there is no folder ~ in this repository"),
        ("web\\0", "there is no folder web\0 in this repository"),
        ("a\\nb", "there is no folder a\nb in this repository"),
    ],
)
def test_a_source_outside(tmp_path: Path, path: str, message: str) -> None:
    text = APPLICATION.replace("path: web", f'path: "{path}"')
    run = validate(write(tmp_path, {**one_application({}), "app.yaml": text}))
    assert run.status == 1
    assert run.findings == [f"argo-source-path app.yaml:7 {message}"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../../etc/passwd", "the file ../../etc/passwd is outside of the repository"),
        ("/etc/passwd", "there is no file etc/passwd in this repository"),
        ("--post-renderer=/bin/sh", "there is no file web/--post-renderer=/bin/sh in this"),
    ],
)
def test_values_from_outside(tmp_path: Path, name: str, message: str) -> None:
    text = HELM_APPLICATION.replace("/v.yaml", f'"{name}"')
    run = validate(write(tmp_path, {**one_application(CHART), "app.yaml": text}))
    assert run.status == 1
    assert run.findings[0].startswith(f"argo-values-file app.yaml:7 {message}")
    assert run.unchecked == [f"chart web: its value file {name} is not in this repository"]


@pytest.mark.parametrize("resource", ["../../../etc/passwd", "/etc/passwd", "."])
def test_a_kustomization_of_what_is_outside(tmp_path: Path, resource: str) -> None:
    kustomization = f"resources: ['{resource}']\n"
    run = validate(write(tmp_path, one_application({"web/kustomization.yaml": kustomization})))
    assert run.status == 1
    assert run.findings[0].startswith("kustomize-build web/kustomization.yaml:1")
    assert "root:" not in run.out


def test_kustomizations_in_a_circle(tmp_path: Path) -> None:
    tree = {"web/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": CONFIG_MAP}
    tree["b/kustomization.yaml"] = "resources: [../web]\n"
    run = validate(write(tmp_path, one_application(dict(tree))))
    assert run.status == 1
    assert run.findings[0].startswith("kustomize-build b/kustomization.yaml:1")


def test_a_plugin_of_a_kustomization_is_not_run(tmp_path: Path) -> None:
    plugin = (
        "apiVersion: x/v1\nkind: T\nmetadata:\n  name: t\n  annotations:\n"
        "    config.kubernetes.io/function: |\n      exec: {path: ./plugin.sh}\n"
    )
    tree = {
        "web/kustomization.yaml": "resources: [ok.yaml]\ntransformers: [t.yaml]\n",
        "web/t.yaml": plugin,
        "web/plugin.sh": f"#!/bin/sh\ntouch '{tmp_path}/ran'\n",
    }
    root = write(tmp_path / "repository", one_application(dict(tree)))
    (root / "web/plugin.sh").chmod(0o755)
    run = validate(root)
    assert run.unchecked == ["kustomization web: its plugin T is a program, which is not run here"]
    assert not (tmp_path / "ran").exists()
