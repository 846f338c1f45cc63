from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_sources
from gitopsgen.validation.rules.argo_links import leads_out
from tests.validation.rules.build import application, findings_in, make_model

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
TREE = {"app.yaml": application("web", "path: web"), "web/a.yaml": CONFIG}
ALLOWED = {
    "web/params.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm}\n"
    'data: {reposerver.allow.oob.symlinks: "true"}\n'
}
SAID = (
    "Argo CD refuses all of this repository: it has links that lead out of it",
    "Delete docs/x, or have Argo CD take such links (reposerver.allow.oob.symlinks).",
)


def findings(root: Path, tree: dict[str, str]) -> list[Finding]:
    return findings_in(*make_model(root, tree), [argo_sources])


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a", "/etc/passwd", True),
        ("a", "..", True),
        ("a/b", "..", False),
        ("a/b", "../..", True),
        ("a/b", "../../r/x", True),
        ("a/b", "../c/../../x", True),
        ("a/b", "./../c//d", False),
        ("a", "nothing", False),
        ("a", "", False),
    ],
)
def test_a_link_that_leads_out(path: str, text: str, expected: bool) -> None:
    assert leads_out(path, text) == expected


def test_one_source_stands_for_all(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/x").symlink_to("../../elsewhere")
    tree = {**TREE, "app2.yaml": application("web2", "path: web")}
    [found] = findings(tmp_path, tree)
    assert (found.rule, found.severity, found.file) == (
        "argo-source-invalid",
        "warning",
        "app.yaml",
    )
    assert (found.message, found.hint) == SAID


@pytest.mark.parametrize(
    ("tree", "target", "git"),
    [(TREE, "../web", True), ({**TREE, **ALLOWED}, "/etc", True), (TREE, "/etc", False)],
    ids=["inside", "permitted", "not git's"],
)
def test_links_that_do_no_harm(
    tmp_path: Path, tree: dict[str, str], target: str, git: bool
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/x").symlink_to(target)
    if git:
        (tmp_path / ".git").mkdir()
    assert findings(tmp_path, tree) == []
