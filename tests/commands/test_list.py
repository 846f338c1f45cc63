from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.invoke import invoke
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

BLUEPRINT = """\
name: whoami
version: 2
summary: A page that says who answers
wave: 5
namespace: whoami
chart: {name: gadget, repository: "https://charts.home.test", version: 2.0.0}
options: {type: object}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample repository."""
    shutil.copytree(SAMPLE, tmp_path / "sample")
    return tmp_path / "sample"


@pytest.fixture
def blueprints(tmp_path: Path) -> Path:
    """A folder with one component of a person's own."""
    folder = tmp_path / "blueprints"
    (folder / "whoami").mkdir(parents=True)
    (folder / "whoami/blueprint.yaml").write_text(BLUEPRINT)
    return folder


def listed(*arguments: str | Path) -> dict[str, dict[str, Any]]:
    done = invoke("list", *arguments, "--output", "json")
    assert (done.status, done.err) == (0, "")
    data = json.loads(done.out)
    assert data["version"] == 1
    return {component["name"]: component for component in data["components"]}


def _cells(line: str) -> list[str]:
    return re.split(" {2,}", line)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_sample(root: Path) -> None:
    done = invoke("list", root)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    heads = ["COMPONENT", "STATE", "ROLE", "BLUEPRINT", "CHART", "WHAT IT IS"]
    assert _cells(lines[0]) == heads
    assert lines[1].startswith("kube-vip ")
    rows = {line.split()[0]: line for line in lines[1:7]}
    assert _cells(rows["argocd"])[:5] == ["argocd", "installed", "gitops", "1", "argo-cd 10.1.1"]
    assert _cells(rows["ingress-nginx"])[1] == "installed, retired"
    assert "ingress-nginx is retired: its maintainers retired it in March 2026" in done.out
    assert "; use traefik" in done.out
    assert "gitopsgen update" not in done.out


def test_as_json(root: Path) -> None:
    found = listed(root)
    assert next(iter(found)) == "kube-vip"
    assert found["cert-manager"] == {
        "name": "cert-manager",
        "state": "installed",
        "installed": True,
        "summary": "Certificates from Let's Encrypt",
        "role": "certificates",
        "requires": [],
        "namespace": "cert-manager",
        "wave": 1,
        "lifecycle": {"state": "active", "message": None, "instead": None},
        "blueprint": {"here": 1, "known": 1},
        "chart": {
            "name": "cert-manager",
            "repository": "https://charts.jetstack.io",
            "here": ["v1.21.1"],
            "blueprint": "v1.21.1",
        },
    }
    assert found["ingress-nginx"]["lifecycle"]["instead"] == "traefik"


def test_a_newer_blueprint_is_an_update(root: Path) -> None:
    edit(root / ".gitopsgen/lock.yaml", "cert-manager: 1", "cert-manager: 0")
    assert listed(root)["cert-manager"]["state"] == "update"
    done = invoke("list", root)
    rows = [_cells(line) for line in done.out.splitlines()]
    assert ["cert-manager", "update", "certificates", "0 -> 1"] in [row[:4] for row in rows]
    assert "`gitopsgen update` brings in" in done.out


def test_a_newer_pin_is_shown_beside_the_blueprints(root: Path) -> None:
    edit(root / "apps/cert-manager.yaml", "v1.21.1", "v1.22.0")
    assert listed(root)["cert-manager"]["chart"]["here"] == ["v1.22.0"]
    assert "cert-manager v1.22.0 (blueprint: v1.21.1)" in invoke("list", root).out


def test_what_was_edited_and_not_updated_is_pending(root: Path) -> None:
    edit(root / "cluster.yaml", "  loopia: {zones: [example.net]}\n", "")
    found = listed(root)
    assert (found["loopia"]["state"], found["loopia"]["installed"]) == ("pending", False)
    edit(root / ".gitopsgen/lock.yaml", "  argocd: 1\n", "")
    assert listed(root)["argocd"]["state"] == "pending"


def test_components_of_ones_own(root: Path, blueprints: Path) -> None:
    found = listed(root, "--blueprints", blueprints)["whoami"]
    assert (found["state"], found["blueprint"]) == ("available", {"here": None, "known": 2})
    done = invoke("list", root, "--blueprints", blueprints)
    assert "whoami" in done.out
    assert "gadget 2.0.0" in done.out
    assert "`gitopsgen add NAME` installs what is available." in done.out
    edit(root / ".gitopsgen/lock.yaml", "charts:\n", f"folders: [{blueprints}]\ncharts:\n")
    assert "whoami" in listed(root)
    shutil.rmtree(blueprints)
    done = invoke("list", root)
    assert (done.status, "--blueprints DIR" in done.err) == (2, True)


def test_what_no_blueprint_is_known_of(root: Path) -> None:
    edit(root / "cluster.yaml", "  kube-vip: {}\n", "  kube-vip: {}\n  nobody: {}\n")
    found = listed(root)["nobody"]
    assert (found["state"], found["blueprint"]["known"]) == ("unknown", None)
    assert "no blueprint of that name is known" in invoke("list", root).out


def test_without_a_repository_everything_is_available(tmp_path: Path) -> None:
    done = invoke("list", tmp_path)
    assert (done.status, done.err) == (
        0,
        f"{tmp_path} has no cluster.yaml: this is what a new one can have\n",
    )
    assert {component["state"] for component in listed(tmp_path).values()} == {"available"}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("cluster.yaml", "components: [a]", "components is not a mapping"),
        ("cluster.yaml", "components: {a: [", "cluster.yaml:1:"),
        ("cluster.yaml", "\x00", "is binary"),
        (".gitopsgen/lock.yaml", "blueprints: 3", "blueprints is not a mapping"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    root: Path, file: str, content: str, message: str
) -> None:
    (root / file).write_text(content)
    done = invoke("list", root)
    assert done.status == 2
    assert message in done.err
